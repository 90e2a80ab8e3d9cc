"""One measured number as the columns that its forms need: its logarithm, and its classes between cut points."""

from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.data.covariates import CovariateData, classify
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Measured:
    """A number as it was measured, with the cut points that are compared with curves of it.

    Attributes
    ----------
    name : of the covariate in the schema.
    data : its numbers; of a covariate with classes those that were cut.
    classes : the covariate of the classes; None where there are no cut points.
    log : whether curves are of the logarithm to base 2 (per doubling) or of the number itself.
    """

    name: str
    data: CovariateData
    classes: CovariateData | None
    log: bool

    @property
    def column(self) -> str:
        """Name of the number as it enters."""
        return f"log2_{self.name}" if self.log else f"{self.name}_number"

    @property
    def cut_column(self) -> str:
        """Name of its classes."""
        return f"{self.name}_classes"

    @property
    def cuts(self) -> tuple[float, ...]:
        """The cut points; none where there are none."""
        return () if self.classes is None else self.classes.schema.cuts

    def entered(self, values: FloatArray) -> FloatArray:
        """Return numbers as curves take them."""
        return np.log2(values) if self.log else values

    def class_of(self, value: float) -> str:
        """Return the class in which a number lies."""
        assert self.classes is not None
        schema = self.classes.schema
        return schema.levels[int(classify(np.array([value]), schema)[0])]


def measured(cohort: Cohort, name: str, cuts: tuple[float, ...], *, log: bool) -> Measured:
    """Return a covariate's numbers and their classes, by the cuts given or by those of its schema.

    Raises
    ------
    CohortError : the covariate changes during follow-up, or has levels without numbers behind them; a logarithm is
        asked of numbers that are not above 0.
    """
    held = cohort.covariate(name)
    if held.changes is not None:
        raise CohortError(
            f"{cohort.source}: '{name}' changes during follow-up; forms are compared of one value of each patient, "
            "known at a landmark"
        )
    if held.schema.categorical and held.measured is None:
        raise CohortError(
            f"{cohort.source}: '{name}' has levels ({', '.join(held.schema.levels)}) and no numbers behind them; forms "
            "need the measured numbers: give the schema that column with cuts and classes, or with kind = continuous"
        )
    numbers = held.values if held.measured is None else held.measured
    refuse_no_logarithm(cohort, name, numbers, log=log)
    schema = replace(held.schema, kind="continuous", levels=(), cuts=(), classes=(), on_cut=())
    return Measured(name, CovariateData(schema, numbers, held.known_at), classes_of(held, numbers, cuts), log)


def refuse_no_logarithm(cohort: Cohort, name: str, numbers: FloatArray, *, log: bool) -> None:
    """Raise where a logarithm is asked of numbers that have none."""
    bad = np.flatnonzero(numbers <= 0.0).tolist()
    if log and bad:
        shown = some_of([f"{cohort.ids[i]} ({numbers[i]:g})" for i in bad], most=5)
        raise CohortError(
            f"{cohort.source}: '{name}' is not above 0 in {len(bad)} patients: {shown}; a logarithm needs numbers "
            "above 0: correct them, or compare forms of the number itself (--raw; log=False)"
        )


def classes_of(held: CovariateData, numbers: FloatArray, cuts: tuple[float, ...]) -> CovariateData | None:
    """Return the classes of numbers by the cuts given, or the covariate's own; None where there are neither."""
    if not cuts:
        return CovariateData(held.schema, held.values, held.known_at) if held.schema.cuts else None
    if held.schema.cuts == cuts:
        return CovariateData(held.schema, held.values, held.known_at)
    schema = replace(held.schema, kind="ordered", cuts=cuts, on_cut=("above",) * len(cuts), center=0.0, scale=1.0)
    words = class_words(cuts)
    schema = replace(schema, levels=words, classes=words)
    return CovariateData(schema, classify(numbers, schema), held.known_at)


def class_words(cuts: tuple[float, ...]) -> tuple[str, ...]:
    """Return the classes between cut points in words; a number on a cut falls above it.

    Examples
    --------
    >>> class_words((0.5, 1.0))
    ('below 0.5', '0.5 to below 1', '1 and above')
    """
    between = tuple(f"{a:g} to below {b:g}" for a, b in pairwise(cuts))
    return (f"below {cuts[0]:g}", *between, f"{cuts[-1]:g} and above")


def with_columns(cohort: Cohort, found: Measured, versus: float) -> Cohort:
    """Return the cohort of patients who have the number, with its columns: centred at ``versus``."""
    data = found.data
    center = float(found.entered(np.array([versus]))[0])
    known = ~np.isnan(data.values)
    values = np.full(data.values.size, np.nan)
    values[known] = found.entered(data.values[known])
    scale = 1.0 if found.log else data.schema.scale
    added = {found.column: CovariateData(entering(data.schema, found, center, scale), values, data.known_at)}
    if found.classes is not None:
        schema = replace(found.classes.schema, name=found.cut_column)
        added[found.cut_column] = replace(found.classes, schema=schema)
    held = MappingProxyType({**cohort.covariates, **added})
    return replace(cohort, covariates=held).subset(known)


def entering(schema: CovariateSchema, found: Measured, center: float, scale: float) -> CovariateSchema:
    """Return the schema of the number as it enters."""
    unit = "doubling" if found.log else schema.unit
    label = f"{schema.label or found.name}, logarithm to base 2" if found.log else schema.label
    return replace(schema, name=found.column, center=center, scale=scale, unit=unit, label=label, range=None)
