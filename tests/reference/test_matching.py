"""Matching, weighting and effects equal R: matching.R made matching.json; pairs also MatchIt's own published output."""

import importlib.util
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
R = {name: np.array(values, dtype=float) for name, values in json.loads((HERE / "matching.json").read_text()).items()}
ENDPOINT = {"os": {"time": "months", "event": "death"}}
NUMBER = {"kind": "continuous"}
ON = {
    "lalonde": ("age", "educ", "race", "married", "nodegree", "re74", "re75"),
    "rossi": ("age", "race", "wexp", "mar", "paro", "prio"),
}


def lalonde():
    yes = {"kind": "binary", "levels": ["0", "1"]}
    race = {"kind": "nominal", "levels": ["black", "hispan", "white"]}
    numbers = dict.fromkeys(("age", "educ", "nodegree", "re74", "re75"), NUMBER)
    schema = {"id": "id", "endpoints": ENDPOINT, "covariates": {"treat": yes, "race": race, "married": yes, **numbers}}
    return read_cohort(pd.read_csv(HERE / "lalonde.csv"), schema_from(schema, "lalonde"), provenance="simulated")


def rossi():
    found = importlib.util.find_spec("lifelines")
    frame = pd.read_csv(Path(found.origin).parent / "datasets" / "rossi.csv")
    frame = frame.rename(columns={"week": "months", "arrest": "death", "fin": "treat"})
    schema = {"endpoints": ENDPOINT, "covariates": dict.fromkeys(("treat", *ON["rossi"]), NUMBER)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_cohort(frame, schema_from(schema, "rossi"))


@pytest.fixture(scope="module")
def cohorts():
    return {"lalonde": lalonde(), "rossi": rossi()}


@pytest.fixture(params=["lalonde", "rossi"])
def data(request):
    return request.param


def asked(data, **more):
    return Request("os", "treat", more.pop("on", ON[data]), designs=0, **more)


def made(cohort, request):
    patients = patients_of(cohort, request)
    return patients, design_of(patients, request, scores_of(patients, request).score)


def row(answers, method):
    found = next(one for one in answers if one.method == method)
    return [np.log(found.hr), found.se]


MATCHED = {"nearest": {}, "caliper": {"caliper": 0.2}, "two": {"ratio": 2}}
WEIGHTED = {
    "overlap": {"method": "overlap"},
    "iptw_ate": {"method": "iptw"},
    "iptw_att": {"method": "iptw", "estimand": "att"},
    "entropy": {"method": "entropy"},
}


def test_the_score_is_that_of_glm(cohorts, data):
    request = asked(data)
    score = scores_of(patients_of(cohorts[data], request), request).score
    np.testing.assert_allclose(score.probability, R[f"{data}_score"], atol=1e-9)


@pytest.mark.parametrize("how", MATCHED)
def test_nearest_neighbours_are_those_of_a_plain_loop_in_r(cohorts, data, how):
    _, design = made(cohorts[data], asked(data, **MATCHED[how]))
    expected = zip(R[f"{data}_{how}_treated"].astype(int), R[f"{data}_{how}_control"].astype(int), strict=True)
    assert set(zip(design.pairs.treated.tolist(), design.pairs.control.tolist(), strict=True)) == set(expected)


def test_nearest_neighbours_of_lalonde_are_those_that_matchit_publishes(cohorts):
    """Up to controls of the same score, which MatchIt 4.7 takes by their place among sorted scores, not in the file."""
    cohort = cohorts["lalonde"]
    _, design = made(cohort, asked("lalonde"))
    of = {cohort.ids[i]: cohort.ids[j] for i, j in zip(design.pairs.treated, design.pairs.control, strict=True)}
    expected = json.loads((HERE / "matchit_nearest.json").read_text())["control"]
    score = dict(zip(cohort.ids, design.score, strict=True))
    assert set(of.values()) == set(expected)
    assert [score[of[f"NSW{i + 1}"]] for i in range(185)] == [score[control] for control in expected]


def test_differences_of_lalonde_are_those_that_matchit_prints(cohorts):
    """MatchIt's vignette: distance 1.7941 to 0.9739, age -0.3094 to 0.0718, educ to -0.1290, re74 to -0.0505."""
    patients, design = made(cohorts["lalonde"], asked("lalonde"))
    found = {one.covariate: one for one in balance_of(patients, design)}
    printed = {
        "distance": 0.9739,
        "age": 0.0718,
        "educ": -0.1290,
        "race: black": 1.0259,
        "race: hispan": -0.6629,
        "race: white": -0.7296,
        "married": -0.0552,
        "nodegree": 0.1546,
        "re74": -0.0505,
        "re75": -0.0257,
    }
    assert {name: round(found[name].smd_after, 4) for name in printed} == printed
    assert (round(found["age"].ratio_before, 4), round(found["age"].ratio_after, 4)) == (0.4400, 0.4568)
    assert np.isnan(found["married"].ratio_before)
    assert np.isnan(found["nodegree"].ratio_before)


def test_pairs_differences_and_effects_of_pbc_are_those_of_matchit():
    """A survival data set in which MatchIt 4.5.1 takes the nearest free control throughout: matchit_pbc.R."""
    stored = json.loads((HERE / "matchit_pbc.json").read_text())
    assert stored["worse"] == 0
    schema = {
        "id": "id",
        "endpoints": ENDPOINT,
        "covariates": dict.fromkeys(("treat", "age", "albumin", "alk"), NUMBER),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        cohort = read_cohort(pd.read_csv(HERE / "pbc.csv"), schema_from(schema, "pbc"))
    request = Request("os", "treat", ("age", "albumin", "alk"), designs=0)
    patients, design = made(cohort, request)
    of = {cohort.ids[i]: cohort.ids[j] for i, j in zip(design.pairs.treated, design.pairs.control, strict=True)}
    assert of == dict(zip(stored["treated"], stored["control"], strict=True))
    assert (len(of), design.estimand) == (152, "atm")
    found = {one.covariate: one for one in balance_of(patients, design)}
    for name, before, after in zip(stored["names"], stored["before"], stored["after"], strict=True):
        assert (found[name].smd_before, found[name].smd_after) == pytest.approx((before, after), abs=1e-8)
    answers = classical_answers(patients, design, request)
    assert row(answers, "cox") == pytest.approx(stored["robust"], rel=1e-7)
    assert row(answers, "cox_stratified") == pytest.approx(stored["stratified"], rel=1e-7)


@pytest.mark.parametrize("how", MATCHED)
def test_differences_are_those_of_r(cohorts, data, how):
    patients, design = made(cohorts[data], asked(data, **MATCHED[how]))
    found = balance_of(patients, design)
    np.testing.assert_allclose([one.smd_before for one in found], R[f"{data}_before"], atol=1e-8)
    np.testing.assert_allclose([one.smd_after for one in found], R[f"{data}_{how}_after"], atol=1e-8)


@pytest.mark.parametrize("how", [*MATCHED, *WEIGHTED])
def test_cox_and_its_robust_error_are_those_of_coxph(cohorts, data, how):
    request = asked(data, **(MATCHED | WEIGHTED)[how])
    patients, design = made(cohorts[data], request)
    answers = classical_answers(patients, design, request)
    np.testing.assert_allclose(row(answers, "cox"), R[f"{data}_{how}_cox"], rtol=2e-7, atol=1e-9)
    np.testing.assert_allclose(row(answers, "cox_unadjusted"), R[f"{data}_unadjusted"], rtol=1e-8)
    if how in MATCHED:
        np.testing.assert_allclose(row(answers, "cox_stratified"), R[f"{data}_{how}_stratified"], rtol=1e-7)


@pytest.mark.parametrize("how", ["overlap", "iptw_ate", "iptw_att"])
def test_m_estimation_is_the_jackknife_of_the_whole_analysis(cohorts, data, how):
    request = asked(data, **WEIGHTED[how])
    patients, design = made(cohorts[data], request)
    assert row(classical_answers(patients, design, request), "cox_m_estimation")[1] == pytest.approx(
        R[f"{data}_{how}_jackknife"][0], rel=1e-5
    )


def test_strata_and_their_weights_are_those_of_matchit(cohorts):
    request = asked("lalonde", on=("race", "married", "nodegree"), method="exact")
    patients, design = made(cohorts["lalonde"], request)
    np.testing.assert_allclose(design.weight, R["lalonde_exact_weight"], rtol=1e-12)
    answers = classical_answers(patients, design, request)
    np.testing.assert_allclose(row(answers, "cox"), R["lalonde_exact_cox"], rtol=1e-8)
    assert row(answers, "cox_m_estimation")[1] == pytest.approx(R["lalonde_exact_jackknife"][0], rel=1e-5)
    for estimand in ("att", "ate"):
        _, coarse = made(cohorts["lalonde"], asked("lalonde", method="cem", estimand=estimand))
        np.testing.assert_allclose(coarse.weight, R[f"lalonde_cem_{estimand}_weight"], rtol=1e-12)


def test_entropy_weights_are_those_of_the_dual(cohorts, data):
    patients, design = made(cohorts[data], asked(data, method="entropy"))
    np.testing.assert_allclose(design.weight, R[f"{data}_entropy_weight"], rtol=1e-8)
    assert max(abs(one.smd_after) for one in balance_of(patients, design) if one.covariate != "distance") < 1e-9


def test_overlap_weights_balance_exactly(cohorts, data):
    patients, design = made(cohorts[data], asked(data, method="overlap"))
    assert max(abs(one.smd_after) for one in balance_of(patients, design) if one.covariate != "distance") < 1e-10
