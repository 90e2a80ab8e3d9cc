"""From a CSV file to its header, the line of each row, and columns of text.

A file whose every line is a row is taken column by column. Any other (blank lines, a line break in quotes, a ragged
line) is read row by row, which knows the line of each and says what is wrong with it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.foundation.csv import meant
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.letters import control_character

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (",", ";", "\t")
# Cells and characters taken at a time: what they need beside the columns stays in the processor's cache.
BLOCK_CELLS = 65_536
BLOCK_TEXT = 262_144
# A column keeps each of its words once while they are few.
FEW = 500
# What ``harmless`` in ``foundation/csv.py`` writes before a sign, and bytes of ASCII that are no text.
ESCAPED = ("'=", "'+", "'-", "'@", "''")
CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))
LINE = re.compile(r"[^\r\n]*")


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV file as text; ``separator`` is the one that stands most often in its first line with any text."""

    path: Path
    content: str
    separator: str

    @property
    def width(self) -> int:
        """How many cells the first line has, about."""
        return 1 + self.content.count(self.separator, 0, max(self.content.find("\n"), 0))

    def reader(self) -> "CsvReader":
        """Return a reader at the beginning of the file."""
        return csv.reader(io.StringIO(self.content, newline=""), delimiter=self.separator)


type Rows = tuple[list[str], Sequence[int], list[list[str]]]
type Block = Sequence[Sequence[str]]


def read_csv(path: Path) -> Rows:
    """Return the header, the line on which each row ends, and each column's cells without spaces around them.

    Raises
    ------
    CohortError : wrong encoding, empty, a ragged line.
    """
    text = csv_text(path)
    header, lines, columns = whole_columns(text) or row_by_row(text)
    if any(sign in text.content for sign in ESCAPED):
        # Words that a table of ours has kept from being formulas.
        columns = [[meant(cell) for cell in column] for column in columns]
    return [meant(name) for name in header], lines, columns


def header_of(path: Path) -> list[str]:
    """Return the names in the header, which is all that is looked at."""
    for row in csv_text(path).reader():
        if any(cell.strip() for cell in row):
            return [cell.strip() for cell in row]
    return []


def csv_text(path: Path) -> CsvText:
    """Return a file as text, with its separator; raise ``CohortError`` if it holds nothing."""
    content = decode(path)
    first = re.search(r"\S", content)
    if first is None:
        raise CohortError(f"{path}: the file is empty; give a header line and one row for each patient")
    begin = 1 + max(content.rfind("\n", 0, first.start()), content.rfind("\r", 0, first.start()))
    header_line = next(LINE.finditer(content, begin)).group()
    return CsvText(path, content, max(SEPARATORS, key=header_line.count))


def whole_columns(text: CsvText) -> Rows | None:
    """Return the table of a file in which every line is a row like the header; None where one is not."""
    columns: list[list[str]] = []
    seen: list[Stripped] = []
    for block in quoted_blocks(text) if '"' in text.content else plain_blocks(text):
        columns, seen = columns or [[] for _ in block], seen or [Stripped() for _ in block]
        if len(block) != len(columns) or not block:
            return None
        for column, cells, known in zip(columns, block, seen, strict=True):
            column.extend(stripped(cells, known))
    if any_blank(columns):
        return None
    header = [column[0] for column in columns]
    for column in columns:
        del column[0]
    return header, range(2, 2 + len(columns[0])), columns


def plain_blocks(text: CsvText) -> Iterator[Block]:
    """Yield the cells of each column, some lines at a time, of a file without quotes; nothing where lines differ."""
    content = text.content.replace("\r\n", "\n").removesuffix("\n")
    begin = 0
    while begin <= len(content):
        found = content.find("\n", begin + BLOCK_TEXT)
        end = len(content) if found < 0 else found
        lines = content[begin:end].split("\n")
        separators = {line.count(text.separator) for line in lines}
        if len(separators) > 1 or "\r" in content or max(map(len, lines)) > csv.field_size_limit():
            yield []
            return
        width = 1 + separators.pop()
        cells = text.separator.join(lines).split(text.separator)
        yield [cells[place::width] for place in range(width)]
        begin = end + 1


def quoted_blocks(text: CsvText) -> Iterator[Block]:
    """Yield the same of a file with quotes."""
    reader, rows = text.reader(), 0
    try:
        while block := list(islice(reader, 1 + BLOCK_CELLS // text.width)):
            rows += len(block)
            widths = set(map(len, block))
            yield [] if len(widths) > 1 or reader.line_num != rows else list(zip(*block, strict=True))
    except csv.Error:
        yield []


class Stripped(dict[str, str]):
    """Cell to the same without spaces around it, each looked at once: equal words of a column are one object."""

    def __missing__(self, cell: str) -> str:
        self[cell] = cell.strip()
        return self[cell]


def stripped(cells: Sequence[str], known: Stripped) -> Iterable[str]:
    """Return cells without spaces around them; ``known`` serves while the column has few words."""
    if len(known) <= FEW:
        return map(known.__getitem__, cells)
    return map(str.strip, cells)


def any_blank(columns: list[list[str]]) -> bool:
    """Whether any row has no text in any column."""
    blank: Iterable[int] = (i for i, cell in enumerate(columns[0]) if not cell) if "" in columns[0] else ()
    for column in columns[1:]:
        blank = [i for i in blank if not column[i]]
        if not blank:
            return False
    return any(True for _ in blank)


def row_by_row(text: CsvText) -> Rows:
    """Return the table of any file, without its blank lines.

    Raises
    ------
    CohortError : with the first line that is ragged or no CSV.
    """
    reader, path = text.reader(), text.path
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = [cell.strip() for cell in row]
                continue
            if len(row) != len(header):
                raise CohortError(
                    f"{path}, line {reader.line_num}: has {len(row)} values, the header has {len(header)} columns; "
                    "correct the line (a decimal comma splits a number in two: write 12.5)"
                )
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise CohortError(f"{path}, line {reader.line_num}: cannot be read as CSV ({error}); correct it") from None
    return header, lines, [list(map(str.strip, cells)) for cells in zip(*rows, strict=True)]


def decode(path: Path) -> str:
    """Return the text of a UTF-8 file; say where another encoding begins."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CohortError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CohortError(
            f"{path}, line {line}: byte 0x{raw[error.start]:02x} is not UTF-8; save the file as CSV UTF-8"
        ) from None
    if "\x00" in content:
        raise CohortError(f"{path}: holds zero bytes, so it is not text in UTF-8; save the file as CSV UTF-8")
    # In ASCII, which most files are, a count of bytes tells; the search for a letter takes ten times as long.
    if not content.isascii() or len(raw.translate(None, CONTROL_BYTES)) < len(raw):
        refuse_control_characters(path, content)
    return content


def refuse_control_characters(path: Path, content: str) -> None:
    """Raise at a letter that no output could show: labels go into tables, figures and pages."""
    strange = control_character(content)
    if strange:
        line = content.count("\n", 0, content.index(strange.encode().decode("unicode_escape"))) + 1
        raise CohortError(f"{path}, line {line}: holds the control character {strange}; remove it")
