"""Power and assurance against events: the planned point, the ceiling, designs without a closed form."""

import numpy as np
import pytest

from escc_bayes.trial.design.design import mixture_from
from escc_bayes.trial.design.normal_power import assurance_limit
from escc_bayes.trial.design.power_curve import power_curve
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.significance.closed_forms import schoenfeld_power
from tests.unit.trial.designs import small


def test_the_log_rank_curve_is_schoenfelds():
    design = load_design("rt_consolidation_2to1")
    curve = power_curve(planned(design), planned(design).rules[1])
    expected = [schoenfeld_power(0.7, events, alpha=0.025, allocation=(1.0, 2.0)) for events in curve.events]
    assert curve.power == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", ["rt_consolidation", "ici_sequence"])
def test_assurance_rises_through_the_planned_value_and_stays_below_its_ceiling(name):
    design = load_design(name)
    plan = planned(design)
    for rule in plan.rules:
        curve = power_curve(plan, rule)
        assert np.all(curve.assurance <= curve.limit)
        there = np.interp(np.log(design.looks[-1].events), np.log(curve.events), curve.assurance)
        assert there == pytest.approx(rule.assurance, abs=2e-3)


def test_endless_events_bring_assurance_to_its_ceiling():
    """At 1e7 events the critical hazard ratio is within 0.001 of 1."""
    design = small()
    rule = design.rules[0]
    endless = planned(design).rules[0].scaled(1e7 / 60.0)
    assert endless.assurance(mixture_from(design.design_prior)) == pytest.approx(
        assurance_limit(design, rule), abs=2e-3
    )


def test_a_mixture_as_analysis_prior_has_no_curve_for_the_posterior_rule():
    prior = {
        "log_hr": {"evidence": "rt_added", "endpoint": "OS"},
        "baseline": {"pieces": 4, "gamma": [0.5, 10.0]},
    }
    design = small(analysis_prior=prior)
    assert power_curve(planned(design), planned(design).rules[0]) is None
    assert power_curve(planned(design), planned(design).rules[1]) is not None
