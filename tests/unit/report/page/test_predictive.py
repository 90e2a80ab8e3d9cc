"""Replicated cohorts: whose censoring time is used, and that the truth is reproduced."""

import dataclasses

import numpy as np
import pytest

from escc_bayes.report.page import predictive
from escc_bayes.sensitivity.checks.replicates import censoring_limits
from tests.unit.report.conftest import made_by_hand, model


@pytest.fixture(scope="module")
def exponential(simulated79):
    """A posterior that knows the hazard: 0.03 a month, for everyone, in every draw."""
    posterior = made_by_hand(model("bare"), simulated79)
    values = {name: np.zeros_like(v) for name, v in posterior.values.items()}
    values["baseline"] = values["baseline"] + np.log(0.03)
    return dataclasses.replace(posterior, values=values)


def test_censored_patients_keep_their_own_limit(naive):
    rows = naive.posteriors["one"].plan.rows
    limits = censoring_limits(rows, np.random.default_rng(1).uniform(size=(50, rows.n)))
    censored = rows.event == 0.0
    np.testing.assert_array_equal(limits[:, censored], np.broadcast_to(rows.time[censored], (50, censored.sum())))
    assert (limits >= rows.time).all()
    assert (limits <= rows.time.max()).all()


def test_limits_of_patients_with_events_follow_the_censoring_curve(naive):
    rows = naive.posteriors["one"].plan.rows
    # The last event: most patients who will be censored have been, so that starting over from 1 would show.
    last = int(np.argmax(np.where(rows.event == 1.0, rows.time, 0.0)))
    n = 20_000
    limits = censoring_limits(rows, np.random.default_rng(2).uniform(size=(n, rows.n)))[:, last]
    # Second source: the product over censoring times after the event, by hand.
    at = 45.0
    left = 1.0
    for c in np.unique(rows.time[(rows.event == 0.0) & (rows.time > rows.time[last])]):
        if c <= at:
            left *= 1.0 - ((rows.time == c) & (rows.event == 0.0)).sum() / (rows.time >= c).sum()
    # Monte Carlo error sqrt(p (1 - p) / n) <= 0.0036; three of it.
    assert (limits > at).mean() == pytest.approx(left, abs=0.011)


def test_replicates_of_a_known_hazard_average_to_its_survival(exponential):
    times = np.array([6.0, 12.0, 20.0])
    found = predictive.replicated_curves(exponential, times)
    # 240 replicates of 79 patients: SE at most sqrt(0.25 / 79 / 240) = 0.0036 before censoring; 0.015 is four of it.
    np.testing.assert_allclose(found.mean(axis=0), np.exp(-0.03 * times), atol=0.015)


def test_replicates_are_the_same_for_the_same_seed(exponential):
    times = np.array([12.0])
    first, again = (predictive.replicated_curves(exponential, times) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_wider_band_holds_the_narrower(exponential):
    wide, narrow = predictive.replicated_bands(exponential)
    assert (wide.lower <= narrow.lower).all()
    assert (narrow.upper <= wide.upper).all()
    assert wide.lower[0] == wide.upper[0] == 1.0


def test_curves_that_end_keep_their_last_value():
    curves = np.array([[1.0, 0.5, np.nan, np.nan], [1.0, 0.9, 0.8, 0.7]])
    np.testing.assert_array_equal(predictive.last_value(curves), [[1.0, 0.5, 0.5, 0.5], [1.0, 0.9, 0.8, 0.7]])
