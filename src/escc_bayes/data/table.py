"""Raw tables: columns of text or values with the file line of each row, before anything is known of them."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray

if TYPE_CHECKING:
    import pandas as pd

MISSING_WORDS = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "."})
SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns as they stand in the source; None marks a missing value.

    Attributes
    ----------
    source : file name, or ``data frame``.
    row_word : ``line`` for files, ``row`` for data frames.
    rows : the line number, or the index label, of each row.
    columns : name to values.
    """

    source: str
    row_word: str
    rows: tuple[object, ...]
    columns: Mapping[str, list[object]]

    def place(self, which: list[int]) -> str:
        """Name rows for a message: ``lines 3, 7``."""
        plural = "s" if len(which) > 1 else ""
        return f"{self.row_word}{plural} {some_of([self.rows[i] for i in which])}"

    def where(self, column: str, value: object) -> "RawTable":
        """Return the rows whose ``column`` holds ``value``, with their lines."""
        mine = [i for i, found in enumerate(self.columns[column]) if found == value]
        columns = {name: [values[i] for i in mine] for name, values in self.columns.items()}
        return RawTable(self.source, self.row_word, tuple(self.rows[i] for i in mine), columns)


def read_table(source: "str | Path | pd.DataFrame") -> RawTable:
    """Read CSV, Parquet or a data frame into a raw table.

    Raises
    ------
    CohortError : no such file, wrong encoding, empty, a ragged line, a column twice.
    """
    if not isinstance(source, str | Path):
        return from_frame(source, "data frame")
    path = Path(source)
    if path.is_dir() or not path.exists():
        raise CohortError(f"{path}: no such file; give a CSV or Parquet file, or the name of a bundled cohort")
    if path.suffix.lower() in {".parquet", ".pq"}:
        return from_parquet(path)
    return from_csv(path)


def from_parquet(path: Path) -> RawTable:
    """Read a Parquet file through pandas."""
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError:
        raise CohortError(f"{path}: reading Parquet needs pyarrow; install it, or give the table as CSV") from None
    except (OSError, ValueError) as error:
        raise CohortError(f"{path}: cannot be read as Parquet ({error}); write the file again") from None
    return from_frame(frame, str(path))


def from_frame(frame: "pd.DataFrame", source: str) -> RawTable:
    """Take the columns of a data frame; missing values become None."""
    names = [str(name) for name in frame.columns]
    refuse_repeats(names, source)
    if len(frame) == 0:
        raise CohortError(f"{source}: has no rows; give one row for each patient")
    columns = {}
    for position, name in enumerate(names):
        series = frame.iloc[:, position]
        missing = series.isna().to_numpy()
        values = series.astype(object).tolist()
        columns[name] = [None if gone or is_blank(v) else v for v, gone in zip(values, missing, strict=True)]
    return RawTable(source, "row", tuple(frame.index.tolist()), columns)


def is_blank(value: object) -> bool:
    """Whether a value is one of the words for a missing one."""
    return isinstance(value, str) and value.strip() in MISSING_WORDS


def from_csv(path: Path) -> RawTable:
    """Read a CSV file separated by commas, semicolons or tabs, keeping line numbers."""
    content = decode(path)
    if not content.strip():
        raise CohortError(f"{path}: the file is empty; give a header line and one row for each patient")
    header_line = next(line for line in content.splitlines() if line.strip())
    separator = max(SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[object] = []
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
    refuse_repeats(header, str(path))
    if not rows:
        raise CohortError(f"{path}: has a header and no rows; give one row for each patient")
    columns = {
        name: [None if is_blank(cell) else cell.strip() for cell in cells]
        for name, cells in zip(header, zip(*rows, strict=True), strict=True)
    }
    return RawTable(str(path), "line", tuple(lines), columns)


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
    return content


def refuse_repeats(names: list[str], source: str) -> None:
    """Raise if a column name stands twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CohortError(f"{source}: column '{twice[0]}' stands twice in the header; rename one")


def word(value: object) -> str | None:
    """Return the word a value stands for: 2, 2.0 and '2.0' are '2'; True is 'true'.

    Examples
    --------
    >>> word("2.0"), word(True), word(" II ")
    ('2', 'true', 'II')
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    text = str(value).strip()
    number = as_number(text)
    return text if number is None or not number.is_integer() else str(int(number))


def as_number(value: object) -> float | None:
    """Return a value as a float, or None if it is no number."""
    if isinstance(value, str) and "_" in value:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None


def numbers(table: RawTable, column: str) -> FloatArray:
    """Return a column as floats, missing values as NaN.

    Raises
    ------
    CohortError : values that are no numbers, with their rows; a decimal comma is recognised.
    """
    values = table.columns[column]
    parsed = [np.nan if v is None else as_number(v) for v in values]
    bad = [i for i, number in enumerate(parsed) if number is None]
    if not bad:
        return np.array(parsed, dtype=np.float64)
    given = str(values[bad[0]])
    if given.count(",") == 1 and as_number(given.replace(",", ".")) is not None:
        remedy = f"a decimal comma; write {given.replace(',', '.')} in place of {given}"
    else:
        remedy = "not a number; correct it, or leave the cell empty if it is missing"
    raise CohortError(f"{table.source}, {table.place(bad)}, column '{column}': {given!r} is {remedy}")
