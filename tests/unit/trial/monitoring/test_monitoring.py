"""Completing a running trial: against a closed form, the law of total probability, and cases with known ends."""

import math
from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.monitoring.accrual_rate import AccrualRate, accrual_rate, future_entries
from escc_bayes.trial.monitoring.future_patients import completed, completed_blinded
from escc_bayes.trial.monitoring.interim import FollowUp, Interim
from escc_bayes.trial.monitoring.monitor import monitor
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, moments, probability_below
from escc_bayes.trial.posterior.joint_draws import posterior_draws
from escc_bayes.trial.simulation.forecast import forecast_of
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.simulate import draw, drawn_log_ratios, patients
from escc_bayes.trial.truth.data_generating import PiecewiseControl
from tests.unit.trial.designs import small


def interim_of(seen, trial, month):
    """Return what is seen of one simulated trial at ``month``."""
    inside = seen.entry[trial] < month
    entry = seen.entry[trial][inside]
    time = np.minimum(seen.observed[trial][inside], month - entry)
    event = seen.calendar[trial][inside] <= month
    lost = ~event & (seen.observed[trial][inside] < month - entry)
    treated = (np.arange(seen.entry.shape[1]) >= seen.controls)[inside]
    return Interim(month, entry, time, event, lost, treated)


def test_posterior_draws_have_the_exact_moments():
    """20,000 draws of the log hazard ratio, 4 standard errors; mixture prior."""
    design = small()
    seen = patients(design, draw(design, 1, 1, 0), np.array([[-0.4]]))
    interim = interim_of(seen, 0, 20.0)
    data, prior = interim.data(np.array([4.0, 10.0])), mixture_of([(0.5, -0.5, 0.3), (0.5, 0.0, 1.0)])
    baseline = GammaBaseline(0.5, 10.0)
    beta, rates = posterior_draws(data, prior, baseline, 20_000, np.random.default_rng(4))
    mean, sd = moments(data, prior, baseline)
    assert beta.mean() == pytest.approx(mean[0], abs=4.0 * sd[0] / 20_000**0.5)
    assert beta.std() == pytest.approx(sd[0], rel=0.02)
    below = probability_below(data, prior, baseline, np.zeros(1))[0, 0]
    assert np.mean(beta < 0.0) == pytest.approx(below, abs=4.0 * 0.5 / 20_000**0.5)
    # Expected events given the draws equal events and prior events: E[lambda exposure] = a + D.
    exposure = data.control_months * np.exp(-0.5 * beta)[:, None] + data.treated_months * np.exp(0.5 * beta)[:, None]
    total = (rates * (exposure + baseline.rate)).mean(axis=0)
    assert total == pytest.approx((data.control_events + data.treated_events + 0.5)[0], rel=0.02)


def test_what_is_known_stays_and_the_rest_lives_on():
    design = small()
    seen = patients(design, draw(design, 1, 1, 0), np.array([[-0.4]]))
    interim = interim_of(seen, 0, 8.0)
    ended = completed(design, interim, 30, np.random.default_rng(1))
    assert ended.observed.shape == (30, 100)
    assert ended.controls == 50
    controls = ~interim.treated
    known, died = interim.time[controls], interim.event[controls]
    there = ended.observed[:, : known.size]
    assert np.all(there[:, died] == known[died])
    assert np.all(there[:, ~died & ~interim.lost[controls]] > known[~died & ~interim.lost[controls]])
    assert np.all(np.isinf(ended.calendar[:, : known.size][:, interim.lost[controls]]))
    assert np.all(ended.entry[:, known.size : 50] >= 8.0)


def test_entries_to_come_have_the_moments_of_a_gamma_poisson_process():
    """40 of 100 patients in at month 6 where 50 were planned: pace Gamma(40.5, 50), mean of 1 / pace 50 / 39.5.

    The k-th entry to come is month 6 + Gamma(k, 1) / pace / rate; mean and SD in closed form, 4 standard errors.
    """
    design, count = small(), 40_000
    seen = FollowUp(
        6.0, np.linspace(0.0, 5.9, 40), np.full(40, 0.1), np.zeros(40, dtype=bool), np.zeros(40, dtype=bool)
    )
    assert accrual_rate(design.accrual, 100, seen) == AccrualRate(40.5, 50.0)
    months = future_entries(design, seen, (count, 60), np.random.default_rng(5))
    rate, k = 100.0 / 12.0, 60
    inverse = 50.0 / 39.5
    square = 50.0**2 / (39.5 * 38.5)
    sd = math.sqrt(k * (k + 1) * square - (k * inverse) ** 2) / rate
    assert months[:, -1].mean() == pytest.approx(6.0 + k * inverse / rate, abs=4.0 * sd / count**0.5)
    assert months[:, -1].std() == pytest.approx(sd, rel=0.03)
    # The wait for the first one is exponential given the pace: a Lomax distribution with median b (2^(1/a) - 1) / rate.
    median = 50.0 * (2.0 ** (1.0 / 40.5) - 1.0) / rate
    assert np.mean(months[:, 0] - 6.0 < median) == pytest.approx(0.5, abs=4.0 * 0.5 / count**0.5)


def test_an_uncertain_planned_pace_gives_way_to_the_entries():
    """log_sd 0.2: a prior worth 1 / (exp(0.04) - 1) = 24.5 patients; a full trial counts to its last entry."""
    seen = FollowUp(
        30.0, np.linspace(0.0, 12.0, 100), np.ones(100), np.zeros(100, dtype=bool), np.zeros(100, dtype=bool)
    )
    shape = 1.0 / math.expm1(0.04)
    accrual = replace(small().accrual, log_sd=0.2)
    found = accrual_rate(accrual, 100, seen)
    assert (found.shape, found.rate) == (pytest.approx(shape + 100.0), pytest.approx(shape + 100.0))
    assert accrual_rate(small().accrual, 100, seen) == AccrualRate(100.5, pytest.approx(100.0))


def test_the_blinded_month_of_an_event_is_that_of_exponential_spacings():
    """Everybody in, nobody lost: the k-th event of n comes after sum 1 / ((n - i) lambda) on average.

    lambda ~ Gamma(a + D, b + Y), so 1 / lambda has mean (b + Y) / (a + D - 1).
    """
    prior = {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"pieces": 1, "gamma": [0.5, 10.0]}}
    design, count = small(dropout=None, analysis_prior=prior, effect={"hr": 1.0}), 20_000
    time = np.where(np.arange(100) < 30, 4.0, 8.0)
    seen = FollowUp(8.0, 8.0 - time, time, np.arange(100) < 30, np.zeros(100, dtype=bool))
    ended = completed_blinded(design, seen, count, np.random.default_rng(6))
    found = forecast_of(design, 8.0, ended, 0.95)
    waits = (1.0 / np.arange(70, 40, -1)).sum()
    expected = 8.0 + waits * (10.0 + time.sum()) / (0.5 + 30.0 - 1.0)
    error = found.final_months.std() / count**0.5
    assert found.final_months.mean() == pytest.approx(expected, abs=4.0 * error)
    assert found.reached == 1.0
    assert (found.events.median[0], found.events.median[-1] >= 60.0) == (30.0, True)


def test_a_finished_trial_has_a_predictive_probability_of_0_or_1():
    design = small(dropout=None)
    seen = patients(design, draw(design, 2, 3, 0), np.array([[-1.2], [0.3]]))
    month = np.sort(seen.calendar, axis=1)[:, 59]
    for trial in (0, 1):
        found = monitor(design, interim_of(seen, trial, float(month[trial])), completions=40, seed=1)
        bayes = found.rules[0]
        assert bayes.probability == float(found.better_now > 0.975)
        assert found.final_months == pytest.approx(month[trial])


def test_mean_predictive_probability_is_the_assurance():
    """Law of total probability, truth drawn from the analysis prior itself: 300 interim looks at month 12.

    Gamma hazards at fixed cuts, whose hazard is the control's; 3 standard errors of the difference.
    """
    prior = {"log_hr": {"normal": [-0.3, 0.5]}, "baseline": {"cuts": [6.0], "gamma": [4.0, 80.0], "at": "reference"}}
    design = small(analysis_prior=prior, design_prior={"log_hr": {"normal": [-0.3, 0.5]}}, rule=[RULE])
    rates = np.random.default_rng(2).gamma(4.0, 1.0 / 80.0, (20_000, 2))
    design = replace(design, control=PiecewiseControl(rates, (6.0,)))
    expected = operating_characteristics(design, trials=20_000, seed=3).of("design_prior", "bayes", "assurance")
    draws = draw(design, 300, 4, 0)
    seen = patients(design, draws, drawn_log_ratios(design.analysis_prior.mixture, draws.effect_unit)[:, None])
    found = [
        monitor(design, interim_of(seen, trial, 12.0), completions=60, seed=trial).rules[0].probability
        for trial in range(300)
    ]
    error = math.hypot(np.std(found) / 300**0.5, expected.mc_error)
    assert np.mean(found) == pytest.approx(expected.value, abs=3.0 * error)


RULE = {"name": "bayes", "success": "P(HR < 1 | data) > 0.9"}


def test_interim_data_that_cannot_be_are_refused():
    one, yes, no = np.ones(1), np.array([True]), np.array([False])
    with pytest.raises(DesignError, match="patient 1: both an event and a loss"):
        Interim(5.0, one, one, yes, yes, no)
    with pytest.raises(DesignError, match="patient 1: follow-up beyond the look at month 5"):
        Interim(5.0, one, 9.0 * one, yes, no, no)
    with pytest.raises(DesignError, match="of one length"):
        Interim(5.0, one, np.ones(2), yes, no, no)
