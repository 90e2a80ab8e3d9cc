"""Tables as CSV files: full precision, an empty cell for what does not exist."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

QUOTE = "'"
# ASCII and full-width signs with which a spreadsheet begins a formula, and what it skips before one.
BEGINS_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def write_csv(path: Path, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> None:
    """Write rows with the columns of the first; ``columns`` names them for a table without rows."""
    names = list(rows[0]) if rows else list(columns)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(Lines(stream))
        writer.writerow([harmless(name) for name in names])
        for row in rows:
            writer.writerow([cell(row[name]) for name in names])


class Lines:
    """What a writer of csv writes to: lines that end in a line feed alone.

    Python 3.12 quotes a carriage return inside a cell only where lines end in one.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, line: str) -> None:
        """Write one line, which ends as the module csv ends it."""
        self.stream.write(line.removesuffix("\r\n") + "\n")


def cell(value: object) -> object:
    """Return a value as CSV writes it; NaN and None are empty, and no spreadsheet takes words for a formula."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return harmless(value)
    return repr(float(value)) if isinstance(value, float) else value


def harmless(text: str) -> str:
    """Return text with an apostrophe before a sign that would make it a formula; numbers stay as they are.

    The apostrophe tells a spreadsheet that text follows. OWASP, CSV Injection. ``meant`` takes it away again.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-1.5"), harmless("- none")
    ("'=1+1", '-1.5', "'- none")
    """
    if text.lstrip(QUOTE)[:1] not in BEGINS_FORMULA or not text.lstrip(QUOTE):
        return text
    try:
        float(text)
    except ValueError:
        return QUOTE + text
    return text


def meant(text: str) -> str:
    """Return what ``harmless`` was given.

    Examples
    --------
    >>> meant("'=1+1"), meant("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text[:1] == QUOTE and harmless(text[1:]) == text else text
