"""Shares of several kinds of event, partially pooled: each draws strength from the others. docs/methods/proportions.md.

events_k ~ binomial(n, p_k), logit p_k ~ normal(m, s); m ~ normal(logit 0.05, 1.5), s ~ half-normal(1). By quadrature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from escc_bayes.hazard.piecewise import FloatArray

MIDDLE, MIDDLE_SD, SPREAD_SD = float(logit(0.05)), 1.5, 1.0
LOGITS = np.linspace(-12.0, 6.0, 721)
MEANS = np.linspace(MIDDLE - 4.5 * MIDDLE_SD, MIDDLE + 4.0 * MIDDLE_SD, 90)
SPREADS = np.linspace(0.02, 4.0, 60)


@dataclass(frozen=True, slots=True)
class PooledShare:
    """Posterior median and limits of one share, and its posterior mean."""

    median: float
    low: float
    high: float
    mean: float


def partially_pooled(events: Sequence[int], n: Sequence[int], *, level: float) -> list[PooledShare]:
    """Return the posterior of each share.

    Parameters
    ----------
    events, n : of each kind of event; at least two kinds.

    Examples
    --------
    >>> found = partially_pooled([0, 4, 7], [79, 79, 79], level=0.95)
    >>> [found[0].median > 0.0, found[2].median < 7 / 79]
    [True, True]
    """
    seen, patients = np.asarray(events)[:, None], np.asarray(n)[:, None]
    log_likelihood = seen * LOGITS - patients * np.logaddexp(0.0, LOGITS)
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    m, s = (grid.ravel() for grid in np.meshgrid(MEANS, SPREADS, indexing="ij"))
    given = np.exp(-0.5 * ((LOGITS[None, :] - m[:, None]) / s[:, None]) ** 2)
    given /= given.sum(axis=1, keepdims=True)
    evidence = given @ likelihood.T
    log_prior = -0.5 * ((m - MIDDLE) / MIDDLE_SD) ** 2 - 0.5 * (s / SPREAD_SD) ** 2
    log_weight = log_prior + np.log(np.maximum(evidence, 1e-300)).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    posterior = ((weight[:, None] / np.maximum(evidence, 1e-300)).T @ given) * likelihood
    return [summary(row / row.sum(), level) for row in posterior]


def summary(mass: FloatArray, level: float) -> PooledShare:
    """Return median, limits and mean of a distribution over the grid of logits."""
    # Mass lies in the middle of its cell: the distribution function is known at the edges.
    half = (LOGITS[1] - LOGITS[0]) / 2.0
    edges = np.append(LOGITS - half, LOGITS[-1] + half)
    reached = np.concatenate([[0.0], np.cumsum(mass)])
    tail = (1.0 - level) / 2.0
    low, median, high = expit(np.interp([tail, 0.5, 1.0 - tail], reached, edges)).tolist()
    return PooledShare(median, low, high, float((mass * expit(LOGITS)).sum()))
