"""Pairs and sets: against every possible one of small cohorts, and by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest

from escc_bayes.matching.pairing import full, nearest, optimal


def small(seed, cases, controls, digits=3):
    rng = np.random.default_rng(seed)
    score = rng.random(cases + controls).round(digits)
    return score, np.arange(cases + controls) < cases


def distance(score, pairs):
    return float(np.abs(score[pairs.treated] - score[pairs.control]).sum())


def test_nearest_goes_from_the_largest_score_down_and_ties_by_the_file():
    score = np.array([0.50, 0.60, 0.60, 0.55, 0.55, 0.40])
    treated = np.array([True, True, True, False, False, False])
    found = nearest(score, treated, caliper=None, ratio=1)
    # 1 and 2 tie and come before 0; 3 and 4 tie and are taken in order.
    assert list(zip(found.treated.tolist(), found.control.tolist(), strict=True)) == [(0, 5), (1, 3), (2, 4)]


def test_controls_at_the_same_distance_on_either_side_tie_exactly():
    score, treated = np.array([0.3, 0.1, 0.5]), np.array([True, False, False])
    assert nearest(score, treated, caliper=None, ratio=1).control.tolist() == [1]
    assert nearest(score[[0, 2, 1]], treated, caliper=None, ratio=1).control.tolist() == [1]


def test_everyone_gets_a_first_control_before_anyone_gets_a_second():
    score, treated = np.array([0.6, 0.5, 0.58, 0.57, 0.3, 0.2]), np.array([True, True, False, False, False, False])
    found = nearest(score, treated, caliper=None, ratio=2)
    pairs = set(zip(found.treated.tolist(), found.control.tolist(), strict=True))
    assert pairs == {(0, 2), (1, 3), (0, 4), (1, 5)}


def test_the_caliper_is_in_standard_deviations_of_all_scores_and_may_be_met_exactly():
    score, treated = np.array([0.5, 0.4, 0.1]), np.array([True, False, False])
    width = 0.1 / score.std(ddof=1)
    assert nearest(score, treated, caliper=width * 1.0000001, ratio=1).control.tolist() == [1]
    assert nearest(score, treated, caliper=width * 0.999, ratio=1).control.size == 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("cases", "controls"), [(3, 5), (4, 4), (5, 3)])
def test_optimal_pairs_are_the_best_of_all(seed, cases, controls):
    score, treated = small(seed, cases, controls)
    ones, others = np.flatnonzero(treated), np.flatnonzero(~treated)
    if cases <= controls:
        every = (zip(ones, chosen, strict=True) for chosen in permutations(others, cases))
    else:
        every = (zip(chosen, others, strict=True) for chosen in permutations(ones, controls))
    best = min(sum(abs(score[i] - score[j]) for i, j in pairs) for pairs in every)
    assert distance(score, optimal(score, treated, caliper=None, ratio=1)) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_optimal_pairs_within_a_caliper_are_as_many_as_can_be(seed):
    score, treated = small(seed, 4, 4)
    limit = 0.4 * score.std(ddof=1)
    best = (0, 0.0)
    for size in range(5):
        for ones in combinations(range(4), size):
            for others in permutations(range(4, 8), size):
                away = [abs(score[i] - score[j]) for i, j in zip(ones, others, strict=True)]
                if all(d <= limit for d in away) and (-size, sum(away)) < (-best[0], best[1] if size else np.inf):
                    best = (size, sum(away))
    found = optimal(score, treated, caliper=0.4, ratio=1)
    assert found.treated.size == best[0]
    assert distance(score, found) == pytest.approx(best[1], abs=1e-9)


def test_optimal_pairs_give_everybody_a_first_control_before_a_second():
    score, treated = np.array([0.5, 0.9, 0.5, 0.51, 0.52]), np.array([True, True, False, False, False])
    found = optimal(score, treated, caliper=None, ratio=2)
    assert set(found.treated.tolist()) == {0, 1}
    assert found.control.size == 3
    assert distance(score, found) == pytest.approx(0.0 + 0.01 + 0.38, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("cases", "controls"), [(2, 4), (3, 3), (4, 2)])
def test_full_matching_is_the_shortest_cover_of_all(seed, cases, controls):
    score, treated = small(seed, cases, controls)
    edges = [(i, j) for i in range(cases) for j in range(cases, cases + controls)]
    best = np.inf
    for size in range(max(cases, controls), cases + controls):
        for chosen in combinations(edges, size):
            if len({i for i, _ in chosen} | {j for _, j in chosen}) == cases + controls:
                best = min(best, sum(abs(score[i] - score[j]) for i, j in chosen))
    found = full(score, treated, caliper=None)
    assert distance(score, found) == pytest.approx(best, abs=1e-9)
    assert (found.group >= 0).all()
    for group in range(found.group.max() + 1):
        inside = found.group == group
        assert min((inside & treated).sum(), (inside & ~treated).sum()) == 1


def test_full_matching_leaves_out_who_has_nobody_within_the_caliper():
    score, treated = np.array([0.5, 0.9, 0.51, 0.1]), np.array([True, True, False, False])
    found = full(score, treated, caliper=0.1)
    assert found.group.tolist() == [0, -1, 0, -1]
