"""Covariates as columns: an indicator for each level, or one number."""

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData
from escc_bayes.foundation.errors import NoContrastError, some_of
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.rows import AnalysisRows
from escc_bayes.spec.structures.protocol import Coding, Columns, Contrast

# Below this the standard deviation of a column is float noise against its mean.
CONSTANT = 1e-12


def level_columns(rows: AnalysisRows, name: str, *, reference: bool = True, centred: bool = True) -> Columns:
    """Return an indicator for each level that occurs, without the first where it is the ``reference``.

    Raises
    ------
    NoContrastError : one level, or a reference without patients.
    """
    covariate = rows.covariates[name]
    levels, codes = factor_levels(covariate, rows, needs_reference=reference)
    absent = [level for level in covariate.schema.levels if level not in levels]
    notes = (f"{name}: no patient in {some_of(absent)}; left out of the model",) if absent else ()
    kept = range(1 if reference else 0, len(codes))
    values = np.stack([(covariate.values == codes[i]).astype(np.float64) for i in kept], axis=1)
    ranks = tuple(codes[i] for i in kept)
    coding = Coding(tuple(f"{name}[{levels[i]}]" for i in kept), (levels,), reference, centred, ranks)
    return Columns(values, coding, notes)


def number_column(rows: AnalysisRows, name: str) -> Columns:
    """Return (value - center) / scale, or the level's rank, as one column.

    Raises
    ------
    NoContrastError : one value in all patients.
    """
    return Columns(linear_column(rows.covariates[name], rows)[:, None], Coding((name,), ((),)))


def place(schema: CovariateSchema, rows: AnalysisRows) -> str:
    """Name a covariate for a message: cohort, column and word."""
    return f"cohort {rows.cohort}, column '{schema.column}': '{schema.name}'"


def numbers_of(name: str, rows: AnalysisRows) -> tuple[FloatArray, CovariateSchema]:
    """Return the values of a number and its schema; raise ``NoContrastError`` for one value in all patients."""
    covariate = rows.covariates[name]
    linear_column(covariate, rows)
    return covariate.values, covariate.schema


def values_of_patients(rows: AnalysisRows, name: str) -> FloatArray:
    """Return every value of a number that a patient has, once: quantiles of patients do not depend on their rows.

    A patient has a row for each transition at risk of, and for each stretch without a change.
    """
    values = rows.covariates[name].values
    if rows.patient is None:
        return values
    return np.unique(np.column_stack([rows.patient, values]), axis=0)[:, 1]


def linear_column(covariate: CovariateData, rows: AnalysisRows) -> FloatArray:
    """Return (value - center) / scale, or the level's rank; a constant column is refused."""
    schema = covariate.schema
    column = (covariate.values - schema.center) / schema.scale
    if np.ptp(covariate.values) <= CONSTANT * np.abs(covariate.values).max(initial=0.0):
        raise NoContrastError(
            f"{place(schema, rows)} is {covariate.values[0]:g} in all {rows.n} patients analysed for "
            f"'{rows.endpoint}'; a constant column has no hazard ratio",
            "leave it out",
        )
    return column


def present_levels(covariate: CovariateData) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the levels that occur and their codes, in schema order."""
    codes = tuple(int(code) for code in np.unique(covariate.values))
    return tuple(covariate.schema.levels[code] for code in codes), codes


def factor_levels(
    covariate: CovariateData, rows: AnalysisRows, *, needs_reference: bool
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the levels that occur; one level, or a reference without patients, is refused."""
    schema = covariate.schema
    levels, codes = present_levels(covariate)
    if len(levels) == 1:
        raise NoContrastError(
            f"{place(schema, rows)} has the single level '{levels[0]}' in all {rows.n} patients analysed for "
            f"'{rows.endpoint}'; a factor with one level has no hazard ratio",
            "leave it out",
        )
    if needs_reference and codes[0] != 0:
        raise NoContrastError(
            f"{place(schema, rows)}: the reference level '{schema.levels[0]}' has no patient among the {rows.n} "
            f"analysed for '{rows.endpoint}'",
            f"put one of {', '.join(levels)} first in levels of the schema",
        )
    return levels, codes


def against_reference(covariates: tuple[str, ...], coding: Coding) -> tuple[Contrast, ...]:
    """Return every level of every covariate over its first, and every number per its scale."""
    found: list[Contrast] = []
    for name, levels in zip(covariates, coding.levels, strict=True):
        found += [Contrast(name, level, levels[0]) for level in levels[1:]] if levels else [Contrast(name)]
    return tuple(found)


def shown_contrast(name: str, coding: Coding) -> Contrast:
    """Return the two values of a curve whose hazard ratio tables show, the first over the second."""
    assert coding.curve is not None
    high, low = coding.curve.shown
    return Contrast(name, f"{high:g}", f"{low:g}")
