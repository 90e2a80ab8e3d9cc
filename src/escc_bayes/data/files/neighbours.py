"""What stands beside and below the table of patients: remarks, totals, other tables. Left out, and said."""

import re
from collections.abc import Sequence

from escc_bayes.data.files.cells import (
    Row,
    Sheet,
    cell_of,
    column_words,
    filled,
    is_value,
    text_of,
    usual_filling,
)

# Rows that tell how wide a table is.
LOOKED_AT = 200
# Letters of a cell that is a sentence below the table and not the identifier of a patient.
SENTENCE = 12
# Share of the rows below which a column apart from the others is of another table.
RARE = 0.1
# An address of mail, a telephone number, an identity number: said of no cell.
PRIVATE = re.compile(r"[\w.+-]+@[\w-]+\.\w+|1[3-9]\d{9}|\d{17}[\dXx]|\+\d[\d \-()]{8,}\d")
# The first cell of a row below the table that sums it up.
TOTAL = re.compile(
    r"(?:grand )?totals?|sums?|counts?|means?|averages?|medians?|sd|std|min(?:imum)?|max(?:imum)?|n|gesamt|summe"
    r"|mittelwert|moyenne|somme|合计|总计|小计|平均值?|均值|中位数|标准差|合計|합계|평균|итого|всего|среднее",
    re.IGNORECASE,
)


def end_of_patients(sheet: Sheet, begin: int) -> tuple[int, tuple[str, ...]]:
    """Return where the rows of patients end, and a sentence for what stands below them and is none."""
    end, remarks = before_notes(sheet, begin)
    end, tables = before_another_table(sheet, begin, end)
    return end, (*tables, *remarks)


def before_notes(sheet: Sheet, begin: int) -> tuple[int, tuple[str, ...]]:
    """Return where the rows of data end, and a sentence for each row below that is a remark and not a patient."""
    usual = usual_filling(sheet.rows[begin : begin + LOOKED_AT] or [()])
    end = len(sheet.rows)
    while end > begin and usual >= 3 and is_remark(sheet, end - 1):
        end -= 1
    return end, tuple(
        f"{sheet.source}, {sheet.row_word} {number}: {shortened(row)} stands below the table and was left out"
        for row, number in zip(sheet.rows[end:], sheet.numbers[end:], strict=True)
    )


def before_another_table(sheet: Sheet, begin: int, end: int) -> tuple[int, tuple[str, ...]]:
    """Return where the rows of data end, before another table: under an empty row, a header of words, narrower rows."""
    usual = usual_filling(sheet.rows[begin : begin + LOOKED_AT] or [()])
    for place in (k for k in range(begin + 1, end) if sheet.numbers[k] > sheet.numbers[k - 1] + 1):
        head, *body = sheet.rows[place:end]
        if body and not any(map(is_value, head)) and max(map(filled, (head, *body))) < usual:
            rows = f"{sheet.row_word}s {sheet.numbers[place]} to {sheet.numbers[end - 1]}"
            return place, (f"{sheet.source}, {rows}: another table stands below that of patients and was left out",)
    return end, ()


def before_table_beside(sheet: Sheet, named: Sequence[str], rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Return how wide the table is, before another one: beyond an empty column, without names or nearly empty."""
    width = len(named)
    held = [sum(1 for row in rows if text_of(cell_of(row, place))) for place in range(width)]
    for gap in (place for place in range(1, width) if not named[place] and not held[place]):
        right = [place for place in range(gap + 1, width) if named[place] or held[place]]
        if right and all(not named[place] or held[place] < RARE * len(rows) for place in right):
            columns = " to ".join(dict.fromkeys(column_words(sheet, place) for place in (right[0], right[-1])))
            return gap, (
                f"{sheet.source}, column{'s' if len(right) > 1 else ''} {columns}: another table stands beside that of "
                "patients and was left out",
            )
    return width, ()


def is_remark(sheet: Sheet, place: int) -> bool:
    """Whether a row at the end is a total, or holds one cell of words: a sentence, or apart from the rows above it."""
    row = sheet.rows[place]
    if is_total(row):
        return True
    if filled(row) != 1 or any(map(is_value, row)):
        return False
    apart = place > 0 and sheet.numbers[place] > sheet.numbers[place - 1] + 1
    words = next(text_of(cell) for cell in row if text_of(cell))
    return apart or " " in words.strip() or len(words) > SENTENCE or not words[:1].isalnum()


def is_total(row: Row) -> bool:
    """Whether a row sums up those above it: its first cell says total, mean or the like."""
    return TOTAL.fullmatch(next((text_of(cell) for cell in row if text_of(cell)), "").strip(" :")) is not None


def shortened(row: Row, most: int = 60) -> str:
    """Return the first text of a row in quotes, cut off if it is long; nothing by which a person can be reached."""
    words = next(text_of(cell) for cell in row if text_of(cell))
    if any(PRIVATE.search(text_of(cell)) for cell in row):
        return "a remark with a telephone or identity number, or an address of mail,"
    return repr(words if len(words) <= most else f"{words[:most]}...")
