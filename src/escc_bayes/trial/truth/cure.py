"""A control hazard with a cure fraction: some patients never have the event, the others follow a hazard of their own.

S(t) = p + (1 - p) exp(-H_u(t)), p the fraction cured. Under a hazard ratio r the treated survive by S(t)^r, so p^r of
them are cured. Boag 1949, JRSS B 11:15.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.trial.truth.data_generating import ControlHazard


@dataclass(frozen=True, slots=True, eq=False)
class CuredControl:
    """``fraction`` cured, the others at the hazard of ``others``."""

    others: ControlHazard
    fraction: float

    @property
    def draws(self) -> int:
        """Number of draws of the others' hazard."""
        return self.others.draws

    @property
    def cuts(self) -> tuple[float, ...]:
        """Months at which the hazard jumps."""
        return self.others.cuts

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t) = -log S(t); it stays below -log of the fraction."""
        return self.with_cured(self.others.cumulative(times))

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t)."""
        left = (1.0 - self.fraction) * np.exp(-self.others.cumulative(times))
        return np.asarray(self.others.hazard(times) * left / (self.fraction + left))

    def cumulative_of(self, draw: IntArray, times: FloatArray) -> FloatArray:
        """Return H(t) of the draws (n,) at ``times`` (k,): shape (n, k)."""
        return self.with_cured(self.others.cumulative_of(draw, times))

    def time_at(self, draw: IntArray, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (n, m); infinite for the cured."""
        left = (np.exp(-target) - self.fraction) / (1.0 - self.fraction)
        cured = left <= 0.0
        months = self.others.time_at(draw, -np.log(np.where(cured, 0.5, left)))
        return np.where(cured, np.inf, months)

    def with_cured(self, cumulative: FloatArray) -> FloatArray:
        """Return -log(p + (1 - p) exp(-H_u))."""
        return np.asarray(-np.log(self.fraction + (1.0 - self.fraction) * np.exp(-cumulative)))
