"""Covariates that change, from one row for each patient, equal R's tmerge and coxph: time_updated.R, and heart."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.reference.heart import heart_frame, model

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.selection import select_rows

HERE = Path(__file__).parent
R = json.loads((HERE / "time_updated.json").read_text(encoding="utf-8"))
HEART = json.loads((HERE / "start_stop.json").read_text(encoding="utf-8"))
YES_NO = {"kind": "binary", "levels": ["no", "yes"]}
TIMES = [["m0", 0.0], ["m1", 0.75], ["m2", 2.5]]
LOW = {"kind": "binary", "levels": ["high", "low"], "cuts": [0.8], "classes": ["low", "high"], "on_cut": "above"}
SCHEMA = {
    "id": "id",
    "endpoints": {"os": {"time": "months", "event": "death"}},
    "covariates": {
        "marker": {"kind": "continuous", "measured": TIMES},
        "low": {**LOW, "measured": TIMES},
        "treated": {**YES_NO, "column": "ever", "starts_at": "start"},
    },
}


@pytest.fixture(scope="module")
def heart():
    """The Stanford heart transplants with one row for each patient."""
    rows = heart_frame().sort_values(["id", "start"])
    each = rows.groupby("id")
    wide = each[["age", "year", "surgery"]].first().assign(months=each["stop"].max(), death=each["death"].last())
    wide["ever"] = each["transplant"].last()
    wide["wait"] = rows[rows["transplant"] == "yes"].groupby("id")["start"].first()
    covariates = {"age": {"kind": "continuous"}, "year": {"kind": "continuous"}, "surgery": YES_NO}
    covariates["transplant"] = {**YES_NO, "column": "ever", "starts_at": "wait"}
    endpoints = {"os": {"time": "months", "event": "death"}}
    schema = {"time_unit": "days", "id": "id", "endpoints": endpoints, "covariates": covariates}
    return read_cohort(wide.reset_index(), schema_from(schema, "heart"), name="heart")


@pytest.fixture(scope="module")
def simulated():
    frame = pd.DataFrame(R["simulated"])
    frame["ever"] = np.where(frame["start"].isna(), "no", "yes")
    with pytest.warns(Warning, match="carried forward"):
        return read_cohort(frame, schema_from(SCHEMA, "simulated"), provenance="simulated", name="simulated")


def asked(*names, landmark=None):
    effects = [{"covariate": n, "structure": "linear", "prior": {"normal": [0.0, 10.0]}} for n in names]
    outcome = {"endpoint": "os"} | ({} if landmark is None else {"landmark": landmark})
    raw = {"name": "marker", "outcome": outcome, "effect": effects}
    raw["baseline"] = {"family": "piecewise_exponential", "cuts": [3.0, 12.0], "smoothing": "independent"}
    return spec_from(raw | {"priors": {"baseline_log_rate": {"normal": [-3.0, 10.0]}}}, "marker.toml")


def test_cox_of_heart_equals_r_to_eight_digits(heart):
    found = fit_classical(model(), heart).cox
    np.testing.assert_allclose(found.coef, HEART["heart"]["coef"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), HEART["heart"]["se"], rtol=1e-8)


def test_kaplan_meier_of_heart_by_current_value_equals_r(heart):
    found = baselines(heart, "os", times=tuple(day / 30.4375 for day in HEART["km_times"]))
    rows = [row for row in found.tables["landmarks"] if row["term"] == "transplant"]
    np.testing.assert_allclose([row["survival"] for row in rows], HEART["km_survival"], rtol=1e-10)
    assert all("by current value" in row["note"] for row in rows)


@pytest.mark.parametrize(("names", "key"), [(("marker", "treated"), "marker"), (("low", "treated"), "low")])
def test_cox_of_three_measurements_equals_tmerge(simulated, names, key):
    found = fit_classical(asked(*names), simulated).cox
    np.testing.assert_allclose(found.coef, R[key]["coef"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R[key]["se"], rtol=1e-8)


def test_cox_from_a_landmark_goes_on_updating(simulated):
    found = fit_classical(asked("marker", "treated", landmark=3.0), simulated).cox
    np.testing.assert_allclose(found.coef, R["after_3"]["coef"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R["after_3"]["se"], rtol=1e-8)


def test_episodes_are_those_of_tmerge(simulated):
    rows = select_rows(simulated, "os", ("marker", "treated"))
    assert (rows.n, rows.time.size) == (R["patients"], R["rows"])
    assert (rows.time - rows.entry).sum() == pytest.approx(R["months_at_risk"][0], rel=1e-12)


def test_cells_equal_a_poisson_model_of_r(simulated):
    plan = make_plan(asked("marker", "treated"), simulated)
    rows = plan.rows
    found = piecewise_mle(plan.design.columns, rows.time, rows.event, cuts=np.array([3.0, 12.0]), entry=rows.entry)
    np.testing.assert_allclose(found.coef, R["pieces"][3:], rtol=1e-8)


def test_simon_makuch_of_a_treatment_that_starts_late_equals_r(simulated):
    found = baselines(simulated, "os", times=tuple(R["km_times"]))
    rows = [row for row in found.tables["landmarks"] if row["term"] == "treated"]
    np.testing.assert_allclose([row["survival"] for row in rows], R["km_survival"], rtol=1e-10)


def test_both_engines_fit_the_episodes_and_a_saved_posterior_has_them(simulated, tmp_path):
    fast, exact = (fit(asked("marker", "treated"), simulated, seed=2, engine=e, draws=500) for e in ("laplace", "nuts"))
    spread = exact.coefficients.std(axis=0)
    assert (np.abs(fast.coefficients.mean(axis=0) - exact.coefficients.mean(axis=0)) < 0.25 * spread).all()
    assert (np.abs(fast.coefficients.mean(axis=0) - R["marker"]["coef"]) < 0.35 * spread).all()
    assert "the last value measured is carried forward (months 0, 0.75, 2.5)" in repr(fast)
    fast.save(tmp_path / "marker.nc")
    assert repr(load_posterior(tmp_path / "marker.nc")) == repr(fast)
