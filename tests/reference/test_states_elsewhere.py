"""Two more cohorts are R's: colon as an illness-death model, transplant as three causes. states_elsewhere.R made them.

Months of colon have one digit, so that progression and death tie; a group of transplant has 3 events of a cause in 40.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.aalen_johansen import aalen_johansen, months_in_states
from escc_bayes.classical.competing import competing_tables
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.report.page.state_tables import state_tables
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.transitions import TRANSITIONS

R = json.loads(Path(__file__).with_name("states_elsewhere.json").read_text(encoding="utf-8"))
COLON, TRANSPLANT = R["colon"], R["transplant"]
CAUSES = ("death", "ltx", "withdraw")
GROUPS = ["A", "B", "AB", "O"]
pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")


def model(outcome, *names):
    prior = {"hr_median": 1.0, "hr_upper": 4.0}
    raw = {
        "name": "m",
        "outcome": outcome,
        "baseline": {"family": "piecewise_exponential", "cuts": [3.0, 12.0, 24.0], "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_log_rate": {"normal": [-4.0, 1.5]}},
        "effect": [{"covariate": name, "structure": "fixed", "prior": prior} for name in names],
    }
    return spec_from(raw, "m")


STATES = model({"kind": "illness_death", "progression": "ttp", "death": "os", "clock": "forward"}, "rx", "node4")
THREE = model({"kind": "competing_causes", "endpoint": "left", "cause": "cause"}, "abo")


@pytest.fixture(scope="module")
def colon():
    ends = {"ttp": {"time": "ttp", "event": "rec"}, "os": {"time": "os", "event": "died"}}
    rx = {"kind": "nominal", "levels": ["Obs", "Lev", "Lev+5FU"]}
    covariates = {"rx": rx, "node4": {"kind": "binary", "levels": ["no", "yes"]}}
    schema = schema_from({"id": "id", "endpoints": ends, "covariates": covariates}, "colon")
    return read_cohort(pd.DataFrame(COLON["data"]), schema, provenance="observed")


@pytest.fixture(scope="module")
def transplant():
    frame = pd.DataFrame(TRANSPLANT["data"]).assign(id=lambda f: np.arange(len(f)))
    frame["event"] = (frame["cause"] != "censored").astype(int)
    frame["cause"] = frame["cause"].where(frame["event"] == 1, None)
    covariates = {
        "abo": {"kind": "nominal", "levels": GROUPS},
        "cause": {"kind": "nominal", "levels": list(CAUSES)},
    }
    ends = {"left": {"time": "time", "event": "event"}}
    schema = schema_from({"id": "id", "endpoints": ends, "covariates": covariates}, "transplant")
    return read_cohort(frame, schema, provenance="observed")


@pytest.mark.parametrize("group", ["all", "obs"])
def test_states_and_months_in_them_are_those_of_survfit(colon, group):
    rows = make_plan(STATES, colon).rows
    inside = None if group == "all" else rows.covariates["rx"].values[rows.first_rows()] == 0.0
    probability, error = aalen_johansen(rows, inside).at(np.array(COLON["months"]))
    np.testing.assert_allclose(probability.ravel(), COLON[group]["probability"], rtol=1e-10)
    np.testing.assert_allclose(error.ravel(), COLON[group]["std_error"], rtol=1e-8)
    months, error = months_in_states(rows, 36.0, inside)
    np.testing.assert_allclose(months, COLON[group]["months"], rtol=1e-10)
    np.testing.assert_allclose(error, COLON[group]["months_error"], rtol=1e-8)


def test_cox_of_each_transition_is_coxph(colon):
    found = fit_classical(STATES, colon)
    same(found, {name: COLON[name] for name in TRANSITIONS}, ("rx", "node4"))


def test_incidences_cox_gray_and_fine_gray_are_those_of_r(transplant):
    found = fit_classical(THREE, transplant)
    probability, error = aalen_johansen(found.plan.rows).at(np.array(TRANSPLANT["months"]))
    np.testing.assert_allclose(probability[:, 1:].ravel(), TRANSPLANT["probability"], rtol=1e-10)
    np.testing.assert_allclose(error[:, 1:].ravel(), TRANSPLANT["std_error"], rtol=1e-8)
    same(found, {name: TRANSPLANT[name]["cox"] for name in CAUSES}, ("abo",))
    tables = competing_tables(found, 0.95)
    chi2 = {row["cause"]: row["chi2"] for row in tables["gray"]}
    np.testing.assert_allclose([chi2[name] for name in CAUSES], TRANSPLANT["gray"], rtol=1e-10)
    for name in CAUSES:
        logs = [row["log_shr"] for row in tables["fine_gray"] if row["cause"] == name]
        np.testing.assert_allclose(logs, TRANSPLANT[name]["fine_gray"], rtol=1e-7, atol=1e-9)


def same(found, expected, covariates):
    se = np.sqrt(np.diag(found.cox.covariance))
    for transition, wanted in expected.items():
        place = [
            k
            for name in covariates
            for k in range(*found.plan.design.coefficients_of(name, 0, transition).indices(se.size))
        ]
        np.testing.assert_allclose(found.cox.coef[place], wanted["coef"], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(se[place], wanted["std_error"], rtol=1e-7)


def test_the_table_of_months_has_aalen_johansen_beside_the_posterior(colon):
    """Both add up to 36 months; of all 929 patients the posterior lies within the confidence limits."""
    posterior = fit(STATES, colon, seed=1, engine="laplace", draws=500)
    rows = state_tables([posterior], 0.95)["time_in_states"]
    held = {(row["method"], row["state"]): row for row in rows if not row["term"]}
    assert {method for method, _ in held} == {"bayes_laplace", "aalen_johansen"}
    for place, state in enumerate(("start", "progressed", "dead")):
        seen = held["aalen_johansen", state]
        assert seen["months"] == pytest.approx(COLON["all"]["months"][place], rel=1e-10)
        assert seen["interval"] == "confidence"
        half = 1.959963984540054 * COLON["all"]["months_error"][place]
        assert (seen["lower"], seen["upper"]) == pytest.approx((seen["months"] - half, seen["months"] + half))
        assert seen["lower"] < held["bayes_laplace", state]["months"] < seen["upper"]
    beside = {(row["term"], row["group"], row["population"]) for row in rows if row["method"] == "aalen_johansen"}
    assert ("rx", "Obs", "group") in beside
    assert all(population == "group" or not term for term, _, population in beside)
