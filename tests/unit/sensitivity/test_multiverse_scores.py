"""P values of a multiverse: of one specification, of a searched cut point, and adjusted over all."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.classical.permutation import permuted
from escc_bayes.sensitivity.multiverse.cut_points import candidate_cuts, cut_statistics, searched_cut
from escc_bayes.sensitivity.multiverse.scores import (
    Outcomes,
    null_scores,
    orders,
    p_values,
    permuted_scores,
    projection,
    statistics,
)
from escc_bayes.sensitivity.multiverse.stacking import stacking_weights

REFERENCE = Path(__file__).parents[2] / "reference"
TIME = np.array([2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 9.0])
EVENT = np.array([1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
GROUP = np.array([1, 1, 0, 0, 0, 1, 1])


def outcomes(time=TIME, event=EVENT):
    return Outcomes(time, event, np.zeros(time.size), np.ones(time.size, dtype=bool))


def test_p_of_a_multiverse_of_one_is_that_of_the_plain_permutation_test():
    """One binary covariate: the exact permutation log-rank test of classical/permutation.py, all arrangements."""
    whole = np.ones(TIME.size, dtype=bool)
    scores = permuted_scores(outcomes(), whole, orders(TIME.size, 199, 1))
    one = projection(GROUP[:, None].astype(float), np.ones((1, 1)), whole)
    found = statistics(one, scores)
    assert p_values(found)[0] == pytest.approx(permuted(TIME, EVENT, GROUP).p_value, abs=1e-12)
    # Adjusted over a family of one it is the same.
    assert p_values(found, found.max(axis=0))[0] == p_values(found)[0]


def test_statistic_is_the_score_over_its_sd_over_permutations():
    """Mean square over all orders is 1: the variance over permutations is the one divided by."""
    whole = np.ones(TIME.size, dtype=bool)
    scores = permuted_scores(outcomes(), whole, orders(TIME.size, 199, 1))
    columns = np.column_stack([GROUP, TIME[::-1]])
    found = statistics(projection(columns, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -2.0]]), whole), scores)
    np.testing.assert_allclose((found**2).mean(axis=1), 1.0, rtol=1e-12)


def test_incomplete_patients_leave_the_risk_sets_whichever_outcome_they_are_given():
    """Second source: scores computed anew for the complete patients under one order."""
    whole = np.array([True, True, False, True, True, True, True])
    order = np.array([np.arange(7), [2, 0, 1, 3, 4, 6, 5]])
    found = permuted_scores(outcomes(), whole, order)
    given = order[1][whole]
    np.testing.assert_allclose(found[1][whole], null_scores(TIME[given], EVENT[given], np.zeros(6)))
    assert found[1][~whole] == 0.0


def test_p_after_a_searched_cut_is_that_of_the_exact_maximally_selected_test():
    """Own enumeration: every order of outcomes, every cut, log-rank scores summed by hand."""
    values = np.array([0.3, 1.2, 0.7, 0.9, 2.0, 1.5, 0.1])
    scores = permuted_scores(outcomes(), np.ones(7, dtype=bool), orders(7, 199, 1))
    found = searched_cut(values, scores)
    honest = p_values(found.statistics[None])[0]

    at_risk = [(t <= TIME).sum() for t in TIME]
    a = EVENT - np.array([sum(EVENT[j] / at_risk[j] for j in range(7) if TIME[j] <= t) for t in TIME])

    def largest(order):
        best = 0.0
        for cut in sorted(values)[1:]:
            upper = values >= cut
            k = upper.sum()
            variance = (a**2).sum() / 6 * k * (7 - k) / 7
            best = max(best, abs(a[list(order)][upper].sum()) / variance**0.5)
        return best

    reached = [largest(order) for order in permutations(range(7))]
    expected = np.mean(np.array(reached) >= largest(range(7)) - 1e-9)
    assert honest == pytest.approx(expected, abs=1e-12)
    assert candidate_cuts(values).tolist() == sorted(values)[1:]


def test_largest_statistic_is_that_of_maxstat():
    """R's maxstat 0.7-25 (reference/maxstat.R): statistic and cut of 30 patients; maxstat's groups are <= the cut."""
    held = json.loads((REFERENCE / "maxstat.json").read_text())
    x, time, event = (np.array(held[name]) for name in ("x", "time", "event"))
    scores = null_scores(time, event, np.zeros(time.size))[None]
    cuts = candidate_cuts(x)
    every = cut_statistics(x, cuts, scores)[:, 0]
    assert every.max() == pytest.approx(held["statistic"], rel=1e-6)
    below = x[x < searched_cut(x, scores).cut].max()
    assert below == pytest.approx(held["cut"])


def test_adjusted_p_is_never_below_the_plain_one_and_counts_the_observed_order():
    rng = np.random.default_rng(3)
    found = np.abs(rng.standard_normal((5, 200)))
    plain, adjusted = p_values(found), p_values(found, found.max(axis=0))
    assert (adjusted >= plain).all()
    assert plain.min() >= 1 / 200


def test_stacking_weights_maximise_the_log_score_of_the_mixture():
    """Second source: a fine grid over the simplex of three models."""
    rng = np.random.default_rng(5)
    elpd = np.log(rng.gamma(2.0, 1.0, (40, 3)))
    weight = stacking_weights(elpd)
    grid = [(i / 100, j / 100, 1 - (i + j) / 100) for i in range(101) for j in range(101 - i)]
    scores = [np.log(np.exp(elpd) @ np.array(w)).sum() for w in grid]
    assert np.log(np.exp(elpd) @ weight).sum() >= max(scores) - 1e-6
    assert weight.sum() == pytest.approx(1.0)
