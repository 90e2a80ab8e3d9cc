"""Limits of a Kaplan-Meier curve that hold with few patients: the beta product confidence procedure.

Symbols: d deaths among Y at risk at each exit time; Beta(a, b) with mean a / (a + b); q a quantile.
Fay, Brittain & Proschan 2013, Biostatistics 14:723. docs/methods/kaplan_meier.md.
"""

import numpy as np
from scipy.special import betaincinv

from escc_bayes.classical.km import KaplanMeier
from escc_bayes.hazard.piecewise import FloatArray

NOT_DEFINED = (
    "no exact limits: the beta product procedure is not defined for delayed entry, weights or clusters, nor for "
    "several rows of a patient"
)


def beta_product_limits(curve: KaplanMeier, level: float) -> tuple[FloatArray, FloatArray]:
    """Return the limits of S from each exit time to the next; before the first one too.

    S just after the i-th exit time is compared with a product of independent Beta(Y_i - d_i + 1, d_i); the lower limit
    allows for one death more at once, Beta(Y, 1) with Y left at risk. A product is taken for the beta distribution with
    its mean and variance, which is exact where nobody is censored: the limits are then those of Clopper and Pearson.

    Parameters
    ----------
    curve : from ``kaplan_meier``, of independent patients who all enter at time 0 and count once.
    level : confidence level, such as 0.95; mid-P is off, so that coverage is at least this.

    Returns
    -------
    lower, upper : (k + 1,) from time 0 and from each of the k exit times on.

    Examples
    --------
    >>> from escc_bayes.classical.km import kaplan_meier
    >>> lower, upper = beta_product_limits(kaplan_meier(np.arange(1.0, 7.0), np.zeros(6), level=0.95), 0.95)
    >>> lower.round(3), upper.round(3)
    (array([0.541, 0.478, 0.398, 0.292, 0.158, 0.025, 0.   ]), array([1., 1., 1., 1., 1., 1., 1.]))
    """
    left = np.concatenate([curve.at_risk - curve.events - curve.censored, [0.0]])
    ahead = np.concatenate([curve.at_risk[:1], left[:-1]])
    died = curve.events > 0
    mean, square = beta_moments(curve.at_risk - curve.events + 1.0, np.where(died, curve.events, 1.0))
    means = np.concatenate([[1.0], np.cumprod(np.where(died, mean, 1.0))])
    squares = np.concatenate([[1.0], np.cumprod(np.where(died, square, 1.0))])
    next_mean, next_square = beta_moments(ahead, np.ones_like(ahead))
    tail = (1.0 - level) / 2.0
    return quantile_of(means * next_mean, squares * next_square, tail), quantile_of(means, squares, 1.0 - tail)


def beta_moments(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean and the mean square of Beta(a, b)."""
    mean = a / (a + b)
    return mean, mean * (a + 1.0) / (a + b + 1.0)


def quantile_of(mean: FloatArray, square: FloatArray, probability: float) -> FloatArray:
    """Return a quantile of the beta distribution with this mean and mean square; 0 or 1 where there is no spread."""
    variance = square - mean**2
    spread = (mean > 0.0) & (mean < 1.0) & (variance > 0.0)
    safe = np.where(spread, variance, 1.0)
    size = np.where(spread, (mean - square) / safe, 1.0)
    found = betaincinv(np.where(spread, mean * size, 1.0), np.where(spread, (1.0 - mean) * size, 1.0), probability)
    return np.asarray(np.where(spread, found, mean))
