"""Thresholds by look and binding futility against rpact 3.3.4 (group_sequential.R)."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.unit.trial.designs import small

from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.significance.boundaries import spent_by_look

RPACT = json.loads((Path(__file__).parent / "group_sequential.json").read_text(encoding="utf-8"))
# rpact solves for its boundaries to about 1e-8.
CLOSE = {"rel": 1e-6}
EVENTS = [100, 175, 250]
TEST = {"name": "one", "success": "log-rank one-sided 0.025"}
HAYBITTLE_PETO = {"boundaries": {"haybittle_peto": 3.0}}
BY_LOOK = {"spending": {"by_look": [0.001, 0.006, 0.025]}}


def plan_of(**rule):
    return planned(
        small(
            accrual={"patients": 400, "months": 20.0},
            dropout=None,
            control={"median": 12.0},
            analyses={"events": EVENTS},
            rule=[TEST | rule],
        )
    )


def upper(**rule):
    return plan_of(**rule).rules[0].boundaries.upper


def test_haybittle_peto_leaves_the_rest_of_alpha_to_the_final_look():
    assert upper(**HAYBITTLE_PETO) == pytest.approx(RPACT["haybittle_peto"], **CLOSE)


def test_alpha_by_look():
    assert upper(**BY_LOOK) == pytest.approx(RPACT["by_look"], **CLOSE)


def test_thresholds_stated_on_z_or_p_are_the_same():
    from scipy.stats import norm

    z = RPACT["by_look"]
    assert upper(boundaries={"z": [3.1, 2.55, 2.0]}).tolist() == [3.1, 2.55, 2.0]
    assert upper(boundaries={"p": norm.sf(z).tolist()}) == pytest.approx(z, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "shared"),
    [("by_look", BY_LOOK), ("obrien_fleming", {"spending": "obrien_fleming"}), ("pocock", {"boundaries": "pocock"})],
)
def test_binding_futility_below_constants(name, shared):
    """Z below 0 at look 1 and 0.5 at look 2, as rpact's futilityBounds; ours states one limit, so they are put in."""
    from escc_bayes.trial.significance.alpha_spending import AlphaSpending

    rule = plan_of(**shared).rules[0].rule
    assert isinstance(rule.spending, AlphaSpending)
    found = rule.spending.boundaries((0.4, 0.7, 1.0), 0.025, np.array([0.0, 0.5, -np.inf]))
    assert found == pytest.approx(RPACT["constant"][name], **CLOSE)


@pytest.mark.parametrize(("name", "beta"), [("obrien_fleming", 0.2), ("pocock", 0.1)])
def test_binding_beta_spending(name, beta):
    """Upper and lower boundary, and the squared drift that gives the power (rpact's shift)."""
    plan = plan_of(spending=name, futility=f"log-rank beta {beta}", binding=True).rules[0]
    spending = plan.rule.spending
    drift = spending.with_futility((0.4, 0.7, 1.0), 0.025, beta, binding=True).drift
    wanted = RPACT["beta"][name]
    assert plan.boundaries.upper == pytest.approx(wanted["upper"], **CLOSE)
    assert plan.boundaries.lower[:-1] == pytest.approx(wanted["lower"], **CLOSE)
    assert drift**2 == pytest.approx(wanted["shift"], rel=1e-5)


@pytest.mark.parametrize("place", range(3))
def test_power_under_haybittle_peto(place):
    hr = (0.65, 0.75, 1.0)[place]
    found = plan_of(**HAYBITTLE_PETO).rules[0].on_z.power(np.log(hr))
    assert found == pytest.approx(RPACT["power"]["haybittle_peto"]["overall"][place], abs=1e-6)


def test_a_binding_rule_spends_all_of_its_alpha():
    """The conditional power's bound and the final boundary move each other; their fixed point spends 0.025."""
    plan = plan_of(spending="pocock", futility="conditional power < 0.2", binding=True)
    bounds = plan.rules[0].boundaries
    lower = np.append(bounds.lower[:-1], -np.inf)
    assert spent_by_look(plan.fractions, bounds.upper, lower)[-1] == pytest.approx(0.025, abs=1e-9)
    assert bounds.upper[-1] < upper(spending="pocock")[-1]
