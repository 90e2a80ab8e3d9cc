"""Where in a sheet the table stands: title rows above, a header of one or more rows, notes below.

The header is the rows just above the first row of data, which is the first that is at least half full and holds a
number or a date. Rows above it with a single cell are titles. Two rows are one header where the upper has more cells
than one: a column is then called by both ("ALC baseline"), and answers to one of them where no other column has it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.data.files.cells import (
    Row,
    Sheet,
    cell_name,
    cell_of,
    column_words,
    filled,
    is_value,
    last_filled,
    text_of,
    usual_filling,
)
from escc_bayes.data.files.neighbours import LOOKED_AT, before_table_beside, end_of_patients
from escc_bayes.foundation.errors import CohortError, some_of

# Rows of titles and header above a table, at most.
MOST_ABOVE = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A table found in a sheet.

    Attributes
    ----------
    header : names of the columns.
    aliases : a column's other name -> its place.
    numbers, rows : as in the sheet, of the rows of data alone.
    left_out : a sentence for each row below the table that is no row of it.
    """

    header: list[str]
    aliases: dict[str, int]
    numbers: list[int]
    rows: list[Row]
    left_out: tuple[str, ...] = ()


def table_in(sheet: Sheet, header_rows: int | None = None) -> Found:
    """Return the table that stands in a sheet.

    Parameters
    ----------
    header_rows : how many rows the header has; None: found out.

    Raises
    ------
    CohortError : nothing in it, a header and no rows, a column without a name, cells of the data merged.
    """
    if not sheet.rows:
        raise CohortError(f"{sheet.source}: the file is empty; give a header line and one row for each patient")
    begin = first_of_data(sheet.rows)
    above = header_of_block(sheet, begin, header_rows)
    refuse_merged_data(sheet, begin)
    end, below = end_of_patients(sheet, begin)
    rows = list(sheet.rows[begin:end])
    refuse_no_header(sheet, above, rows)
    width = 1 + max((last_filled(row) for row in (*above, *rows)), default=0)
    named = [header_words([cell_of(row, place) for row in above]) for place in range(width)]
    width, beside = before_table_beside(sheet, named, rows)
    # Columns without a name and without a value only stand between others.
    kept = [place for place in range(width) if named[place] or any(text_of(cell_of(row, place)) for row in rows)]
    names = [named[place] for place in kept]
    if len(kept) < width:
        above = [[cell_of(row, place) for place in kept] for row in above]
        rows = [[cell_of(row, place) for place in kept] for row in rows]
    refuse_nameless(sheet, [place for place in kept if not named[place]], begin)
    return Found(names, single_names(above, names), list(sheet.numbers[begin:end]), rows, (*beside, *below))


def first_of_data(rows: Sequence[Row]) -> int:
    """Return the place of the first row of data; the first row of all is a header whatever it holds."""
    usual = usual_filling(rows[:LOOKED_AT])
    for place, row in enumerate(rows[: 1 + MOST_ABOVE]):
        if place and 2 * filled(row) >= usual and any(map(is_value, row)):
            return place
    return 1


def header_of_block(sheet: Sheet, begin: int, header_rows: int | None) -> list[list[object]]:
    """Return the rows of the header, the upper ones filled to the right under what they head."""
    if header_rows is not None and header_rows > begin:
        raise CohortError(
            f"{sheet.source}: [file] header_rows = {header_rows}, but the data begin in {sheet.row_word} "
            f"{sheet.numbers[begin] if begin < len(sheet.rows) else begin}; correct it, or leave it out"
        )
    lower = sheet.rows[begin - 1]
    if header_rows is None:
        header_rows = 2 if begin > 1 and is_upper_half(sheet.rows[begin - 2]) else 1
    block = sheet.rows[begin - header_rows : begin]
    numbers = sheet.numbers[begin - header_rows : begin]
    upper = [spread(sheet, row, number, lower) for row, number in zip(block[:-1], numbers[:-1], strict=True)]
    return [*upper, list(lower)]


def is_upper_half(upper: Row) -> bool:
    """Whether the row above the lowest of a header is its other half: a title has one cell, data have numbers."""
    return filled(upper) >= 2 and not any(map(is_value, upper))


def spread(sheet: Sheet, row: Row, number: int, lower: Row) -> list[object]:
    """Return an upper row of a header with each cell repeated over the columns that it heads.

    Where the file says which cells are merged it is asked; otherwise a cell heads all named columns up to the next.
    """
    cells = [cell_of(row, place) for place in range(max(len(row), len(lower)))]
    known = [(left, right) for top, left, bottom, right in sheet.merged if top <= number <= bottom]
    if known:
        for left, right in known:
            cells[left : right + 1] = [cell_of(cells, left)] * (right + 1 - left)
        return cells
    for place in range(1, len(cells)):
        if not text_of(cells[place]) and text_of(cell_of(lower, place)) and text_of(cell_of(lower, place - 1)):
            cells[place] = cells[place - 1]
    return cells


def single_names(above: list[list[object]], names: list[str]) -> dict[str, int]:
    """Return names of single rows of the header that one column alone has and none has as a whole."""
    found: dict[str, int] = {}
    for row in reversed(above if len(above) > 1 else []):
        words = [text_of(cell_of(row, place)) for place in range(len(names))]
        times = Counter(words)
        mine = {name: place for place, name in enumerate(words) if name and times[name] == 1 and name not in names}
        found = mine | found
    return found


def refuse_no_header(sheet: Sheet, above: Sequence[Row], rows: Sequence[Row]) -> None:
    """Raise if what should be the header holds numbers as the rows below it do: a file without names of columns."""
    header = above[-1]
    if len(above) == 1 and rows and names_nothing(header, rows[0]):
        shown = ", ".join(text_of(cell) for cell in header[:6])
        raise CohortError(
            f"{sheet.source}: the first row ({shown}) holds numbers as the rows below do, and no names of columns; "
            "give the file a header line"
        )


def names_nothing(header: Row, first: Row) -> bool:
    """Whether half of the cells of a header are values, two or more of them over values of the first row.

    Examples
    --------
    >>> names_nothing(["A1", "2", "3.5"], ["A2", "1", "7.0"]), names_nothing(["id", "2019", "os"], ["A2", "1", "7.0"])
    (True, False)
    """
    named = [place for place in range(len(header)) if text_of(header[place])]
    alike = [place for place in named if is_value(header[place]) and is_value(cell_of(first, place))]
    return len(alike) >= 2 and 2 * len(alike) >= len(named)


def refuse_nameless(sheet: Sheet, bare: list[int], begin: int) -> None:
    """Raise if two columns with values have no name; a single one holds row numbers, as R writes them."""
    if len(bare) > 1:
        header, named = sheet.numbers[begin - 1], [column_words(sheet, place) for place in bare]
        raise CohortError(
            f"{sheet.source}, {sheet.row_word} {header}: the columns {some_of(named, most=5)} "
            "have values and no name; name them, or say in the schema which rows the header has ([file] header_rows)"
        )


def refuse_merged_data(sheet: Sheet, begin: int) -> None:
    """Raise if cells of the data are merged: all but the first of them are empty, which would be missing values."""
    patients = [
        number for number, row in zip(sheet.numbers[begin:], sheet.rows[begin:], strict=True) if filled(row) > 1
    ]
    inside = [cells for cells in sheet.merged if patients and cells[2] >= patients[0] and cells[0] <= patients[-1]]
    if inside:
        named = some_of(
            [f"{cell_name(top, left)}:{cell_name(bottom, right)}" for top, left, bottom, right in inside], most=3
        )
        raise CohortError(
            f"{sheet.source}: the cells {named} are merged, so that all but the first are empty; give each row its own "
            "value (in Excel: Merge & Center off, then fill in)"
        )


def header_words(cells: Sequence[object]) -> str:
    """Return one name of the cells of a header, each word group once."""
    return " ".join(dict.fromkeys(words for words in map(text_of, cells) if words))
