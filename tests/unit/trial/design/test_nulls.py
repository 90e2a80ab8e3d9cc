"""A rule is judged at its own null: margins against R, type I errors, sizes, luck."""

import math

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import multivariate_normal, norm

from escc_bayes.foundation.scheduler import Serial
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import hazard_ratio_of, lies_in, log_ratios_at, own_null
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.looks.risk_sets import stratified_z
from escc_bayes.trial.requests.sizing import sized
from escc_bayes.trial.requests.threshold import solved_threshold
from escc_bayes.trial.significance.cox_test import cox_z
from escc_bayes.trial.significance.direct_power import direct_power
from escc_bayes.trial.simulation.decide import scenarios
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.summary import summary
from escc_bayes.trial.truth.data_generating import Effect
from tests.unit.trial.design.test_rules import R, trial_of_r
from tests.unit.trial.designs import small

STRATA = [{"name": "II", "share": 0.5}, {"name": "IV", "share": 0.5, "control_hr": 2.0}]
NI = {
    "control": {"median": 20.0},
    "effect": {"hr": 1.0},
    "accrual": {"patients": 700, "months": 36.0},
    "analyses": {"events": [456]},
    "dropout": None,
}


def rules(**success):
    return [{"name": name, "success": words} for name, words in success.items()]


def test_tests_against_a_margin_agree_with_r():
    """coxph: its score test at log(1.3) is the log-rank test against 1.3, its Wald test the Cox one."""
    patients = trial_of_r()
    strata = tuple(trial_of_r(np.arange(1, 61)[np.arange(1, 61) % 3 == s]) for s in range(3))
    assert stratified_z((patients,), 1.3)[0] == pytest.approx(R["log_rank_margin"], rel=1e-8)
    assert stratified_z(strata, 1.3)[0] == pytest.approx(R["log_rank_margin_stratified"], rel=1e-8)
    assert cox_z((patients,), 1.3)[0] == pytest.approx(R["cox_margin"], rel=1e-8)
    assert cox_z(strata, 1.3)[0] == pytest.approx(R["cox_margin_stratified"], rel=1e-8)


@pytest.fixture(scope="module")
def non_inferior():
    """Six ways to say that treatment is not much worse, 4,000 trials."""
    return operating_characteristics(
        small(
            **NI,
            design_prior={"log_hr": {"normal": [0.0, 0.1]}},
            rule=rules(
                bayes="P(HR < 1.3 | data) > 0.975",
                logrank="log-rank one-sided 0.025 margin 1.3",
                cox="cox one-sided 0.025 margin 1.3",
                rmst="RMST difference to 24 one-sided 0.025 margin -2",
                survival="survival difference at 24 > -0.1 one-sided 0.025",
                posterior="P(survival difference at 24 > -0.1 | data) > 0.975",
            ),
        ),
        trials=4_000,
        seed=3,
    )


@pytest.mark.parametrize("rule", ["bayes", "logrank", "cox", "rmst", "survival", "posterior"])
def test_the_type_one_error_is_that_at_the_rules_own_null(non_inferior, rule):
    """0.025 within four Monte Carlo errors of 4,000 trials, and a little for the tests' own approximations."""
    found = non_inferior.of("null", rule, "type_one_error")
    assert found.value == pytest.approx(0.025, abs=4.0 * 0.0025 + 0.002)
    assert [
        row.scenario for row in non_inferior.quantities if row.quantity == "type_one_error" and row.rule == rule
    ] == ["null"]
    assert (
        found.null == own_null(non_inferior.design, next(r for r in non_inferior.design.rules if r.name == rule)).words
    )


def test_power_without_a_difference_is_schoenfelds(non_inferior):
    """0.800 with 456 events against 1.3, in closed form and simulated."""
    for rule in ("bayes", "logrank", "cox"):
        found = non_inferior.of("truth", rule, "power")
        assert found.closed_form == pytest.approx(0.8, abs=0.001)
        assert found.value == pytest.approx(found.closed_form, abs=4.0 * found.mc_error)


def test_luck_is_success_at_the_margin_or_beyond(non_inferior):
    """The bivariate normal of truth N(0, 0.1) and estimate, both beyond their bounds; small, but not none."""
    se = math.sqrt(4.0 / 456.0)
    bound = math.log(1.3) - norm.ppf(0.975) * se
    both = multivariate_normal([0.0, 0.0], [[0.01, 0.01], [0.01, 0.01 + se**2]])
    lucky = norm.cdf(bound / math.hypot(0.1, se)) - both.cdf([math.log(1.3), bound])
    found = non_inferior.of("design_prior", "bayes", "assurance_lucky")
    assert lucky < 0.001
    assert found.value == pytest.approx(lucky, abs=4.0 * math.sqrt(lucky / 4_000) + 1e-4)
    assert non_inferior.of("design_prior", "bayes", "assurance_limit").value == pytest.approx(
        norm.cdf(math.log(1.3) / 0.1)
    )


def test_luck_counts_every_hazard_ratio_from_the_margin_on():
    """A prior at the margin: half of it is luck's, and success there is as frequent as the bivariate normal says."""
    design = small(
        **NI, design_prior={"log_hr": {"normal": [math.log(1.3), 0.1]}}, rule=rules(b="P(HR < 1.3 | data) > 0.8")
    )
    found = operating_characteristics(design, trials=4_000, seed=4).of("design_prior", "b", "assurance_lucky")
    se = math.sqrt(4.0 / 456.0)
    both = multivariate_normal([0.0, 0.0], [[0.01, 0.01], [0.01, 0.01 + se**2]])
    bound = -norm.ppf(0.8) * se
    lucky = norm.cdf(bound / math.hypot(0.1, se)) - both.cdf([0.0, bound])
    assert found.value == pytest.approx(lucky, abs=4.0 * found.mc_error)


def test_a_stricter_null_than_one_is_the_rules_own():
    """Superiority by a margin: type I error at hazard ratio 0.8."""
    design = small(
        accrual={"patients": 600, "months": 24.0}, analyses={"events": [400]}, rule=rules(s="P(HR < 0.8 | data) > 0.95")
    )
    found = operating_characteristics(design, trials=2_000, seed=5).of("null", "s", "type_one_error")
    assert (found.null, found.closed_form) == ("hazard ratio 0.8", pytest.approx(0.05, abs=1e-3))
    assert found.value == pytest.approx(0.05, abs=4.0 * 0.005)


@pytest.mark.parametrize("cure", [{}, {"cure": 0.3}])
@pytest.mark.parametrize("strata", [None, STRATA])
def test_the_null_of_a_difference_is_the_hazard_ratio_that_makes_it(cure, strata):
    """Areas by scipy.integrate, survival in closed form."""
    design = small(
        analyses={"events": [40]},
        control={"weibull": {"shape": 0.8, "scale": 20.0}} | cure,
        **({"stratum": strata} if strata else {}),
    )

    def survival(t, hr, stratum):
        left = math.exp(-((t / 20.0) ** 0.8))
        base = cure["cure"] + (1.0 - cure["cure"]) * left if cure else left
        return base ** (hr * stratum)

    def gain(t, hr):
        return sum(share * (survival(t, hr, c) - survival(t, 1.0, c)) for share, c in parts)

    parts = [(0.5, 1.0), (0.5, 2.0)] if strata else [(1.0, 1.0)]
    at_two_years = hazard_ratio_of(Null("survival", -0.08, 24.0), design)
    assert gain(24.0, at_two_years) == pytest.approx(-0.08, abs=1e-9)
    means = hazard_ratio_of(Null("rmst", 1.5, 30.0), design)
    assert integrate.quad(lambda t: gain(t, means), 0.0, 30.0)[0] == pytest.approx(1.5, abs=1e-5)


def test_a_truth_lies_in_the_null_of_a_difference_by_its_own_curve():
    """A late effect: hazard ratio 1.2 for 6 months, then 0.6, against closed-form survival."""
    design = small(effect={"hr": [1.2, 0.6], "cuts": [6.0]})
    rate = math.log(2.0) / 12.0
    gain = math.exp(-rate * (1.2 * 6.0 + 0.6 * 6.0)) - math.exp(-rate * 12.0)
    log_ratio, draw = np.log([[1.2, 0.6]]), np.zeros(1, dtype=np.int64)
    for limit, inside in ((gain + 1e-6, True), (gain - 1e-6, False)):
        assert lies_in(Null("survival", limit, 12.0), design, draw, log_ratio)[0] == inside
    assert log_ratios_at(Null("hazard_ratio", 1.3), design, draw).tolist() == [[math.log(1.3)] * 2]


def test_several_criteria_are_judged_where_treatment_does_worst_and_all_are_printed():
    """Relevance beside significance: the null is hazard ratio 1; success at 0.75 is power, from the closed form."""
    design = small(rule=rules(dual="P(HR < 1 | data) > 0.975 and P(HR < 0.75 | data) > 0.5"))
    found = operating_characteristics(design, trials=500, seed=1)
    rule = design.rules[0]
    assert own_null(design, rule) == Null("hazard_ratio", 1.0)
    share = planned(design).of(rule.name).power(Effect((0.75,)))
    (said,) = [line for line in summary(found) if "at its null" in line]
    assert "hazard ratio 1, that of P(HR < 1 | data) > 0.975" in said
    assert f"at hazard ratio 0.75, the null of P(HR < 0.75 | data) > 0.5, it succeeds in {share:.3f}" in said


def test_a_criterion_without_closed_form_has_its_null_simulated():
    """An estimate beyond its limit: half of the trials where that is the truth."""
    words = "RMST difference to 24 one-sided 0.025 and RMST difference to 24 > 3"
    design = small(accrual={"patients": 400, "months": 12.0}, analyses={"events": [300]}, rule=rules(r=words))
    found = operating_characteristics(design, trials=1_000, seed=2)
    at_limit = found.of("RMST difference to 24 months of 3", "r", "power")
    assert at_limit.value == pytest.approx(0.5, abs=4.0 * 0.016 + 0.02)
    assert found.of("null", "r", "type_one_error").value < 0.03


def test_no_effect_is_simulated_once_whatever_it_is_the_null_of():
    found = scenarios(small(rule=rules(a="P(HR < 1 | data) > 0.9", b="RMST difference to 12 one-sided 0.1")))
    assert len(found) == 3


def test_size_and_threshold_of_a_margin():
    """Schoenfeld's 456 events for power 0.8; the threshold of a one-sided 0.025 is near 0.975."""
    asked = {"rule": "ni", "trials": 2_000}
    design = small(
        **NI,
        rule=rules(ni="P(HR < 1.3 | data) > 0.975"),
        sizing=asked | {"power": 0.8},
        threshold=asked | {"error": 0.025},
        null=[{"name": "margin", "effect": {"hr": 1.3}}, {"name": "slow", "control": {"median": 30.0}}],
    )
    size = sized(design, seed=1, scheduler=Serial())
    assert size.reached
    assert size.lower <= 456 <= size.upper
    found = solved_threshold(design, seed=1, scheduler=Serial())
    assert found.threshold == pytest.approx(0.975, abs=0.006)
    assert [null.effect.hr for null in design.threshold.nulls] == [(1.3,)] * 3


def test_the_expected_score_against_a_margin_is_schoenfelds_power():
    """Under equal hazards the log-rank test against 1.3 has Schoenfeld's drift, log(1.3) sqrt(d / 4), nearly."""
    design = small(**NI, rule=rules(l="log-rank one-sided 0.025 margin 1.3"))
    month = design.month_of(design.looks[0], design.effect)
    power = direct_power(month, *design.arms_under(design.effect), alpha=0.025, margin=1.3)
    assert power == pytest.approx(norm.cdf(math.log(1.3) * math.sqrt(456 / 4.0) - norm.ppf(0.975)), abs=0.006)
