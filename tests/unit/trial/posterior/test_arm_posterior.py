"""Posterior probabilities of differences between arms with hazards of their own: draws, symmetry, error rates."""

import math

import numpy as np
import pytest

from escc_bayes.trial.design.criterion import GainCriterion
from escc_bayes.trial.design.normal_power import assurance_limit
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.looks.risk_sets import piece_ends, reduced_at, risk_sets
from escc_bayes.trial.looks.snapshot import look_months, snapshot
from escc_bayes.trial.posterior.arm_posterior import ArmPrior, probability_of_gain
from escc_bayes.trial.reading.criteria import criteria, futility_criteria
from escc_bayes.trial.simulation.decide import NULL, TRUTH
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.simulate import draw, patients
from tests.unit.trial.designs import small

PRIOR = ArmPrior(0.5, 10.0, 4, None)
LIMITS = {"rmst": (0.0, 1.0), "survival": (0.0, 0.05)}


@pytest.fixture(scope="module")
def shot():
    """24 small trials of 60 events at their look."""
    design = small()
    seen = patients(design, draw(design, 24, 1, 0), np.log([[0.7]]))
    return snapshot(seen, look_months(seen, design.looks)[0])


def drawn_gain(data, width, kind, trial, generator, count):
    """Differences by independent gammas, piece by piece."""
    values = []
    for events, months in ((data.control_events, data.control_months), (data.treated_events, data.treated_months)):
        rates = generator.gamma(0.5 + events[trial], 1.0 / (10.0 + months[trial]), (count, events.shape[1]))
        at = np.exp(-np.cumsum(rates * width[trial], axis=1))
        before = np.concatenate([np.ones((count, 1)), at[:, :-1]], axis=1)
        values.append(((before - at) / rates).sum(axis=1) if kind == "rmst" else at[:, -1])
    return values[1] - values[0]


@pytest.mark.parametrize("kind", ["rmst", "survival"])
def test_it_agrees_with_draws(shot, kind):
    """100,000 draws of each trial: root mean square within 0.002 (their own error is up to 0.0016), worst 0.006."""
    patients_ = risk_sets(shot)
    stops, edges = piece_ends(patients_, 4, None)
    data = reduced_at(patients_, stops, edges)
    width = np.diff(np.minimum(edges, 15.0), axis=1, prepend=0.0, append=15.0)
    generator, gaps = np.random.default_rng(4), []
    for trial in range(24):
        gain = drawn_gain(data, width, kind, trial, generator, 100_000)
        gaps.append([float(np.mean(gain > limit)) for limit in LIMITS[kind]])
    found = np.stack([probability_of_gain(patients_, PRIOR, kind, 15.0, limit) for limit in LIMITS[kind]], axis=1)
    gap = found - np.array(gaps)
    assert math.sqrt(np.mean(gap**2)) < 0.002
    assert np.abs(gap).max() < 0.006


def test_one_piece_is_a_ratio_of_two_gammas():
    """Survival at a month is monotone in one hazard: P(gain > 0) = P(lambda1 < lambda0) is a beta probability."""
    from scipy.stats import beta

    time = np.array([[2.0, 5.0, 7.0, 9.0, 3.0, 8.0, 10.0, 11.0]])
    event = np.array([[True, True, True, True, False, True, True, False]])
    shot = Snapshot(time, event, np.array([20.0]), np.array([8]), np.array([6]), 4)
    found = probability_of_gain(risk_sets(shot), ArmPrior(0.5, 10.0, 1, ()), "survival", 12.0, 0.0)[0]
    a1, b1, a0, b0 = 2.5, 42.0, 4.5, 33.0
    assert found == pytest.approx(beta.cdf(b1 / (b0 + b1), a1, a0), abs=3e-3)


def test_exchanging_the_arms_turns_gain_into_loss(shot):
    turned = Snapshot(shot.time[:, ::-1].copy(), shot.event[:, ::-1].copy(), shot.month, shot.enrolled, shot.events, 50)
    for kind in LIMITS:
        here = probability_of_gain(risk_sets(shot), PRIOR, kind, 15.0, 0.0)
        there = probability_of_gain(risk_sets(turned), PRIOR, kind, 15.0, 0.0)
        assert here + there == pytest.approx(np.ones(24), abs=4e-3)


def test_power_and_error_are_those_of_the_test_of_restricted_means():
    """A vague prior: within Monte Carlo error of the Wald test of the same trials, which has no exact level itself."""
    rules = [
        {"name": "bayes", "success": "P(RMST difference to 15 > 0 | data) > 0.975"},
        {"name": "wald", "success": "RMST difference to 15 one-sided 0.025"},
        {"name": "survival", "success": "P(survival difference at 15 > 0 | data) > 0.975"},
    ]
    design = small(accrual={"patients": 240, "months": 12.0}, analyses={"events": [150]}, rule=rules)
    found = operating_characteristics(design, trials=4_000, seed=2)
    for scenario, quantity in ((TRUTH, "power"), (NULL, "type_one_error")):
        bayes, wald = (found.of(scenario, rule, quantity).value for rule in ("bayes", "wald"))
        assert bayes == pytest.approx(wald, abs=0.015)
    assert found.of(NULL, "survival", "type_one_error").value == pytest.approx(0.025, abs=3.0 * 0.0025)
    assert [found.of("design_prior", rule["name"], "assurance_limit").value for rule in rules] == pytest.approx(
        [0.8413447] * 3, abs=1e-6
    )


def test_it_acts_at_interim_looks_and_ends_for_futility():
    rule = {
        "name": "gain",
        "success": "P(survival difference at 12 > 0.05 | data) > 0.8",
        "futility": "P(survival difference at 12 > 0 | data) < 0.3",
    }
    design = small(accrual={"patients": 200, "months": 8.0}, analyses={"events": [50, 120]}, rule=[rule])
    found = operating_characteristics(design, trials=500, seed=1)
    assert found.of(NULL, "gain", "stop_early_futility").value > 0.15
    assert found.of(TRUTH, "gain", "stop_early_success").value > 0.2
    assert assurance_limit(design, design.rules[0]) is None


def test_the_words_are_read_and_printed():
    text = "P(RMST difference to 24 > -0.5 | data) > 0.9"
    (criterion,) = criteria(text, "rule")
    assert isinstance(criterion, GainCriterion)
    assert criterion.words() == "P(RMST difference to 24 months > -0.5 | data) > 0.9"
    assert criteria(criterion.words(), "rule") == (criterion,)
    assert futility_criteria("P(survival difference at 12 > 0.1 | data) < 0.05", "rule")[0].threshold == 0.05


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"success": "P(survival difference at 12 > 5 | data) > 0.9"}, "5 % is 0.05"),
        ({"success": "P(survival difference at 0 > 0 | data) > 0.9"}, "the month must be above 0"),
        ({"success": "P(survival difference at 12 > 0 | data) > 95"}, "no probability"),
        ({"success": "P(RMST difference to 300 > 0 | data) > 0.9"}, "choose an earlier month"),
    ],
)
def test_what_cannot_be_is_refused(changes, said):
    with pytest.raises(DesignError, match=said):
        small(rule=[{"name": "gain", **changes}])


def test_a_weibull_analysis_has_no_such_probability():
    shape = {"log_shape": {"normal": [0.0, 0.5]}, "reference": 12.0}
    prior = {"log_hr": {"normal": [0.0, 10.0]}, "baseline": {"weibull": shape, "gamma": [0.5, 10.0]}}
    with pytest.raises(DesignError, match="at most 12 pieces without strata"):
        small(analysis_prior=prior, rule=[{"name": "gain", "success": "P(RMST difference to 12 > 0 | data) > 0.9"}])
