"""A cut point chosen by the outcome: the search, its honest P value, and by how much it flatters.

Every cut that leaves a tenth of the patients on either side is tried, the one with the largest score statistic is
taken. Its P value compares the largest statistic with those of the same search under permuted outcomes (maximally
selected log-rank statistic: Lausen & Schumacher 1992, Biometrics 48:73; Hothorn & Lausen 2003, CSDA 43:121). Optimism
is the mean, over bootstrap samples, of the log hazard ratio at the cut found in the sample less that of the same cut
among all patients (Harrell, Lee & Mark 1996, Stat Med 15:361).
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.sensitivity.multiverse.scores import null_scores

# Least share of patients on either side of a cut.
LEAST_SHARE = 0.1
BOOTSTRAPS = 100


@dataclass(frozen=True, slots=True)
class SearchedCut:
    """The cut chosen, from which values count as upper, and the largest statistic in every order (orders,)."""

    cut: float
    statistics: FloatArray


def candidate_cuts(values: FloatArray) -> FloatArray:
    """Return the values that leave at least a tenth of the patients below and from them upwards.

    Examples
    --------
    >>> candidate_cuts(np.arange(10.0))
    array([1., 2., 3., 4., 5., 6., 7., 8., 9.])
    """
    least = LEAST_SHARE * values.size
    found = np.unique(values)
    below = np.searchsorted(np.sort(values), found, side="left")
    return np.asarray(found[(below >= least) & (values.size - below >= least) & (below > 0)])


def cut_statistics(values: FloatArray, cuts: FloatArray, scores: FloatArray) -> FloatArray:
    """Return |z| of every cut (c,) under every order of outcomes, (c, orders), from scores (orders, n)."""
    upper = (values >= cuts[:, None]).astype(np.float64)
    n, above = values.size, upper.sum(axis=1)
    spread = np.sqrt((scores**2).sum(axis=1) / (n - 1.0))
    raw = np.abs(upper @ scores.T)
    scale = np.sqrt(above * (n - above) / n)[:, None] * spread
    return np.asarray(np.divide(raw, scale, out=np.zeros_like(raw), where=scale > 0.0))


def searched_cut(values: FloatArray, scores: FloatArray) -> SearchedCut | None:
    """Return the cut with the largest statistic in the first order, and the largest one in every order; None: no cut.

    Examples
    --------
    >>> time = np.array([1.0, 2.0, 3.0, 7.0, 8.0, 9.0])
    >>> scores = null_scores(time, np.ones(6), np.zeros(6))[None]
    >>> searched_cut(time, scores).cut
    8.0
    """
    cuts = candidate_cuts(values)
    if not cuts.size:
        return None
    found = cut_statistics(values, cuts, scores)
    return SearchedCut(float(cuts[int(found[:, 0].argmax())]), found.max(axis=0))


def optimism(values: FloatArray, time: FloatArray, event: FloatArray, entry: FloatArray, seed: Seed) -> float:
    """Return by how much, on the log hazard ratio away from 0, the cut found flatters on average; NaN without a cut."""
    rng, n = generator(seed, "optimism"), values.size
    gained = []
    for _ in range(BOOTSTRAPS):
        drawn = rng.integers(n, size=n)
        own = null_scores(time[drawn], event[drawn], entry[drawn])
        found = searched_cut(values[drawn], own[None])
        if found is None:
            continue
        inside = values[drawn] >= found.cut
        there = log_ratio(inside, time[drawn], event[drawn], entry[drawn])
        here = log_ratio(values >= found.cut, time, event, entry)
        gained.append(np.sign(there) * (there - here))
    finite = [value for value in gained if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("nan")


def log_ratio(upper: np.ndarray, time: FloatArray, event: FloatArray, entry: FloatArray) -> float:
    """Return the log hazard ratio of ``upper`` against the others by Pike's estimate (O1 / E1) / (O0 / E0); else NaN.

    Half an event is added to each side, so that a side without events keeps a finite ratio.
    """
    scores = null_scores(time, event, entry)
    observed = np.array([event[upper].sum(), event[~upper].sum()])
    expected = observed - np.array([scores[upper].sum(), scores[~upper].sum()])
    if (expected <= 0.0).any():
        return float("nan")
    first, second = np.log((observed + 0.5) / (expected + 0.5))
    return float(first - second)
