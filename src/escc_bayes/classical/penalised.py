"""Firth's penalised partial likelihood with its score: Breslow's rule for tied times, everyone at risk from time 0.

Symbols: at each event time d deaths, the risk set R with shares s_i = exp(x_i'beta) / sum over R; mean m and variance V
of the covariates under s; I = sum of d V; l* = l + log det I / 2; c_i = (x_i - m)'I^-1 (x_i - m).
Score of l*: that of l, plus sum over event times of d sum_i s_i (x_i - m) c_i / 2. docs/methods/cox.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.km import EventArray
from escc_bayes.hazard.piecewise import FloatArray

# Patients, alike ones taken together, x event times up to which every risk set is laid out, which loses nothing to
# rounding; beyond, running sums.
LAID_OUT = 250_000


@dataclass(frozen=True, slots=True)
class Penalised:
    """l* at a point, its score (p,) and the information I (p, p); l* is -inf where I cannot be inverted."""

    value: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True)
class Deaths:
    """Patients from the longest follow-up to the shortest.

    Attributes
    ----------
    z : (n, p) covariates in that order.
    sums : (p,) covariates summed over those who die.
    counts : (k,) deaths at each distinct event time.
    sizes : (k,) how many are at risk at it: the first ``sizes[j]`` rows.
    patterns : (m, p) rows of ``z`` that differ.
    held : (k, m) how many with each pattern are at risk; None where there are too many to lay out.
    """

    z: FloatArray
    sums: FloatArray
    counts: FloatArray
    sizes: np.ndarray
    patterns: FloatArray
    held: FloatArray | None


def deaths_in_order(z: FloatArray, time: FloatArray, event: EventArray) -> Deaths:
    """Lay out covariates z (n, p) by time."""
    died = np.asarray(event, dtype=bool)
    order = np.argsort(-time, kind="stable")
    times, counts = np.unique(time[died], return_counts=True)
    sizes = np.searchsorted(-time[order], -times, side="right")
    patterns, which = np.unique(z[order], axis=0, return_inverse=True)
    held = at_risk(which, len(patterns), sizes) if len(patterns) * sizes.size <= LAID_OUT else None
    return Deaths(z[order], z[died].sum(axis=0), counts.astype(np.float64), sizes, patterns, held)


def at_risk(which: np.ndarray, patterns: int, sizes: np.ndarray) -> FloatArray:
    """Return how many with each pattern are among the first ``sizes[j]`` patients, (k, patterns)."""
    # Each patient joins at the smallest risk set that holds them.
    joins = np.searchsorted(sizes[::-1], np.arange(which.size), side="right")
    inside = joins < sizes.size
    found = np.zeros((sizes.size, patterns))
    np.add.at(found, (joins[inside], which[inside]), 1.0)
    return found.cumsum(axis=0)[::-1]


@dataclass(frozen=True, slots=True)
class Moments:
    """Of the covariates over each risk set: log of the sum of hazards (k,), mean (k, p), I (p, p), third moments.

    ``third`` gives, for I^-1, the sum over event times of d sum_i s_i (x_i - m) c_i, (p,).
    """

    log_total: FloatArray
    mean: FloatArray
    information: FloatArray
    third: Callable[[FloatArray], FloatArray]


def penalised(deaths: Deaths, beta: FloatArray) -> Penalised:
    """Return l*, its score and the information at ``beta`` (p,)."""
    # A step that is much too long overflows here; its likelihood is -inf and the step is halved.
    with np.errstate(all="ignore"):
        found = running_sums(deaths, beta) if deaths.held is None else laid_out(deaths, deaths.held, beta)
        inverse, log_det = inverse_and_log_det(found.information)
        if not np.isfinite(log_det):
            return Penalised(-np.inf, np.full(beta.size, np.nan), found.information)
        value = float(deaths.sums @ beta - deaths.counts @ found.log_total) + log_det / 2.0
        score = deaths.sums - deaths.counts @ found.mean + found.third(inverse) / 2.0
    return Penalised(value if np.isfinite(value) else -np.inf, score, found.information)


def laid_out(deaths: Deaths, held: FloatArray, beta: FloatArray) -> Moments:
    """Return the moments risk set by risk set, each with its own largest hazard taken out: nothing is cancelled."""
    inside = np.where(held > 0.0, deaths.patterns @ beta, -np.inf)
    top = inside.max(axis=1, keepdims=True)
    share = held * np.exp(inside - top)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    mean = share @ deaths.patterns
    centred = deaths.patterns - mean[:, None, :]
    weighted = (deaths.counts[:, None] * share)[:, :, None] * centred
    size = (-1, centred.shape[-1])
    flat, heavy = centred.reshape(size), weighted.reshape(size)

    def third(inverse: FloatArray) -> FloatArray:
        return np.asarray(((flat @ inverse) * flat).sum(axis=1) @ heavy)

    return Moments((top + np.log(total))[:, 0], mean, heavy.T @ flat, third)


def running_sums(deaths: Deaths, beta: FloatArray) -> Moments:
    """Return the moments from sums over the patients in order of time: for many patients."""
    z, p = deaths.z, deaths.z.shape[1]
    last, log_hazard = deaths.sizes - 1, deaths.z @ beta
    top = float(log_hazard.max())
    hazard = np.exp(log_hazard - top)
    total = np.cumsum(hazard)[last]
    by_column = np.ascontiguousarray(z.T)

    def average(values: FloatArray) -> FloatArray:
        return np.asarray(np.cumsum(values)[last] / total)

    # One column at a time: it stays in the processor's cache.
    scaled = hazard * by_column
    mean = np.column_stack([average(column) for column in scaled])
    square = np.empty((last.size, p, p))
    for i in range(p):
        for j in range(i + 1):
            square[:, i, j] = square[:, j, i] = average(scaled[i] * by_column[j])

    def third(inverse: FloatArray) -> FloatArray:
        q = ((z @ inverse) * z).sum(axis=1)
        first = average(hazard * q)[:, None]
        third_moment = np.column_stack([average(q * column) for column in scaled])
        turned = mean @ inverse
        around = (turned * mean).sum(axis=1, keepdims=True)
        linear = np.einsum("kij,kj->ki", square, turned)
        per_death = third_moment - 2.0 * linear + around * mean - mean * (first - around)
        return np.asarray(deaths.counts @ per_death)

    information = np.einsum("k,kij->ij", deaths.counts, square) - (deaths.counts[:, None] * mean).T @ mean
    return Moments(np.log(total) + top, mean, information, third)


def inverse_and_log_det(information: FloatArray) -> tuple[FloatArray, float]:
    """Return I^-1 and log det I, columns brought to one size first; -inf where I is not positive definite."""
    size = np.sqrt(np.diag(information))
    if not (np.isfinite(information).all() and (size > 0.0).all()):
        return information, -np.inf
    scaled = information / np.outer(size, size)
    try:
        half, inverted = np.linalg.cholesky(scaled), np.linalg.inv(scaled)
    except np.linalg.LinAlgError:
        return information, -np.inf
    log_det = 2.0 * float(np.log(np.diag(half)).sum() + np.log(size).sum())
    return inverted / np.outer(size, size), log_det
