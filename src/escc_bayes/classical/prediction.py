"""How good predicted survival is at a month: Brier score and AUC with inverse-probability-of-censoring weights.

Symbols: S_i predicted survival of patient i at month t; G Kaplan-Meier of the censoring times.

    Brier(t) = mean of  S_i^2 1(T_i <= t, event) / G(T_i-) + (1 - S_i)^2 1(T_i > t) / G(t)
    AUC(t)   = share of pairs (event by t, alive at t) in which the first had the lower S, weighted 1 / (G(T_i-) G(t))

Graf et al. 1999, Stat Med 18:2529; Uno et al. 2007, JASA 102:527; Blanche et al. 2013, Stat Med 32:5381.
docs/methods/checks_of_fit.md.
"""

import numpy as np

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.hazard.piecewise import FloatArray


def censoring_weights(time: FloatArray, event: FloatArray, at: float) -> FloatArray:
    """Return the weight of each patient at a month, (n,): 0 where the state at it is not known.

    Examples
    --------
    >>> censoring_weights(np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0]), 2.5)
    array([1., 0., 2.])
    """
    censoring = kaplan_meier(time, event == 0.0, level=0.95)
    heights = np.concatenate([[1.0], censoring.survival])
    # A patient with an event was uncensored until just before it; one followed beyond the month, at the month.
    before = heights[np.searchsorted(censoring.time, time, side="left")]
    there = heights[np.searchsorted(censoring.time, at, side="right")]
    weight = np.zeros(time.size)
    died = (time <= at) & (event > 0.0)
    weight[died] = 1.0 / before[died]
    alive = time > at
    weight[alive] = 1.0 / there if there > 0.0 else 0.0
    return weight


def brier(predicted: FloatArray, time: FloatArray, event: FloatArray, at: float) -> float:
    """Return the Brier score of predicted survival (n,) at a month; 0 is perfect, 0.25 a coin.

    Examples
    --------
    >>> brier(np.array([0.0, 0.5, 1.0]), np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0]), 2.5)
    0.0
    """
    weight = censoring_weights(time, event, at)
    alive = (time > at).astype(np.float64)
    return float((weight * (alive - predicted) ** 2).mean())


def auc(predicted: FloatArray, time: FloatArray, event: FloatArray, at: float) -> float:
    """Return the cumulative/dynamic AUC of predicted survival (n,) at a month; NaN without patients on both sides.

    Examples
    --------
    >>> auc(np.array([0.2, 0.5, 0.9]), np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 0.0]), 2.5)
    1.0
    """
    weight = censoring_weights(time, event, at)
    died, alive = (time <= at) & (event > 0.0), time > at
    if not died.any() or not alive.any():
        return float("nan")
    first, second = predicted[died][:, None], predicted[alive][None]
    right = (first < second) + 0.5 * (first == second)
    pairs = weight[died][:, None] * weight[alive][None]
    return float((right * pairs).sum() / pairs.sum())
