"""A cure fraction: a share pi never has the event, the others follow hazards of their own.

    S_i(t) = pi + (1 - pi) exp(-H_i(t)),      o = pi / (1 - pi).

Boag 1949, J R Stat Soc B 11:15. docs/methods/cure.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Cured(PatientHazards):
    """Hazards of patients of whom some are cured, in each of D draws.

    Attributes
    ----------
    coefficients : (D, size) log hazard ratios among those not cured.
    hazard : the baseline of those not cured.
    others : hazards of those not cured.
    log_odds : (D,) of cure.
    """

    coefficients: FloatArray
    hazard: Hazard
    others: PatientHazards
    log_odds: FloatArray

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.others.draws

    @property
    def breaks(self) -> FloatArray:
        """Months at which a hazard may jump."""
        return self.others.breaks

    @property
    def fraction(self) -> FloatArray:
        """The share cured, (D,)."""
        return np.asarray(np.exp(-np.logaddexp(0.0, -self.log_odds)))

    def part(self, chosen: Chosen) -> "Cured":
        """Return the hazards of some of the draws."""
        return cured(self.others.part(chosen), self.log_odds[chosen])

    def with_cured(self, passed: FloatArray, log_odds: FloatArray) -> FloatArray:
        """Return -log S from cumulative hazards of those not cured, and log odds of a shape that meets theirs."""
        return np.asarray(np.logaddexp(0.0, log_odds) - np.logaddexp(log_odds, -passed))

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t) of all, (n, D, t)."""
        return self.with_cured(self.others.cumulative(columns, times), self.log_odds[:, None])

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i of all at each patient's own times, (D, n)."""
        return self.with_cured(self.others.cumulative_at(columns, times), self.log_odds[:, None])

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i of all at each patient's own time, (D, n): it falls as the cured are left over."""
        passed = self.others.cumulative_at(columns, np.broadcast_to(times, (self.draws, times.size)))
        return self.others.log_hazard_at(columns, times) - np.logaddexp(0.0, self.log_odds[:, None] + passed)

    def survival(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> FloatArray:
        """Return the average survival curve of each group, (t, g, D)."""
        cured_share = share.sum(axis=1)[:, None] * self.fraction
        return cured_share + (1.0 - self.fraction) * self.others.survival(columns, share, times)

    def restricted_mean(self, columns: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return restricted means of the average curves, (g, D, u)."""
        fraction = self.fraction[:, None]
        alive = share.sum(axis=1)[:, None, None] * fraction * until
        return alive + (1.0 - fraction) * self.others.restricted_mean(columns, share, until)

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry``, (D, n); infinite for the cured."""
        before = self.others.cumulative_at(columns, np.broadcast_to(entry, unit.shape))
        log_odds = self.log_odds[:, None]
        # Survival of those not cured at the event: S (1 + o) - o, none where S has fallen to pi.
        log_alive = -self.with_cured(before, log_odds) - unit + np.logaddexp(0.0, log_odds)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            passed = -(log_alive + np.log1p(-np.exp(log_odds - log_alive)))
        never = log_alive <= log_odds
        months = self.others.event_times(columns, entry, np.where(never, 1.0, passed - before))
        return np.where(never, np.inf, months)


def cured(others: PatientHazards, log_odds: FloatArray) -> Cured:
    """Return the hazards of patients of whom some are cured, from those of the others."""
    return Cured(others.coefficients, others.hazard, others, log_odds)
