"""Robust errors equal R's survival package: robust.R made robust.json and simulated its 60 patients.

``alone`` has sampling weights, each patient a unit; ``late`` delayed entry, sampling weights and 15 clusters.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import robust_logrank, with_robust_errors
from escc_bayes.classical.km import kaplan_meier, quantile
from escc_bayes.classical.ph_test import ph_test
from escc_bayes.classical.rmst import rmst
from escc_bayes.classical.weibull import weibull_mle
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

REFERENCE = json.loads((Path(__file__).parent / "robust.json").read_text(encoding="utf-8"))
DATA = {name: np.array(column, dtype=float) for name, column in REFERENCE["data"].items()}
X = np.column_stack([DATA["x"], DATA["b"], DATA["c"]])
GROUP = DATA["group"].astype(np.int64)
OWN, CLUSTER = np.arange(60), DATA["cluster"].astype(np.int64) - 1
# R's own search stops some 1e-9 short.
DIGITS = 1e-7


@pytest.fixture(params=["alone", "late"])
def case(request):
    late = request.param == "late"
    options = {"weight": DATA["weight"], "entry": DATA["entry"] if late else None}
    return REFERENCE[request.param], options, CLUSTER if late else OWN


def test_cox_equals_coxph(case):
    expected, options, unit = case
    fit = cox(X, DATA["time"], DATA["event"], **options)
    robust = with_robust_errors(fit, X, DATA["time"], DATA["event"], **options, cluster=unit)
    np.testing.assert_allclose(robust.coef, expected["coef"], rtol=DIGITS)
    np.testing.assert_allclose(robust.covariance.ravel(), expected["variance"], rtol=DIGITS)


def test_stratified_cox_equals_coxph(case):
    expected, options, unit = case
    of = (X[:, :1], DATA["time"], DATA["event"])
    fit = cox(*of, **options, strata=GROUP)
    robust = with_robust_errors(fit, *of, **options, strata=GROUP, cluster=unit)
    assert robust.covariance[0, 0] == pytest.approx(expected["stratified"], rel=DIGITS)


def test_robust_score_test_equals_coxph(case):
    expected, options, unit = case
    found = robust_logrank(DATA["time"], DATA["event"], GROUP, **options, cluster=unit)
    assert (found.chi2, found.df) == (pytest.approx(expected["rscore"], rel=1e-10), 2)


def test_kaplan_meier_equals_survfit(case):
    expected, options, unit = case
    curve = kaplan_meier(DATA["time"], DATA["event"], **options, cluster=unit, level=0.95)
    at = curve.events > 0.0
    for name, values in (
        ("time", curve.time),
        ("survival", curve.survival),
        ("std_error", curve.survival * curve.log_std_error),
        ("lower", curve.lower),
        ("upper", curve.upper),
    ):
        np.testing.assert_allclose(values[at], expected["km"][name], rtol=1e-10)
    middle = quantile(curve)
    np.testing.assert_array_equal([middle.value, middle.lower, middle.upper], expected["median"])


def test_proportional_hazards_test_equals_scores_of_split_patients(case):
    expected, options, unit = case
    fit = cox(X, DATA["time"], DATA["event"], **options)
    terms = (("x", (0,)), ("group", (1, 2)))
    found = ph_test(X, DATA["time"], DATA["event"], fit.coef, terms, **options, cluster=unit)
    assert [test.df for test in found] == [1, 2, 3]
    np.testing.assert_allclose([test.chi2 for test in found], expected["ph"], rtol=DIGITS)


def survreg_form(fit):
    """Return the covariance of (intercept, coefficients, log scale) of R's accelerated-time form, by delta method."""
    scale, width = np.exp(-fit.log_shape), fit.coef.size
    jacobian = np.zeros((width + 2, width + 2))
    jacobian[0, :2] = -scale, fit.log_cumulative_hazard * scale
    jacobian[1:-1, 1] = fit.coef * scale
    jacobian[1:-1, 2:] = -scale * np.eye(width)
    jacobian[-1, 1] = -1.0
    return jacobian @ fit.covariance @ jacobian.T


@pytest.mark.parametrize(("key", "weight", "unit"), [("alone", DATA["weight"], OWN), ("cluster", None, CLUSTER)])
def test_weibull_equals_survreg(key, weight, unit):
    """With weights, R's weighted dfbetas squared: its ``robust = TRUE`` leaves the weights out (survival 3.5-3)."""
    fit = weibull_mle(X, DATA["time"], DATA["event"], weight=weight, cluster=unit, reference_time=1.0)
    np.testing.assert_allclose(survreg_form(fit).ravel(), REFERENCE[f"weibull_{key}"], rtol=1e-6, atol=1e-9)


def test_every_table_of_baselines_has_the_robust_numbers():
    """The verb end to end: sampling weights on the same 60 patients."""
    frame = pd.DataFrame({name: DATA[name] for name in ("time", "event", "x", "weight")})
    frame["group"] = np.array(["a", "b", "c"])[GROUP]
    schema = {
        "endpoints": {"os": {"time": "time", "event": "event"}},
        "covariates": {"x": {"kind": "continuous"}, "group": {"kind": "nominal", "levels": ["a", "b", "c"]}},
        "weight": "weight",
        "weight_kind": "sampling",
    }
    cohort = read_cohort(frame, schema_from(schema, "robust.toml"), provenance="simulated")
    expected, tables = REFERENCE["alone"], baselines(cohort, "os", level=0.95, times=(6.0, 12.0)).tables
    cox_rows = [row for row in tables["hazard_ratios"] if row["method"] == "cox"]
    variance = np.array(expected["variance"]).reshape(3, 3).diagonal()
    np.testing.assert_allclose([row["log_hr_sd"] for row in cox_rows], np.sqrt(variance), rtol=DIGITS)
    whole = next(row for row in tables["logrank"] if row["comparison"] == "overall")
    assert whole["chi2"] == pytest.approx(expected["rscore"], rel=1e-8)
    assert [row["chi2"] for row in tables["ph_test"]] == pytest.approx(expected["ph"], rel=1e-6)
    events = [row for row in tables["km"] if row["group"] == "all" and row["events"] > 0.0]
    for name in ("survival", "lower", "upper"):
        np.testing.assert_allclose([row[name] for row in events], expected["km"][name], rtol=1e-8)
    for table, key, value in (
        ("medians", "median", expected["median"]),
        ("followup", "median", REFERENCE["follow_up"]),
    ):
        row = tables[table][0]
        np.testing.assert_array_equal([row[key], row["lower"], row["upper"]], np.array(value, dtype=float))
    assert tables["rmst"][0]["std_error"] == pytest.approx(REFERENCE["rmst_error"], rel=1e-8)
    assert all("effective n" in row["note"] for name in ("km", "landmarks", "medians", "rmst") for row in tables[name])


def test_restricted_mean_equals_the_jackknife_of_survfit():
    found = rmst(DATA["time"], DATA["event"], until=12.0, weight=DATA["weight"], cluster=OWN)
    assert found.std_error == pytest.approx(REFERENCE["rmst_error"], rel=1e-10)
