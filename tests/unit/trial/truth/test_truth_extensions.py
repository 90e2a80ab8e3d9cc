"""Cure, switching of treatment, uncertain accrual, biased evidence: inversions, closed forms, limits, moments."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from escc_bayes.trial.design.design_words import heading
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.simulate import draw, patients
from escc_bayes.trial.truth.cure import CuredControl
from escc_bayes.trial.truth.data_generating import PiecewiseControl, TreatedHazard, WeibullControl, inverted
from escc_bayes.trial.truth.expected_events import expected_events
from escc_bayes.trial.truth.switching import gained
from tests.unit.trial.designs import small

DRAW = np.zeros(1, dtype=np.int64)
OTHERS = {
    "piecewise": PiecewiseControl(np.array([[0.05, 0.02, 0.08]]), (6.0, 15.0)),
    "weibull": WeibullControl(0.6, 20.0),
}


@pytest.mark.parametrize("name", OTHERS)
def test_cured_survival_is_a_mixture_and_is_inverted(name):
    control, times = CuredControl(OTHERS[name], 0.3), np.linspace(0.5, 80.0, 40)
    survival = 0.3 + 0.7 * np.exp(-OTHERS[name].cumulative(times))
    assert np.exp(-control.cumulative(times)) == pytest.approx(survival, abs=1e-13)
    assert control.time_at(DRAW, control.cumulative(times)[None]) == pytest.approx(times[None], rel=1e-9)
    assert np.isinf(control.time_at(DRAW, np.array([[1.3]]))).all()
    step = 1e-5
    slope = (control.cumulative(times + step) - control.cumulative(times - step)) / (2.0 * step)
    inside = np.abs(times[:, None] - np.array([6.0, 15.0])).min(axis=1) > 0.1
    assert control.hazard(times)[inside] == pytest.approx(slope[inside], rel=1e-6)


def test_the_cured_never_die_and_treatment_cures_more():
    """In the end p of controls and p^hr of treated are left; 4 standard errors. Expected events know it."""
    design = small(control={"median": 6.0, "cure": 0.3}, analyses={"calendar": [900.0]}, dropout={})
    seen = patients(design, draw(design, 4000, 1, 0), np.log(np.array([design.effect.hr])))
    shot = snapshot(seen, look_months(seen, design.looks)[0])
    for columns, left in ((slice(0, 50), 0.3), (slice(50, 100), 0.3**0.7)):
        assert 1.0 - shot.event[:, columns].mean() == pytest.approx(left, abs=4.0 * 0.5 / 200_000**0.5)
    shot = snapshot(seen, np.full(4000, 15.0))
    expected = sum(expected_events(15.0, *arm) for arm in design.arms_under(design.effect))
    assert shot.events.mean() == pytest.approx(expected, abs=4.0 * shot.events.std() / 4000**0.5)


def test_events_that_the_cured_withhold_are_analysed_at_the_last_event():
    design = small(control={"median": 6.0, "cure": 0.3}, effect={"hr": 1.0}, analyses={"events": [69]}, dropout={})
    seen = patients(design, draw(design, 300, 2, 0), np.zeros((1, 1)))
    months = look_months(seen, design.looks)[0]
    short = np.isfinite(seen.calendar).sum(axis=1) < 69
    assert short.any()
    assert np.isfinite(months).all()
    assert np.all(np.where(np.isfinite(seen.calendar), seen.calendar, 0.0).max(axis=1)[short] <= months[short])


def test_the_treated_clock_is_inverted():
    slopes, edges = np.array([[1.0, 0.6, 0.9]]), np.array([[0.3, 0.9]])
    clock = np.linspace(0.0, 3.0, 31)[None]
    assert inverted(gained(clock, slopes, edges), slopes, edges) == pytest.approx(clock, abs=1e-12)
    assert gained(clock, slopes[:, :1], np.zeros((1, 0))) == pytest.approx(clock)


@pytest.mark.parametrize("effect", [{"hr": 0.5}, {"hr": [1.0, 0.4], "cuts": [9.0]}])
def test_switchers_live_as_the_treated_do_from_then_on(effect):
    """Survival of switchers at months 4, 10, 20: S0(t) before, S0(6) S1(t) / S1(6) after; 4 standard errors."""
    design = small(effect=effect, switching={"share": 0.4, "after": 6.0}, dropout={})
    draws = draw(design, 4000, 3, 0)
    seen = patients(design, draws, np.log(np.array([design.effect.hr])))
    died, switch = seen.observed[:, :50], draws.switch_unit < 0.4
    assert switch.mean() == pytest.approx(0.4, abs=0.01)
    treated = TreatedHazard(design.control, design.effect)
    for month in (4.0, 10.0, 20.0):
        own = math.exp(-design.control.cumulative(np.array([month]))[0])
        expected = own
        if month > 6.0:
            at = np.array([6.0, month])
            expected = math.exp(-design.control.cumulative(at)[0] - np.diff(treated.cumulative(at))[0])
        assert (died[~switch] > month).mean() == pytest.approx(own, abs=4.0 * 0.5 / 120_000**0.5)
        assert (died[switch] > month).mean() == pytest.approx(expected, abs=4.0 * 0.5 / 80_000**0.5)


def test_a_switch_of_all_at_once_leaves_no_difference():
    """The limit: everybody is treated from the start, so power is the level; late switches cost little."""
    plan = {"accrual": {"patients": 300, "months": 12.0}, "analyses": {"events": [200]}, "design_prior": None}
    power = {}
    for name, switching in {"all": {"share": 1.0, "after": 0.0}, "some": {"share": 0.3, "after": 6.0}}.items():
        found = operating_characteristics(small(switching=switching, **plan), trials=3_000, seed=4)
        power[name] = found.of("truth", "logrank", "power")
        assert power[name].closed_form is None
        assert found.of("null", "logrank", "type_one_error").closed_form == pytest.approx(0.025, abs=1e-6)
    without = operating_characteristics(small(**plan), trials=3_000, seed=4).of("truth", "logrank", "power").value
    assert power["all"].value == pytest.approx(0.025, abs=3.0 * 0.003)
    assert 0.3 * without < power["some"].value < without - 0.05


def test_uncertain_accrual_spreads_the_month_of_the_last_entry():
    """Entry of the last patient scales by exp(-0.3 z): SD of its logarithm 0.3; the median stays."""
    design = small(accrual={"patients": 100, "rates": [4.0, 10.0], "cuts": [6.0], "log_sd": 0.3})
    draws = draw(design, 4000, 5, 0)
    pace = np.exp(0.3 * norm.ppf(draws.pace_unit))
    last = draws.entry.max(axis=1)
    sure = replace(design, accrual=replace(design.accrual, log_sd=0.0))
    base = draw(sure, 4000, 5, 0).entry
    uniform = small(accrual={"patients": 100, "months": 10.0, "log_sd": 0.3})
    there = draw(uniform, 4000, 5, 0).entry.max(axis=1)
    assert np.log(there).std() == pytest.approx(0.3, rel=0.05)
    assert np.median(last) == pytest.approx(np.median(base.max(axis=1)), rel=0.02)
    # By month 6 a trial at pace p has 24 p of its 100 patients.
    assert (draws.entry <= 6.0).mean(axis=1) == pytest.approx(np.minimum(0.24 * pace, 1.0), abs=0.25)
    assert np.mean((draws.entry <= 6.0).mean(axis=1) - np.minimum(0.24 * pace, 1.0)) == pytest.approx(0.0, abs=0.003)


def test_a_bias_widens_and_moves_what_is_believed():
    """Assurance with evidence N(-0.3, 0.3) and bias N(0.1, 0.4) is that of N(-0.2, 0.5)."""
    evidence = {"log_hr": {"normal": [-0.3, 0.3]}, "bias": {"normal": [0.1, 0.4]}}
    biased, plain = small(design_prior=evidence), small(design_prior={"log_hr": {"normal": [-0.2, 0.5]}})
    assert (biased.believed.mean, biased.believed.sd) == pytest.approx((-0.2, 0.5))
    one, other = (operating_characteristics(d, trials=4_000, seed=2) for d in (biased, plain))
    for rule in ("bayes", "logrank"):
        assurances = [found.of("design_prior", rule, "assurance") for found in (one, other)]
        assert assurances[0].closed_form == pytest.approx(assurances[1].closed_form, abs=1e-12)
        assert assurances[0].value == pytest.approx(
            assurances[1].value, abs=3.0 * math.hypot(*(a.mc_error for a in assurances))
        )
        limits = [found.of("design_prior", rule, "assurance_limit").value for found in (one, other)]
        assert limits[0] == pytest.approx(norm.cdf(0.4)) == limits[1]


def test_what_is_true_is_said():
    design = small(
        switching={"share": 0.3, "after": 6.0},
        design_prior={"log_hr": {"normal": [-0.3, 0.3]}, "bias": {"normal": [0.0, 0.2]}},
    )
    said = heading(design)
    assert "30% of controls without the event switch to treatment after 6 months" in said
    assert "evidence biased by 0 (SD 0.2) on the log scale" in said
