"""Survival averaged over patients, draw by draw: curve, median, restricted mean.

With proportional hazards S_i(t) = exp(-H0(t) exp(eta_i)), eta_i = x_i beta, so the average over patients depends on
t through H0(t) alone: the median solves mean_i exp(-m exp(eta_i)) = 1/2 for m, and t = H0^{-1}(m).
See docs/methods/marginal.md.
"""

from collections.abc import Iterator

import numpy as np

from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.piecewise import FloatArray

STEPS = 60
PRECISION = 1e-12
# Draws at a time: what one block needs stays in the processor's cache, which makes a curve five times faster.
BLOCK = 512


def survival(
    hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the average survival curve of each draw.

    Parameters
    ----------
    hazard : baseline with D draws.
    coefficients : (D, p) log hazard ratios.
    columns : (n, p) of the patients to average over.
    weight : (n,) case weights.
    times : (t,) months.

    Returns
    -------
    (D, t) survival.
    """
    share = weight / weight.sum()
    cumulative = hazard.cumulative(times)
    curves = np.empty(cumulative.shape)
    for part in blocks(hazard):
        minus_relative = -relative_hazards(coefficients[part], columns)
        for j in range(times.size):
            curves[part, j] = np.exp(cumulative[part, [j]] * minus_relative) @ share
    return curves


def median(hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the median of the average survival curve of each draw, (D,) months.

    Newton on log m between bounds, to 1e-12 relative; the arguments are those of ``survival``.
    """
    share = weight / weight.sum()
    return np.concatenate([median_of(hazard.part(b), coefficients[b], columns, share) for b in blocks(hazard)])


def median_of(hazard: Hazard, coefficients: FloatArray, columns: FloatArray, share: FloatArray) -> FloatArray:
    """Return the medians of one block of draws; ``share`` (n,) sums to 1."""
    relative = relative_hazards(coefficients, columns)
    low = np.log(np.log(2.0) / relative.max(axis=1))
    high = np.log(np.log(2.0) / relative.min(axis=1))
    weighted = relative * share
    at = (low + high) / 2.0
    for _ in range(STEPS):
        m = np.exp(at)
        alive = np.exp(-m[:, None] * relative)
        excess = alive @ share - 0.5
        low, high = np.where(excess > 0.0, at, low), np.where(excess > 0.0, high, at)
        step = excess / (m * np.einsum("ij,ij->i", alive, weighted))
        inside = (at + step >= low) & (at + step <= high)
        before, at = at, np.where(inside, at + step, (low + high) / 2.0)
        if np.abs(at - before).max() < PRECISION:
            break
    return hazard.time_at(np.exp(at)[:, None])[:, 0]


def restricted_mean(
    hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray, until: FloatArray
) -> FloatArray:
    """Return restricted mean survival times of the average curve, (D, u), to each of the rising months ``until``."""
    share = weight / weight.sum()
    means = [
        hazard.part(b).restricted_mean(relative_hazards(coefficients[b], columns), share, until) for b in blocks(hazard)
    ]
    return np.concatenate(means)


def blocks(hazard: Hazard) -> Iterator[slice]:
    """Yield the draws, ``BLOCK`` at a time."""
    return (slice(start, start + BLOCK) for start in range(0, hazard.draws, BLOCK))


def relative_hazards(coefficients: FloatArray, columns: FloatArray) -> FloatArray:
    """Return exp(eta) of each patient under each draw, (D, n)."""
    found: FloatArray = np.exp(coefficients @ columns.T)
    return found
