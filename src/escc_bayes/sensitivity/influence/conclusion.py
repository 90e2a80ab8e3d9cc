"""When an answer changes: P(HR > 1) passes 0.95, or 0.05 for a hazard ratio below 1."""

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray

SURE, SURE_BELOW = 0.95, 0.05
# Probabilities nearer to 0 or 1 than draws can tell.
NEAREST = 1e-6


def limit_near(prob: float) -> float:
    """Return the limit that P(HR > 1) must pass for the answer to change: the nearer of 0.95 and 0.05.

    Examples
    --------
    >>> limit_near(0.99), limit_near(0.6), limit_near(0.02)
    (0.95, 0.95, 0.05)
    """
    return SURE if prob >= 0.5 else SURE_BELOW


def passed(before: float, after: float | FloatArray) -> np.ndarray:
    """Return whether P(HR > 1) after a change lies on the other side of the limit near which it was.

    A limit reached counts as held: 0.95 and above is sure, and 0.05 and below.

    Examples
    --------
    >>> bool(passed(0.97, 0.94)), bool(passed(0.90, 0.95)), bool(passed(0.03, 0.04))
    (True, True, False)
    """
    limit, value = limit_near(before), np.asarray(after)
    if limit == SURE:
        return np.asarray((value >= limit) != (before >= limit))
    return np.asarray((value <= limit) != (before <= limit))


def probit(prob: FloatArray) -> FloatArray:
    """Return normal scores of probabilities, kept finite."""
    return np.asarray(ndtri(np.clip(prob, NEAREST, 1.0 - NEAREST)))


def towards(before: float, after: FloatArray) -> FloatArray:
    """Return how far, in normal scores, a change moves P(HR > 1) towards the limit and beyond."""
    limit = limit_near(before)
    up = before < limit if limit == SURE else before <= limit
    side = 1.0 if up else -1.0
    return np.asarray(side * (probit(after) - probit(np.asarray(before))))
