"""Alpha passed between two hypotheses: exact small cases, a closed test by enumeration, the bivariate normal."""

import itertools

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.two_endpoints.graph import Hypothesis, both_at, monotone, rejected_at


def one_look(first, second, passes):
    """Return two hypotheses with one look each, weights of alpha given."""
    shared = (first + passes[1] * second, second + passes[0] * first)
    return tuple(
        Hypothesis((0,), np.array([norm.isf(own)]), np.array([norm.isf(more)]))
        for own, more in zip((first, second), shared, strict=True)
    )


def closed(p, weights):
    """Return which of two hypotheses the closed weighted Bonferroni test rejects, all alpha passed on."""
    both = p[0] <= weights[0] or p[1] <= weights[1]
    return [both and value <= sum(weights) for value in p]


def test_one_look_is_the_closed_weighted_bonferroni_test():
    """Every combination of P values on a grid, with the limits on both sides: 900 cases."""
    weights = (0.005, 0.02)
    values = [0.0001, 0.0049, 0.0051, 0.0199, 0.0201, 0.0249, 0.0251, 0.5]
    for p in itertools.product(values, values):
        z = tuple(np.array([[norm.isf(value)]]) for value in p)
        found = np.isfinite(rejected_at(*one_look(*weights, (1.0, 1.0)), z, 1))[:, 0].tolist()
        assert found == closed(p, weights), p


def test_the_chance_of_any_rejection_is_that_of_the_bivariate_normal():
    """Passing alpha on changes nothing of the first rejection: 1 - Phi2(c1, c2; r), by scipy; 400,000 pairs."""
    pair, correlation = one_look(0.01, 0.015, (1.0, 1.0)), 0.6
    wanted = 1.0 - multivariate_normal(cov=[[1.0, correlation], [correlation, 1.0]]).cdf(
        [pair[0].own[0], pair[1].own[0]]
    )
    z = np.random.default_rng(1).multivariate_normal([0.0, 0.0], [[1.0, correlation], [correlation, 1.0]], size=400_000)
    found = rejected_at(*pair, (z[:, :1].T, z[:, 1:].T), 1)
    assert np.isfinite(found).any(axis=0).mean() == pytest.approx(wanted, abs=4.0 * np.sqrt(0.024 / 400_000))
    assert wanted < 0.025


def test_alpha_that_comes_late_serves_the_last_look_and_no_earlier_one():
    """PFS is tested at look 1 alone; OS wins at look 3 of three: PFS is then held against its larger alpha."""
    pfs = Hypothesis((0,), np.array([2.6]), np.array([1.96]))
    os = Hypothesis((0, 1, 2), np.array([4.0, 2.9, 2.05]), np.array([3.5, 2.7, 1.98]))
    # Trials: late OS brings PFS; PFS too low even so; OS beyond its larger boundary only, and PFS never won.
    z = np.array([[2.0, 1.9, 2.0], [0.0] * 3, [0.0] * 3]), np.array([[0.0] * 3, [2.8, 2.8, 0.0], [2.1, 2.1, 2.0]])
    assert rejected_at(pfs, os, z, 3).tolist() == [[2.0, np.inf, np.inf], [2.0, 2.0, np.inf]]


def test_a_boundary_moved_by_passed_alpha_acts_from_that_look_on():
    """OS lay between its boundaries at look 1, before PFS won at look 2: look 1 is not judged again."""
    pfs = Hypothesis((0, 1), np.array([3.0, 2.5]), np.array([2.8, 2.0]))
    os = Hypothesis((0, 1), np.array([3.0, 2.1]), np.array([2.5, 1.98]))
    z = np.array([[0.0, 0.0], [2.6, 2.6]]), np.array([[2.7, 2.7], [1.0, 2.0]])
    assert rejected_at(pfs, os, z, 2).tolist() == [[1.0, 1.0], [np.inf, 1.0]]


def test_co_primary_needs_both_and_passes_nothing():
    pfs = Hypothesis((0,), np.array([1.96]), np.array([1.96]))
    os = Hypothesis((0, 1), np.array([2.8, 1.98]), np.array([2.8, 1.98]))
    z = np.array([[2.0, 2.0, 1.9], [0.0] * 3]), np.array([[3.0, 0.0, 3.0], [0.0, 2.0, 3.0]])
    assert both_at(pfs, os, z, 2).tolist() == [0.0, 1.0, np.inf]


@pytest.mark.parametrize(
    "spending",
    [AlphaSpending("obrien_fleming"), AlphaSpending("pocock"), AlphaSpending("hwang_shih_decani", parameter=-4.0)],
    ids=lambda spending: spending.name,
)
def test_spending_functions_are_monotone_in_alpha(spending):
    own, more = (spending.boundaries((0.4, 0.8, 1.0), alpha) for alpha in (0.005, 0.025))
    assert monotone(Hypothesis((0, 1, 2), own, more))
    assert not monotone(Hypothesis((0, 1, 2), more, own))
