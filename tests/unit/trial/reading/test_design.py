"""Designs as data: every form is read, every design that cannot work is refused with its place and its remedy."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import InputError
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.reading.criteria import criteria, futility_criteria
from escc_bayes.trial.reading.design import design_from, load_design
from tests.unit.trial.designs import GOOD, small, table

SHIPPED = ("ici_sequence", "ral_stage_iv", "rt_consolidation", "rt_consolidation_2to1")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_designs_are_read_and_named_as_their_files(name):
    assert load_design(name).name == name


def test_the_consolidation_designs_are_what_they_say():
    even, uneven = load_design("rt_consolidation"), load_design("rt_consolidation_2to1")
    assert (even.patients, uneven.patients) == ((180, 180), (133, 267))
    assert even.looks[0].events == uneven.looks[0].events == 247
    assert (even.design_prior.mean, even.design_prior.sd) == (-0.357, 0.359)
    assert even.digest != uneven.digest


def survival_at(design, month):
    return math.exp(-design.control.cumulative(np.array([month]))[0])


def test_every_form_of_the_control_hazard_gives_the_survival_it_states():
    assert survival_at(small(control={"median": 18.0}), 18.0) == pytest.approx(0.5)
    assert survival_at(small(control={"hazard": [0.04, 0.03], "cuts": [12.0]}), 24.0) == pytest.approx(math.exp(-0.84))
    landmarks = small(control={"survival": {"24": 0.36, "12": 0.62}})
    assert [survival_at(landmarks, month) for month in (12.0, 24.0)] == pytest.approx([0.62, 0.36])
    weibull = small(control={"weibull": {"shape": 0.8, "scale": 20.0}})
    assert survival_at(weibull, 20.0) == pytest.approx(math.exp(-1.0))


def test_evidence_priors_are_read_with_their_endpoint():
    prior = small(design_prior={"log_hr": {"evidence": "rt_added", "endpoint": "OS", "robust": 0.3}}).design_prior
    assert prior.effect == "rt_added"
    assert prior.robust_weight == 0.3


def test_clinical_words_serve_as_a_prior():
    prior = small(design_prior={"log_hr": {"hr_median": 0.8, "hr_upper": 1.6}}).design_prior
    assert math.exp(prior.mean + 1.959963984540054 * prior.sd) == pytest.approx(1.6)


def test_accrual_that_ends_by_a_rate_of_zero_after_all_are_in_is_accepted():
    design = small(accrual={"patients": 100, "rates": [5.0, 10.0, 0.0], "cuts": [4.0, 20.0]})
    assert design.accrual.duration == pytest.approx(12.0)


def test_rules_print_as_sentences():
    rules = load_design("ici_sequence").rules
    said = [rule.sentence("sequential", "concurrent", 3) for rule in rules]
    assert said[0] == (
        "bayes: success if P(HR(sequential vs concurrent) < 1 | data) > 0.987 at any of 3 looks; stopped for futility "
        "if P(HR(sequential vs concurrent) < 0.85 | data) < 0.1 at an interim look."
    )
    assert said[1] == (
        "logrank_obrien_fleming: success if log-rank test one-sided 0.025 at any of 3 looks (alpha spent as "
        "O'Brien-Fleming by Lan-DeMets)."
    )


def test_a_dual_criterion_is_two_criteria():
    found = criteria("P(HR < 1 | data) > 0.975 and P(HR<0.8|data) > 0.5", "here")
    assert [(c.hr, c.above, c.threshold) for c in found] == [(1.0, True, 0.975), (0.8, True, 0.5)]


RULE = "P(HR < 1 | data) > 0.975"
BAD = {
    "unknown key": ({"control": {"medain": 12.0}}, "[control]: unknown key 'medain'; did you mean 'median'?"),
    "unknown section": ({"anlyses": {}}, "unknown key 'anlyses'; did you mean 'analyses'?"),
    "missing section": ({"accrual": None}, "'accrual' is missing; add it"),
    "allocation 0": ({"arms": GOOD["arms"] | {"allocation": [1, 0]}}, "leaves an arm without patients"),
    "allocation of three": ({"arms": GOOD["arms"] | {"allocation": [1, 1, 1]}}, "expected [control, treatment]"),
    "allocation that rounds to nobody": (
        {"arms": GOOD["arms"] | {"allocation": [1, 1000]}},
        "(0, 100) of 100 patients leaves an arm empty",
    ),
    "one name": ({"arms": {"control": "RT", "treatment": "RT"}}, "both arms are called 'RT'"),
    "negative rate": ({"control": {"hazard": [-0.1]}}, "-0.1 must be above 0; correct it"),
    "negative accrual": ({"accrual": {"patients": 50, "rates": [-5.0]}}, "-5 must be above 0"),
    "negative dropout": ({"dropout": {"yearly": -0.1}}, "[dropout], yearly: must be 0 or above"),
    "two controls": ({"control": {"median": 1.0, "hazard": 0.1}}, "state one of median, hazard"),
    "cuts missing": ({"control": {"hazard": [0.1, 0.2]}}, "2 values of 'hazard' need 1 cuts between them"),
    "survival rises": ({"control": {"survival": {"12": 0.5, "24": 0.6}}}, "survival must fall, but is 0.5 at 12"),
    "survival months": ({"control": {"survival": {"year": 0.5}}}, "landmarks are months as text"),
    "no posterior": ({"control": {"posterior": "nowhere.nc"}}, "nowhere.nc: no such file"),
    "hr zero": ({"effect": {"hr": 0.0}}, "[effect], hr: 0 must be above 0"),
    "accrual dries up": (
        {"accrual": {"patients": 100, "rates": [5.0, 0.0], "cuts": [10.0]}},
        "brings 50 patients in by month 10 and then stops, 100 are asked for; raise the last rate",
    ),
    "accrual two forms": ({"accrual": {"patients": 9, "months": 2, "rates": [1]}}, "state either months = 18.0"),
    "more events than patients": ({"analyses": {"events": [101]}}, "101 events of 100 patients"),
    "events out of reach": (
        {"analyses": {"events": [99]}, "dropout": {"yearly": 0.5}},
        "99 events are never expected under the stated effect: of 100 patients",
    ),
    "look after the final": ({"analyses": {"events": [60, 40]}}, "60 is followed by 40"),
    "look before anybody": ({"analyses": {"calendar": [0.1, 20.0]}}, "by month 0.1 fewer than 2 patients are in"),
    "looks of two lengths": ({"analyses": {"events": [20], "calendar": [9.0, 12.0]}}, "1 event counts and 2 months"),
    "no look": ({"analyses": {}}, "no analysis is stated"),
    "half an event": ({"analyses": {"events": [60.5]}}, "expected a whole number"),
    "rule words": ({"rule": [{"name": "a", "success": "HR below 1"}]}, "'HR below 1' cannot be understood; write"),
    "rule without success": ({"rule": [{"name": "a"}]}, "rule 'a', success: expected text"),
    "probability over one": ({"rule": [{"name": "a", "success": "P(HR < 1 | data) > 97.5"}]}, "97.5 is no probability"),
    "level over a half": ({"rule": [{"name": "a", "success": "log-rank one-sided 0.9"}]}, "below 0.5"),
    "futility at the final look": (
        {"rule": [{"name": "a", "success": RULE, "futility": "P(HR < 1 | data) < 0.1"}]},
        "futility acts at interim looks, and there is one look",
    ),
    "futility by log-rank": (
        {"rule": [{"name": "a", "success": RULE, "futility": "log-rank one-sided 0.4"}]},
        "'log-rank one-sided 0.4' cannot be understood; write \"P(HR < 1 | data) < 0.1\"",
    ),
    "conditional power without a log-rank test": (
        {
            "analyses": {"events": [30, 60]},
            "rule": [{"name": "a", "success": RULE, "futility": "conditional power < 0.1"}],
        },
        "its futility goes by a log-rank test, and its success has none",
    ),
    "predictive probability of a weighted test": (
        {
            "analyses": {"events": [30, 60]},
            "rule": [
                {
                    "name": "a",
                    "success": "FH(0, 1) log-rank one-sided 0.025",
                    "futility": "predictive probability < 0.1",
                }
            ],
        },
        "and this one has another test",
    ),
    "beta spending by a classical shape": (
        {
            "analyses": {"events": [30, 60]},
            "rule": [
                {
                    "name": "a",
                    "success": "log-rank one-sided 0.025",
                    "boundaries": "pocock",
                    "futility": "log-rank beta 0.2",
                }
            ],
        },
        "a boundary that spends beta needs a spending function",
    ),
    "spending and boundaries": (
        {
            "rule": [
                {
                    "name": "a",
                    "success": "log-rank one-sided 0.025",
                    "boundaries": "pocock",
                    "spending": "pocock",
                }
            ]
        },
        "'spending' and 'boundaries' exclude each other",
    ),
    "spending without gamma": (
        {"rule": [{"name": "a", "success": "log-rank one-sided 0.025", "spending": {"hwang_shih_decani": 0.0}}]},
        "Hwang-Shih-DeCani takes a gamma other than 0",
    ),
    "one weight is no combination": (
        {"rule": [{"name": "a", "success": "MaxCombo FH(0, 0) one-sided 0.025"}]},
        "MaxCombo joins two or more different weights",
    ),
    "weights that cannot be read": (
        {"rule": [{"name": "a", "success": "MaxCombo FH(0) FH(0, 1) one-sided 0.025"}]},
        "'FH(0) FH(0, 1)' cannot be understood; write FH(0, 0) FH(0, 1)",
    ),
    "weights out of range": (
        {"rule": [{"name": "a", "success": "FH(0, 9) log-rank one-sided 0.025"}]},
        "FH(rho, gamma) takes exponents from 0 to 5",
    ),
    "month beyond follow-up": (
        {"rule": [{"name": "a", "success": "RMST difference to 60 > 2"}]},
        "the final look is expected at month 26 of the trial; choose an earlier month",
    ),
    "month zero": (
        {"rule": [{"name": "a", "success": "RMST difference to 0 one-sided 0.025"}]},
        "the month must be above 0",
    ),
    "cure of everybody": ({"control": {"median": 12.0, "cure": 1.0}}, "cure: must be below 1"),
    "cure that leaves too few events": (
        {"control": {"median": 12.0, "cure": 0.6}},
        "60 events are never expected under the stated effect: of 100 patients",
    ),
    "switching of more than all": ({"switching": {"share": 30.0, "after": 6.0}}, "write 0.3 for 30 %"),
    "switching without a month": ({"switching": {"share": 0.3}}, "[switching], after: expected a finite number"),
    "negative log_sd": ({"accrual": {"patients": 100, "months": 9.0, "log_sd": -0.1}}, "log_sd: must be 0 or above"),
    "strata that do not add up": (
        {"stratum": [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.4}]},
        "the shares add up to 0.9, not to 1",
    ),
    "one stratum": ({"stratum": [{"name": "a", "share": 0.5}]}, "write two or more strata"),
    "strata of one name": ({"stratum": [{"name": "a", "share": 0.5}] * 2}, "two strata are called 'a'"),
    "stratified without strata": (
        {"rule": [{"name": "a", "success": "stratified log-rank one-sided 0.025"}]},
        "there are no strata; add [[stratum]] or drop 'stratified'",
    ),
    "analysis by absent strata": (
        {"analysis_prior": {"log_hr": {"normal": [0, 1]}, "baseline": {"gamma": [1, 1], "by_stratum": True}}},
        "by_stratum: there are no strata",
    ),
    "by_stratum as a word": (
        {"analysis_prior": {"log_hr": {"normal": [0, 1]}, "baseline": {"gamma": [1, 1], "by_stratum": "yes"}}},
        "expected true or false, was given 'yes'",
    ),
    "weibull without reference": (
        {
            "analysis_prior": {
                "log_hr": {"normal": [0, 1]},
                "baseline": {"weibull": {"log_shape": {"normal": [0, 1]}}, "gamma": [1, 1]},
            }
        },
        "'reference' is missing; write",
    ),
    "spending of a posterior": (
        {"rule": [{"name": "a", "success": RULE, "spending": "pocock"}]},
        "'spending' belongs to a log-rank test",
    ),
    "spending word": (
        {"rule": [{"name": "a", "success": "log-rank one-sided 0.025", "spending": "obrien"}]},
        "'obrien' is not possible here",
    ),
    "alpha not shared": (
        {"analyses": {"events": [30, 60]}, "rule": [{"name": "a", "success": "log-rank one-sided 0.025"}]},
        "a log-rank test at 2 looks must share its alpha",
    ),
    "two levels": (
        {"rule": [{"name": "a", "success": "log-rank one-sided 0.025 and log-rank one-sided 0.05"}]},
        "two log-rank tests in one rule",
    ),
    "rules of one name": ({"rule": [GOOD["rule"][0], GOOD["rule"][0]]}, "two rules are called 'bayes'"),
    "prior of no endpoint": ({"design_prior": {"log_hr": {"evidence": "rt_added"}}}, 'endpoint = "OS"'),
    "gamma missing": (
        {"analysis_prior": {"log_hr": {"normal": [0, 1]}, "baseline": {"pieces": 3}}},
        "'gamma' is missing",
    ),
    "pieces and cuts": (
        {"analysis_prior": {"log_hr": {"normal": [0, 1]}, "baseline": {"pieces": 3, "cuts": [1.0], "gamma": [1, 1]}}},
        "exclude each other",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_design_that_cannot_work_is_refused(name):
    sections, words = BAD[name]
    with pytest.raises(InputError) as caught:
        design_from(table(**sections), "small.toml")
    message = str(caught.value)
    assert message.startswith("small.toml")
    assert words in message


def test_an_unknown_design_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'rt_consolidation'"):
        load_design("rt_consolidtion")


@pytest.mark.parametrize("asked", ["P(HR > 1 | data) > 0.975", "P(RMST difference to 24 < 0 | data) > 0.9"])
@pytest.mark.parametrize("read", [criteria, futility_criteria])
def test_a_probability_of_harm_is_the_wrong_way_round(read, asked):
    with pytest.raises(DesignError, match="it asks how likely treatment is worse"):
        read(asked, "rule 'a'")
