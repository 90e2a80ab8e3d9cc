"""Entry and event times against inverses, closed forms, adaptive quadrature and simulation."""

import math

import numpy as np
import pytest
from scipy import integrate

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.simulation.simulate import draw, drawn_log_ratios, patients
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import (
    Effect,
    Exponential,
    PiecewiseControl,
    TreatedHazard,
    WeibullControl,
    inverted,
)
from escc_bayes.trial.truth.expected_events import expected_events, month_of_events
from tests.unit.trial.designs import small

RAMP = Accrual(100.0, (2.0, 0.0, 8.0), (10.0, 12.0))
CONTROLS = {
    "piecewise": PiecewiseControl(np.array([[0.05, 0.02, 0.08]]), (6.0, 15.0)),
    "weibull": WeibullControl(0.6, 20.0),
    "exponential": PiecewiseControl(np.array([[0.04]])),
}


def test_a_ramp_with_a_pause_ends_when_all_are_in():
    assert RAMP.duration == pytest.approx(22.0)
    assert RAMP.pieces() == ((0.0, 10.0, 2.0), (10.0, 12.0, 0.0), (12.0, 22.0, 8.0))
    assert [RAMP.enrolled(month) for month in (5.0, 11.0, 17.0, 99.0)] == pytest.approx([10.0, 20.0, 60.0, 100.0])


def test_entry_months_follow_the_rates():
    """The share in by month 17 is 60 of 100; standard error of 40,000 draws 0.0024."""
    entry = RAMP.entry_months(np.random.default_rng(3).random((40, 1000)))
    assert np.mean(entry <= 17.0) == pytest.approx(0.6, abs=0.01)
    assert not np.any((entry > 10.0) & (entry < 12.0))


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("effect", [Effect((0.7,)), Effect((1.0, 0.5), (4.0,)), Effect((0.5, 0.8, 1.2), (3.0, 15.0))])
def test_event_times_invert_the_cumulative_hazard(name, effect):
    """H1(T) = E by the formula of TreatedHazard, which integrates without inverting."""
    control, target = CONTROLS[name], np.linspace(0.01, 4.0, 50)[None, :]
    clock = inverted(target, np.array([effect.hr]), control.cumulative(np.array(effect.cuts))[None, :])
    times = control.time_at(np.zeros(1, dtype=np.int64), clock)
    assert TreatedHazard(control, effect).cumulative(times) == pytest.approx(target, abs=1e-12)


@pytest.mark.parametrize("name", CONTROLS)
def test_expected_events_agree_with_adaptive_quadrature(name):
    """Integral of a(u) F(T - u) with scipy's quad, F itself by quad."""
    arm = TreatedHazard(CONTROLS[name], Effect((1.0, 0.6), (6.0,)))

    def seen(until):
        def density(s):
            at = np.array([s])
            return float(arm.hazard(at)[0] * np.exp(-arm.cumulative(at)[0] - 0.01 * s))

        points = [p for p in (6.0, 15.0) if p < until]
        return integrate.quad(density, 0.0, until, points=points or None, limit=200)[0]

    expected = sum(
        rate * integrate.quad(lambda u: seen(30.0 - u), start, stop, limit=100)[0]
        for start, stop, rate in RAMP.pieces()
    )
    cut = TreatedHazard(CONTROLS[name], Effect((1.0, 0.6), (6.0,)))
    assert expected_events(30.0, RAMP, cut, 0.01) == pytest.approx(expected, rel=2e-7)


def test_all_patients_have_an_event_in_the_end_without_dropout():
    assert expected_events(5000.0, RAMP, Exponential(0.05), 0.0) == pytest.approx(100.0, abs=1e-8)
    assert month_of_events(90.0, ((RAMP, Exponential(0.05), 0.1),)) == math.inf


def test_simulated_event_months_agree_with_expected_events():
    """Mean month of event 60 over 4,000 trials, and mean events at month 24; 4 standard errors."""
    design = small(control={"hazard": [0.03, 0.08], "cuts": [6.0]}, effect={"hr": [1.0, 0.5], "cuts": [4.0]})
    seen = patients(design, draw(design, 4000, 1, 0), np.log(np.array([design.effect.hr])))
    shot = snapshot(seen, np.full(4000, 24.0))
    expected = sum(expected_events(24.0, *arm) for arm in design.arms_under(design.effect))
    assert shot.events.mean() == pytest.approx(expected, abs=4.0 * shot.events.std() / 4000**0.5)
    months = look_months(seen, design.looks)[0]
    # The month of the expected count is not the mean month of the count, but close to it.
    assert months.mean() == pytest.approx(design.month_of(design.looks[0], design.effect), rel=0.01)
    assert np.all(snapshot(seen, months).events == 60)


def test_dropout_hides_events_at_its_rate():
    """With rates h and d, a share h / (h + d) is seen in the end."""
    design = small(dropout={"control": 0.0, "treatment": 0.5}, analyses={"calendar": [1200.0]})
    seen = patients(design, draw(design, 2000, 4, 0), np.zeros((1, 1)))
    shot = snapshot(seen, look_months(seen, design.looks)[0])
    hazard, lost = math.log(2.0) / 12.0, -math.log(0.5) / 12.0
    assert shot.event[:, :50].all()
    assert shot.event[:, 50:].mean() == pytest.approx(hazard / (hazard + lost), abs=4.0 * 0.5 / 100_000**0.5)


def test_scenarios_share_their_patients():
    """Under hazard ratio 1 treated patients die when their unit exponential says; controls never change."""
    design = small()
    draws = draw(design, 20, 1, 0)
    null, better = (patients(design, draws, np.array([[value]])) for value in (0.0, -0.5))
    assert np.array_equal(null.observed[:, :50], better.observed[:, :50])
    assert np.all(better.observed[:, 50:] >= null.observed[:, 50:])


def test_a_mixture_prior_is_drawn_with_its_moments():
    """Mean and SD of 100,000 draws within 4 standard errors."""
    prior = mixture_of([(0.3, -1.0, 0.2), (0.7, 0.5, 0.6)])
    drawn = drawn_log_ratios(prior, np.random.default_rng(5).random((100_000, 2)))
    assert drawn.mean() == pytest.approx(prior.mean, abs=4.0 * prior.sd / 100_000**0.5)
    assert drawn.std() == pytest.approx(prior.sd, rel=0.02)
    assert np.mean(drawn < -0.5) == pytest.approx(prior.cdf(-0.5), abs=0.006)


def test_looks_wait_for_whichever_is_later():
    design = small(analyses={"events": [20, 40], "calendar": [6.0, 18.0], "minimum_follow_up": 12.0})
    seen = patients(design, draw(design, 50, 2, 0), np.zeros((1, 1)))
    first, last = look_months(seen, design.looks)
    assert np.all(first >= 6.0)
    assert np.all(snapshot(seen, first).events >= 20)
    assert np.all(last >= seen.entry.max(axis=1) + 12.0)


def test_a_count_that_never_comes_is_analysed_when_all_follow_up_has_ended():
    design = small(analyses={"events": [90]}, dropout={"yearly": 0.05})
    seen = patients(design, draw(design, 400, 2, 0), np.zeros((1, 1)))
    months = look_months(seen, design.looks)[0]
    few = np.isfinite(seen.calendar).sum(axis=1) < 90
    assert few.any()
    assert np.isfinite(months).all()
    assert months[few] == pytest.approx((seen.entry + seen.observed).max(axis=1)[few])
