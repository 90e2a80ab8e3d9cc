"""Centres and strata equal R's survival package: strata.R made strata.json and simulated its patients.

``large`` has 5 centres, ``small`` 40 of one to three patients (one without an event, one with a single arm), ``odd``
6 of which one has no event and one a single arm. Times are whole months: many ties.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.classical.frailty import cox_frailty
from escc_bayes.classical.logrank import logrank
from escc_bayes.classical.rmst import rmst, rmst_difference
from escc_bayes.classical.trend import trend

REFERENCE = json.loads((Path(__file__).parent / "strata.json").read_text(encoding="utf-8"))
KINDS = ("large", "small", "odd")
DIGITS = 1e-8


@pytest.fixture(params=KINDS)
def case(request):
    values = REFERENCE[request.param]
    return values, {name: np.array(column) for name, column in values["data"].items()}


def whole(numbers):
    return numbers.astype(np.int64)


@pytest.mark.parametrize("factor", ["arm", "stage"])
def test_stratified_logrank_equals_survdiff(case, factor):
    values, d = case
    found = logrank(d["time"], d["event"], whole(d[factor]), strata=whole(d["centre"]))
    expected = values[f"logrank_{factor}"]
    assert found.chi2 == pytest.approx(expected["chi2"], rel=DIGITS)
    assert found.df == expected["df"]
    assert found.p_value == pytest.approx(expected["p_value"], rel=DIGITS)


@pytest.mark.parametrize("strata", [None, "centre"])
def test_trend_equals_the_exact_score_test(case, strata):
    values, d = case
    within = None if strata is None else whole(d[strata])
    found = trend(d["time"], d["event"], whole(d["stage"]), np.array([0.0, 1.0, 2.0]), strata=within)
    expected = values["trend" if strata is None else "trend_strata"]
    assert found.df == 1
    assert found.chi2 == pytest.approx(expected["chi2"], rel=DIGITS)
    assert found.p_value == pytest.approx(expected["p_value"], rel=DIGITS)


@pytest.mark.parametrize("kind", ["cox", "cox_late", "cox_weight"])
def test_stratified_cox_equals_coxph(case, kind):
    values, d = case
    X = np.column_stack([d["arm"], d["stage"], d["age"]])
    entry = d["entry"] if kind == "cox_late" else None
    weight = d["weight"] if kind == "cox_weight" else None
    found = cox(X, d["time"], d["event"], entry=entry, weight=weight, strata=whole(d["centre"]))
    same(found, values[kind])
    assert found.log_likelihood == pytest.approx(values[kind]["log_likelihood"], rel=DIGITS)


def test_strata_by_two_factors_equal_coxph(case):
    values, d = case
    both = whole(3 * d["centre"] + d["stage"])
    same(cox(np.column_stack([d["arm"], d["age"]]), d["time"], d["event"], strata=both), values["cox_two"])


@pytest.mark.parametrize(("kind", "digits"), [("gamma", 1e-6), ("normal", 1e-7)])
def test_frailty_equals_coxph_frailty(case, kind, digits):
    """A maximum found by values alone, as R's is for the gamma, is right to half the digits of the likelihood."""
    values, d = case
    X = np.column_stack([d["arm"], d["age"]])
    found = cox_frailty(X, d["time"], d["event"], whole(d["centre"]), frailty=kind)
    expected = values[f"frailty_{kind}"]
    assert found.variance == pytest.approx(expected["variance"], rel=digits)
    same(found, expected, digits=digits)


def test_p_value_of_a_difference_of_restricted_means_equals_wald_of_survfit(case):
    values, d = case
    expected = values["rmst"]
    areas = [rmst(d["time"][d["arm"] == a], d["event"][d["arm"] == a], until=expected["until"]) for a in (1, 0)]
    found = rmst_difference(areas[0], areas[1], 0.95)
    given = (found.value, found.lower, found.upper, found.p_value)
    wanted = tuple(expected[name] for name in ("difference", "lower", "upper", "p_value"))
    assert given == pytest.approx(wanted, rel=DIGITS)


def same(found, expected, digits=DIGITS):
    np.testing.assert_allclose(found.coef, expected["coef"], rtol=10 * digits, atol=digits)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), expected["std_error"], rtol=10 * digits)
