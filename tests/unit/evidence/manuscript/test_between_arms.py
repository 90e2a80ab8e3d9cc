"""Whose hazard over whose: said where the survival beside a ratio says it, and nowhere else."""

import pytest

from escc_bayes.evidence.arm_level.published import read_arms
from escc_bayes.evidence.manuscript.between_arms import between_arms
from escc_bayes.evidence.manuscript.blocks import passages
from escc_bayes.evidence.manuscript.draft import draft_of, read_in_order
from escc_bayes.evidence.manuscript.markup import of_lines

ARMS = "Patients were assigned to sintilimab plus chemotherapy (n = 327) or placebo plus chemotherapy (n = 332). "


def study_of(text, effect=None):
    return between_arms(draft_of("p", read_in_order(list(passages(of_lines(text))))).study, effect)


def told(text, effect=None):
    return [(e.effect, e.hazard_of, e.versus) for e in study_of(text, effect).estimates]


TREATED, CONTROL = "sintilimab plus chemotherapy", "placebo plus chemotherapy"


def test_a_ratio_beside_both_medians_is_of_the_group_that_lived_longer():
    text = f"{ARMS}Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL} (HR 0.63, 95% CI 0.51-0.78)."
    assert told(text) == [("ici_added_to_chemo", TREATED, CONTROL)]


def test_a_ratio_above_one_is_that_of_the_other_group():
    text = f"{ARMS}Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL} (HR 1.59, 95% CI 1.28-1.96)."
    assert told(text) == [("ici_added_to_chemo", CONTROL, TREATED)]


def test_medians_and_rates_of_other_sentences_count_with_those_beside_the_ratio():
    text = (
        f"{ARMS}Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL} (HR 0.63, 95% CI 0.51-0.78). "
        f"The 1-year OS rate was 64% with {TREATED} and 52% with {CONTROL}."
    )
    assert told(text) == [("ici_added_to_chemo", TREATED, CONTROL)]
    assert told(text.replace("64%", "44%"))[0][1:] == ("", "")


@pytest.mark.parametrize(
    "sentence",
    [
        # The same medians.
        f"Median OS was 12.5 months with {TREATED} v 12.5 months with {CONTROL} (HR 0.93, 95% CI 0.71-1.22).",
        # A median and a rate that deny each other.
        f"Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL}; 1-year OS rates were 50% and 60% "
        "(HR 0.93, 95% CI 0.71-1.22).",
        # A factor of both groups together.
        f"Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL}. Stage IV was prognostic of OS (HR "
        "2.10, 95% CI 1.50-2.94).",
        # Two ratios of one endpoint.
        f"Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL} (HR 0.63, 95% CI 0.51-0.78; in men HR "
        "0.60, 95% CI 0.45-0.80).",
    ],
)
def test_what_is_not_said_stays_unsaid(sentence):
    assert {(hazard_of, versus) for _, hazard_of, versus in told(ARMS + sentence)} == {("", "")}


def test_an_effect_that_the_user_names_needs_one_group_in_the_sentence():
    text = (
        "We compared consolidative radiotherapy with no radiotherapy in 102 patients. Median PFS was 11.5 months with "
        "consolidative radiotherapy and 8.3 months with no radiotherapy. On multivariable analysis, consolidative "
        "radiotherapy was associated with better PFS (HR 0.539, 95% CI 0.312-0.932)."
    )
    assert [hazard_of for _, hazard_of, _ in told(text)] == [""]
    assert told(text, "rt_added") == [("rt_added", "consolidative radiotherapy", "no radiotherapy")]


def test_the_only_group_has_all_patients():
    curves = study_of("We enrolled 40 patients. Median OS was 31.0 months.").survivals
    assert [(curve.arm, curve.n) for curve in curves] == [("all patients", 40)]


def test_cohorts_are_asked_for_every_median_rate_and_ratio_of_arms_without_a_known_effect():
    """The median of one sentence and the rate of the next are one curve; the ratio of PFS goes with that of OS."""
    text = (
        "Patients were assigned to arm A (n = 60) or arm B (n = 58). Median OS was 20.1 months in arm A and 13.9 "
        "months in arm B (HR 0.62, 95% CI 0.40-0.96). The 2-year OS rate was 43% in arm A and 26% in arm B. Median PFS "
        "was 9.8 months in arm A and 6.1 months in arm B (HR 0.58, 95% CI 0.39-0.87)."
    )
    targets = [target.name for target in read_arms(study_of(text), None, ()).targets()]
    assert sum("log HR" in one for one in targets) == 2
    assert sum("median" in one for one in targets) == 4
    assert sum("S(24)" in one for one in targets) == 2


def test_curves_that_deny_each_other_stay_apart():
    text = (
        f"{ARMS}Median OS was 16.7 months with {TREATED} v 12.5 months with {CONTROL}. Median OS was 15.9 months with "
        f"{TREATED} and 12.5 months with {CONTROL}."
    )
    assert [str(curve.median) for curve in study_of(text).survivals if curve.arm == TREATED] == ["16.7", "15.9"]
