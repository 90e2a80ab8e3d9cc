"""Where in a sheet the table stands: title rows above, a header of one or more rows, notes below.

The header is the rows just above the first row of data, which is the first that is at least half full and holds a
number or a date. Rows above it with a single cell are titles. Two rows are one header where the upper has more cells
than one: a column is then called by both ("ALC baseline"), and answers to one of them where no other column has it.
"""

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.data.words import as_number
from escc_bayes.foundation.errors import CohortError, some_of

type Row = Sequence[object]
# Rows that tell how wide a table is, and at most as many of titles and header above it.
LOOKED_AT, MOST_ABOVE = 200, 30
# Letters of a cell that is a sentence below the table and not the identifier of a patient.
SENTENCE = 12
# The first cell of a row below the table that sums it up.
TOTAL = re.compile(
    r"(?:grand )?totals?|sums?|counts?|means?|averages?|medians?|sd|std|min(?:imum)?|max(?:imum)?|n|gesamt|summe"
    r"|mittelwert|moyenne|somme|合计|总计|小计|平均值?|均值|中位数|标准差|合計|합계|평균|итого|всего|среднее",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a file before anything is known of them.

    Attributes
    ----------
    source, row_word : for messages: ``line`` for text files, ``row`` for sheets.
    rows : cells, None or "" where empty; rows without any cell are left out.
    numbers : the line or row of each.
    merged : (first row, first column, last row, last column) of merged cells, as ``numbers`` and from 0.
    """

    source: str
    row_word: str
    rows: Sequence[Row]
    numbers: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]] = ()


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
    end, left_out = before_notes(sheet, begin)
    rows = list(sheet.rows[begin:end])
    refuse_no_header(sheet, above, rows)
    width = 1 + max((last_filled(row) for row in (*above, *rows)), default=0)
    named = [header_words([cell_of(row, place) for row in above]) for place in range(width)]
    # Columns without a name and without a value only stand between others.
    kept = [place for place in range(width) if named[place] or any(text_of(cell_of(row, place)) for row in rows)]
    names = [named[place] for place in kept]
    if len(kept) < width:
        above = [[cell_of(row, place) for place in kept] for row in above]
        rows = [[cell_of(row, place) for place in kept] for row in rows]
    refuse_nameless(sheet, names, begin)
    return Found(names, single_names(above, names), list(sheet.numbers[begin:end]), rows, left_out)


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


def before_notes(sheet: Sheet, begin: int) -> tuple[int, tuple[str, ...]]:
    """Return where the rows of data end, and a sentence for each row below that is a remark and not a patient."""
    usual = usual_filling(sheet.rows[begin : begin + LOOKED_AT] or [()])
    end = len(sheet.rows)
    while end > begin and usual >= 3 and is_remark(sheet, end - 1):
        end -= 1
    return end, tuple(
        f"{sheet.source}, {sheet.row_word} {number}: {shortened(row)!r} stands below the table and was left out"
        for row, number in zip(sheet.rows[end:], sheet.numbers[end:], strict=True)
    )


def is_remark(sheet: Sheet, place: int) -> bool:
    """Whether a row at the end is a total, or holds one cell of words: a sentence, or apart from the rows above it."""
    row = sheet.rows[place]
    if is_total(row):
        return True
    if filled(row) != 1 or any(map(is_value, row)):
        return False
    apart = place > 0 and sheet.numbers[place] > sheet.numbers[place - 1] + 1
    words = shortened(row, most=SENTENCE + 1)
    return apart or " " in words.strip() or len(words) > SENTENCE or not words[:1].isalnum()


def is_total(row: Row) -> bool:
    """Whether a row sums up those above it: its first cell says total, mean or the like."""
    return TOTAL.fullmatch(next((text_of(cell) for cell in row if text_of(cell)), "").strip(" :")) is not None


def shortened(row: Row, most: int = 60) -> str:
    """Return the first text of a row, cut off if it is long."""
    words = next(text_of(cell) for cell in row if text_of(cell))
    return words if len(words) <= most else f"{words[:most]}..."


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


def refuse_nameless(sheet: Sheet, names: list[str], begin: int) -> None:
    """Raise if two columns with values have no name; a single one holds row numbers, as R writes them."""
    bare = [place for place, name in enumerate(names) if not name]
    if len(bare) > 1:
        header = sheet.numbers[begin - 1]
        raise CohortError(
            f"{sheet.source}, {sheet.row_word} {header}: the columns {some_of([place + 1 for place in bare], most=5)} "
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


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell as in a spreadsheet; ``column`` counts from 0.

    Examples
    --------
    >>> cell_name(3, 0), cell_name(12, 27)
    ('A3', 'AB12')
    """
    letters = ""
    place = column + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def header_words(cells: Sequence[object]) -> str:
    """Return one name of the cells of a header, each word group once."""
    return " ".join(dict.fromkeys(words for words in map(text_of, cells) if words))


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
