"""The log-likelihood of each patient against sums written out row by row, and the limits that families share."""

import math

import numpy as np
import pytest
from scipy import stats

from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard, event_times, log_likelihood

CUTS = np.array([4.0, 9.0, 20.0])


@pytest.fixture
def patients():
    """60 patients with delayed entry, weights, and follow-up that ends on a cut for some."""
    rng = np.random.default_rng(17)
    time = np.concatenate([rng.exponential(14.0, 54) + 0.1, CUTS, CUTS])
    event = np.concatenate([(rng.random(54) < 0.6).astype(float), np.ones(3), np.zeros(3)])
    entry = np.where(rng.random(60) < 0.5, 0.0, time * rng.random(60))
    entry[55] = 4.0  # observed from one cut to the next
    return time, event, entry, 0.5 + rng.random(60), rng.normal(0.0, 1.0, (3, 60))


@pytest.fixture
def log_rates():
    return np.random.default_rng(4).normal(-3.5, 0.8, (3, 4))


def one_patient(log_rates, time, event, entry, weight, eta):
    """Sum over the pieces of one patient in plain Python: d log(rate) - months x rate, piece by piece."""
    edges = [0.0, 4.0, 9.0, 20.0, math.inf]
    total = 0.0
    for k in range(4):
        start, stop = max(edges[k], entry), min(edges[k + 1], time)
        rate = math.exp(float(log_rates[k]) + float(eta))
        if stop > start:
            total -= (stop - start) * rate
        if event == 1.0 and edges[k] < time <= edges[k + 1]:
            total += math.log(rate)
    return weight * total


def test_piecewise_log_likelihood_is_the_sum_over_pieces_of_each_patient(patients, log_rates):
    time, event, entry, weight, eta = patients
    found = log_likelihood(PiecewiseHazard(log_rates, CUTS), eta, time, event, entry, weight)
    expected = [
        [one_patient(log_rates[d], time[i], event[i], entry[i], weight[i], eta[d, i]) for i in range(60)]
        for d in range(3)
    ]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_one_piece_is_the_exponential_distribution(patients):
    time, event, entry, weight, eta = patients
    log_rate = np.array([-3.0, -2.0, -4.0])
    found = log_likelihood(PiecewiseHazard(log_rate[:, None], np.zeros(0)), eta, time, event, entry, weight)
    # scipy.stats.expon: density or survival, divided by survival to entry.
    other = stats.expon(scale=np.exp(-(log_rate[:, None] + eta)))
    expected = weight * (np.where(event == 1.0, other.logpdf(time), other.logsf(time)) - other.logsf(entry))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_equal_rates_in_all_pieces_are_one_piece(patients):
    time, event, entry, weight, eta = patients
    many = PiecewiseHazard(np.full((3, 4), -3.0), CUTS)
    one = PiecewiseHazard(np.full((3, 1), -3.0), np.zeros(0))
    np.testing.assert_allclose(
        log_likelihood(many, eta, time, event, entry, weight),
        log_likelihood(one, eta, time, event, entry, weight),
        rtol=0,
        atol=1e-10,
    )


def test_weibull_with_shape_1_is_one_piece(patients):
    time, event, entry, weight, eta = patients
    log_rate = np.array([-3.0, -2.0, -4.0])
    flat = WeibullHazard(log_rate + np.log(12.0), np.zeros(3), 12.0)
    one = PiecewiseHazard(log_rate[:, None], np.zeros(0))
    given = (eta, time, event, entry, weight)
    np.testing.assert_allclose(log_likelihood(flat, *given), log_likelihood(one, *given), rtol=0, atol=1e-10)
    relative = np.exp(eta[:, :2])
    asked = (relative.T, np.array([[0.4, 0.6], [1.0, 0.0]]), np.array([7.0, 36.0]))
    np.testing.assert_allclose(flat.restricted_mean(*asked), one.restricted_mean(*asked), atol=1e-10)
    np.testing.assert_allclose(flat.time_at(relative), one.time_at(relative), rtol=1e-12)


def test_weibull_log_likelihood_matches_scipy_stats(patients):
    time, event, entry, weight, eta = patients
    shape = np.array([0.6, 1.0, 2.2])
    hazard = WeibullHazard(np.log([0.3, 0.7, 1.5]), np.log(shape), 24.0)
    found = log_likelihood(hazard, eta, time, event, entry, weight)
    scale = 24.0 * (np.array([0.3, 0.7, 1.5])[:, None] * np.exp(eta)) ** (-1 / shape[:, None])
    other = stats.weibull_min(shape[:, None], scale=scale)
    expected = weight * (np.where(event == 1.0, other.logpdf(time), other.logsf(time)) - other.logsf(entry))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_the_reference_month_of_a_weibull_is_a_matter_of_naming(patients):
    # b0 at 24 months = b0 at 12 months + k log 2.
    time, event, entry, weight, eta = patients
    log_shape = np.log([0.6, 1.0, 2.2])
    at_12 = WeibullHazard(np.full(3, -0.5), log_shape, 12.0)
    at_24 = WeibullHazard(-0.5 + np.exp(log_shape) * np.log(2.0), log_shape, 24.0)
    given = (eta, time, event, entry, weight)
    np.testing.assert_allclose(log_likelihood(at_12, *given), log_likelihood(at_24, *given), rtol=0, atol=1e-10)


@pytest.mark.parametrize("family", ["piecewise", "weibull"])
def test_event_times_follow_the_survival_beyond_entry(family, log_rates):
    """Kolmogorov-Smirnov against S(t) / S(entry): 20,000 draws, and a p-value above 1e-4."""
    piecewise = PiecewiseHazard(log_rates[:1], CUTS)
    hazard = piecewise if family == "piecewise" else WeibullHazard(np.array([-0.5]), np.array([0.4]), 12.0)
    unit = np.random.default_rng(2).exponential(size=(1, 20_000))
    entry, eta = np.full(20_000, 5.0), np.full((1, 20_000), 0.3)
    drawn = event_times(hazard, eta, entry, unit)[0]
    assert drawn.min() > 5.0

    def probability(t):
        gained = hazard.cumulative(t) - hazard.cumulative(np.array([5.0]))
        return -np.expm1(-gained[0] * np.exp(0.3))

    assert stats.kstest(drawn, probability).pvalue > 1e-4
