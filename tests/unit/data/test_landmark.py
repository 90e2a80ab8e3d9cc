"""Restarting the clock: who is kept, who is counted, and where times fall afterwards."""

import numpy as np
import pytest

from escc_bayes.data.endpoints import EndpointData, significant
from escc_bayes.data.landmark import restart_clock
from escc_bayes.hazard.piecewise import piece_of


@pytest.fixture
def follow_up():
    time = np.array([1.0, 3.0, 3.0, 3.01, 9.0, np.nan, 12.0])
    event = np.array([1.0, 1.0, 0.0, 1.0, 0.0, np.nan, 1.0])
    return EndpointData(time, event, np.array([0.0, 0.0, 1.0, 0.0, 5.0, 0.0, 3.0]))


def test_events_and_censorings_by_the_landmark_are_dropped_and_counted_apart(follow_up):
    clock = restart_clock(follow_up, 3.0)
    np.testing.assert_array_equal(clock.keep, [False, False, False, True, True, False, True])
    assert (clock.events_before, clock.censored_before) == (2, 1)


def test_the_clock_of_the_others_starts_at_the_landmark(follow_up):
    data = restart_clock(follow_up, 3.0).data
    np.testing.assert_allclose(data.time, [np.nan, np.nan, np.nan, 0.01, 6.0, np.nan, 9.0], rtol=1e-10)
    np.testing.assert_array_equal(data.event[[3, 4, 6]], [1, 0, 1])


def test_entry_before_the_landmark_becomes_zero_and_later_entry_stays_delayed(follow_up):
    np.testing.assert_array_equal(restart_clock(follow_up, 3.0).data.entry, [0, 0, 0, 0, 2, 0, 0])


@pytest.mark.parametrize(("time", "landmark"), [(8.3, 2.3), (8.1, 2.1), (6.7, 0.7), (9.3, 3.3)])
def test_an_event_six_months_after_the_landmark_is_on_the_cut_at_six(time, landmark):
    # 8.3 - 2.3 is 6.000000000000001 in floats, a piece too late.
    data = EndpointData(np.array([time]), np.ones(1), np.zeros(1))
    restarted = restart_clock(data, landmark).data.time
    assert restarted[0] == 6.0
    assert piece_of(restarted, np.array([6.0]))[0] == 0


def test_the_hazard_after_the_landmark_does_not_change(follow_up):
    """Exponential survival has no memory: events over months after 3 equal those counted by hand."""
    rng = np.random.default_rng(5)
    time = np.round(rng.exponential(20.0, 400), 2) + 0.01
    data = EndpointData(time, np.ones(400), np.zeros(400))
    clock = restart_clock(data, 3.0)
    alive = [t for t in time if t > 3.0]
    assert clock.keep.sum() == len(alive)
    assert np.nansum(clock.data.time) == pytest.approx(sum(t - 3.0 for t in alive), rel=1e-9)


@pytest.mark.parametrize("days", [37, 61, 100, 365, 1000])
def test_a_landmark_in_days_is_the_month_that_a_file_in_days_has(days):
    """A death on the day of the landmark leaves no time at risk, however the month is written."""
    data = EndpointData(significant(np.array([days, days + 1.0]) / 30.4375), np.ones(2), np.zeros(2))
    clock = restart_clock(data, days / 30.4375)
    assert clock.keep.tolist() == [False, True]
    assert clock.events_before == 1
