"""Optimal and full matching of lalonde and rossi have the least total distance that a linear program finds.

The program knows nothing of the assignment by which ``match`` finds them: one variable for each treated and control who
may be matched, a sum for each patient, solved by HiGHS. Its matrix is totally unimodular, so that the solution is of
whole pairs (Schrijver 2003, Combinatorial Optimization, section 18). Several sets of pairs can have the least distance,
as whenever two pairs cross; the distance is what is compared.
"""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack
from tests.reference.test_matching import asked, lalonde, made, rossi

from escc_bayes.matching.pairing import full, optimal

ALLOWED = 0.2


@pytest.fixture(scope="module", params=[lalonde, rossi], ids=["lalonde", "rossi"])
def scored(request):
    name = request.param.__name__
    patients, design = made(request.param(), asked(name, method="overlap"))
    return np.round(design.score, 10), patients.treated


def edges_of(score, treated, caliper=None):
    """Rows of both ends of each pair that may be, how far apart they are, and the sums of each group as matrices."""
    ones, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    away = np.abs(score[ones][:, None] - score[others][None])
    limit = np.inf if caliper is None else caliper * score.std(ddof=1)
    i, j = np.nonzero(away <= limit)
    one, place = np.ones(i.size), np.arange(i.size)
    sums = (coo_array((one, (i, place)), (ones.size, i.size)), coo_array((one, (j, place)), (others.size, i.size)))
    return ones[i], others[j], away[i, j], sums


def least(cost, **constraints):
    """Return the solution, which is one of whole numbers."""
    found = linprog(cost, bounds=(0.0, 1.0), method="highs", **constraints)
    assert found.status == 0
    np.testing.assert_allclose(found.x, np.round(found.x), atol=1e-7)
    return np.round(found.x) == 1.0


def distance(score, pairs):
    return float(np.abs(score[pairs.treated] - score[pairs.control]).sum())


@pytest.mark.parametrize("ratio", [1, 2])
def test_optimal_pairs_are_those_of_least_total_distance(scored, ratio):
    score, treated = scored
    _, _, away, (of_treated, of_control) = edges_of(score, treated)
    ones, others = of_treated.shape[0], of_control.shape[0]
    # Everybody treated has one control, some have more, nobody more than the ratio; controls are used once.
    sums = vstack([-of_treated, of_treated, of_control])
    limits = np.concatenate([-np.ones(ones), np.full(ones, float(ratio)), np.ones(others)])
    many = min(ratio * ones, others)
    best = least(away, A_ub=sums, b_ub=limits, A_eq=np.ones((1, away.size)), b_eq=[many])
    found = optimal(score, treated, caliper=None, ratio=ratio)
    assert found.treated.size == int(best.sum())
    assert distance(score, found) == pytest.approx(float(away[best].sum()), abs=1e-8)


def test_within_a_caliper_optimal_pairs_are_as_many_as_can_be_and_then_the_nearest(scored):
    score, treated = scored
    _, _, away, sums = edges_of(score, treated, ALLOWED)
    at_most = {"A_ub": vstack(sums), "b_ub": np.ones(score.size)}
    many = least(-np.ones(away.size), **at_most).sum()
    best = least(away, A_eq=np.ones((1, away.size)), b_eq=[many], **at_most)
    found = optimal(score, treated, caliper=ALLOWED, ratio=1)
    assert found.treated.size == int(many)
    assert distance(score, found) == pytest.approx(float(away[best].sum()), abs=1e-8)


@pytest.mark.parametrize("caliper", [None, ALLOWED])
def test_full_matching_is_the_edge_cover_of_least_total_distance(scored, caliper):
    score, treated = scored
    first, second, away, sums = edges_of(score, treated, caliper)
    reachable = np.union1d(first, second)
    covered = vstack(sums).tocsr()
    some = np.asarray(covered.sum(axis=1)).ravel() > 0.0
    best = least(away, A_ub=-covered[some], b_ub=-np.ones(int(some.sum())))
    found = full(score, treated, caliper=caliper)
    np.testing.assert_array_equal(np.flatnonzero(found.group >= 0), reachable)
    assert distance(score, found) == pytest.approx(float(away[best].sum()), abs=1e-8)


@pytest.mark.parametrize("estimand", ["att", "ate"])
def test_weights_of_full_matching_make_each_set_as_large_in_both_groups(estimand):
    """Hansen 2004, JASA 99:609: within a set controls stand for its treated (att), or each group for all (ate)."""
    patients, design = made(lalonde(), asked("lalonde", method="full", estimand=estimand))
    for group in range(design.sets):
        inside = design.group == group
        ones, others = inside & patients.treated, inside & ~patients.treated
        assert min(ones.sum(), others.sum()) == 1
        shares = [design.weight[of].sum() / design.weight[of_all].sum() for of, of_all in sides(ones, others, patients)]
        total = patients.treated if estimand == "att" else np.ones(patients.n, dtype=bool)
        expected = (inside & total).sum() / total.sum()
        assert shares == pytest.approx([expected, expected], rel=1e-9)


def sides(ones, others, patients):
    """Return the patients of a set in each group, with all of the group."""
    return ((ones, patients.treated), (others, ~patients.treated))
