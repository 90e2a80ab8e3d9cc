"""Raw tables: columns of text or values with the file line of each row, before anything is known of them."""

import math
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.csv_file import read_csv
from escc_bayes.data.files.cells import cell_of
from escc_bayes.data.files.commas import not_a_number, with_commas
from escc_bayes.data.files.kind import LABELLED, PARQUET, READ, WORKBOOKS, kind_of
from escc_bayes.data.files.options import FileOptions
from escc_bayes.data.files.parameters import one_row_each
from escc_bayes.data.words import MISSING_WORDS, as_number, cell_value, is_blank, of_distinct, word
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.foundation.kinds import told
from escc_bayes.hazard.piecewise import FloatArray

if TYPE_CHECKING:
    import pandas as pd

# A long column is one of few words when its first cells hold so few.
MANY, FEW = 1_000, 100


@dataclass(frozen=True, slots=True)
class RawTable:
    """Columns as they stand in the source; None marks a missing value.

    Attributes
    ----------
    source : file name, or ``data frame``.
    row_word : ``line`` for text files, ``row`` for sheets and data frames.
    rows : the line number, or the index label, of each row.
    columns : name to values; a column with two names stands under both.
    aliases : the second names.
    labels : name to what the file calls the column in words.
    codes : name to what its codes mean in words.
    decimal : the decimal sign that the schema states.
    commas : whether a comma may be a decimal sign without a statement: not where commas separate the cells.
    notes : what a reader must know of the file, a sentence each.
    """

    source: str
    row_word: str
    rows: Sequence[object]
    columns: Mapping[str, list[object]]
    aliases: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decimal: str | None = None
    commas: bool = True
    notes: tuple[str, ...] = ()

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
        return replace(self, rows=tuple(self.rows[i] for i in mine), columns=columns)

    def with_column(self, name: str, values: list[object]) -> "RawTable":
        """Return the table with a column replaced."""
        return replace(self, columns={**self.columns, name: values})


def read_table(
    source: "str | Path | pd.DataFrame",
    options: FileOptions = FileOptions(),  # noqa: B008 - it cannot be changed
    wanted: Collection[str] = (),
) -> RawTable:
    """Read a file or a data frame into a raw table.

    Parameters
    ----------
    source : path of a CSV, Excel, OpenDocument, SPSS, Stata, SAS, Parquet or Arrow file, or a data frame (pandas,
        Polars, Arrow).
    options : what the schema says of the file.
    wanted : columns that the schema names; they tell which sheet of a workbook is meant.

    Raises
    ------
    CohortError : no such file, a format that holds no table, empty, a ragged line, a column twice.
    """
    if not isinstance(source, str | Path):
        return described(from_frame(native_frame(source), "data frame"), options)
    path = Path(source)
    if path.is_dir():
        raise CohortError(
            f"{path}: is a folder, and no such file as a cohort is read from; give a CSV, Excel, SPSS, Stata, SAS or "
            "Parquet file (the verbs fit and report, and read_ensemble, pool a folder of reconstructed cohorts)"
        )
    if not path.exists():
        raise CohortError(f"{path}: no such file; give {READ}, or the name of a bundled cohort")
    return described(from_file(path, options, wanted), options)


def from_file(path: Path, options: FileOptions, wanted: Collection[str]) -> RawTable:
    """Read a file by the format that it has."""
    kind = kind_of(path)
    if kind == "text":
        return from_csv(path, options)
    if kind in WORKBOOKS:
        return from_workbook(path, options, wanted)
    if kind in LABELLED:
        return from_labelled(path, kind, options)
    return from_parquet(path, kind)


def described(table: RawTable, options: FileOptions) -> RawTable:
    """Return the table with what the schema says of the file: words for missing values, decimal sign, dictionary."""
    table = one_row_each_patient(replace(table, decimal=options.decimal))
    if options.missing_values:
        gone = frozenset(str(word(value)) for value in options.missing_values)
        table = replace(table, columns={name: without(values, gone) for name, values in table.columns.items()})
    if options.dictionary is None:
        return table
    from escc_bayes.data.files.redcap import read_dictionary

    labels, codes = read_dictionary(Path(options.dictionary))
    return replace(table, labels={**table.labels, **labels}, codes={**table.codes, **codes})


def one_row_each_patient(table: RawTable) -> RawTable:
    """Return a table that has a row for each endpoint of a patient (ADTTE) with one row for each patient."""
    done = one_row_each({name: values for name, values in table.columns.items() if name not in table.aliases})
    if done is None:
        return table
    columns, places, said = done
    notes = (*table.notes, f"{table.source}: {said}")
    rows = [table.rows[place] for place in places]
    return replace(table, columns=columns, rows=rows, aliases=frozenset(), notes=notes)


def without(values: list[object], gone: frozenset[str]) -> list[object]:
    """Return cells with None for each whose word means a missing value."""
    return of_distinct(lambda value: None if word(value) in gone else value, values)


def from_workbook(path: Path, options: FileOptions, wanted: Collection[str]) -> RawTable:
    """Read a sheet of an Excel or OpenDocument workbook."""
    from escc_bayes.data.files.workbook import read_workbook

    found, said = read_workbook(path, options, wanted)
    source = str(path)
    refuse_repeats(found.header, source)
    if not found.rows:
        raise CohortError(f"{source}: has a header and no rows; give one row for each patient")
    cells = ([cell_value(cell_of(row, place)) for row in found.rows] for place in range(len(found.header)))
    columns = dict(zip(found.header, cells, strict=True))
    columns |= {alias: columns[found.header[place]] for alias, place in found.aliases.items()}
    notes = (*said, *found.left_out)
    return RawTable(source, "row", found.numbers, columns, frozenset(found.aliases), notes=notes)


def from_labelled(path: Path, kind: str, options: FileOptions) -> RawTable:
    """Read a file of SPSS, Stata or SAS."""
    from escc_bayes.data.files.labelled import read_labelled

    found = read_labelled(path, kind, options.encoding)
    rows = len(next(iter(found.columns.values()), []))
    if not rows:
        raise CohortError(f"{path}: has no rows; give one row for each patient")
    columns = {name: list(map(cell_value, values)) for name, values in found.columns.items()}
    return RawTable(str(path), "row", range(1, rows + 1), columns, labels=found.labels, codes=found.codes)


def from_parquet(path: Path, kind: str = ".parquet") -> RawTable:
    """Read a Parquet or Arrow file through pandas."""
    import pandas as pd

    name = "Parquet" if kind in PARQUET else "Arrow (Feather)"
    try:
        frame = pd.read_parquet(path) if kind in PARQUET else pd.read_feather(path)
    except ImportError:
        raise CohortError(
            f"{path}: {name} needs pyarrow; pip install escc-bayes[files], or give the table as CSV"
        ) from None
    except (OSError, ValueError) as error:
        raise CohortError(f"{path}: cannot be read as {name} ({error}); write the file again") from None
    return from_frame(frame, str(path))


def native_frame(source: object) -> "pd.DataFrame":
    """Return a pandas data frame of any data frame that narwhals knows."""
    if hasattr(source, "iloc") and hasattr(source, "columns"):
        return source  # type: ignore[return-value]
    refusal = (
        f"read_cohort: source is {told(source)}; give the path of a CSV, Excel, SPSS, Stata, SAS or Parquet file, or a "
        "data frame"
    )
    if not hasattr(source, "schema"):
        raise CohortError(refusal)
    import narwhals
    import pandas as pd

    try:
        frame = narwhals.from_native(source, eager_only=True)  # type: ignore[call-overload]
    except TypeError:
        raise CohortError(refusal) from None
    return pd.DataFrame({name: pd.Series(frame[name].to_list(), dtype=object) for name in frame.columns})


def from_frame(frame: "pd.DataFrame", source: str) -> RawTable:
    """Take the columns of a data frame; missing values become None."""
    names = [one_line(str(name)) for name in frame.columns]
    refuse_repeats(names, source)
    if len(frame) == 0:
        raise CohortError(f"{source}: has no rows; give one row for each patient")
    columns = {}
    for position, name in enumerate(names):
        series = frame.iloc[:, position]
        missing = series.isna().to_numpy()
        columns[name] = frame_cells(series.astype(object).tolist(), missing)
    return RawTable(source, "row", frame.index.tolist(), columns)


def one_line(name: str) -> str:
    """Return a name of several lines, as headers of workbooks are, on one.

    Examples
    --------
    >>> one_line("sex\\n(1=male, 2=female)")
    'sex (1=male, 2=female)'
    """
    return " ".join(name.split()) if any(sign in name for sign in "\r\n\t") else name


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


def from_csv(path: Path, options: FileOptions = FileOptions()) -> RawTable:  # noqa: B008 - it cannot be changed
    """Read a text file whose cells are separated by a sign, keeping line numbers."""
    found = read_csv(path, options)
    refuse_repeats(found.header, str(path))
    if not found.lines:
        raise CohortError(f"{path}: has a header and no rows; give one row for each patient")
    columns = dict(zip(found.header, map(with_gaps, found.columns), strict=True))
    columns |= {alias: columns[found.header[place]] for alias, place in found.aliases.items()}
    aliases, commas = frozenset(found.aliases), found.separator != ","
    return RawTable(str(path), "line", found.lines, columns, aliases, commas=commas, notes=found.notes)


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
    CohortError : values that are no numbers, with their rows, or whose comma may be a decimal or a thousands sign.
    """
    values = table.columns[column]
    plain = None if table.decimal == "," else plain_numbers(values)
    if plain is not None:
        return plain
    parsed = with_commas(table, values) or [np.nan if v is None else as_number(v) for v in values]
    bad = [i for i, number in enumerate(parsed) if number is None]
    if not bad:
        return np.array(parsed, dtype=np.float64)
    given = str(values[bad[0]])
    raise CohortError(
        f"{table.source}, {table.place(bad)}, column '{column}': {given!r} {not_a_number(given, table.decimal)}"
    )


def plain_numbers(values: list[object]) -> FloatArray | None:
    """Return what ``as_number`` says of every value, missing ones as NaN; None where one is no number."""
    if few_words(values):
        words = [*set(values)]
        numbers = each_number(words)
        if numbers is None:
            return None
        number = dict(zip(words, numbers.tolist(), strict=True))
        return np.fromiter(map(number.__getitem__, values), np.float64, len(values))
    return each_number(values)


def few_words(values: list[object]) -> bool:
    """Whether a column begins as one of few words does, and holds no other kind: each word is then read once."""
    first = values[:MANY]
    begins = len(values) > MANY and of_words(first) and len(set(first)) <= FEW
    return begins and of_words(values)


def of_words(values: list[object]) -> bool:
    """Whether every value is text or missing."""
    return set(map(type, values)) <= {str, NoneType}


def each_number(values: list[object]) -> FloatArray | None:
    """Return the same, each value read."""
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
