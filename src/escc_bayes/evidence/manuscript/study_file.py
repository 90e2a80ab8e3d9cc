"""A draft as a study file in TOML: each entry under a comment that says where the paper prints it."""

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from escc_bayes.evidence.manuscript.draft import Draft
from escc_bayes.foundation.errors import OutputError

TABLES = ("estimate", "survival", "number")
ESCAPES = {ord(c): f"\\{c}" for c in '"\\'} | {i: f"\\u{i:04x}" for i in (*range(32), 127)}


def write_study(path: Path, draft: Draft) -> None:
    """Write a draft; a file that is there is left as it is.

    Raises
    ------
    OutputError : there is such a file, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"--draft {path}: there is such a file, which may have been edited; name another")
    working = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        working.write_text(study_toml(draft), encoding="utf-8")
        working.replace(path)
    except OSError as error:
        working.unlink(missing_ok=True)
        raise OutputError(f"--draft {path}: cannot be written ({error.strerror}); name another file") from None


def study_toml(draft: Draft) -> str:
    """Return the text of a study file.

    Examples
    --------
    >>> from escc_bayes.evidence.manuscript.draft import drafted
    >>> from escc_bayes.evidence.manuscript.entry import Passage
    >>> text = study_toml(drafted("p", [Passage("OS: HR 0.70 (0.50-0.98)", "line 4")]))
    >>> [line for line in text.splitlines() if line.startswith(("value", "# line"))]
    ['# line 4', 'value = 0.70']
    """
    return "\n".join(lines(draft)) + "\n"


def lines(draft: Draft) -> Iterator[str]:
    """Yield the lines of a study file: the study, then its entries, then what nobody read."""
    yield "# Drafted from the paper; every entry says where it was read. What is not stated there is absent."
    for key, value in draft.raw.items():
        if key not in TABLES:
            yield f"{key} = {of_value(value)}"
    for kind in TABLES:
        for number, body in enumerate(draft.entries(kind), start=1):
            yield ""
            yield f"# {one_line(draft.places[f'{kind} {number}'])}"
            yield f"[[{kind}]]"
            for key, value in body.items():
                yield f"{key} = {of_value(value)}"
    unread = [one for one in draft.passages if one.unread]
    if unread:
        yield ""
        yield "# Not read:"
    for one in unread:
        numbers = ", ".join(map(one_line, one.unread))
        yield f"# {one_line(one.passage.where)}: {numbers} in '{one_line(one.passage.text)}'"


def one_line(text: str) -> str:
    """Return text that stays within a comment."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def of_value(value: object) -> str:
    """Return a value as TOML; numbers keep their printed digits.

    Examples
    --------
    >>> of_value(Decimal("0.70")), of_value([{"t": Decimal("12"), "n": 40}]), of_value('a "b"')
    ('0.70', '[{ t = 12, n = 40 }]', '"a \\\\"b\\\\""')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return f"[{', '.join(map(of_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {of_value(inner)}' for key, inner in value.items())} }}"
    return str(value) if isinstance(value, int) else f'"{str(value).translate(ESCAPES)}"'
