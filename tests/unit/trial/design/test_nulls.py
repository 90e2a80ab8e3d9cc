"""A rule is judged at its own null: margins against R, type I errors, sizes, luck; what is refused and what is said."""

import math

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import multivariate_normal, norm

from escc_bayes.foundation.scheduler import Serial
from escc_bayes.trial.design.normal_power import closed_form_power, normal_rule
from escc_bayes.trial.design.null import Null
from escc_bayes.trial.design.null_truth import hazard_ratio_of, lies_in, log_ratios_at, own_null
from escc_bayes.trial.design.plan_words import planning_sentences
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.risk_sets import logrank_z, stratified_z
from escc_bayes.trial.reading.criteria import criteria
from escc_bayes.trial.requests.sizing import sized
from escc_bayes.trial.requests.threshold import solved_threshold
from escc_bayes.trial.significance.cox_test import cox_z
from escc_bayes.trial.significance.direct_power import direct_power
from escc_bayes.trial.simulation.decide import scenarios
from escc_bayes.trial.simulation.operating_characteristics import constant_by_design, operating_characteristics
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
    assert logrank_z(patients, 1.3)[0] == pytest.approx(R["log_rank_margin"], rel=1e-8)
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
    share = closed_form_power(design, rule, Effect((0.75,)))
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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": rules(a="P(HR < 1 | data) < 0.98")}, "wrong way round: success asks for a large"),
        ({"rule": rules(a="P(RMST difference to 12 > 1 | data) < 0.9")}, "wrong way round"),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.98", "futility": "P(HR < 0.8 | data) > 0.1"}],
            },
            "futility asks for a small",
        ),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.9", "futility": "P(HR < 1 | data) < 0.95"}],
            },
            "hold together",
        ),
        (
            {
                "analyses": {"events": [30, 60]},
                "rule": [{"name": "a", "success": "P(HR < 1 | data) > 0.9", "futility": "P(HR < 1.1 | data) < 0.95"}],
            },
            "hold together",
        ),
        ({"rule": rules(a="log-rank one-sided 0.025 margin 0")}, "a margin is a hazard ratio above 0"),
        ({"rule": rules(a="survival difference at 12 one-sided 0.025 margin -10")}, "5 % is 0.05"),
        ({"rule": rules(a="P(survival difference at 12 > 0.6 | data) > 0.9")}, "differences lie between -0.5 and 0.5"),
        (
            {"rule": rules(a="P(HR < 1.3 | data) > 0.9"), "effect": {"hr": 1.4}, "sizing": {"rule": "a", "power": 0.8}},
            "none beyond hazard ratio 1.3",
        ),
        (
            {
                "rule": rules(a="P(HR < 1.3 | data) > 0.9"),
                "threshold": {"rule": "a", "error": 0.1},
                "null": [{"name": "x", "effect": {"hr": 1.0}}],
            },
            "success there is no error",
        ),
    ],
)
def test_what_cannot_stand_is_refused(changes, words):
    with pytest.raises(DesignError, match=words.replace("(", r"\(")):
        small(**changes)


def test_futility_that_only_stops_what_cannot_succeed_is_accepted():
    """Two thresholds of one probability that do not overlap, and a pair of criteria kept apart by one of them."""
    two = {"analyses": {"events": [30, 60]}}
    for success, futility in (
        ("P(HR < 1 | data) > 0.98", "P(HR < 0.8 | data) < 0.1"),
        (
            "P(HR < 1 | data) > 0.9 and P(HR < 0.75 | data) > 0.5",
            "P(HR < 1 | data) < 0.95 and P(HR < 0.75 | data) < 0.4",
        ),
    ):
        small(**two, rule=[{"name": "a", "success": success, "futility": futility}])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arms": {"control": "a", "treatment": "b", "allocation": [1, 1, 1]}}, "more than two arms"),
        ({"arms": {"control": "a", "treatment": "b", "treatment_2": "c"}}, "'treatment_2' is a third arm"),
        ({"arms": {"control": "a", "treatment": ["b", "c"]}}, "more than two arms"),
        ({"arms": {"control": "a", "treatment": "b", "allocation": "adaptive"}}, "no fixed allocation"),
        ({"adaptation": {"burn_in": 20}}, "an adaptation"),
        ({"analyses": {"events": [60], "sample_size_reestimation": True}}, "an adaptation"),
        ({"endpoints": {"pfs": 1}}, "more than one endpoint"),
        ({"co_primary": ["OS", "PFS"]}, "more than one endpoint"),
        ({"rule": [{"name": "a", "success": "log-rank one-sided 0.025", "endpoint": "pfs"}]}, "more than one endpoint"),
        ({"rule": rules(a="PFS log-rank one-sided 0.02")}, "names an endpoint"),
        ({"cluster": {"size": 5}}, "clusters of patients"),
    ],
)
def test_what_is_outside_is_said_in_words(changes, words):
    with pytest.raises(DesignError, match="two arms, one endpoint, fixed allocation") as told:
        small(**changes)
    assert words in str(told.value)


def test_a_misspelt_key_is_still_a_misspelt_key():
    with pytest.raises(Exception, match="did you mean 'hr'"):
        small(effect={"hrr": 0.7})


def test_a_type_one_error_above_005_is_said():
    lax = operating_characteristics(small(rule=rules(a="P(HR < 1 | data) > 0.8")), trials=500, seed=1)
    strict = operating_characteristics(small(rule=rules(a="P(HR < 1 | data) > 0.975")), trials=500, seed=1)
    assert any("WARNING: this exceeds 0.05" in line for line in summary(lax))
    assert not any("exceeds" in line for line in summary(strict))


def test_beta_is_spent_under_an_effect_that_is_named():
    """Power 0.8 exactly there, futility acted upon; a plan with that effect gets no warning."""
    rule = [
        {
            "name": "r",
            "success": "log-rank one-sided 0.025",
            "spending": "obrien_fleming",
            "futility": "log-rank beta 0.2",
        }
    ]
    sizes = {"accrual": {"patients": 500, "months": 20.0}, "analyses": {"events": [190, 285, 380]}}
    (said,) = [line for line in planning_sentences(small(**sizes, effect={"hr": 0.75}, rule=rule)) if "type II" in line]
    assert "under a hazard ratio of 0.736" in said
    assert "WARNING: the planned effect is 0.75" in said
    design = small(**sizes, effect={"hr": 0.736}, rule=rule)
    (said,) = [line for line in planning_sentences(design) if "type II" in line]
    assert "WARNING" not in said
    assert normal_rule(design, design.rules[0]).power(math.log(0.736)) == pytest.approx(0.8, abs=0.002)


def test_closed_forms_of_events_are_said_of_the_rules_they_are_true_of():
    one = planning_sentences(
        small(rule=rules(t="log-rank one-sided 0.01", b="P(HR < 1 | data) > 0.975", m="MaxCombo one-sided 0.025"))
    )
    assert [line.split(":")[0] for line in one if line.startswith("Events that")] == [
        "Events that find a hazard ratio of 0.7 with power 0.8 at one-sided 0.01 (t)",
        "Events that find a hazard ratio of 0.7 with power 0.8 at one-sided 0.025 (b)",
    ]
    looks = small(analyses={"events": [30, 60]})
    said = [line for line in planning_sentences(looks) if "is found with power" in line]
    events = float(said[1].split(" by ")[1].split()[0])
    assert normal_rule(looks, looks.rules[1], scale=events / 60.0).power(math.log(0.7)) == pytest.approx(0.8, abs=0.002)


def test_every_patient_can_be_followed_for_a_fixed_time():
    """Expected events in closed form: 1 - exp(-12 rate) of each arm; nobody is seen for longer."""
    design = small(dropout=None, accrual={"patients": 600, "months": 24.0}, analyses={"follow_up": 12.0})
    found = operating_characteristics(design, trials=500, seed=1)
    rate = math.log(2.0) / 12.0
    expected = sum(300.0 * -math.expm1(-12.0 * rate * hr) for hr in (1.0, 0.7))
    events, months = (found.of("truth", "logrank", f"expected_{what}") for what in ("events", "months"))
    assert events.value == pytest.approx(expected, abs=4.0 * events.mc_error)
    assert sum(design.arms_under(design.effect)[k][0].patients for k in (0, 1)) == 600
    # The last of 600 uniform entries lies 24 / 601 months before the end of accrual.
    assert months.value == pytest.approx(36.0 - 24.0 / 601.0, abs=4.0 * months.mc_error)
    assert "followed for 12 months and no longer" in summary(found)[0]


def test_constant_rows_are_known():
    one, two = small(), small(analyses={"events": [30, 60]}, rule=rules(m="MaxCombo one-sided 0.025"))
    assert constant_by_design(one, 0, "stop_early_success")
    assert constant_by_design(one, 0, "expected_events")
    assert constant_by_design(two, 0, "success_at_look_1")
    assert constant_by_design(two, 0, "futility_at_look_1")
    assert not constant_by_design(two, 0, "success_at_look_2")


def test_criteria_say_their_margins():
    said = [of.words() for of in criteria("cox one-sided 0.025 margin 1.3 and RMST difference to 24 > −2", "x")]
    assert said == [
        "Cox model against a hazard ratio of 1.3 one-sided 0.025",
        "difference of restricted mean survival to 24 months > -2",
    ]


BORROW = {
    "arms": {"control": "none", "treatment": "RT", "allocation": [1, 2]},
    "analysis_prior": {
        "log_hr": {"normal": [0.0, 10.0]},
        "baseline": {"cuts": [12.0], "gamma": [0.01, 0.1], "at": "reference"},
    },
    "rule": rules(bayes="P(HR < 1 | data) > 0.975"),
}


def test_borrowed_controls_are_worth_what_they_are_together():
    """A drift common to all pieces: 1 / (sd^2 + 1 / D) events, whatever the pieces; the sum of the pieces is more."""
    from escc_bayes.trial.design.prior_events import joint_worth, prior_events

    counts = {"events": [30, 12], "months": [520.0, 208.0]}
    design = small(**BORROW, control={"median": 12.0}, borrowing={"model": "commensurate", "sd": 0.3} | counts)
    joint = joint_worth(design)
    assert joint.controls == pytest.approx(1.0 / (0.09 + 1.0 / 42.0), rel=0.05)
    assert sum(piece.effective for piece in prior_events(design)) > 1.4 * joint.controls
    whole = joint_worth(small(**BORROW, borrowing={"model": "power", "discount": 0.5} | counts))
    assert whole.controls == pytest.approx(21.0, rel=0.05)


def test_historical_controls_come_from_a_cohort_file(tmp_path, monkeypatch):
    """The same counts by piece as made by hand; an event on the cut ends its piece; the treated are left out."""
    rows = [(5.0, 1, "none"), (12.0, 1, "none"), (20.0, 1, "none"), (30.0, 0, "none"), (3.0, 1, "RT")]
    (tmp_path / "old.csv").write_text("m,e,arm\n" + "".join(f"{t},{e},{a}\n" for t, e, a in rows))
    (tmp_path / "old.toml").write_text(
        'schema = 1\ntime_unit = "months"\n[endpoints.os]\ntime = "m"\nevent = "e"\n'
        '[covariates.arm]\nkind = "binary"\nlevels = ["none", "RT"]\n'
    )
    from escc_bayes.trial.reading.design import design_from
    from tests.unit.trial.designs import table

    source = {"cohort": "old.csv", "schema": "old.toml", "endpoint": "os", "covariate": "arm", "level": "none"}
    model = {"model": "power", "discount": 1.0}
    design = design_from(table(**BORROW, borrowing=model | source), "x.toml", folder=tmp_path)
    (found,) = design.borrowing.sources
    assert found.historical.events.tolist() == [2.0, 1.0]
    assert found.historical.months.tolist() == [41.0, 26.0]
    with pytest.raises(DesignError, match="exclude each other"):
        design_from(table(**BORROW, borrowing=model | source | {"events": [1, 2]}), "x.toml", folder=tmp_path)
