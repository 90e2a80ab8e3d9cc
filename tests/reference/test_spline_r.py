"""Curves without a penalty equal R's coxph(ns()) and glm(poisson) with ns(): spline.R made spline.json.

Larynx and lung as lifelines ships them; values within and beyond the outer knots.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.test_time_varying_r import larynx, lung

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.classical.fit import fit_classical_plan
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

REFERENCE = json.loads((Path(__file__).parent / "spline.json").read_text(encoding="utf-8"))
VAGUE = {"normal": [0.0, 10.0]}
CASES = {
    "larynx": ([41, 55, 65, 75, 86], "stage", [12.0, 36.0]),
    "lung": ([39, 56, 63, 69, 82], "sex", [3.0, 6.0, 12.0]),
    "lung_three": ([45, 60, 75], "sex", [3.0, 6.0, 12.0]),
}


@pytest.fixture(params=CASES)
def case(request):
    """Return the plan of a case, the contrasts and R's numbers."""
    knots, other, cuts = CASES[request.param]
    curve = {"covariate": "age", "structure": "spline", "knots": knots, "prior": VAGUE, "sd": {"halfnormal": 1.0}}
    spec = {
        "name": request.param,
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "cuts": cuts, "smoothing": "independent"},
        "priors": {"baseline_log_rate": VAGUE},
        "effect": [curve, {"covariate": other, "structure": "fixed", "prior": VAGUE}],
    }
    plan = make_plan(spec_from(spec, request.param), larynx() if request.param == "larynx" else lung())
    expected = REFERENCE[request.param]
    asked = [HazardRatio("age", f"{value:g}", f"{expected['versus']:g}") for value in expected["values"]]
    return plan, asked, expected


def test_cox_equals_coxph_with_ns(case):
    plan, asked, expected = case
    classical = fit_classical_plan(plan)
    found = [next(e for e in classical.estimate(one, level=0.95) if e.method == "cox") for one in asked]
    np.testing.assert_allclose([e.log_mean for e in found], expected["cox"], rtol=1e-11)
    np.testing.assert_allclose([e.log_sd for e in found], expected["cox_se"], rtol=1e-11)


def test_the_likelihood_of_the_engines_has_the_maximum_of_glm(case):
    """Newton on the cells that the engines see, with the penalty's part left out."""
    plan, asked, expected = case
    cells = cells_of(plan).given(None)
    psi = np.zeros((1, plan.design.size + plan.baseline.pieces))
    psi[:, plan.design.size :] = -4.0
    for _ in range(40):
        at = cells.derivatives(psi)
        psi = psi + np.linalg.solve(at.information, at.gradient[..., None])[..., 0]
    covariance = np.linalg.inv(at.information[0])[: plan.design.size, : plan.design.size]
    w = np.array([weights(one, plan.design) for one in asked])
    np.testing.assert_allclose(w @ psi[0, : plan.design.size], expected["glm"], rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.einsum("ij,jk,ik->i", w, covariance, w)), expected["glm_se"], rtol=1e-9)
