"""Survival averaged over patients, draw by draw: curve, median, restricted mean.

With proportional hazards S_i(t) = exp(-H0(t) exp(eta_i)), eta_i = x_i beta, so the average over patients depends on
t through H0(t) alone: the median solves mean_i exp(-m exp(eta_i)) = 1/2 for m, and t = H0^{-1}(m).
See docs/methods/marginal.md.
"""

from collections.abc import Iterator

import numpy as np

from escc_bayes.hazard.averaged import averaged_survival
from escc_bayes.hazard.baseline import Hazard
from escc_bayes.hazard.piecewise import FloatArray

STEPS = 60
PRECISION = 1e-12
# Patients x draws at a time: what one block needs stays in the processor's cache.
BLOCK = 24_576
FEWEST, MOST = 16, 2_048


def survival(
    hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the average survival curves of groups in each draw.

    Parameters
    ----------
    hazard : baseline with D draws.
    coefficients : (D, p) log hazard ratios.
    columns : (n, p) of the patients to average over.
    weight : (g, n) what each patient counts for in each group; 0: does not belong to it.
    times : (t,) months.

    Returns
    -------
    (g, D, t) survival.
    """
    share = shares(weight)
    cumulative = hazard.cumulative(times)
    curves = np.empty((times.size, share.shape[0], hazard.draws))
    for part in blocks(hazard, columns):
        curves[..., part] = averaged_survival(cumulative[part], relative_hazards(coefficients[part], columns), share)
    return curves.transpose(1, 2, 0)


def median(hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the medians of the average survival curves of groups in each draw, (g, D) months.

    Newton on log m between bounds, to 1e-12 relative; the arguments are those of ``survival``.
    """
    found = np.empty((weight.shape[0], hazard.draws))
    for share, of_group in zip(shares(weight), found, strict=True):
        belong = share > 0.0
        for part in blocks(hazard, columns[belong]):
            relative = relative_hazards(coefficients[part], columns[belong])
            reached = hazard_at_half(relative, share[belong])
            of_group[part] = hazard.part(part).time_at(reached[:, None])[:, 0]
    return found


def hazard_at_half(relative: FloatArray, share: FloatArray) -> FloatArray:
    """Return the m (d,) with sum_i share_i exp(-m relative_i) = 1/2; ``relative`` (n, d), ``share`` (n,) sums to 1."""
    low = np.log(np.log(2.0) / relative.max(axis=0))
    high = np.log(np.log(2.0) / relative.min(axis=0))
    at = (low + high) / 2.0
    alive = np.empty_like(relative)
    for _ in range(STEPS):
        m = np.exp(at)
        np.exp(np.multiply(relative, -m, out=alive), out=alive)
        excess = share @ alive - 0.5
        low, high = np.where(excess > 0.0, at, low), np.where(excess > 0.0, high, at)
        step = excess / (m * (share @ np.multiply(alive, relative, out=alive)))
        inside = (at + step >= low) & (at + step <= high)
        before, at = at, np.where(inside, at + step, (low + high) / 2.0)
        if np.abs(at - before).max() < PRECISION:
            break
    return np.asarray(np.exp(at))


def restricted_mean(
    hazard: Hazard, coefficients: FloatArray, columns: FloatArray, weight: FloatArray, until: FloatArray
) -> FloatArray:
    """Return restricted mean survival times of the average curves, (g, D, u), to the rising months ``until``.

    The other arguments are those of ``survival``.
    """
    share = shares(weight)
    means = [
        hazard.part(b).restricted_mean(relative_hazards(coefficients[b], columns), share, until)
        for b in blocks(hazard, columns)
    ]
    return np.concatenate(means, axis=1)


def shares(weight: FloatArray) -> FloatArray:
    """Return weights (g, n) that sum to 1 in each group."""
    return weight / np.asarray(weight.sum(axis=1, keepdims=True))


def blocks(hazard: Hazard, columns: FloatArray) -> Iterator[slice]:
    """Yield the draws, a block at a time."""
    size = min(max(BLOCK // max(columns.shape[0], 1), FEWEST), MOST)
    return (slice(start, start + size) for start in range(0, hazard.draws, size))


def relative_hazards(coefficients: FloatArray, columns: FloatArray) -> FloatArray:
    """Return exp(eta) of each patient (rows) under each draw (columns)."""
    # A draw of a wide prior times a large covariate overflows: that hazard is infinite, and survival is then 0.
    with np.errstate(over="ignore"):
        found: FloatArray = np.exp(columns @ coefficients.T)
    return found
