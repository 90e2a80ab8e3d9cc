"""Raw tables: columns of text or values with the file line of each row, before anything is known of them."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.csv_file import read_csv
from escc_bayes.data.words import MISSING_WORDS, as_number, is_blank, of_distinct
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.foundation.kinds import told
from escc_bayes.hazard.piecewise import FloatArray

if TYPE_CHECKING:
    import pandas as pd


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
    rows: Sequence[object]
    columns: Mapping[str, list[object]]

    def place(self, which: list[int]) -> str:
        """Name rows for a message: ``lines 3, 7``."""
        plural = "s" if len(which) > 1 else ""
        return f"{self.row_word}{plural} {some_of([self.rows[i] for i in which])}"

    def named(self, name: str) -> list[str]:
        """Return the columns of this name, whatever their case and the spaces around them."""
        return [column for column in self.columns if column.strip().casefold() == name]

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
        if not hasattr(source, "iloc") or not hasattr(source, "columns"):
            raise CohortError(
                f"read_cohort: source is {told(source)}; give the path of a CSV or Parquet file, or a data frame"
            )
        return from_frame(source, "data frame")
    path = Path(source)
    if path.is_dir():
        raise CohortError(
            f"{path}: is a folder, and no such file as a cohort is read from; give a CSV or Parquet file "
            "(the verbs fit and report, and read_ensemble, pool a folder of reconstructed cohorts)"
        )
    if not path.exists():
        raise CohortError(f"{path}: no such file; give a CSV or Parquet file, or the name of a bundled cohort")
    return from_parquet(path) if is_parquet(path) else from_csv(path)


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet by its name."""
    return path.suffix.lower() in {".parquet", ".pq"}


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
        columns[name] = frame_cells(series.astype(object).tolist(), missing)
    return RawTable(source, "row", frame.index.tolist(), columns)


def frame_cells(values: list[object], missing: NDArray[np.bool_]) -> list[object]:
    """Return the cells of a column with None where one is missing or blank; what has no hash as its text."""
    kinds = set(map(type, values))
    if not all(issubclass(kind, Hashable) for kind in kinds):
        values = [value if isinstance(value, Hashable) else str(value) for value in values]
    if str in kinds:
        values = of_distinct(lambda value: None if is_blank(value) else value, values)
    if missing.any():
        values = [None if gone else value for value, gone in zip(values, missing.tolist(), strict=True)]
    return values


def from_csv(path: Path) -> RawTable:
    """Read a CSV file separated by commas, semicolons or tabs, keeping line numbers."""
    header, lines, cells = read_csv(path)
    refuse_repeats(header, str(path))
    if not lines:
        raise CohortError(f"{path}: has a header and no rows; give one row for each patient")
    return RawTable(str(path), "line", lines, dict(zip(header, map(with_gaps, cells), strict=True)))


def with_gaps(cells: list[str]) -> list[object]:
    """Return cells with None for each word that means a missing value."""
    if MISSING_WORDS.isdisjoint(cells):
        return list(cells)
    return [None if cell in MISSING_WORDS else cell for cell in cells]


def refuse_repeats(names: list[str], source: str) -> None:
    """Raise if a column name stands twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise CohortError(f"{source}: column '{twice[0]}' stands twice in the header; rename one")


def numbers(table: RawTable, column: str) -> FloatArray:
    """Return a column as floats, missing values as NaN.

    Raises
    ------
    CohortError : values that are no numbers, with their rows; a decimal comma is recognised.
    """
    values = table.columns[column]
    plain = plain_numbers(values)
    if plain is not None:
        return plain
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


def plain_numbers(values: list[object]) -> FloatArray | None:
    """Return what ``as_number`` says of every value, missing ones as NaN; None where one is no number."""
    present = [math.nan if value is None else value for value in values] if None in values else values
    try:
        found = np.fromiter(map(float, present), np.float64, len(values))  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        text = "".join(values)  # type: ignore[arg-type]
    except TypeError:
        text = "".join(value for value in values if isinstance(value, str))
    return None if "_" in text else found
