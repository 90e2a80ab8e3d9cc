"""Kaplan-Meier: products by hand, lifelines, and symmetries. Agreement with R is in tests/reference."""

import numpy as np
import pytest

from escc_bayes.classical.km import follow_up, kaplan_meier, numbers_at_risk, quantile, survival_at


@pytest.fixture
def cohort():
    """Sixty patients with ties and censoring, months rounded to quarters."""
    rng = np.random.default_rng(7)
    time = np.ceil(rng.exponential(12.0, 60) * 4) / 4
    return time, rng.random(60) < 0.7, np.floor(time * rng.random(60) * 2) / 4


def test_survival_is_the_product_by_hand():
    # 6 at risk: death at 1, censored at 2, two deaths at 3 -> (5/6), (5/6), (5/6)(2/4).
    time, event = np.array([1.0, 2.0, 3.0, 3.0, 4.0, 5.0]), np.array([1, 0, 1, 1, 0, 0])
    curve = kaplan_meier(time, event, level=0.95)
    np.testing.assert_allclose(curve.survival, [5 / 6, 5 / 6, 5 / 12, 5 / 12, 5 / 12], rtol=1e-14)
    greenwood = 1 / (6 * 5) + 2 / (4 * 2)
    assert curve.log_std_error[2] == pytest.approx(np.sqrt(greenwood), rel=1e-14)


@pytest.mark.parametrize("delayed", [False, True])
def test_curve_and_limits_equal_lifelines(cohort, delayed):
    from lifelines import KaplanMeierFitter

    time, event, start = cohort
    entry = start if delayed else None
    curve = kaplan_meier(time, event, entry=entry, level=0.9)
    theirs = KaplanMeierFitter(alpha=0.1).fit(time, event, entry=entry)
    at = theirs.survival_function_at_times(curve.time).to_numpy()
    np.testing.assert_allclose(curve.survival, at, rtol=1e-10, atol=1e-14)
    limits = theirs.confidence_interval_survival_function_.loc[curve.time].to_numpy()
    inside = (curve.survival > 0) & (curve.survival < 1)
    np.testing.assert_allclose(curve.lower[inside], limits[inside, 0], rtol=1e-8)
    np.testing.assert_allclose(curve.upper[inside], limits[inside, 1], rtol=1e-8)


def test_weight_of_two_is_the_row_given_twice(cohort):
    time, event, entry = cohort
    weight = 1.0 + (np.arange(time.size) % 3 == 0)
    twice = np.repeat(np.arange(time.size), weight.astype(int))
    ours = kaplan_meier(time, event, entry=entry, weight=weight, level=0.95)
    theirs = kaplan_meier(time[twice], event[twice], entry=entry[twice], level=0.95)
    for field in ("time", "at_risk", "events", "survival", "log_std_error", "lower", "upper"):
        np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field), rtol=1e-12)


def test_fractional_weights_of_those_who_all_die_reach_exactly_zero():
    # 0.1 + 0.2 + 0.3 is not 0.6 in binary; the curve must still end at 0.
    curve = kaplan_meier(np.full(3, 2.0), np.ones(3), weight=np.array([0.1, 0.2, 0.3]), level=0.95)
    assert curve.survival[-1] == 0.0


def test_time_unit_changes_times_only(cohort):
    time, event, entry = cohort
    months = kaplan_meier(time, event, entry=entry, level=0.95)
    days = kaplan_meier(time * 30.4375, event, entry=entry * 30.4375, level=0.95)
    np.testing.assert_allclose(days.survival, months.survival, rtol=1e-14)
    assert quantile(days).value == pytest.approx(30.4375 * quantile(months).value, rel=1e-14)


def test_median_is_the_middle_of_a_flat_stretch_at_one_half():
    # By hand: S = 3/4, 1/2 at 2, then 1/4 at 3.
    curve = kaplan_meier(np.arange(1.0, 5.0), np.ones(4), level=0.95)
    assert quantile(curve).value == 2.5


def test_median_of_a_curve_that_stays_at_one_half_is_where_it_got_there():
    # As R prints it (survival 3.5.3): median 2 for deaths at 1 and 2, censoring at 3 and 4.
    curve = kaplan_meier(np.arange(1.0, 5.0), np.array([1, 1, 0, 0]), level=0.95)
    assert quantile(curve).value == 2.0


def test_median_that_is_not_reached_is_nan():
    curve = kaplan_meier(np.arange(1.0, 5.0), np.array([1, 0, 0, 0]), level=0.95)
    assert np.isnan(quantile(curve).value)


def test_curve_is_unknown_beyond_the_last_follow_up():
    points = survival_at(kaplan_meier(np.array([1.0, 2.0]), np.array([1, 0]), level=0.95), np.array([2.0, 2.1]))
    np.testing.assert_array_equal(points.survival, [0.5, np.nan])
    np.testing.assert_array_equal(points.at_risk, [1.0, 0.0])


def test_follow_up_without_events_is_the_sample_median():
    # Closed form: with nobody dying, the reverse curve is the empirical distribution.
    time = np.array([3.0, 9.0, 1.0, 7.0, 5.0])
    assert follow_up(time, np.zeros(5), level=0.95).value == np.median(time)


def test_numbers_at_risk_count_by_definition(cohort):
    time, _, entry = cohort
    grid = np.array([0.0, 0.25, 3.0, 12.0, 100.0])
    expected = [np.sum(((entry < t) | ((entry == 0) & (t == 0))) & (time >= t)) for t in grid]
    np.testing.assert_array_equal(numbers_at_risk(time, entry, grid), expected)
