"""From a CSV file to its header, the line of each row, and columns of text.

A file whose every line is a row is taken column by column. Any other (blank lines, a line break in quotes, a ragged
line, titles above the header, notes below) is read row by row, which knows the line of each and says what is wrong with
it.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from escc_bayes.data.files.cells import Sheet, is_value, last_filled
from escc_bayes.data.files.encoding import decode
from escc_bayes.data.files.layout import first_of_data, names_nothing, table_in
from escc_bayes.data.files.neighbours import end_of_patients, is_total
from escc_bayes.data.files.options import FileOptions
from escc_bayes.foundation.csv import meant
from escc_bayes.foundation.errors import CohortError

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = (",", ";", "\t", "|", "^", "~")
# Lines that tell which sign separates the cells.
LOOKED_AT = 200
# Cells and characters taken at a time: what they need beside the columns stays in the processor's cache.
BLOCK_CELLS = 65_536
BLOCK_TEXT = 262_144
# A column keeps each of its words once while they are few.
FEW = 500
# What ``harmless`` in ``foundation/csv.py`` writes before a sign.
ESCAPED = ("'=", "'+", "'-", "'@", "''")
LINE = re.compile(r"[^\r\n]*")
# The first line in which some programs say the separator.
SEPARATOR_LINE = re.compile(r"\s*sep=(.)(\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV file as text.

    Attributes
    ----------
    separator : what stands between cells: stated, or what separates most lines alike.
    before : lines of the file above ``content``.
    note : what a reader must know of the encoding, or nothing.
    header_rows : how many rows the header has; None: found out.
    """

    path: Path
    content: str
    separator: str
    before: int = 0
    note: str = ""
    header_rows: int | None = None

    @property
    def width(self) -> int:
        """How many cells the first line has, about."""
        return 1 + self.content.count(self.separator, 0, max(self.content.find("\n"), 0))

    def reader(self) -> "CsvReader":
        """Return a reader at the beginning of the file."""
        return csv.reader(io.StringIO(self.content, newline=""), delimiter=self.separator)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The table of a CSV file.

    Attributes
    ----------
    header : names of the columns.
    lines : the line on which each row ends.
    columns : each column's cells without spaces around them.
    aliases : other names of columns, and their places.
    separator : what stands between the cells.
    notes : sentences about the encoding and about lines left out.
    """

    header: list[str]
    lines: Sequence[int]
    columns: list[list[str]]
    aliases: Mapping[str, int] = field(default_factory=dict)
    separator: str = ","
    notes: tuple[str, ...] = ()


type Block = Sequence[Sequence[str]]


def read_csv(path: Path, options: FileOptions = FileOptions()) -> CsvTable:  # noqa: B008 - it cannot be changed
    """Return the table of a CSV file.

    Raises
    ------
    CohortError : wrong encoding, empty, a ragged line.
    """
    text = csv_text(path, options)
    found = whole_columns(text)
    if found is None or options.header_rows is not None or not plain_table(found):
        found = row_by_row(text)
    columns = found.columns
    if any(sign in text.content for sign in ESCAPED):
        # Words that a table of ours has kept from being formulas.
        columns = [[meant(cell) for cell in column] for column in columns]
    lines = [line + text.before for line in found.lines] if text.before else found.lines
    notes = (text.note, *found.notes) if text.note else found.notes
    return replace(
        found,
        header=[meant(name) for name in found.header],
        lines=lines,
        columns=columns,
        notes=notes,
        separator=text.separator,
    )


def header_of(path: Path, options: FileOptions = FileOptions()) -> list[str]:  # noqa: B008 - it cannot be changed
    """Return the names in the header; of a plain file that line is all that is looked at."""
    text = csv_text(path, options)
    first = next((row for row in text.reader() if any(cell.strip() for cell in row)), [])
    names = [cell.strip() for cell in first]
    if text.header_rows is None and sound(names):
        return names
    found = row_by_row(text)
    return [*found.header, *found.aliases]


def csv_text(path: Path, options: FileOptions = FileOptions()) -> CsvText:  # noqa: B008 - it cannot be changed
    """Return a file as text, with its separator; raise ``CohortError`` if it holds nothing."""
    content, note = decode(path, options.encoding)
    if not re.search(r"\S", content):
        raise CohortError(f"{path}: the file is empty; give a header line and one row for each patient")
    stated = SEPARATOR_LINE.match(content)
    before = 0
    if stated:
        before = max(1, content.count("\n", 0, stated.end()))
        content = content[stated.end() :]
    separator = options.delimiter or (stated.group(1) if stated else separator_of(content))
    return CsvText(path, content, separator, before, note, options.header_rows)


def separator_of(content: str) -> str:
    """Return the sign that separates the cells.

    It is the one that most often stands in the first line with any text. Where another divides more of the lines
    into equally many cells (a title above the header, decimal commas), it is that one.
    """
    lines = [line.group() for line in islice(LINE.finditer(content), 3 * LOOKED_AT) if line.group().strip()][:LOOKED_AT]
    first = max(SEPARATORS, key=lines[0].count) if lines else ","
    if not lines or 2 * alike(lines, first) >= len(lines):
        return first
    return max(SEPARATORS, key=lambda sign: (alike(lines, sign), sign == first))


def alike(lines: Sequence[str], separator: str) -> int:
    """Return how many lines have the number of separators that most have, if that is one at least."""
    times = Counter(found for found in (line.count(separator) for line in lines) if found)
    return max(times.values(), default=0)


def sound(names: Sequence[str]) -> bool:
    """Whether names can be those of columns: none twice, and none empty but the first (row numbers, as R writes)."""
    return all(names[1:]) and len(set(names)) == len(names)


def plain_table(found: CsvTable) -> bool:
    """Whether the first line is the whole header and the last no remark: otherwise the table stands inside the file."""
    if not sound(found.header) or not found.lines:
        return False
    first, last = ([column[place] for column in found.columns] for place in (0, -1))
    if len(found.header) >= 3 and sum(map(bool, last)) < 2:
        return False
    if is_total(last) or names_nothing(found.header, first):
        return False
    second = [column[1] for column in found.columns] if len(found.lines) > 1 else []
    return any(map(is_value, first)) or not any(map(is_value, second))


def whole_columns(text: CsvText) -> CsvTable | None:
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
    return CsvTable(header, range(2, 2 + len(columns[0])), columns)


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


def row_by_row(text: CsvText) -> CsvTable:
    """Return the table of any file, without its blank lines, titles and remarks.

    Raises
    ------
    CohortError : with the first line that is ragged or no CSV.
    """
    reader, path = text.reader(), text.path
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise CohortError(f"{path}, line {reader.line_num}: cannot be read as CSV ({error}); correct it") from None
    sheet = Sheet(str(path), "line", rows, lines)
    begin = first_of_data(rows)
    for place in range(begin, end_of_patients(sheet, begin)[0]):
        refuse_ragged(path, lines[place] + text.before, rows[place], rows[begin - 1])
    found = table_in(sheet, text.header_rows)
    width = len(found.header)
    cells = [
        list(map(str.strip, map(str, column))) for column in zip(*(pad(row, width) for row in found.rows), strict=True)
    ]
    return CsvTable(
        found.header, found.numbers, cells or [[] for _ in found.header], found.aliases, notes=found.left_out
    )


def pad(row: Sequence[object], width: int) -> list[object]:
    """Return the first cells of a row, those beyond its end empty."""
    return [*row[:width], *[""] * (width - len(row))]


def refuse_ragged(path: Path, line: int, row: Sequence[object], header: Sequence[object]) -> None:
    """Raise if a row has more cells than the header, or fewer than it has names; empty ones at the end aside."""
    if last_filled(row) < len(header) and len(row) > last_filled(header):
        return
    raise CohortError(
        f"{path}, line {line}: has {len(row)} values, the header has {len(header)} columns; "
        "correct the line (a decimal comma splits a number in two: write 12.5)"
    )
