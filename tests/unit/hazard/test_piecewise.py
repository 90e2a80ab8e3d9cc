"""Piecewise-constant hazards against quadrature, plain loops and closed forms."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

from escc_bayes.hazard import piecewise
from escc_bayes.hazard.baseline import PiecewiseHazard

CUTS = np.array([3.0, 6.0, 12.0, 24.0])
LOG_RATES = np.log(np.array([[0.02, 0.05, 0.01, 0.08, 0.03], [0.2, 0.001, 0.1, 0.02, 0.5]]))


def hazard_at(log_rates, cuts, time):
    """The definition, a comparison at a time: pieces are (start, stop], the last is open."""
    for cut, log_rate in zip(cuts, log_rates[:-1], strict=True):
        if time <= cut:
            return np.exp(log_rate)
    return np.exp(log_rates[-1])


def test_a_time_on_a_cut_belongs_to_the_piece_that_ends_there():
    times = np.array([1e-9, 3.0, np.nextafter(3.0, 4.0), 6.0, 24.0, 24.5, 1e6])
    np.testing.assert_array_equal(piecewise.piece_of(times, CUTS), [0, 0, 1, 1, 3, 4, 4])


def test_an_event_on_a_cut_has_the_log_hazard_of_the_piece_that_ends_there():
    hazard = PiecewiseHazard(LOG_RATES, CUTS)
    np.testing.assert_array_equal(hazard.log_hazard(CUTS), LOG_RATES[:, :4])


def test_without_cuts_every_time_is_in_the_only_piece():
    none = np.zeros(0)
    np.testing.assert_array_equal(piecewise.piece_of(np.array([0.5, 80.0]), none), [0, 0])
    np.testing.assert_array_equal(piecewise.person_months(np.array([0.5, 80.0]), none), [[0.5], [80.0]])


def test_person_months_are_the_overlap_of_follow_up_and_piece():
    rng = np.random.default_rng(3)
    time = np.concatenate([rng.exponential(15.0, 40), CUTS, [24.0]])
    entry = np.concatenate([time[:40] * rng.random(40), [0.0, 3.0, 6.0, 3.0, 12.0]])
    edges = [0.0, *CUTS, np.inf]
    # Length of the intersection of two intervals, written out.
    expected = [
        [max(0.0, min(t, stop) - max(e, start)) for start, stop in pairwise(edges)]
        for t, e in zip(time, entry, strict=True)
    ]
    found = piecewise.person_months(time, CUTS, entry)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.min() >= 0.0


def test_cumulative_hazard_is_the_integral_of_the_hazard():
    # scipy.integrate.quad over the hazard by definition, told where it jumps.
    times = np.array([0.5, 3.0, 7.7, 24.0, 60.0])
    found = piecewise.cumulative_hazard(LOG_RATES, CUTS, times)
    for d, log_rates in enumerate(LOG_RATES):
        for j, time in enumerate(times):
            jumps = CUTS[time > CUTS]
            area, _ = integrate.quad(
                lambda t, rates=log_rates: hazard_at(rates, CUTS, t), 0.0, time, points=jumps if jumps.size else None
            )
            assert found[d, j] == pytest.approx(area, abs=1e-10)


def test_time_at_inverts_the_cumulative_hazard_also_at_the_cuts():
    times = np.array([1e-6, 0.5, 3.0, 6.0, 11.0, 24.0, 25.0, 300.0])
    target = piecewise.cumulative_hazard(LOG_RATES, CUTS, times)
    np.testing.assert_allclose(piecewise.time_at(LOG_RATES, CUTS, target), np.tile(times, (2, 1)), rtol=1e-12)


def test_time_at_zero_is_zero():
    np.testing.assert_array_equal(piecewise.time_at(LOG_RATES, CUTS, np.zeros((2, 1))), 0.0)


@pytest.mark.parametrize("until", [2.0, 6.0, 36.0])
@pytest.mark.parametrize("relative", [0.0, 0.3, 1.0, 4.0])
def test_restricted_mean_is_the_area_under_survival(until, relative):
    """Alone and as the second of two months, of two patients who are alike."""
    months = np.array([1.5, until])
    found = piecewise.restricted_mean(LOG_RATES, CUTS, np.full((2, 2), relative), np.array([[0.3, 0.7]]), months)[0]
    alone = piecewise.restricted_mean(LOG_RATES, CUTS, np.full((1, 2), relative), np.ones((1, 1)), months[1:])[0]
    np.testing.assert_allclose(found[:, 1], alone[:, 0], rtol=1e-14)
    for d, log_rates in enumerate(LOG_RATES):

        def survival(t, rates=log_rates):
            return np.exp(-relative * piecewise.cumulative_hazard(rates[None], CUTS, np.array([t]))[0, 0])

        jumps = CUTS[until > CUTS]
        area, _ = integrate.quad(survival, 0.0, until, points=jumps if jumps.size else None, epsabs=1e-11)
        assert alone[d, 0] == pytest.approx(area, abs=1e-8)


def test_months_whose_sums_round_down_are_found():
    """8.91066... + (26.73200... - 8.91066...) is less than 26.73200...: found all the same."""
    one, rng = np.ones((1, 1)), np.random.default_rng(2)
    for last in [26.732006546205046, *rng.uniform(1.0, 60.0, 300)]:
        until = np.array([last / 7.0, last / 3.0, last])
        found = piecewise.restricted_mean(np.zeros((1, 2)), np.array([last / 2.0]), one, one, until)[0, 0]
        np.testing.assert_allclose(found, -np.expm1(-until), rtol=1e-12)


def test_restricted_mean_of_an_exponential_is_its_closed_form():
    # (1 - exp(-rate until)) / rate; at a rate of 1e-14 the naive form loses every digit, the limit is `until`.
    for rate in (1e-14, 1e-3, 0.05, 3.0):
        found = piecewise.restricted_mean(
            np.log([[rate]]), np.zeros(0), np.ones((1, 1)), np.ones((1, 1)), np.array([36.0])
        )
        assert found.item() == pytest.approx(-np.expm1(-rate * 36.0) / rate, rel=1e-13)


def test_rates_of_zero_beside_ordinary_ones_in_one_call_have_both_closed_forms():
    """Draws and patients at the limit of no hazard share their pieces with others: each gets its own formula."""
    rates, relative = np.array([1e-9, 0.002, 0.05, 2.0]), np.array([[1.0], [0.25], [6.0]]) * np.ones((1, 4))
    until = np.array([6.0, 36.0])
    found = piecewise.restricted_mean(
        np.log(rates)[:, None].repeat(2, axis=1), np.array([9.0]), relative, np.eye(3), until
    )
    own = rates * relative
    for place, month in enumerate(until):
        # (1 - exp(-r u)) / r, by expm1 right to the last digit where r u is 1e-9 as well.
        np.testing.assert_allclose(found[:, :, place], -np.expm1(-own * month) / own, rtol=1e-10)


def test_event_quantile_cuts_give_pieces_of_equal_numbers_of_events():
    # 12 distinct events in 4 pieces: 3 in each, the cut is the third event of its piece.
    times = np.arange(1.0, 25.0)
    events = times % 2 == 0
    np.testing.assert_array_equal(piecewise.event_quantile_cuts(times, events, 4), [6.0, 12.0, 18.0])


def test_event_quantile_cuts_differ_by_at_most_one_event_without_ties():
    rng = np.random.default_rng(8)
    for pieces in (2, 3, 5, 6):
        times, events = rng.exponential(20.0, 79), rng.random(79) < 0.55
        cuts = piecewise.event_quantile_cuts(times, events, pieces)
        counts = np.bincount(piecewise.piece_of(times[events], cuts), minlength=pieces)
        assert counts.max() - counts.min() <= 1


def test_tied_events_give_fewer_cuts_and_no_piece_without_events():
    times = np.array([2.0, 2.0, 2.0, 2.0, 2.0, 5.0, 9.0, 9.0, 9.0, 30.0])
    events = np.array([True] * 9 + [False])
    cuts = piecewise.event_quantile_cuts(times, events, 5)
    np.testing.assert_array_equal(cuts, [2.0, 5.0])
    assert np.bincount(piecewise.piece_of(times[events], cuts), minlength=cuts.size + 1).min() > 0


def test_more_pieces_than_events_leave_one_event_in_each():
    times = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(piecewise.event_quantile_cuts(times, np.ones(3, bool), 10), [1.0, 2.0])


def test_all_events_at_one_time_leave_one_piece():
    assert piecewise.event_quantile_cuts(np.full(5, 4.0), np.ones(5, bool), 3).size == 0


def test_the_open_last_piece_counts_as_long_as_the_one_before():
    # Midpoints 3, 9, 18 and, by the convention, 30 months.
    np.testing.assert_allclose(piecewise.midpoint_distances(np.array([6.0, 12.0, 24.0])), np.array([6, 9, 12]) / 12)
