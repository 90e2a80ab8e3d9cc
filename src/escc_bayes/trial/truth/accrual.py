"""When patients enter: patients per month in pieces of calendar time, until the last patient is in.

The number of patients is fixed; given it, the entry months of a Poisson accrual are independent draws from the
normalised accrual rate. Symbols: rates a_k per month on (c_(k-1), c_k], the last piece open.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Accrual:
    """``patients`` enter at ``rates`` (k + 1) per month between ``cuts`` (k) months; the last rate is above 0.

    ``log_sd``: all rates of a trial are multiplied by one lognormal pace with median 1 and this SD on the log scale.
    """

    patients: float
    rates: tuple[float, ...]
    cuts: tuple[float, ...] = ()
    log_sd: float = 0.0

    @classmethod
    def uniform(cls, patients: float, months: float) -> "Accrual":
        """Return an accrual at one rate that takes ``months``."""
        return cls(patients, (patients / months,))

    def part(self, patients: float) -> "Accrual":
        """Return the accrual of ``patients`` of these, in proportion."""
        share = patients / self.patients
        return Accrual(patients, tuple(share * rate for rate in self.rates), self.cuts)

    def of_two_arms(self, allocation: tuple[float, float]) -> tuple[int, int]:
        """Return patients of control and treatment, whole, in the parts of ``allocation``.

        Examples
        --------
        >>> Accrual.uniform(100, 20).of_two_arms((1.0, 2.0))
        (33, 67)
        """
        total = round(self.patients)
        control = round(total * allocation[0] / sum(allocation))
        return control, total - control

    @property
    def duration(self) -> float:
        """Months until the last patient is in."""
        return float(self.month_of(np.array([self.patients]))[0])

    def pieces(self) -> tuple[tuple[float, float, float], ...]:
        """Return (start, stop, patients per month) of every piece up to the last patient.

        Examples
        --------
        >>> Accrual(30.0, (2.0, 5.0), (5.0,)).pieces()
        ((0.0, 5.0, 2.0), (5.0, 9.0, 5.0))
        """
        end = self.duration
        edges = [0.0, *(cut for cut in self.cuts if cut < end), end]
        return tuple(zip(edges[:-1], edges[1:], self.rates, strict=False))

    def enrolled(self, month: float) -> float:
        """Return the expected number of patients in by ``month``."""
        return min(self.planned(month), self.patients)

    def planned(self, month: float) -> float:
        """Return the patients that the rates alone bring in by ``month``, as if nobody stopped at ``patients``."""
        edges = [0.0, *self.cuts, math.inf]
        return sum(
            rate * min(max(month - start, 0.0), stop - start)
            for rate, (start, stop) in zip(self.rates, pairwise(edges), strict=True)
        )

    def month_of(self, patients: FloatArray) -> FloatArray:
        """Return the month by which so many ``patients`` (any shape) are expected to be in."""
        if not self.cuts:
            return patients / self.rates[0]
        starts = np.array([0.0, *self.cuts])
        reached = np.concatenate([[0.0], np.cumsum(np.array(self.rates[:-1]) * np.diff(starts))])
        piece = np.searchsorted(reached[1:], patients, side="left")
        months: FloatArray = starts[piece] + (patients - reached[piece]) / np.array(self.rates)[piece]
        return months

    def entry_months(self, unit: FloatArray) -> FloatArray:
        """Return entry months from uniform numbers ``unit`` (any shape)."""
        if not self.cuts:
            return unit * self.duration
        return self.month_of(unit * self.patients)
