"""From raw columns to covariates: levels as codes, counts cut into classes, numbers as they are."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.endpoints import as_read, need_column, significant
from escc_bayes.data.schema import CohortSchema
from escc_bayes.data.table import RawTable, numbers, without
from escc_bayes.data.words import coded, spoken_by_codes, word, words
from escc_bayes.foundation.checks import suggestion
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray

# Squares and sums of larger numbers overflow.
LARGEST = 1e100


@dataclass(frozen=True, slots=True)
class Changes:
    """How a covariate changes after time zero.

    Attributes
    ----------
    months : (n, k) months after time zero, rising along each row; NaN where there are fewer changes.
    values : (n, k) what it becomes: level codes or numbers.
    """

    months: FloatArray
    values: FloatArray

    def at(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> "Changes":
        """Return the changes of some patients."""
        return Changes(self.months[where], self.values[where])


@dataclass(frozen=True, slots=True)
class CovariateData:
    """One covariate of every patient.

    Attributes
    ----------
    schema : what it is.
    values : (n,) level codes (0 = reference) or numbers; NaN = missing.
    known_at : (n,) months after time zero at which the value becomes known; 0 = at time zero.
    measured : (n,) the numbers that were cut into classes; None where the column holds no such numbers.
    changes : what becomes of the values, which are then those of time zero; None: they do not change.
    series : (n,) what was measured at each month of ``measured`` in the schema, NaN where nothing was; none without it.
    """

    schema: CovariateSchema
    values: FloatArray
    known_at: FloatArray
    measured: FloatArray | None = None
    changes: Changes | None = None
    series: tuple[FloatArray, ...] = ()

    def at(self, where: NDArray[np.bool_] | NDArray[np.int64]) -> "CovariateData":
        """Return the covariate of some patients: a mask, or positions in order, repeats allowed."""
        measured = None if self.measured is None else self.measured[where]
        changes = None if self.changes is None else self.changes.at(where)
        series = tuple(values[where] for values in self.series)
        return CovariateData(self.schema, self.values[where], self.known_at[where], measured, changes, series)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which patients have no value, at time zero or later."""
        gone = np.isnan(self.values)
        return gone if self.changes is None else gone & np.isnan(self.changes.months).all(axis=1)

    @property
    def known_later(self) -> bool:
        """Whether any value becomes known after time zero."""
        return bool((self.known_at > 0.0).any())


def read_covariate(table: RawTable, covariate: CovariateSchema, schema: CohortSchema) -> CovariateData:
    """Read and check one covariate.

    Raises
    ------
    CohortError : missing column, unknown level, no number, infinite or all missing, with rows.
    """
    need_column(table, covariate.column)
    table = prepared(table, covariate)
    measured = None
    if not covariate.categorical or covariate.cuts:
        values = in_one_unit(finite_numbers(table, covariate.column), covariate)
        if covariate.cuts:
            measured, values = values, classify(values, covariate)
    else:
        values = codes(table, covariate)
    if np.isnan(values).all():
        raise CohortError(
            f"{table.source}, column '{covariate.column}': every value is missing; "
            f"remove covariates.{covariate.name} from the schema or name another column"
        )
    return CovariateData(covariate, values, known_times(table, covariate, schema), measured)


def prepared(table: RawTable, covariate: CovariateSchema) -> RawTable:
    """Return the table with the column's own missing values gone, and its codes as the levels that they mean."""
    column = covariate.column
    values = table.columns[column]
    if covariate.missing_values:
        values = without(values, frozenset(str(word(value)) for value in covariate.missing_values))
    meant = {**table.codes.get(column, {}), **covariate.codes} if covariate.categorical and not covariate.cuts else {}
    if meant:
        values = spoken_by_codes(values, meant, frozenset(str(word(level)) for level in covariate.levels))
    return table if values is table.columns[column] else table.with_column(column, values)


def in_one_unit(values: FloatArray, covariate: CovariateSchema) -> FloatArray:
    """Return numbers in the unit of the schema: all multiplied, or those above a limit."""
    change = covariate.multiply
    if change is None:
        return values
    moved: FloatArray = significant(values * change.by)
    return moved if change.above is None else np.where(values > change.above, moved, values)


def read_stratum(table: RawTable, column: str, schema: CohortSchema) -> CovariateData:
    """Read a column to compare within that is no covariate: its words are the levels.

    Raises
    ------
    CohortError : missing column, or every value missing.
    """
    need_column(table, column)
    meant = table.codes.get(column, {})
    found = sorted({meant.get(w, w) for w in (word(value) for value in table.columns[column]) if w is not None})
    stratum = CovariateSchema(name=column, column=column, kind="nominal", levels=tuple(found))
    return read_covariate(table, stratum, schema)


def finite_numbers(table: RawTable, column: str) -> FloatArray:
    """Return a column of numbers; infinite values are refused, and those too large to be squared."""
    values = numbers(table, column)
    huge = np.flatnonzero(np.abs(values) > LARGEST).tolist()
    bad = np.flatnonzero(np.isinf(values)).tolist()
    if huge and not bad:
        raise CohortError(
            f"{table.source}, {table.place(huge)}, column '{column}': {values[huge[0]]:g} is beyond {LARGEST:g}, no "
            "measurement; correct it or leave the cell empty"
        )
    if bad:
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{column}': infinite values; "
            "correct them or leave the cells empty"
        )
    return values


def classify(values: FloatArray, covariate: CovariateSchema) -> FloatArray:
    """Cut a count into level codes.

    A value exactly on a cut falls to the side that the schema states for it.

    Parameters
    ----------
    values : (n,) counts, NaN = missing.
    covariate : with cuts, classes and on_cut.

    Returns
    -------
    (n,) level codes as floats, NaN = missing.
    """
    position = np.zeros(values.shape, dtype=np.int64)
    for cut, side in zip(covariate.cuts, covariate.on_cut, strict=True):
        position += values >= cut if side == "above" else values > cut
    code_of_class = np.array([covariate.levels.index(name) for name in covariate.classes], dtype=np.float64)
    return np.where(np.isnan(values), np.nan, code_of_class[position])


def codes(table: RawTable, covariate: CovariateSchema) -> FloatArray:
    """Return level codes of a column of words."""
    code_of: dict[str | None, float] = {str(word(level)): float(i) for i, level in enumerate(covariate.levels)}
    code_of[None] = math.nan
    found = coded(table.columns[covariate.column], code_of)
    if found is None:
        given = words(table.columns[covariate.column])
        bad = [i for i, w in enumerate(given) if w not in code_of]
        unknown = str(given[bad[0]])
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{covariate.column}': level '{unknown}' is not declared for "
            f"'{covariate.name}' (levels: {', '.join(covariate.levels)}); {level_remedy(unknown, covariate)}"
        )
    return found


def level_remedy(unknown: str, covariate: CovariateSchema) -> str:
    """Suggest the nearest level, and to correct the rows or add the unknown one."""
    hint = suggestion(unknown, covariate.levels)
    near = f"{hint} " if hint.startswith("did") else ""
    return f"{near}correct the rows or add '{unknown}' to its levels"


def known_times(table: RawTable, covariate: CovariateSchema, schema: CohortSchema) -> FloatArray:
    """Return the months after time zero at which each value becomes known."""
    n = len(table.rows)
    if covariate.known_at is None:
        return np.zeros(n)
    if isinstance(covariate.known_at, float):
        return np.full(n, as_read(covariate.known_at))
    need_column(table, covariate.known_at)
    times = significant(finite_numbers(table, covariate.known_at) * schema.months_per_unit)
    bad = np.flatnonzero(np.isnan(times) & ~np.array([v is None for v in table.columns[covariate.column]])).tolist()
    if bad:
        raise CohortError(
            f"{table.source}, {table.place(bad)}, column '{covariate.known_at}': no time at which "
            f"'{covariate.name}' became known, although it has a value; fill it in"
        )
    return np.where(np.isnan(times), 0.0, times)
