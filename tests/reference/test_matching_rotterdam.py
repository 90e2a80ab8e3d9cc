"""Groups of R's rotterdam made alike, with ties, a factor of three levels and missing values: matching_rotterdam.R."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import DataWarning
from escc_bayes.matching.balance import balance_of
from escc_bayes.matching.design import design_of, scores_of
from escc_bayes.matching.effect import classical_answers
from escc_bayes.matching.patients import patients_of
from escc_bayes.matching.request import Request

HERE = Path(__file__).parent
R = json.loads((HERE / "matching_rotterdam.json").read_text())
NUMBER = {"kind": "continuous"}
NUMBERS = ("treat", "age", "meno", "grade", "nodes", "pgr", "er")
ON = ("age", "meno", "size", "grade", "nodes", "pgr", "er")
COARSE = ("age", "meno", "size", "grade", "nodes")
HOW = {
    "nearest": {"method": "nearest", "caliper": 0.2},
    "overlap": {"method": "overlap"},
    "iptw": {"method": "iptw"},
    "entropy": {"method": "entropy"},
}


@pytest.fixture(scope="module")
def cohort():
    raw = {
        "id": "id",
        "endpoints": {"os": {"time": "months", "event": "death"}},
        "covariates": {
            **dict.fromkeys(NUMBERS, NUMBER),
            "size": {"kind": "ordered", "levels": ["small", "medium", "large"]},
        },
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_cohort(pd.read_csv(HERE / "rotterdam.csv"), schema_from(raw, "rotterdam"))


def made(cohort, on=ON, **more):
    request = Request("os", "treat", on, designs=0, **more)
    patients = patients_of(cohort, request)
    return request, patients, design_of(patients, request, scores_of(patients, request).score)


def row(answers, method):
    found = next(one for one in answers if one.method == method)
    return [np.log(found.hr), found.se]


def test_who_lacks_a_covariate_is_left_out_and_the_others_have_the_score_of_glm(cohort):
    _, patients, design = made(cohort, method="overlap")
    assert [len(cohort), patients.n, int(patients.treated.sum())] == R["n"]
    np.testing.assert_allclose(design.score, R["score"], atol=1e-9)
    assert any("58" in note for note in patients.notes)


def test_pairs_within_the_caliper_are_those_of_a_plain_loop(cohort):
    _, patients, design = made(cohort, **HOW["nearest"])
    ids = patients.cohort.ids
    found = {ids[i]: ids[j] for i, j in zip(design.pairs.treated, design.pairs.control, strict=True)}
    assert found == dict(zip(R["nearest_treated"], R["nearest_control"], strict=True))
    assert len(found) < int(patients.treated.sum())


@pytest.mark.parametrize("how", HOW)
def test_differences_and_effects_are_those_of_r(cohort, how):
    """Differences to 1e-8 (asked for: 4 digits); log hazard ratios and robust errors to seven digits."""
    request, patients, design = made(cohort, **HOW[how])
    found = [one for one in balance_of(patients, design) if one.covariate != "distance"]
    stored = dict(zip(R["before_names"], R["before"], strict=True))
    before = [stored[one.covariate.replace(": ", "")] for one in found]
    np.testing.assert_allclose([one.smd_before for one in found], before, atol=1e-8)
    np.testing.assert_allclose([one.smd_after for one in found], R[f"{how}_after"], atol=1e-8)
    answers = classical_answers(patients, design, request)
    np.testing.assert_allclose(row(answers, "cox"), R[f"{how}_cox"], rtol=2e-7)
    np.testing.assert_allclose(row(answers, "cox_unadjusted"), R["unadjusted"], rtol=1e-8)
    if how == "nearest":
        np.testing.assert_allclose(row(answers, "cox_stratified"), R["nearest_stratified"], rtol=1e-7)


def test_entropy_weights_are_those_of_optim(cohort):
    _, patients, design = made(cohort, method="entropy")
    ours, theirs = design.weight, np.array(R["entropy_weight"])
    for group in (patients.treated, ~patients.treated):
        np.testing.assert_allclose(ours[group] / ours[group].mean(), theirs[group] / theirs[group].mean(), rtol=1e-6)


@pytest.mark.parametrize("estimand", ["att", "ate"])
def test_coarsened_exact_matching_is_that_of_matchit(cohort, estimand):
    """Its default rule, Sturges', has our classes: MatchIt with as many written out has the same weights."""
    complete = cohort.subset(~cohort.covariate("pgr").missing)
    request, patients, design = made(complete, COARSE, method="cem", estimand=estimand)
    np.testing.assert_allclose(design.weight, R[f"cem_{estimand}_weight"], atol=1e-12, rtol=1e-9)
    assert R["cem_cut_weight"] == R["cem_att_weight"]
    answers = classical_answers(patients, design, request)
    np.testing.assert_allclose(row(answers, "cox_stratified"), R[f"cem_{estimand}_stratified"], rtol=1e-7)
    log_hr, _ = row(answers, "cox")
    assert log_hr == pytest.approx(R[f"cem_{estimand}_cox"][0], rel=2e-7)
