"""Stacking: the weights with which the mixture of predictive densities foretells patients left out best.

Maximise sum_i log sum_k w_k p_k(y_i | others) over weights that sum to 1. Yao, Vehtari, Simpson & Gelman 2018, Bayesian
Anal 13:917. Each step of the mixture's EM raises the sum.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

MOST_STEPS, GAIN = 5000, 1e-10


def stacking_weights(elpd: FloatArray) -> FloatArray:
    """Return the weights of K models from their log predictive densities (n, K) of each patient left out.

    Examples
    --------
    >>> stacking_weights(np.log(np.array([[0.5, 0.1], [0.4, 0.2]]))).round(3)
    array([1., 0.])
    """
    density = np.exp(elpd - elpd.max(axis=1, keepdims=True))
    weight = np.full(elpd.shape[1], 1.0 / elpd.shape[1])
    before = -np.inf
    for _ in range(MOST_STEPS):
        mixed = density @ weight
        value = float(np.log(mixed).sum())
        if value - before < GAIN:
            break
        before = value
        weight = weight * (density / mixed[:, None]).mean(axis=0)
    return np.asarray(weight / weight.sum())
