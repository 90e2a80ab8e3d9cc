"""Effects over time equal R's coxph() and glm(poisson) on split rows: time_varying.R made time_varying.json.

Larynx and lung as lifelines ships them; segments end on cuts of the baseline (``on``) and within its pieces (``off``).
"""

import json
from pathlib import Path

import numpy as np
import pytest
from lifelines.datasets import load_larynx, load_lung

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.classical.regression import regression
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

REFERENCE = json.loads((Path(__file__).parent / "time_varying.json").read_text(encoding="utf-8"))
VAGUE, HALF = {"normal": [0.0, 10.0]}, {"halfnormal": 1.0}
AGE = {"kind": "continuous", "center": 65.0, "scale": 10.0}
# Covariate that changes, segments, the other covariate, cuts of the baseline.
CASES = {
    "larynx_on": ("stage", [36.0], "age", [12.0, 36.0]),
    "larynx_off": ("stage", [20.0], "age", [12.0, 36.0]),
    "larynx_two": ("stage", [20.0, 36.0], "age", [12.0, 36.0]),
    "lung_on": ("age", [6.0], "sex", [3.0, 6.0, 12.0]),
    "lung_off": ("age", [8.0], "sex", [3.0, 6.0, 12.0]),
    "lung_levels": ("sex", [5.0, 12.0], "age", [3.0, 6.0, 12.0]),
}


def larynx():
    data = load_larynx()
    stage = np.array(["I", "II", "III", "IV"])[data[["Stage_II", "Stage_III", "Stage_IV"]].to_numpy() @ [1, 2, 3]]
    schema = {
        "time_unit": "years",
        "endpoints": {"os": {"time": "time", "event": "death"}},
        "covariates": {"stage": {"kind": "ordered", "levels": ["I", "II", "III", "IV"]}, "age": AGE},
    }
    return read_cohort(data.assign(stage=stage), schema_from(schema, "test"))


def lung():
    data = load_lung()
    schema = {
        "time_unit": "days",
        "endpoints": {"os": {"time": "time", "event": "status"}},
        "covariates": {"sex": {"kind": "binary", "levels": ["male", "female"]}, "age": AGE},
    }
    return read_cohort(data.assign(sex=np.where(data["sex"] == 2, "female", "male")), schema_from(schema, "test"))


@pytest.fixture(params=CASES)
def case(request):
    """Return the plan of a case and R's numbers."""
    changing, segments, other, cuts = CASES[request.param]
    structure = {"age": "linear"}.get(other, "fixed")
    spec = {
        "name": request.param,
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "cuts": cuts, "smoothing": "independent"},
        "priors": {"baseline_log_rate": VAGUE},
        "effect": [
            {"covariate": changing, "structure": "time_varying", "cuts": segments, "prior": VAGUE, "sd": HALF},
            {"covariate": other, "structure": structure, "prior": VAGUE},
        ],
    }
    cohort = larynx() if request.param.startswith("larynx") else lung()
    return make_plan(spec_from(spec, request.param), cohort), REFERENCE[request.param]


def test_cox_equals_coxph_on_split_rows(case):
    plan, expected = case
    found = fit_classical_plan(plan).cox
    np.testing.assert_allclose(found.coef, expected["cox"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), expected["cox_se"], rtol=1e-8)


def test_piecewise_likelihood_equals_glm_on_split_rows(case):
    plan, expected = case
    data = regression(fit_classical_plan(plan).plan)
    found = piecewise_mle(data.columns, data.time, data.event, cuts=plan.baseline.cuts, entry=data.entry)
    np.testing.assert_allclose(found.coef, expected["glm"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), expected["glm_se"], rtol=1e-7)


def test_the_likelihood_of_the_engines_has_its_maximum_there(case):
    """Newton on the cells that the engines see, with columns as the baseline of the average patient needs them."""
    plan, expected = case
    cells = cells_of(plan).given(None)
    psi = np.zeros((1, plan.design.size + plan.baseline.pieces))
    psi[:, plan.design.size :] = -4.0
    for _ in range(30):
        at = cells.derivatives(psi)
        psi = psi + np.linalg.solve(at.information, at.gradient[..., None])[..., 0]
    np.testing.assert_allclose(psi[0, : plan.design.size], expected["glm"], rtol=1e-8)
