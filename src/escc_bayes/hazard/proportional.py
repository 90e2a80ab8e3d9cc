"""Proportional hazards: H_i(t) = H0(t) exp(x_i beta). The fast path of everything that a cumulative hazard gives.

The average over patients depends on t through H0(t) alone: the median solves sum_i share_i exp(-m exp(x_i beta)) = 1/2
for m, and t = H0^-1(m). See docs/methods/marginal.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard import baseline
from escc_bayes.hazard.averaged import averaged_survival
from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray

STEPS = 60
PRECISION = 1e-12


@dataclass(frozen=True, slots=True)
class Proportional(PatientHazards):
    """``coefficients`` (D, p) log hazard ratios on a baseline of D draws."""

    coefficients: FloatArray
    hazard: Hazard

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.hazard.draws

    @property
    def breaks(self) -> FloatArray:
        """Return the months at which the baseline may jump."""
        return self.hazard.breaks

    def part(self, chosen: Chosen) -> "Proportional":
        """Return the hazards of some of the draws."""
        return Proportional(self.coefficients[chosen], self.hazard.part(chosen))

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t), (n, D, t)."""
        return relative_hazards(self.coefficients, columns)[:, :, None] * self.hazard.cumulative(times)

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times, (D, n)."""
        return self.hazard.cumulative_at(times) * relative_hazards(self.coefficients, columns).T

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time, (D, n)."""
        return self.hazard.log_hazard(times) + self.coefficients @ columns.T

    def survival(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> FloatArray:
        """Return the average survival curve of each group, (t, g, D)."""
        return averaged_survival(self.hazard.cumulative(times), relative_hazards(self.coefficients, columns), share)

    def median(self, columns: FloatArray, share: FloatArray) -> FloatArray:
        """Return the median of the average survival curve, (D,) months: Newton on log m, to 1e-12 relative."""
        reached = hazard_at_half(relative_hazards(self.coefficients, columns), share)
        return self.hazard.time_at(reached[:, None])[:, 0]

    def restricted_mean(self, columns: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return restricted means of the average curves, (g, D, u)."""
        return self.hazard.restricted_mean(relative_hazards(self.coefficients, columns), share, until)

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry``, (D, n)."""
        return baseline.event_times(self.hazard, self.coefficients @ columns.T, entry, unit)

    def log_likelihood(
        self, columns: FloatArray, time: FloatArray, event: FloatArray, entry: FloatArray, weight: FloatArray
    ) -> FloatArray:
        """Return the log-likelihood of each patient under each draw, (D, n)."""
        return baseline.log_likelihood(self.hazard, self.coefficients @ columns.T, time, event, entry, weight)


def hazard_at_half(relative: FloatArray, share: FloatArray) -> FloatArray:
    """Return the m (d,) with sum_i share_i exp(-m relative_i) = 1/2; ``relative`` (n, d), ``share`` (n,) sums to 1."""
    low = np.log(np.log(2.0) / relative.max(axis=0))
    high = np.log(np.log(2.0) / relative.min(axis=0))
    at = (low + high) / 2.0
    alive = np.empty_like(relative)
    for _ in range(STEPS):
        m = np.exp(at)
        np.exp(np.multiply(relative, -m, out=alive), out=alive)
        excess = share @ alive - 0.5
        low, high = np.where(excess > 0.0, at, low), np.where(excess > 0.0, high, at)
        step = excess / (m * (share @ np.multiply(alive, relative, out=alive)))
        inside = (at + step >= low) & (at + step <= high)
        before, at = at, np.where(inside, at + step, (low + high) / 2.0)
        if np.abs(at - before).max() < PRECISION:
            break
    return np.asarray(np.exp(at))


def relative_hazards(coefficients: FloatArray, columns: FloatArray) -> FloatArray:
    """Return exp(eta) of each patient (rows) under each draw (columns)."""
    # A draw of a wide prior times a large covariate overflows: that hazard is infinite, and survival is then 0.
    with np.errstate(over="ignore"):
        found: FloatArray = np.exp(columns @ coefficients.T)
    return found
