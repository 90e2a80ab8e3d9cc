"""Pareto smoothing of importance weights: Vehtari, Simpson, Gelman, Yao & Gabry 2024, J Mach Learn Res 25:72.

The largest weights are replaced by quantiles of a generalised Pareto distribution with shape k fitted to them
(Zhang & Stephens 2009, Technometrics 51:316). k above 0.7: the proposal misses part of the posterior.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Smoothed weights.

    Attributes
    ----------
    weight : (m,) sum to one.
    k : shape of the tail; NaN where all weights are equal: there is no tail.
    effective : importance sample size 1 / sum of squares.
    log_mean : log of the mean of the raw weights.
    """

    weight: FloatArray
    k: float
    effective: float
    log_mean: float


def tail_size(draws: int) -> int:
    """Return how many weights are smoothed: a fifth of the draws, at most 3 sqrt(draws)."""
    return int(np.ceil(min(draws / 5.0, 3.0 * np.sqrt(draws))))


def smooth(log_weights: FloatArray) -> Smoothed:
    """Smooth the tail of importance weights given as logarithms (m,)."""
    highest = float(log_weights.max())
    weights = np.exp(log_weights - highest)
    log_mean = highest + float(np.log(weights.mean()))
    k = np.nan
    count = tail_size(weights.size)
    if count >= 5 and np.ptp(log_weights) > 1e-8:
        order = np.argpartition(weights, weights.size - count - 1)[weights.size - count - 1 :]
        order = order[np.argsort(weights[order], kind="stable")]
        cutoff, tail = float(weights[order[0]]), order[1:]
        excess = weights[tail] - cutoff
        if excess[-1] > np.finfo(float).tiny and excess[0] >= 0.0:
            k, sigma = fit_pareto(np.maximum(excess, np.finfo(float).tiny))
            probabilities = (np.arange(count) + 0.5) / count
            weights[tail] = np.minimum(cutoff + pareto_quantiles(probabilities, k, sigma), 1.0)
    weights /= weights.sum()
    return Smoothed(weights, k, float(1.0 / (weights**2).sum()), log_mean)


def fit_pareto(excess: FloatArray) -> tuple[float, float]:
    """Return shape k and scale of the generalised Pareto distribution of sorted excesses (n,).

    Posterior mean of Zhang & Stephens on their data-driven grid, k shrunk towards 0.5 with the weight of ten
    observations (Vehtari et al. 2024, appendix C).
    """
    n = excess.size
    points = 30 + int(np.sqrt(n))
    quartile = excess[int(n / 4 + 0.5) - 1]
    ranks = np.arange(1.0, points + 1.0)
    slopes = 1.0 / excess[-1] + (1.0 - np.sqrt(points / (ranks - 0.5))) / (3.0 * quartile)
    shapes = np.log1p(-np.outer(slopes, excess)).mean(axis=1)
    profile = n * (np.log(-slopes / shapes) - shapes - 1.0)
    weight = np.exp(profile - profile.max())
    slope = float(slopes @ weight / weight.sum())
    k = float(np.log1p(-slope * excess).mean())
    return (k * n + 0.5 * 10.0) / (n + 10.0), -k / slope


def pareto_quantiles(probabilities: FloatArray, k: float, sigma: float) -> FloatArray:
    """Return quantiles of the generalised Pareto distribution with location 0."""
    if abs(k) < 1e-12:
        return -sigma * np.log1p(-probabilities)
    # A tail with a huge k has infinite quantiles; such a fit is not fit for use.
    with np.errstate(over="ignore"):
        return np.asarray(sigma * np.expm1(-k * np.log1p(-probabilities)) / k)
