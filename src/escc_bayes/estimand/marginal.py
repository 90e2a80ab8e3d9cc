"""Survival averaged over patients, draw by draw: curve, median, restricted mean.

With proportional hazards S_i(t) = exp(-H0(t) exp(eta_i)), so the average over patients depends on t through
H0(t) alone: the median solves mean_i exp(-m exp(eta_i)) = 1/2 for m, and t = H0^{-1}(m). See docs/methods/marginal.md.
"""

import numpy as np

from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.piecewise import FloatArray

BISECTIONS = 60


def survival(hazard: Hazard, log_relative: FloatArray, weight: FloatArray, times: FloatArray) -> FloatArray:
    """Return the average survival curve of each draw.

    Parameters
    ----------
    hazard : baseline with D draws.
    log_relative : (D, n) linear predictors.
    weight : (n,) case weights.
    times : (t,) months.

    Returns
    -------
    (D, t) survival.
    """
    relative = np.exp(log_relative)
    share = weight / weight.sum()
    cumulative = hazard.cumulative(times)
    return np.stack([np.exp(-cumulative[:, [j]] * relative) @ share for j in range(times.size)], axis=1)


def median(hazard: Hazard, log_relative: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the median of the average survival curve of each draw, (D,) months.

    Bisection on log m, to 1e-12 relative; the arguments are those of ``survival``.
    """
    relative = np.exp(log_relative)
    share = weight / weight.sum()
    low = np.log(np.log(2.0) / relative.max(axis=1))
    high = np.log(np.log(2.0) / relative.min(axis=1))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        above = np.exp(-np.exp(middle)[:, None] * relative) @ share > 0.5
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return hazard.time_at(np.exp((low + high) / 2.0)[:, None])[:, 0]


def restricted_mean(hazard: Hazard, log_relative: FloatArray, weight: FloatArray, until: float) -> FloatArray:
    """Return the restricted mean survival time to ``until`` of the average curve, (D,) months."""
    return hazard.restricted_mean(np.exp(log_relative), until) @ (weight / weight.sum())
