"""The product-limit estimate of survival at one month, and how many patients without censoring would know it as well.

S(u) = product over event times t <= u of 1 - d / r; Greenwood's variance is S^2 times the sum of d / (r (r - d)). The
effective number m solves S (1 - S) / m = that variance: the estimate then counts as a share of m patients (Cutler &
Ederer 1958, J Chronic Dis 8:699). Curves with limits are ``classical/km.py``; this is one point, for engines.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """Survival at a month, and the effective number of patients behind it."""

    survival: float
    patients: float


def survival_point(
    time: FloatArray, event: FloatArray, entry: FloatArray, weight: FloatArray, month: float
) -> SurvivalPoint | None:
    """Return the product-limit estimate at one month; None beyond the last follow-up of a curve still above 0.

    Parameters
    ----------
    time, event, entry, weight : (n,) months, 0/1, months, case weights.
    month : where the curve is read.

    Examples
    --------
    >>> three = np.array([1.0, 2.0, 3.0])
    >>> found = survival_point(three, np.array([1.0, 0.0, 1.0]), np.zeros(3), np.ones(3), 2.5)
    >>> round(found.survival, 4), round(found.patients, 4)
    (0.6667, 3.0)
    """
    died = (event > 0.0) & (time <= month) & (weight > 0.0)
    months, place = np.unique(time[died], return_inverse=True)
    deaths = np.bincount(place, weight[died], minlength=months.size)
    at_risk = weight_from(time, weight, months) - weight_from(entry, weight, months)
    share = np.clip(1.0 - deaths / at_risk, 0.0, 1.0)
    if (share < 1e-12).any():
        return emptied(deaths, at_risk, share)
    if month > time.max():
        return None
    survival = float(share.prod())
    if survival == 1.0:
        here = np.array([month])
        return SurvivalPoint(1.0, float((weight_from(time, weight, here) - weight_from(entry, weight, here))[0]))
    return SurvivalPoint(survival, effective(survival, deaths, at_risk))


def weight_from(values: FloatArray, weight: FloatArray, months: FloatArray) -> FloatArray:
    """Return the summed weight of the patients whose value is at least each of ``months``."""
    order = np.argsort(values)
    left = np.concatenate([np.cumsum(weight[order][::-1])[::-1], [0.0]])
    return np.asarray(left[np.searchsorted(values[order], months, side="left")])


def emptied(deaths: FloatArray, at_risk: FloatArray, share: FloatArray) -> SurvivalPoint:
    """Return the point of a curve that has come down to 0: known as well as just before, where it was above."""
    last = int(np.argmax(share < 1e-12))
    survival = float(share[:last].prod())
    before = effective(survival, deaths[:last], at_risk[:last]) if last else float(at_risk[0])
    return SurvivalPoint(0.0, before)


def effective(survival: float, deaths: FloatArray, at_risk: FloatArray) -> float:
    """Return the number of patients whose observed share would have Greenwood's variance."""
    greenwood = float((deaths / (at_risk * (at_risk - deaths))).sum())
    return (1.0 - survival) / (survival * greenwood)
