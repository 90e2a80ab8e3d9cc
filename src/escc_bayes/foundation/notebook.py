"""What a notebook shows of a result: its sentences, provenance first, and a table. All text is escaped."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape


def shown(sentences: Iterable[str], rows: Iterable[Mapping[str, object]] = ()) -> str:
    """Return sentences and a table as HTML; numbers with three significant digits.

    Examples
    --------
    >>> shown(["SIMULATED: <b>"])
    '<p>SIMULATED: &lt;b&gt;</p>'
    >>> shown([], [{"hr": 0.12345}])
    '<table><thead><tr><th>hr</th></tr></thead><tbody><tr><td>0.123</td></tr></tbody></table>'
    """
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    held = list(rows)
    if not held:
        return said
    head = "".join(f"<th>{escape(name)}</th>" for name in held[0])
    body = "".join(f"<tr>{''.join(f'<td>{cell(value)}</td>' for value in row.values())}</tr>" for row in held)
    return f"{said}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def few(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> list[dict[str, object]]:
    """Return some columns of rows, those of them that rows have.

    Examples
    --------
    >>> few([{"hr": 1.5, "digest": "a1"}], ("hr", "note"))
    [{'hr': 1.5}]
    """
    return [{name: row[name] for name in columns if name in row} for row in rows]


def cell(value: object) -> str:
    """Return a value as a cell; a number that does not exist is empty."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    return escape(str(value))
