"""How fast patients still enter: the pace of accrual over the planned one, a gamma given the entries so far.

n patients by month t where the design's rates bring in A(t): n ~ Poisson(pace A(t)), pace ~ Gamma(a, b), so
pace | n ~ Gamma(a + n, b + A(t)). Where the design states the pace uncertain, a = b = 1 / (exp(log_sd^2) - 1) have the
coefficient of variation of its lognormal; otherwise a = 1/2, b = 0, and the entries speak alone. Entries to come are
those of the Poisson process at the pace. Anisimov & Fedorov 2007, Stat Med 26:4958.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.truth.accrual import Accrual


@dataclass(frozen=True, slots=True)
class AccrualRate:
    """Observed over planned accrual: Gamma(``shape``, ``rate``)."""

    shape: float
    rate: float

    def quantile(self, probability: float) -> float:
        """Return the pace that ``probability`` lies below.

        Examples
        --------
        >>> round(AccrualRate(1.0, 2.0).quantile(0.5), 6)  # exponential: log(2) / 2
        0.346574
        """
        return float(gammaincinv(self.shape, probability)) / self.rate

    def draws(self, count: int, generator: np.random.Generator) -> FloatArray:
        """Return ``count`` draws."""
        return generator.standard_gamma(self.shape, count) / self.rate


def accrual_rate(accrual: Accrual, patients: int, seen: FollowUp) -> AccrualRate:
    """Return the pace given the entries so far; a full trial was accruing until its last entry.

    Parameters
    ----------
    patients : planned, of both arms.
    """
    entered = seen.entry.size
    until = seen.month if entered < patients else float(seen.entry.max())
    if accrual.log_sd > 0.0:
        shape = 1.0 / math.expm1(accrual.log_sd**2)
        return AccrualRate(shape + entered, shape + accrual.planned(until))
    return AccrualRate(0.5 + entered, accrual.planned(until))


def future_entries(
    design: TrialDesign, seen: FollowUp, shape: tuple[int, int], generator: np.random.Generator
) -> FloatArray:
    """Return calendar months of entry of the patients still to come, ``shape`` (completions, patients), in order.

    The k-th comes when the planned accrual has grown by a Gamma(k, 1) over the pace.
    """
    if shape[1] == 0:
        return np.empty(shape)
    pace = accrual_rate(design.accrual, sum(design.patients), seen).draws(shape[0], generator)
    gained = np.cumsum(generator.standard_exponential(shape), axis=1) / pace[:, None]
    return design.accrual.month_of(design.accrual.planned(seen.month) + gained)
