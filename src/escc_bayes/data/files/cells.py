"""Cells and rows of a sheet: what is filled, what is a value, and what a reader calls the place."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.data.words import as_number

type Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a file before anything is known of them.

    Attributes
    ----------
    source, row_word : for messages: ``line`` for text files, ``row`` for sheets.
    rows : cells, None or "" where empty; rows without any cell are left out.
    numbers : the line or row of each.
    merged : (first row, first column, last row, last column) of merged cells, as ``numbers`` and from 0.
    name : of the sheet, in a workbook.
    """

    source: str
    row_word: str
    rows: Sequence[Row]
    numbers: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]] = ()
    name: str = ""


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell as in a spreadsheet; ``column`` counts from 0.

    Examples
    --------
    >>> cell_name(3, 0), cell_name(12, 27)
    ('A3', 'AB12')
    """
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """Return the letters of a column of a spreadsheet; ``column`` counts from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    place = column + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_words(sheet: Sheet, place: int) -> str:
    """Return what a reader calls a column: its letters in a spreadsheet, its number in a text file."""
    return column_letters(place) if sheet.row_word == "row" else str(place + 1)


def text_of(cell: object) -> str:
    """Return a cell as one line of text; a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def cell_of(row: Row, place: int) -> object:
    """Return a cell, or None beyond the end of a row."""
    return row[place] if place < len(row) else None


def last_filled(row: Row) -> int:
    """Return the place of the last cell with a value; -1 without one."""
    return next((place for place in range(len(row) - 1, -1, -1) if text_of(row[place])), -1)


def usual_filling(rows: Sequence[Row]) -> float:
    """Return the median number of filled cells; without ``statistics``, whose import costs more than reading a cohort.

    Examples
    --------
    >>> usual_filling([["A1", 3], ["A2", None], ["A3", 4], ["A4", 5]])
    2.0
    """
    counts = sorted(filled(row) for row in rows)
    half = len(counts) // 2
    return (counts[half] + counts[~half]) / 2


def filled(row: Row) -> int:
    """Return how many cells hold something."""
    return sum(1 for cell in row if text_of(cell))


def is_value(cell: object) -> bool:
    """Whether a cell is a number, a date or a truth value, as data have them and a header has not."""
    if isinstance(cell, bool | int | float | datetime.date | datetime.time | datetime.timedelta):
        return True
    if not isinstance(cell, str) or not cell.strip():
        return False
    text = cell.strip()
    return as_number(text.replace(",", ".", 1)) is not None or looks_like_date(text)


def looks_like_date(text: str) -> bool:
    """Whether text is digits between two signs of a date, such as 2019-01-07, 7.1.2019 or 2019年1月7日."""
    parts = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-").split("-")
    return len(parts) == 3 and all(part.strip().isdigit() for part in parts)
