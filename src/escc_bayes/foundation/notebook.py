"""What a notebook shows of a result: its sentences, provenance first, and a table. All text is escaped."""

import math
from collections.abc import Iterable, Mapping
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


def cell(value: object) -> str:
    """Return a value as a cell; a number that does not exist is empty."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    return escape(str(value))
