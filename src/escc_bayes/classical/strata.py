"""Strata: patients who are compared among themselves alone, by one covariate or by the combinations of several."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import IntArray
from escc_bayes.spec.rows import AnalysisRows


@dataclass(frozen=True, slots=True)
class Strata:
    """Names of the covariates, and the stratum (n,) of each patient as a code from 0."""

    names: tuple[str, ...]
    codes: IntArray

    @property
    def label(self) -> str:
        """The names in one cell."""
        return ", ".join(self.names)

    def sentence(self, rows: AnalysisRows) -> str:
        """Say by what and into how many, and how many events have nobody beside them."""
        number = int(self.codes.max()) + 1
        alone = self.events_alone(rows)
        lost = f", {alone} of {rows.events} events with nobody at risk beside them" if alone else ""
        return f"stratified by {' and '.join(self.names)} ({number} strata{lost})"

    def events_alone(self, rows: AnalysisRows) -> int:
        """Count events at which nobody else of the stratum is at risk: they say nothing of any covariate."""
        count = 0
        for stratum in range(int(self.codes.max()) + 1):
            inside = self.codes == stratum
            time, entry = rows.time[inside], rows.entry[inside]
            at = time[rows.event[inside] == 1.0]
            beside = ((entry < at[:, None]) & (time >= at[:, None])).sum(axis=1)
            count += int((beside <= 1).sum())
        return count


def strata_names(cohort: Cohort, given: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the names of the strata asked for, checked; None: those that the schema declares.

    Raises
    ------
    CohortError : no such covariate, one without levels, or one named twice.
    """
    names = tuple(cohort.strata) if given is None else given
    for name in names:
        if not cohort.covariate(name).schema.categorical:
            raise CohortError(
                f"{cohort.source}: '{name}' is a number and makes no strata; cut it into classes in the schema (cuts, "
                "classes, on_cut), or name a covariate with levels"
            )
        if names.count(name) > 1:
            raise CohortError(f"{cohort.source}: the stratum '{name}' is named twice; name it once")
    return names


def strata_of(rows: AnalysisRows, names: tuple[str, ...]) -> Strata:
    """Return the strata that the values of covariates make among the rows analysed."""
    values = np.column_stack([rows.covariates[name].values for name in names])
    _, codes = np.unique(values, axis=0, return_inverse=True)
    return Strata(names, codes.reshape(-1).astype(np.int64))
