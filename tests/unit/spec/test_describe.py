"""Model cards: sentences written by hand, numbers from the specification."""

import math

import pytest

from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec
from tests.unit.report.conftest import fixed, model


@pytest.fixture(scope="module")
def card(simulated79):
    return describe(make_plan(load_spec("os_piecewise"), simulated79))


def test_card_says_outcome_clock_and_patients_first(card):
    assert card[0] == "Outcome: os, in months from the landmark at 3 months."
    assert card[1].startswith("SIMULATED: 79 of 79 patients of simulated79, os from the landmark at 3 months")


def test_card_says_baseline_whom_and_prior(card):
    assert card[2].startswith("Baseline hazard: constant within 6 pieces, cut at 6, 12, 18, 24, 36 months")
    assert "SD of the step over a year between midpoints: half-normal with scale 0.5" in card[2]
    assert "average patient" in card[3]
    assert "survival at 12 months has median 80 % and 2.5 % point 50 %" in card[4]


def test_every_structure_has_its_sentence(card):
    stage, coverage, sequence, alc = card[5:9]
    assert stage.startswith("stage: ordered, the hazard moves in one direction over II, III, IV; IV over II: ")
    assert "hazard ratio 1.00, 95 % prior interval 0.20 to 5.00" in stage
    assert "RPL over RAL: hazard ratio 1.00, 95 % prior interval 0.25 to 4.00" in coverage
    assert "ici_after_crt, concurrent, crt_after_ici" in sequence
    assert "pooled over alc_baseline, alc_mid, alc_post; mean of medium over high and low over high" in alc


def test_reach_of_an_exchangeable_effect_is_that_of_two_levels(card):
    # log HR of two levels ~ normal with variance 2 sd^2; sd at the half-normal's median 0.674 x 0.5.
    reach = math.exp(1.959964 * math.sqrt(2.0) * 0.6744898 * 0.5)
    assert f"lies within {1 / reach:.2f} to {reach:.2f}" in card[7]


def test_naive_clock_reference_patient_and_numbers_are_said(simulated79):
    outcome = {"endpoint": "os", "time_zero": "naive"}
    effects = [fixed("alc_post"), fixed("age", "linear")]
    card = describe(make_plan(model("m", "weibull", outcome=outcome, effects=effects), simulated79))
    assert card[0] == "Outcome: os, in months from NAIVE time zero (alc_post treated as known at time zero)."
    assert "shape k with prior median 1.00" in card[2]
    assert card[3] == "The baseline and its prior describe the reference patient: alc_post: high, age: 65."
    assert any(s.startswith("age: linear on the log hazard, per 10 years: hazard ratio 1.00") for s in card)


def test_a_model_without_covariates_has_a_card(simulated79):
    card = describe(make_plan(model("bare"), simulated79))
    assert card[-1] == "Proportional hazards; likelihood with right censoring."
