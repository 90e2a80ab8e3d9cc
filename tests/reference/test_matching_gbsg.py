"""All patients of R's gbsg made alike, one control and two, within a caliper and without: matching_gbsg.R."""

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
R = json.loads((HERE / "matching_gbsg.json").read_text())
ON = ("age", "meno", "size", "nodes", "pgr")
PAIRED = {"nearest": {}, "caliper": {"caliper": 0.2}, "two": {"ratio": 2, "caliper": 0.1}}
WEIGHTED = {
    "overlap": {"method": "overlap"},
    "iptw": {"method": "iptw"},
    "att": {"method": "iptw", "estimand": "att"},
    "entropy": {"method": "entropy"},
}


@pytest.fixture(scope="module")
def cohort():
    raw = {
        "id": "id",
        "endpoints": {"os": {"time": "months", "event": "death"}},
        "covariates": {key: {"kind": "continuous"} for key in ("treat", *ON)},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_cohort(pd.read_csv(HERE / "gbsg.csv"), schema_from(raw, "gbsg"))


def made(cohort, on=ON, **more):
    request = Request("os", "treat", on, designs=0, **more)
    patients = patients_of(cohort, request)
    return request, patients, design_of(patients, request, scores_of(patients, request).score)


def effect(request, patients, design):
    found = next(one for one in classical_answers(patients, design, request) if one.method == "cox")
    return [np.log(found.hr), found.se]


@pytest.mark.parametrize("how", PAIRED)
def test_pairs_are_those_of_a_plain_loop(cohort, how):
    _, patients, design = made(cohort, **PAIRED[how])
    ids = patients.cohort.ids
    found = {(ids[i], ids[j]) for i, j in zip(design.pairs.treated, design.pairs.control, strict=True)}
    assert found == set(zip(R[f"{how}_treated"], R[f"{how}_control"], strict=True))


@pytest.mark.parametrize("how", [*PAIRED, *WEIGHTED])
def test_differences_and_cox_are_those_of_r(cohort, how):
    """Clustered by set where there are sets, each patient by himself where there are weights."""
    request, patients, design = made(cohort, **(PAIRED | WEIGHTED)[how])
    found = [one for one in balance_of(patients, design) if one.covariate != "distance"]
    np.testing.assert_allclose([one.smd_before for one in found], R["before"], atol=1e-8)
    np.testing.assert_allclose([one.smd_after for one in found], R[f"{how}_after"], atol=1e-8)
    np.testing.assert_allclose(effect(request, patients, design), R[f"{how}_cox"], rtol=1e-6)


@pytest.mark.parametrize("how", ["iptw", "att", "entropy"])
def test_weights_are_those_of_r_up_to_the_scale_of_a_group(cohort, how):
    _, patients, design = made(cohort, **WEIGHTED[how])
    theirs = np.array(R[f"{how}_weight"])
    for group in (patients.treated, ~patients.treated):
        ours = design.weight[group] / design.weight[group].mean()
        np.testing.assert_allclose(ours, theirs[group] / theirs[group].mean(), rtol=1e-6)


def test_exact_strata_are_those_of_matchit(cohort):
    request, patients, design = made(cohort, ("meno", "nodes"), method="exact")
    np.testing.assert_allclose(design.weight, R["exact_weight"], atol=1e-12, rtol=1e-9)
    np.testing.assert_allclose(effect(request, patients, design)[0], R["exact_cox"][0], rtol=1e-6)
