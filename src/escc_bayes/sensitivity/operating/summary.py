"""Bias, coverage, power, type S and type M over simulated cohorts, with Monte Carlo errors, and what theory says.

theta truth, s standard error, c the normal point of the limits, X normal about theta with SD s. Power is
P(|X| > c s); type S the share of these with the wrong sign (with no effect: below 0, a half); type M the mean of |X|
among them over |theta|. Gelman & Carlin 2014, Perspect Psychol Sci 9:641; Lu, Qiu & Deng 2019, Br J Math Stat Psychol
72:1. docs/methods/operating_characteristics.md.
"""

import math

import numpy as np
from scipy.special import ndtr

from escc_bayes.hazard.piecewise import FloatArray

type Cells = dict[str, object]


def summary(numbers: FloatArray, truth: FloatArray) -> Cells:
    """Return what cohorts say of one contrast and method.

    Parameters
    ----------
    numbers : (cohorts, 4) estimate, standard error, limits; NaN where there is none.
    truth : (cohorts,) true log hazard ratios.
    """
    finite = np.isfinite(numbers[:, 0])
    estimate, se, lower, upper = numbers[finite].T
    true = truth[finite]
    found: Cells = {"cohorts": truth.size, "finite": int(finite.sum()), "true_hr": math.exp(float(truth.mean()))}
    if finite.sum() < 2:
        return found
    error, count = estimate - true, int(finite.sum())
    covered, excluded = (lower <= true) & (true <= upper), (lower > 0.0) | (upper < 0.0)
    found |= {
        "bias": float(error.mean()),
        "bias_mc": float(error.std(ddof=1)) / math.sqrt(count),
        "sd": float(estimate.std(ddof=1)),
        "mean_se": float(se.mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "coverage": float(covered.mean()),
        "coverage_mc": share_error(covered),
        "power": float(excluded.mean()),
        "power_mc": share_error(excluded),
    }
    return found | signs(estimate[excluded], true[excluded])


def share_error(values: np.ndarray) -> float:
    """Return the Monte Carlo error of a share; of 0 or 1, that of one success more or less."""
    share = min(max(float(values.mean()), 1.0 / (values.size + 1.0)), values.size / (values.size + 1.0))
    return math.sqrt(share * (1.0 - share) / values.size)


def signs(estimate: FloatArray, true: FloatArray) -> Cells:
    """Return type S and type M of the estimates whose interval excludes 1."""
    if not estimate.size:
        return {}
    wrong = np.where(true == 0.0, estimate < 0.0, estimate * true < 0.0)
    size = float(np.abs(true).mean())
    found: Cells = {"type_s": float(wrong.mean())}
    return found | ({"type_m": float(np.abs(estimate).mean()) / size} if size > 0.0 else {})


def theory(true: FloatArray, se: FloatArray, half: float) -> Cells:
    """Return power, type S and type M that a normal estimate has, averaged over cohorts.

    Parameters
    ----------
    true : (cohorts,) true log hazard ratios.
    se : (cohorts,) standard errors.

    Examples
    --------
    >>> {name: round(value, 3) for name, value in theory(np.array([0.0]), np.array([1.0]), 1.96).items()}
    {'power_theory': 0.05, 'type_s_theory': 0.5}
    >>> {name: round(value, 2) for name, value in theory(np.array([1.0]), np.array([1.0]), 1.96).items()}
    {'power_theory': 0.17, 'type_s_theory': 0.01, 'type_m_theory': 2.49}
    """
    known = np.isfinite(se) & (se > 0.0)
    theta, s = np.abs(true[known]), se[known]
    if not theta.size:
        return {}
    cut = half * s
    right, wrong = ndtr((theta - cut) / s), ndtr((-theta - cut) / s)
    power = right + wrong
    size = theta * (right - wrong) + s * (density((cut - theta) / s) + density((cut + theta) / s))
    found: Cells = {"power_theory": float(power.mean()), "type_s_theory": float(wrong.sum() / power.sum())}
    middle = float((theta * power).sum() / power.sum())
    return found | ({"type_m_theory": float(size.sum() / power.sum()) / middle} if middle > 0.0 else {})


def density(z: FloatArray) -> FloatArray:
    """Return the standard normal density."""
    return np.asarray(np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi))
