"""Partially pooled shares: importance sampling from the prior, and limits."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from escc_bayes.study.pooled_shares import partially_pooled


def by_importance(events: list[int], n: int, draws: int = 500_000) -> tuple[np.ndarray, np.ndarray]:
    """Return posterior means and medians of the shares, by weights of draws from the prior."""
    rng = np.random.default_rng(11)
    m, s = rng.normal(logit(0.05), 1.5, draws), np.abs(rng.normal(0.0, 1.0, draws))
    p = expit(m[:, None] + s[:, None] * rng.normal(size=(draws, len(events))))
    weight = np.prod(binom.pmf(np.array(events), n, p), axis=1)
    weight /= weight.sum()
    medians = []
    for column in p.T:
        order = np.argsort(column)
        medians.append(column[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
    return weight @ p, np.array(medians)


def test_shares_are_those_of_importance_sampling() -> None:
    events = [0, 4, 7]
    means, medians = by_importance(events, 79)
    found = partially_pooled(events, [79] * 3, level=0.95)
    assert [one.mean for one in found] == pytest.approx(means, abs=1.2e-3)
    assert [one.median for one in found] == pytest.approx(medians, abs=1.6e-3)


def test_rare_and_frequent_kinds_are_drawn_together() -> None:
    rare, _, frequent = partially_pooled([0, 4, 12], [79] * 3, level=0.95)
    assert rare.median > 0.5 * (1 - 0.5 ** (1 / 80))
    assert frequent.median < 12 / 79
    assert all(one.low < one.median < one.high for one in (rare, frequent))


def test_many_patients_outweigh_the_pool() -> None:
    found = partially_pooled([200, 5_000], [20_000, 20_000], level=0.95)
    assert [one.median for one in found] == pytest.approx([0.01, 0.25], rel=0.02)
