"""Events that are found at scans: progression is seen at the first scan after it, death when it happens.

Scans come every so many months since a patient's entry. An event in an interval is dated at the scan that ends it, as
most protocols do; events found at one scan are taken in random order, since nobody knows theirs.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.truth.data_generating import ArmHazard

# Order of events found at one scan, in months: far below any difference between times that are not tied.
APART = 1e-7


@dataclass(frozen=True, slots=True)
class Scans:
    """A scan ``every`` so many months; ``deaths``: share of events that are seen when they happen."""

    every: float
    deaths: float = 0.0

    def found(self, months: FloatArray, unit: FloatArray) -> FloatArray:
        """Return when events at ``months`` are found; infinite stays so.

        Parameters
        ----------
        unit : uniforms, independent of everything: which events are deaths, and the order of those found together.

        Examples
        --------
        >>> Scans(2.0).found(np.array([1.2, 4.0, 4.1]), np.array([0.5, 0.5, 0.5])).round(3)
        array([2., 4., 6.])
        """
        return np.asarray(
            np.where(unit < self.deaths, months, np.ceil(months / self.every) * self.every + APART * unit)
        )

    @property
    def delay(self) -> float:
        """Months by which events are found late on average: half an interval, for those that are no deaths."""
        return (1.0 - self.deaths) * self.every / 2.0

    def words(self) -> str:
        """Say it."""
        seen = f"; {100.0 * self.deaths:g} % of events are deaths, seen when they happen" if self.deaths else ""
        return f"Events are found at scans every {counted(self.every, 'month')} and dated there{seen}."


@dataclass(frozen=True, slots=True)
class LateHazard:
    """A hazard whose events are found ``delay`` months late: what expected events know of scans."""

    base: ArmHazard
    delay: float

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        return (self.delay, *(cut + self.delay for cut in self.base.cuts))

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t - delay)."""
        return self.base.cumulative(np.maximum(times - self.delay, 0.0))

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t - delay), 0 before."""
        return np.where(times > self.delay, self.base.hazard(np.maximum(times - self.delay, 1e-9)), 0.0)
