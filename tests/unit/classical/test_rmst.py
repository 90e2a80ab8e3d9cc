"""Restricted means: by hand, by integration, and where they are not known. R is in tests/reference."""

import numpy as np
import pytest

from escc_bayes.classical.rmst import Rmst, rmst, rmst_difference

FOUR = np.array([2.0, 4.0, 6.0, 8.0])


def test_four_patients_by_hand():
    # S = 1, 3/4 from 2, 3/8 from 6 (censored at 4): area to 7 = 2 + 4 (3/4) + 1 (3/8).
    area = rmst(FOUR, np.array([1, 0, 1, 0]), until=7.0)
    assert area.value == pytest.approx(2 + 3 + 3 / 8, rel=1e-14)
    variance = (3 + 3 / 8) ** 2 / (4 * 3) + (3 / 8) ** 2 / (2 * 1)
    assert area.std_error == pytest.approx(np.sqrt(variance), rel=1e-14)


def test_without_censoring_it_is_the_mean_of_the_capped_times():
    # The area under the empirical curve is mean(min(T, until)); Greenwood is its binomial variance.
    rng = np.random.default_rng(2)
    time = np.round(rng.exponential(10.0, 50), 1) + 0.1
    area, capped = rmst(time, np.ones(50), until=12.0), np.minimum(time, 12.0)
    assert area.value == pytest.approx(capped.mean(), rel=1e-12)
    assert area.std_error == pytest.approx(capped.std() / np.sqrt(50), rel=1e-12)


def test_weight_of_two_is_the_row_given_twice():
    event, weight = np.array([1, 0, 1, 0]), np.array([2.0, 1.0, 2.0, 1.0])
    twice = np.repeat(np.arange(4), weight.astype(int))
    ours, theirs = rmst(FOUR, event, until=7.0, weight=weight), rmst(FOUR[twice], event[twice], until=7.0)
    assert (ours.value, ours.std_error) == pytest.approx((theirs.value, theirs.std_error), rel=1e-12)


def test_time_unit_scales_mean_and_error():
    months, days = (rmst(FOUR * s, np.array([1, 0, 1, 0]), until=7.0 * s) for s in (1.0, 30.4375))
    assert (days.value, days.std_error) == pytest.approx(
        (months.value * 30.4375, months.std_error * 30.4375), rel=1e-12
    )


def test_beyond_the_last_censoring_it_is_refused():
    with pytest.raises(ValueError, match="until = 9 months lies beyond the longest follow-up, 8 months"):
        rmst(FOUR, np.array([1, 0, 1, 0]), until=9.0)


def test_beyond_a_curve_at_zero_nothing_is_added():
    # Everyone has died by 8: the mean is that of the four times, 5 months.
    assert rmst(FOUR, np.ones(4), until=100.0).value == pytest.approx(5.0, rel=1e-14)


@pytest.mark.parametrize("until", [1.0, 0.5])
def test_a_month_and_less_is_a_time_to_look_to(until):
    # One of four dies at 0.5 of a month, read up to 1: 0.5 + 0.5 (3/4); nobody before 0.5.
    expected = 0.875 if until == 1.0 else 0.5
    assert rmst(np.array([0.5, 4.0, 6.0, 8.0]), np.ones(4), until=until).value == pytest.approx(expected, rel=1e-14)


def test_until_must_be_positive():
    with pytest.raises(ValueError, match="above 0 months"):
        rmst(FOUR, np.ones(4), until=0.0)


def test_difference_by_hand():
    # SE = sqrt(9 + 16) = 5, z(0.975) = 1.959964; 5 / 5 = 1, two-sided p 0.317311 (normal table).
    difference = rmst_difference(Rmst(20.0, 3.0), Rmst(15.0, 4.0), level=0.95)
    assert (difference.lower, difference.upper) == pytest.approx((5 - 9.79982, 5 + 9.79982), abs=1e-5)
    assert difference.p_value == pytest.approx(0.317311, abs=1e-6)
