"""Data that no other reference test reads agree with R: agreement.R made agreement.json.

Files in days, years and weeks, so that reading is part of it: gap times of as many days are ties, though months have 11
digits.
"""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import escc_bayes as eb
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.classical.aalen_johansen import aalen_johansen, since_progression
from escc_bayes.classical.competing import competing_tables
from escc_bayes.classical.km import kaplan_meier, quantile, survival_at
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

R = json.loads(Path(__file__).with_name("agreement.json").read_text(encoding="utf-8"))
AFTER = "death_after_progression"
pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")


def levels(*words, **keys):
    return {"kind": "binary" if len(words) == 2 else "nominal", "levels": list(words), **keys}


def number(**keys):
    return {"kind": "continuous", "center": 0.0, "scale": 1.0, **keys}


def cohort(data, unit, ends, covariates, **keys):
    frame = pd.DataFrame(data)
    known = {"time_unit": unit, "endpoints": ends, "covariates": covariates, **({"id": "id"} if "id" in frame else {})}
    return eb.read_cohort(frame, schema_from({**known, **keys}, "agreement"), provenance="observed")


def model(cohort, names, outcome=None, **baseline):
    """A piecewise model with vague priors: the classical methods beside it are what is compared."""
    structure = {True: "fixed", False: "linear"}
    effects = [
        {"covariate": n, "structure": structure[cohort.covariate(n).schema.categorical], "prior": {"normal": [0, 10]}}
        for n in names
    ]
    raw = {
        "name": "m",
        "outcome": outcome or {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "pieces": 6, "smoothing": "independent", **baseline},
        "priors": {"baseline_log_rate": {"normal": [-4.0, 3.0]}},
        "effect": effects,
    }
    return spec_from(raw, "m")


def same_cox(found, expected, transition="", names=()):
    """Coefficients and errors to eight digits; of one transition where it is named."""
    se = np.sqrt(np.diag(found.cox.covariance))
    place = slice(None)
    if transition:
        held = [found.plan.design.coefficients_of(name, 0, transition) for name in names]
        place = [k for one in held for k in range(*one.indices(se.size))]
    np.testing.assert_allclose(found.cox.coef[place], expected["coef"], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(se[place], expected["se"], rtol=1e-8)


def same_curve(found, expected):
    for key in ("survival", "lower", "upper"):
        np.testing.assert_allclose([row[key] for row in found], expected[key], rtol=1e-10)


@pytest.mark.parametrize("clock", ["forward", "reset"])
def test_relapse_and_death_in_days_are_those_of_survfit_and_coxph(clock):
    """Both clocks; since a relapse 173 and 173 days are a tie, whatever the months they were subtracted from."""
    expected = R["states"]
    ends = {"pfs": {"time": "relapse", "event": "relapsed"}, "os": {"time": "last", "event": "died"}}
    held = cohort(expected["data"], "days", ends, {"trt": levels("A", "B"), "sex": levels("f", "m")})
    outcome = {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": clock}
    found = eb.fit_classical(model(held, ("trt", "sex"), outcome), held)
    for transition in ("progression", "death_without_progression", AFTER):
        same_cox(found, expected[clock if transition == AFTER else transition], transition, ("trt", "sex"))
    probability, error = aalen_johansen(found.plan.rows).at(np.array(expected["months"]))
    np.testing.assert_allclose(probability.ravel(), expected["probability"], rtol=1e-10)
    np.testing.assert_allclose(error.ravel(), expected["std_error"], rtol=1e-10)
    rows = since_progression(found.plan.rows)
    curve = kaplan_meier(rows.time, rows.event == 1.0, entry=rows.entry, level=0.95)
    since = survival_at(curve, np.array(expected["since"]["months"]))
    np.testing.assert_allclose(since.survival, expected["since"]["survival"], rtol=1e-10)
    assert quantile(curve, 0.5).value == pytest.approx(expected["median"][0], rel=1e-8)


@pytest.fixture(scope="module")
def transplanted():
    covariates = {"ever": levels("no", "yes", starts_at="wait"), "trt": levels("A", "B"), "sex": levels("f", "m")}
    return cohort(R["transplant"]["data"], "days", {"os": {"time": "last", "event": "died"}}, covariates)


def test_a_late_transplant_by_current_value_is_that_of_tmerge(transplanted):
    asked = model(transplanted, ("ever", "trt", "sex"))
    classical = eb.fit_classical(asked, transplanted)
    same_cox(classical, R["transplant"]["cox"])
    # Vague priors and a rate of its own in each piece: within a fifth of a standard error of Cox, errors within 2 %.
    drawn = eb.fit(asked, transplanted, seed=1, engine="laplace").coefficients
    found, se = classical.cox.coef, np.sqrt(np.diag(classical.cox.covariance))
    assert (np.abs(drawn.mean(axis=0) - found) < 0.2 * se).all()
    np.testing.assert_allclose(drawn.std(axis=0), se, rtol=0.02)
    table = eb.baselines(transplanted, "os", times=(12.0, 24.0)).tables["landmarks"]
    same_curve([row for row in table if row["term"] == "ever"], R["transplant"]["curve"])


def test_landmarks_and_clones_are_those_of_rows_written_out(transplanted):
    """Weights of the clones by Cox and logistic regression on two covariates; one starts on the last day: never."""
    asked = model(transplanted, ("ever", "trt", "sex"))
    found = eb.time_zero(transplanted, "os", "ever", landmarks=[3.0, 6.0], grace=6.0, model=asked, seed=1).rows
    logs = {(row["analysis"], row["landmark"]): np.log(row["hr"]) for row in found if row["method"] == "cox"}
    for month in (3, 6):
        assert logs["landmark", month] == pytest.approx(R["transplant"][f"landmark_{month}"]["coef"][0], rel=1e-8)
    clones = next(value for (analysis, _), value in logs.items() if analysis == "clone_censor_weight")
    assert clones == pytest.approx(R["transplant"]["clones"][0], rel=1e-8)


CAUSES = {
    "causes": (("death", "pcm"), {"age": number(), "sex": levels("female", "male"), "hgb": number()}, "sex"),
    "causes_entry": (("death", "pcm"), {"age": number(), "sex": levels("female", "male"), "hgb": number()}, "sex"),
    "causes_tied": (("circ", "other"), {"sex": levels("F", "M"), "grp": levels("a", "b", "c")}, "grp"),
}


@pytest.mark.parametrize("case", CAUSES)
def test_causes_are_those_of_survfit_coxph_cmprsk_and_finegray(case):
    """Two causes; some enter late; all events of 13 years fall on whole years."""
    (names, covariates, group), expected = CAUSES[case], R[case]
    frame = pd.DataFrame(expected["data"])
    frame["event"] = (frame["cause"] != "censored").astype(int)
    frame["cause"] = frame["cause"].where(frame["event"] == 1, None)
    end = {"time": "time", "event": "event", **({"entry": "entry"} if "entry" in frame else {})}
    held = cohort(frame, "days", {"os": end}, {**covariates, "cause": {"kind": "nominal", "levels": list(names)}})
    outcome = {"kind": "competing_causes", "endpoint": "os", "cause": "cause"}
    found = eb.fit_classical(model(held, tuple(covariates), outcome), held)
    probability, error = aalen_johansen(found.plan.rows).at(np.array(expected["months"]))
    np.testing.assert_allclose(probability[:, 1:].ravel(), expected["probability"], rtol=1e-10)
    np.testing.assert_allclose(error[:, 1:].ravel(), expected["std_error"], rtol=1e-10)
    tables = competing_tables(found, 0.95)
    for name in names:
        same_cox(found, expected[name], name, tuple(covariates))
        if "gray" in expected[name]:
            chi2 = [row["chi2"] for row in tables["gray"] if (row["cause"], row["term"]) == (name, group)]
            np.testing.assert_allclose(chi2, expected[name]["gray"], rtol=1e-10)
            logs = [row["log_shr"] for row in tables["fine_gray"] if row["cause"] == name]
            np.testing.assert_allclose(logs, expected[name]["fine_gray"], rtol=1e-8)


def test_diabetes_that_comes_is_that_of_tmerge():
    expected = R["diabetes"]
    covariates = {"ever": levels("no", "yes", starts_at="wait"), "age": number(), "male": levels("0", "1")}
    held = cohort(expected["data"], "days", {"os": {"time": "last", "event": "died"}}, covariates)
    same_cox(eb.fit_classical(model(held, ("ever", "age", "male")), held), expected)
    table = eb.baselines(held, "os", times=(60.0, 120.0)).tables["landmarks"]
    same_curve([row for row in table if row["term"] == "ever"], expected["curve"])


def test_age_as_the_time_axis():
    """Everybody enters at 50 or later, in years: Cox, and the log-rank test as the exact score test."""
    end = {"time": "to", "event": "died", "entry": "from"}
    held = cohort(R["age"]["data"], "years", {"os": end}, {"sex": levels("F", "M")})
    same_cox(eb.fit_classical(model(held, ("sex",)), held), R["age"])
    chi2 = next(row["chi2"] for row in eb.baselines(held, "os", times=(840.0,)).tables["logrank"])
    assert chi2 == pytest.approx(R["age"]["logrank"][0], rel=1e-8)


def test_udca_without_a_risk_score_of_one_patient():
    end = {"time": "futime", "event": "status"}
    covariates = {"trt": levels("0", "1"), "stage": levels("0", "1"), "bili": number(), "riskscore": number()}
    held = cohort(R["udca"]["data"], "days", {"os": end}, covariates)
    found = eb.fit_classical(model(held, tuple(covariates)), held)
    same_cox(found, R["udca"])
    table = eb.baselines(held, "os").tables["ph_test"]
    np.testing.assert_allclose([row["chi2"] for row in table], R["udca"]["zph"], rtol=1e-8)


def lifelines_table(name):
    return pd.read_csv(files("lifelines").joinpath(f"datasets/{name}.csv"), keep_default_na=False)


def test_rossi_in_weeks():
    yes_no = ("race", "wexp", "mar", "paro")
    covariates = {"fin": levels("0", "1"), "age": number(), **{n: levels("0", "1") for n in yes_no}, "prio": number()}
    held = cohort(lifelines_table("rossi"), "weeks", {"os": {"time": "week", "event": "arrest"}}, covariates)
    same_cox(eb.fit_classical(model(held, tuple(covariates)), held), R["rossi"])
    table = eb.baselines(held, "os", times=(6.0,)).tables["ph_test"]
    np.testing.assert_allclose([row["chi2"] for row in table], R["rossi"]["zph"], rtol=1e-8)


def test_lymph_nodes_within_strata():
    covariates = {"grade": levels("1", "2", "3"), "hormone": levels("1", "2"), "nodes": number(), "age": number()}
    end = {"time": "survtime", "event": "censdead"}
    keys = {"strata": "menopause", "id": "id"}
    held = cohort(lifelines_table("lymph_node"), "days", {"os": end}, covariates, **keys)
    same_cox(eb.fit_classical(model(held, tuple(covariates), strata="menopause"), held), R["lymph"])
    table = eb.baselines(held, "os", strata="menopause").tables["logrank"]
    within = [r["chi2"] for r in table if r["strata"] and (r["term"], r["comparison"]) == ("grade", "overall")]
    np.testing.assert_allclose(within, R["lymph"]["logrank"], rtol=1e-8)


def test_tumours_of_mice_between_two_months():
    """Each mouse was looked at once: Weibull's log-likelihood at survreg's estimates."""
    frame = lifelines_table("mice").astype({"l": float, "u": float})
    frame["u"] = frame["u"].where(np.isfinite(frame["u"]))
    held = cohort(frame, "days", {"os": {"left": "l", "right": "u"}}, {"grp": levels("ce", "ge")})
    raw = {
        "name": "w",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "weibull", "reference_time": 12.0, "at": "reference"},
        "priors": {
            "baseline_log_cumulative_hazard": {"normal": [0.0, 10.0]},
            "log_shape": {"normal": [0.0, 2.0]},
        },
        "effect": [{"covariate": "grp", "structure": "fixed", "prior": {"normal": [0.0, 10.0]}}],
    }
    plan = make_plan(spec_from(raw, "w"), held)
    (intercept, group), scale = R["mice"]["coef"], R["mice"]["scale"][0]
    psi = np.array([[-group / scale, (np.log(12.0 * 30.4375) - intercept) / scale]])
    value = cells_of(plan).given(np.array([[-np.log(scale)]])).value(psi)[0]
    assert value == pytest.approx(R["mice"]["loglik"][0], rel=1e-9)
