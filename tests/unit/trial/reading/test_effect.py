"""Effects stated as survival or by stratum, dropout by month, mixtures: what they mean, against closed forms and a
simulation written apart."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.design.plan_words import plan_in_words
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.simulation.expected_course import arm_truths
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from tests.unit.trial.designs import small

STRATA = [{"name": "positive", "share": 0.4, "control_hr": 1.5, "hr": 0.5}, {"name": "negative", "share": 0.6}]


def test_two_medians_are_a_hazard_ratio():
    """Exponential: the ratio of the medians. Weibull: that ratio to the power of the shape."""
    assert small(effect={"median": 18.0}).effect.hr[0] == pytest.approx(12.0 / 18.0, rel=1e-12)
    weibull = small(control={"weibull": {"shape": 1.4, "scale": 20.0}}, effect={"median": 24.0})
    control = 20.0 * math.log(2.0) ** (1.0 / 1.4)
    assert weibull.effect.hr[0] == pytest.approx((control / 24.0) ** 1.4, rel=1e-12)


def test_the_treatment_has_the_stated_survival():
    design = small(control={"survival": {"12": 0.6, "24": 0.3}}, effect={"survival": {"12": 0.7, "24": 0.5}})
    _, treated = arm_truths(design)
    assert treated.survival[:2] == pytest.approx([0.7, 0.5], abs=1e-12)
    assert "that of a survival of 0.7 at 12 months, 0.5 at 24 months" in plan_in_words(planned(design)).design


def test_dropout_by_month_is_that_of_a_year():
    yearly = small(dropout={"yearly": 1.0 - 0.99**12}).dropout
    assert small(dropout={"monthly": 0.01}).dropout == pytest.approx(yearly, rel=1e-12)
    assert small(dropout={"monthly": [0.0, 0.02]}).dropout == pytest.approx((0.0, -math.log(0.98)))


def test_a_mixture_is_believed():
    design = small(design_prior={"log_hr": {"mixture": [[0.7, -0.35, 0.2], [0.3, 0.0, 1.0]]}})
    assert design.believed.cdf(0.0) == pytest.approx(0.7 * 0.95994084 + 0.3 * 0.5, abs=1e-7)
    assurance = planned(design).of("logrank").assurance
    ends = [small(design_prior={"log_hr": {"normal": part}}) for part in ([-0.35, 0.2], [0.0, 1.0])]
    apart = [planned(end).of("logrank").assurance for end in ends]
    assert assurance == pytest.approx(0.7 * apart[0] + 0.3 * apart[1], abs=1e-12)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"effect": {"hr": 0.7, "median": 18.0}}, "state one of hr, median, survival"),
        ({"effect": {"median": 18.0, "cuts": [3.0]}}, "'cuts' belong to 'hr'"),
        ({"effect": {"survival": {"12": 0.5, "24": 0.6}}}, "survival must fall"),
        ({"dropout": {"monthly": 0.01, "control": 0.1}}, "'monthly' says all of dropout"),
        ({"dropout": {"monthly": [0.01]}}, "expected a share"),
        ({"design_prior": {"log_hr": {"mixture": [[0.7, -0.3, 0.2], [0.2, 0.0, 1.0]]}}}, "weights sum to 0.9"),
        ({"design_prior": {"log_hr": {"mixture": [[1.0, -0.3]]}}}, "two or more"),
        ({"effect": {"hr": [1.0, 0.6], "cuts": [3.0]}, "stratum": STRATA}, "changes with time, and a stratum"),
    ],
)
def test_what_cannot_be_meant_is_refused(sections, said):
    with pytest.raises(InputError, match=said):
        small(**sections)


def apart(trials, seed):
    """Power of the log-rank test at 60 events of 100 patients, effects 0.5 and 0.9 by stratum, one by one."""
    random, found = np.random.default_rng(seed), 0
    treated = np.repeat([False, True], 50)
    positive = np.tile(np.repeat([True, False], [20, 30]), 2)
    rate = math.log(2.0) / 12.0 * np.where(positive, 1.5, 1.0) * np.where(treated, np.where(positive, 0.5, 0.9), 1.0)
    for _ in range(trials):
        entry = random.uniform(0.0, 12.0, 100)
        died = random.exponential(1.0 / rate)
        month = np.sort(entry + died)[59]
        time, event = np.minimum(died, month - entry), entry + died <= month
        order = np.argsort(time)
        time, event, arm = time[order], event[order], treated[order]
        seen = time > 0.0
        time, event, arm = time[seen], event[seen], arm[seen]
        share = np.cumsum(arm[::-1])[::-1] / np.arange(time.size, 0, -1)
        score, variance = (share - arm)[event].sum(), (share * (1.0 - share))[event].sum()
        found += score / math.sqrt(variance) > 1.959964
    return found / trials


def test_power_with_effects_by_stratum_is_that_of_a_simulation_apart():
    """4,000 trials each; 3 errors of the difference."""
    design = small(effect={"hr": 0.9}, dropout=None, stratum=STRATA)
    assert design.effect.by_stratum == (0.5, 0.9)
    found = operating_characteristics(design, trials=4000, seed=5).quantities
    power = next(q for q in found if (q.rule, q.quantity, q.scenario) == ("logrank", "power", "truth"))
    assert power.closed_form is None
    assert power.value == pytest.approx(apart(4000, 6), abs=3.0 * math.sqrt(2.0) * power.mc_error)
    error = next(q for q in found if (q.rule, q.quantity) == ("logrank", "type_one_error"))
    assert error.value == pytest.approx(0.025, abs=3.0 * error.mc_error)
    events = planned(design).looks[0]
    months = next(q for q in found if (q.rule, q.quantity, q.scenario) == ("logrank", "expected_months", "truth"))
    assert months.value == pytest.approx(events.month, abs=0.3)


def test_the_arms_are_said_by_stratum():
    design = small(effect={"hr": 0.9}, stratum=STRATA)
    names = [arm.name for arm in arm_truths(design)]
    assert names == ["none", "RT, positive", "RT, negative"]
    assert "a hazard ratio of 0.5" in plan_in_words(planned(design)).design
