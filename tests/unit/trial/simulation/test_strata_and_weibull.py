"""Strata in design and analysis, and the Weibull analysis: limits, dense grids, other code, levels under the null."""

import math

import numpy as np
import pytest

from escc_bayes.spec.mixture import mixture_of
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.analysis import analysis_data
from escc_bayes.trial.looks.by_stratum import split
from escc_bayes.trial.looks.risk_sets import risk_sets
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.looks.sufficient_statistics import reduced
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, moments, probability_below
from escc_bayes.trial.posterior.marginal_posterior import certain, posterior
from escc_bayes.trial.posterior.weibull_analysis import WeibullShape, weibull_data
from escc_bayes.trial.significance.measures import Orders
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.simulate import draw, patients
from escc_bayes.trial.truth.expected_events import expected_events
from escc_bayes.trial.truth.stratum import Stratum, apportioned, columns_of, ratio_by_patient
from tests.unit.trial.designs import small
from tests.unit.trial.looks.test_risk_sets import shots
from tests.unit.trial.posterior.test_exact_posterior import BASELINE, MIXED, TIGHT, VAGUE, random_trials

STRATA = [{"name": "III", "share": 0.6}, {"name": "IV", "share": 0.4, "control_hr": 3.0}]
PRIOR = {
    "log_hr": {"normal": [0.0, 10.0]},
    "baseline": {"cuts": [6.0], "gamma": [0.5, 10.0], "by_stratum": True},
}


def stratified(**sections):
    return small(stratum=STRATA, analysis_prior=PRIOR, **sections)


def test_patients_are_apportioned_to_strata_and_keep_their_columns():
    strata = (Stratum("a", 0.335), Stratum("b", 0.332), Stratum("c", 0.333, 2.0))
    assert apportioned(100, strata) == (34, 33, 33)
    assert sum(apportioned(101, strata)) == 101
    columns = columns_of((100, 50), strata)
    assert columns[0] == (slice(0, 34), slice(100, 117))
    assert columns[2] == (slice(67, 100), slice(133, 150))
    ratio = ratio_by_patient((100, 50), strata)
    assert np.array_equal(np.flatnonzero(ratio == 2.0), np.r_[67:100, 133:150])


def test_strata_live_and_die_as_expected():
    """Events by month 24, all and of one stratum, against expected_events; 4 standard errors."""
    design = stratified()
    seen = patients(design, draw(design, 3000, 2, 0), np.log(np.array([design.effect.hr])))
    shot = snapshot(seen, np.full(3000, 24.0))
    arms = design.arms_under(design.effect)
    assert [round(arm[0].patients) for arm in arms] == [30, 20, 30, 20]
    expected = [expected_events(24.0, *arm) for arm in arms]
    assert shot.events.mean() == pytest.approx(sum(expected), abs=4.0 * shot.events.std() / 3000**0.5)
    second = split(shot, columns_of(design.patients, design.strata))[1]
    assert second.events.mean() == pytest.approx(expected[1] + expected[3], abs=4.0 * second.events.std() / 3000**0.5)


def test_an_analysis_by_strata_sees_each_stratum_in_its_own_pieces():
    """``reduced`` of one stratum's patients at a time."""
    design = stratified()
    seen = patients(design, draw(design, 5, 2, 0), np.zeros((1, 1)))
    shot = snapshot(seen, look_months(seen, design.looks)[0])
    parts = split(shot, columns_of(design.patients, design.strata))
    orders = Orders(risk_sets(shot), tuple(risk_sets(part) for part in parts))
    data = analysis_data(design.analysis_prior, orders).data
    for k in range(5):
        for stratum, part in enumerate(parts):
            on = np.arange(part.time.shape[1]) >= part.controls
            expected = reduced(part.time[k], part.event[k], on, np.array([6.0]))
            here = slice(2 * stratum, 2 * stratum + 2)
            assert np.array_equal(data.treated_events[k, here], expected.treated_events[0])
            assert data.control_months[k, here] == pytest.approx(expected.control_months[0], abs=1e-9)


def test_strata_keep_the_level_and_win_back_the_power():
    """Two strata with hazards 1 : 3: stratified rules have Schoenfeld's power, unstratified ones less.

    200 events of 300 patients; 3 Monte Carlo errors and 0.012.
    """
    rules = [
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.975"},
        {"name": "stratified", "success": "stratified log-rank one-sided 0.025"},
        {"name": "plain", "success": "log-rank one-sided 0.025"},
    ]
    plan = {"patients": 300, "months": 12.0}
    found = operating_characteristics(
        stratified(rule=rules, accrual=plan, analyses={"events": [200]}, design_prior=None), trials=6_000, seed=2
    )
    for rule in ("bayes", "stratified", "plain"):
        error = found.of("null", rule, "type_one_error")
        assert error.value < 0.025 + 3.0 * error.mc_error
    for rule in ("bayes", "stratified"):
        assert found.of("null", rule, "type_one_error").value > 0.018
        power = found.of("truth", rule, "power")
        assert power.value == pytest.approx(power.closed_form, abs=3.0 * power.mc_error + 0.012)
        assert found.of("truth", "plain", "power").value < power.value - 0.05


@pytest.mark.parametrize("prior", [VAGUE, TIGHT, MIXED], ids=["vague", "tight", "mixture"])
def test_one_node_is_the_plain_posterior(prior):
    data = random_trials(30, 4, 3.0)
    found = posterior(certain(data), prior, BASELINE, np.log([0.8, 1.0]))
    assert found.below == pytest.approx(probability_below(data, prior, BASELINE, np.log([0.8, 1.0])), abs=1e-14)
    mean, sd = moments(data, prior, BASELINE)
    assert found.mean == pytest.approx(mean, abs=1e-12)
    assert found.sd == pytest.approx(sd, abs=1e-12)


def test_shape_one_is_one_piece():
    """The limit of a prior that knows the shape to be 1."""
    orders = risk_sets(shots(0.8))
    design = small(analysis_prior=PRIOR | {"baseline": {"cuts": [], "gamma": [0.5, 10.0]}})
    piece = analysis_data(design.analysis_prior, Orders(orders, (orders,)))
    known = weibull_data((orders,), WeibullShape(Normal(0.0, 1e-7), 12.0))
    found, expected = (posterior(data, VAGUE, BASELINE, np.zeros(1)).below for data in (known, piece))
    assert found == pytest.approx(expected, abs=1e-6)


def dense_grid(time, event, on, believed, baseline, prior_sd):
    """P(beta < 0) of one trial on a plain grid of (log k, beta), lambda integrated out by its gamma."""
    log_shape, beta = np.linspace(-2.0, 2.0, 801), np.linspace(-6.0, 6.0, 2401)
    total = np.zeros((log_shape.size, beta.size))
    events, unit = event.sum(), np.log(time / believed.reference)
    for row, shape in enumerate(np.exp(log_shape)):
        s0, s1 = (believed.reference * np.exp(shape * unit[side]).sum() for side in (~on, on))
        exposure = baseline.rate + s0 * np.exp(-beta / 2.0) + s1 * np.exp(beta / 2.0)
        lean = beta * (event[on].sum() - event[~on].sum()) / 2.0
        total[row] = lean - (baseline.shape + events) * np.log(exposure) - 0.5 * (beta / prior_sd) ** 2
        total[row] += events * np.log(shape) + (shape - 1.0) * unit[event].sum()
        total[row] -= 0.5 * ((np.log(shape) - believed.log_shape.mean) / believed.log_shape.sd) ** 2
    mass = np.exp(total - total.max()).sum(axis=0)
    return (mass[beta < -1e-9].sum() + mass[np.abs(beta) < 1e-9].sum() / 2.0) / mass.sum()


def test_the_weibull_posterior_agrees_with_a_dense_grid():
    """Six trials of 30 patients with 18 events on 801 x 2401 points."""
    shot, believed = shots(), WeibullShape(Normal(0.1, 0.4), 12.0)
    found = posterior(weibull_data((risk_sets(shot),), believed), mixture_of([(1.0, 0.0, 2.0)]), BASELINE, np.zeros(1))
    on = np.arange(30) >= 12
    for k in range(1, 7):
        expected = dense_grid(shot.time[k], shot.event[k], on, believed, BASELINE, 2.0)
        assert found.below[k, 0] == pytest.approx(expected, abs=2e-5)


def test_few_and_many_nodes_of_the_shape_agree():
    """15 v 61 nodes at 18 events; 40 v 400 nodes of the log hazard ratio differ by less than 1e-8."""
    order, believed = risk_sets(shots()), WeibullShape(Normal(0.0, 0.5), 12.0)
    few, many = (
        posterior(weibull_data((order,), believed, nodes=nodes), VAGUE, BASELINE, np.zeros(1)).below
        for nodes in (15, 61)
    )
    assert np.abs(few - many).max() < 1e-5
    data = weibull_data((order,), believed)
    few, many = (posterior(data, MIXED, BASELINE, np.zeros(1), nodes=nodes).below for nodes in (40, 400))
    assert np.abs(few - many).max() < 1e-8


def test_a_weibull_trial_without_events_has_the_prior_of_its_effect():
    """A patient-month of follow-up and a prior hazard of next to nothing say nothing."""
    order = risk_sets(shots())
    data = weibull_data((order,), WeibullShape(Normal(0.0, 0.5), 12.0))
    found = posterior(data, TIGHT, GammaBaseline(1e-9, 10.0), np.zeros(1))
    assert found.below[0, 0] == pytest.approx(TIGHT.cdf(0.0), abs=1e-6)


def test_a_weibull_analysis_keeps_its_level_and_power_under_a_weibull_truth():
    """Shape 1.6, 2,000 trials; Schoenfeld's power; 3 Monte Carlo errors and 0.015."""
    prior = {
        "log_hr": {"normal": [0.0, 10.0]},
        "baseline": {"weibull": {"log_shape": {"normal": [0.0, 0.5]}, "reference": 12.0}, "gamma": [0.5, 10.0]},
    }
    design = small(
        control={"weibull": {"shape": 1.6, "scale": 18.0}},
        analysis_prior=prior,
        accrual={"patients": 300, "months": 12.0},
        analyses={"events": [200]},
        design_prior=None,
        rule=[{"name": "bayes", "success": "P(HR < 1 | data) > 0.975"}],
    )
    found = operating_characteristics(design, trials=2_000, seed=2)
    error, power = found.of("null", "bayes", "type_one_error"), found.of("truth", "bayes", "power")
    assert error.value == pytest.approx(0.025, abs=3.0 * error.mc_error)
    assert power.value == pytest.approx(power.closed_form, abs=3.0 * power.mc_error + 0.015)


def test_strata_without_differences_change_next_to_nothing():
    """Equal hazards: the stratified analysis of 247 events moves P(HR < 1) by little, and never its centre."""
    strata = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]
    plan = {"accrual": {"patients": 300, "months": 12.0}, "analyses": {"events": [200]}, "design_prior": None}
    rules = [{"name": "bayes", "success": "P(HR < 1 | data) > 0.975"}]
    both = (small(stratum=strata, analysis_prior=PRIOR, rule=rules, **plan), small(rule=rules, **plan))
    one, other = (operating_characteristics(d, trials=2_000, seed=2).of("truth", "bayes", "power") for d in both)
    assert math.isclose(one.value, other.value, abs_tol=0.02)
