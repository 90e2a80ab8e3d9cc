"""Formulas of an OpenDocument sheet that have no value (#DIV/0!, Err:502): calamine gives their cells as empty ones."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from escc_bayes.data.files.cells import cell_name

# OpenDocument 1.3, part 3: sheets, rows and cells (9.1), how often each stands (19.675, 19.676), formulas (19.642).
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
# How LibreOffice marks such a cell; other programs write the error alone.
KIND = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|(?:Err|Fehler|Erreur):\d+")


def failed_cells(content: bytes, sheet: str) -> Iterator[str]:
    """Yield each cell of a sheet whose formula failed, with what it shows: ``E5 (#DIV/0!)``.

    Parameters
    ----------
    content : ``content.xml`` of the file.
    """
    if b"<!DOCTYPE" in content:  # Entities could be declared there alone, and no program writes it.
        return
    for table in ElementTree.fromstring(content).iter(f"{TABLE}table"):  # noqa: S314 - without entities
        if table.get(f"{TABLE}name") == sheet:
            row = 1
            for line in table.iter(f"{TABLE}table-row"):
                yield from failed_in(line, row)
                row += int(line.get(f"{TABLE}number-rows-repeated", "1"))


def failed_in(line: ElementTree.Element, row: int) -> Iterator[str]:
    """Yield the cells of one row whose formula failed."""
    column = 0
    for cell in line:
        shown = "".join(cell.itertext()).strip()
        formula = cell.get(f"{TABLE}formula") is not None
        if cell.get(KIND) == "error" or (formula and ERROR.fullmatch(shown)):
            yield f"{cell_name(row, column)} ({shown})"
        column += int(cell.get(f"{TABLE}number-columns-repeated", "1"))
