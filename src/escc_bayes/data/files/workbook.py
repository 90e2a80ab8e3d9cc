"""Excel and OpenDocument workbooks: which sheet holds the table, and its rows."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.data.files.cells import Sheet, filled
from escc_bayes.data.files.failed_formulas import failed_formulas
from escc_bayes.data.files.layout import Found, table_in
from escc_bayes.data.files.options import FileOptions
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


def read_workbook(path: Path, options: FileOptions, wanted: Collection[str] = ()) -> tuple[Found, tuple[str, ...]]:
    """Return the table of a workbook, and sentences about what a reader would not expect.

    Parameters
    ----------
    options : sheet and rows of the header, where stated.
    wanted : columns that a schema names; of several sheets the first that has them all is taken.

    Raises
    ------
    CohortError : damaged, protected by a password, no such sheet, an empty sheet, merged cells in the data.
    """
    book = opened(path)
    names = list(book.sheet_names)
    if options.sheet is not None:
        if options.sheet not in names:
            raise CohortError(f"{path}: no sheet '{options.sheet}'; {suggestion(options.sheet, names)}")
        found = table_in(sheet_of(path, book, options.sheet), options.header_rows)
        return found, failed_formulas(path, options.sheet)
    sheets = [found for found in (sheet_of(path, book, name) for name in names) if found.rows]
    if not sheets:
        raise CohortError(f"{path}: every sheet is empty; give a header and one row for each patient")
    chosen = the_sheet(sheets, options, wanted)
    others = [sheet.source for sheet in sheets if sheet is not chosen]
    said = (
        f"{chosen.source} was read, of {len(sheets)} sheets that hold something; name another in the schema "
        '([file] sheet = "..")'
    )
    return table_in(chosen, options.header_rows), (*((said,) if others else ()), *failed_formulas(path, chosen.name))


def the_sheet(sheets: list[Sheet], options: FileOptions, wanted: Collection[str]) -> Sheet:
    """Return the first sheet with every wanted column; without one the sheet with the most rows of data."""
    for sheet in sheets if wanted and len(sheets) > 1 else ():
        try:
            found = table_in(sheet, options.header_rows)
        except CohortError:
            continue
        if {*found.header, *found.aliases} >= set(wanted):
            return sheet
    return max(sheets, key=lambda sheet: len(sheet.rows))


def opened(path: Path) -> "CalamineWorkbook":
    """Return an open workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise CohortError(f"{path}: is protected by a password; save a copy without one") from None
    except (CalamineError, OSError, ValueError) as error:
        raise CohortError(
            f"{path}: cannot be read as an Excel or OpenDocument workbook ({error}); save it again"
        ) from None


def sheet_of(path: Path, book: "CalamineWorkbook", name: str) -> Sheet:
    """Return the filled rows of one sheet, numbered as the spreadsheet shows them."""
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise CohortError(f"{path}: sheet '{name}' cannot be read ({error}); save the workbook again") from None
    kept = [place for place, row in enumerate(cells) if filled(row)]
    source = f"{path}, sheet '{name}'" if len(book.sheet_names) > 1 else str(path)
    rows, numbers = [cells[place] for place in kept], [place + 1 for place in kept]
    return Sheet(source, "row", rows, numbers, merged_of(sheet), name)


def merged_of(sheet: "CalamineSheet") -> list[tuple[int, int, int, int]]:
    """Return merged cells, their rows from 1 as in the spreadsheet and their columns from 0."""
    found = sheet.merged_cell_ranges or []
    return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in found]
