"""Log-rank tests: hand computation, lifelines, symmetries. Agreement with R is in tests/reference."""

import numpy as np
import pytest

from escc_bayes.classical.logrank import holm, logrank, pairwise


@pytest.fixture
def cohort():
    rng = np.random.default_rng(3)
    group = rng.integers(0, 3, 80)
    time = np.ceil(rng.exponential(10.0 + 4.0 * group) * 2) / 2
    return time, rng.random(80) < 0.7, group, np.floor(time * rng.random(80)) / 2


def test_two_deaths_by_hand():
    # Deaths at 1 (2 of 4 at risk in group 0) and 2 (1 of 3): E = 1/2 + 1/3, V = 1/4 + 2/9.
    test = logrank(np.array([1.0, 2.0, 3.0, 3.0]), np.array([1, 1, 0, 0]), np.array([0, 0, 1, 1]))
    assert test.chi2 == pytest.approx((2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9), rel=1e-12)


def test_three_groups_equal_lifelines(cohort):
    from lifelines.statistics import multivariate_logrank_test

    time, event, group, _ = cohort
    theirs = multivariate_logrank_test(time, group, event)
    test = logrank(time, event, group)
    assert (test.chi2, test.p_value) == pytest.approx((theirs.test_statistic, theirs.p_value), rel=1e-9)
    assert test.df == 2


def test_weight_of_two_is_the_row_given_twice(cohort):
    time, event, group, entry = cohort
    weight = 1.0 + (np.arange(time.size) % 4 == 0)
    twice = np.repeat(np.arange(time.size), weight.astype(int))
    ours = logrank(time, event, group, entry=entry, weight=weight)
    theirs = logrank(time[twice], event[twice], group[twice], entry=entry[twice])
    assert ours.chi2 == pytest.approx(theirs.chi2, rel=1e-10)


def test_codes_and_time_unit_do_not_matter(cohort):
    time, event, group, entry = cohort
    one = logrank(time, event, group, entry=entry)
    other = logrank(time / 12.0, event, np.array([40, -3, 17])[group], entry=entry / 12.0)
    assert other.chi2 == pytest.approx(one.chi2, rel=1e-10)


def test_group_never_at_risk_at_an_event_adds_no_degree_of_freedom(cohort):
    # The third group is censored before anyone dies: the test is that of the other two.
    time, event, group, _ = cohort
    early = np.where(group == 2, 0.01, time)
    with_third = logrank(early, event & (group < 2), group)
    without = logrank(time[group < 2], event[group < 2], group[group < 2])
    assert (with_third.chi2, with_third.df) == pytest.approx((without.chi2, 1), rel=1e-10)


@pytest.mark.parametrize(("event", "group"), [(np.zeros(4), [0, 0, 1, 1]), (np.ones(4), [5, 5, 5, 5])])
def test_nothing_to_test_is_said_so(event, group):
    test = logrank(np.arange(1.0, 5.0), event, np.array(group))
    assert (test.chi2, test.df) == (0.0, 0)
    assert np.isnan(test.p_value)


def test_pairs_use_their_own_patients_alone(cohort):
    time, event, group, entry = cohort
    pairs = pairwise(time, event, group, entry=entry)
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    two = group != 1
    alone = logrank(time[two], event[two], group[two], entry=entry[two])
    assert pairs[1].chi2 == pytest.approx(alone.chi2, rel=1e-12)


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.5 times 4, 3, 2, 1 = 0.04, 0.06, 0.06, 0.5.
    np.testing.assert_allclose(holm(np.array([0.03, 0.01, 0.5, 0.02])), [0.06, 0.04, 0.5, 0.06])


def test_holm_never_ranks_a_larger_p_value_lower():
    # 0.010 x 2 = 0.02; 0.011 x 1 would be less, so it is raised to 0.02.
    np.testing.assert_allclose(holm(np.array([0.011, 0.010])), [0.02, 0.02])


def test_holm_leaves_out_tests_that_could_not_be_made():
    np.testing.assert_allclose(holm(np.array([0.03, np.nan, 0.9])), [0.06, np.nan, 0.9])
