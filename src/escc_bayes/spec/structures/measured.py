"""What was measured of a marker that has a trajectory, and when."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.data.covariate_schema import CovariateSchema
from escc_bayes.foundation.errors import SpecError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured of each patient's trajectory.

    Attributes
    ----------
    months : planned (k,), rising from 0; after the last one a trajectory stays as it is.
    values : (n, k) on the log2 scale; NaN where nothing was measured during follow-up.
    ids : of the n patients.
    """

    months: tuple[float, ...]
    values: FloatArray
    ids: tuple[str, ...]

    @property
    def counts(self) -> FloatArray:
        """How many patients have a value at each month."""
        return np.asarray((~np.isnan(self.values)).sum(axis=0))


def planned(schema: CovariateSchema, cohort: str) -> tuple[float, ...]:
    """Return the planned months of a covariate's measurements.

    Raises
    ------
    SpecError : it is measured once, at months that differ between patients, or not at time zero.
    """
    at = f"cohort {cohort}, covariate '{schema.name}'"
    if len(schema.measured) < 2:
        raise SpecError(
            f'{at}: structure = "trajectory" takes a number measured at two months or more; say in the schema '
            'measured = [["column at baseline", 0.0], ["column later", 0.75]]'
        )
    months = tuple(month for _, month in schema.measured if isinstance(month, float))
    if len(months) < len(schema.measured):
        raise SpecError(
            f'{at}: structure = "trajectory" takes the planned months of measurements as numbers, the same for '
            'everybody; for months that a column holds use the last value carried forward: structure = "per_doubling"'
        )
    if months[0] != 0.0:
        raise SpecError(
            f"{at}: its first measurement is at {counted(months[0], 'month')}; a trajectory begins at time "
            "zero, since who had "
            'the event before the first measurement would be left out; use a landmark and structure = "per_doubling"'
        )
    return months
