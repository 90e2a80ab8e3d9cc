"""Log-rank tests of every factor, what "univariable P <= 0.05, then multivariable" selects, and how stably.

docs/methods/screening.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from escc_bayes.classical.cox import cox
from escc_bayes.classical.logrank import LogRank, holm, logrank
from escc_bayes.classical.newton import CollinearError
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Wald:
    """A Cox model of some factors: which, their log hazard ratios with standard errors, and P values."""

    factors: tuple[int, ...]
    log_hr: FloatArray
    se: FloatArray
    p_value: FloatArray


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening does with one set of patients.

    Attributes
    ----------
    tests : log-rank test of each factor.
    p_holm : adjusted over the factors.
    model : Cox of those with P <= 0.05; None where there are none, or they have no finite estimate together.
    """

    tests: tuple[LogRank, ...]
    p_holm: FloatArray
    model: Wald | None

    @property
    def screened(self) -> frozenset[int]:
        """The factors with univariable P <= 0.05."""
        return frozenset(k for k, test in enumerate(self.tests) if test.p_value <= ALPHA)

    @property
    def kept(self) -> frozenset[int]:
        """The factors that the multivariable model then calls significant."""
        if self.model is None:
            return frozenset()
        pairs = zip(self.model.factors, self.model.p_value, strict=True)
        return frozenset(k for k, p in pairs if p <= ALPHA)


@dataclass(frozen=True, slots=True)
class Stability:
    """How often resampled patients select each factor, and the same set as the patients themselves.

    Attributes
    ----------
    screened, kept : (factors,) share of resamples with univariable P <= 0.05, and multivariable P <= 0.05 then.
    same : share that keeps exactly the factors that the patients themselves keep.
    resamples : how many.
    """

    screened: FloatArray
    kept: FloatArray
    same: float
    resamples: int


def screen(values: FloatArray, time: FloatArray, event: FloatArray) -> Screened:
    """Test each factor by itself, and take those with P <= 0.05 into one Cox model.

    Parameters
    ----------
    values : (n, factors) groups counted from 0; NaN where not known: such patients are left out of that factor's test,
        and of a model that has it.
    """
    tests = tuple(one_test(column, time, event) for column in values.T)
    p_values = np.array([1.0 if np.isnan(test.p_value) else test.p_value for test in tests])
    chosen = [k for k, test in enumerate(tests) if test.p_value <= ALPHA]
    return Screened(tests, holm(p_values), wald(values, time, event, chosen) if chosen else None)


def one_test(column: FloatArray, time: FloatArray, event: FloatArray) -> LogRank:
    """Return the log-rank test of one factor among patients who have it."""
    known = ~np.isnan(column)
    return logrank(time[known], event[known], column[known].astype(np.int64))


def wald(values: FloatArray, time: FloatArray, event: FloatArray, chosen: Sequence[int]) -> Wald | None:
    """Return the Cox model of some factors; None where they determine each other or there is no event."""
    columns = values[:, list(chosen)]
    known = ~np.isnan(columns).any(axis=1)
    try:
        fit = cox(columns[known], time[known], event[known])
    except (CollinearError, ValueError):
        return None
    se = np.sqrt(np.diag(fit.covariance))
    p_value = np.where(fit.infinite, 1.0, 2.0 * ndtr(-np.abs(fit.coef / se)))
    return Wald(tuple(chosen), fit.coef, se, p_value)


def stability(
    values: FloatArray, time: FloatArray, event: FloatArray, found: Screened, *, resamples: int, seed: Seed
) -> Stability:
    """Screen patients drawn with replacement again and again.

    Parameters
    ----------
    found : what the patients themselves select.
    """
    rng, n, factors = generator(seed), time.size, values.shape[1]
    screened, kept, same = np.zeros(factors), np.zeros(factors), 0
    for _ in range(resamples):
        drawn = rng.integers(0, n, n)
        again = screen(values[drawn], time[drawn], event[drawn])
        screened[list(again.screened)] += 1.0
        kept[list(again.kept)] += 1.0
        same += again.kept == found.kept
    return Stability(screened / resamples, kept / resamples, same / resamples, resamples)
