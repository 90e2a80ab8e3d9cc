"""Formulas of a sheet that have no value (#DIV/0!, #N/A): calamine gives their cells as empty ones."""

import re
import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import unescape

from escc_bayes.data.files.opendocument import failed_cells
from escc_bayes.foundation.errors import some_of

# ECMA-376, part 1: sheets by name (18.2.19), their parts (9.2), cells of the type error (18.18.11).
SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
PART = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
CELL = re.compile(r"<(?:\w+:)?c\b([^>]*\bt=\"e\"[^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
VALUE = re.compile(r"<(?:\w+:)?v>([^<]*)<")
OPENDOCUMENT = "content.xml"
SHOWN = 5


def failed_formulas(path: Path, sheet: str) -> tuple[str, ...]:
    """Return a sentence that names the cells of a sheet whose formulas failed; none for the older formats of Excel.

    Parameters
    ----------
    sheet : its name.
    """
    if not zipfile.is_zipfile(path):
        return ()
    try:
        with zipfile.ZipFile(path) as book:
            found = failed_in(book, sheet)
    except (KeyError, zipfile.BadZipFile, OSError, ParseError):
        return ()
    if not found:
        return ()
    verb = "was" if len(found) == 1 else "were"
    return (f"{path}, sheet '{sheet}', {some_of(found, most=SHOWN)}: no value of a formula; {verb} read as missing",)


def failed_in(book: zipfile.ZipFile, sheet: str) -> list[str]:
    """Return the cells of a sheet whose formulas failed, with what they show; raise ``KeyError`` without the sheet."""
    if OPENDOCUMENT in book.namelist():
        return list(failed_cells(book.read(OPENDOCUMENT), sheet))
    content = book.read(part_of(book, sheet)).decode("utf-8", errors="replace")
    return [f"{attribute(cell, 'r')} ({value_of(inside)})" for cell, inside in CELL.findall(content)]


def part_of(book: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet; raise ``KeyError`` without one."""
    listed = SHEET.findall(book.read("xl/workbook.xml").decode("utf-8", errors="replace"))
    names = {
        unescape(attribute(one, "name"), {"&quot;": '"', "&apos;": "'"}): attribute(one, r"\w+:id") for one in listed
    }
    parts = PART.findall(book.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace"))
    targets = {attribute(one, "Id"): attribute(one, "Target") for one in parts}
    target = targets[names[sheet]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a tag; empty where it has none."""
    found = re.search(rf"(?<![\w:]){name}=\"([^\"]*)\"", tag)
    return "" if found is None else found[1]


def value_of(cell: str) -> str:
    """Return what a cell shows: #DIV/0!."""
    found = VALUE.search(cell)
    return "" if found is None else found[1]
