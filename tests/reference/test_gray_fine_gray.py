"""Gray's test and Fine-Gray are R's: gray_fine_gray.R (cmprsk, and survival's finegray) made gray_fine_gray.json."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.test_competing_causes import CAUSES, cohort_of, frame, model

from escc_bayes.classical.competing import competing_tables, fine_gray, gray_test
from escc_bayes.classical.fit import fit_classical
from escc_bayes.spec.plan import make_plan

R = json.loads(Path(__file__).with_name("gray_fine_gray.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.filterwarnings("ignore:.*duplicate row")


@pytest.fixture(scope="module", params=["whole", "few"])
def case(request):
    whole = frame()
    return cohort_of(whole if request.param == "whole" else whole[::9]), R[request.param]


@pytest.mark.parametrize("place", [0, 1])
def test_gray_is_cuminc(case, place):
    cohort, expected = case
    chi2, df = gray_test(make_plan(model(), cohort).rows, "male", CAUSES[place])
    assert df == expected["gray_male"]["df"][place]
    assert chi2 == pytest.approx(expected["gray_male"]["chi2"][place], rel=1e-10)


@pytest.mark.parametrize("cause", CAUSES)
def test_fine_gray_is_finegray_with_coxph(case, cause):
    """To 8 digits; cmprsk's crr, which weighs censoring in the month of an event otherwise, within 0.01 of an error."""
    cohort, expected = case
    rows = make_plan(model(), cohort).rows
    own = rows.in_transition(cause)
    columns = np.column_stack([own.covariates[name].values for name in ("age", "male")])
    found = fine_gray(rows, columns, cause)
    error = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(found.coef, expected[f"{cause}_finegray"]["coef"], rtol=1e-8)
    np.testing.assert_allclose(error, expected[f"{cause}_finegray"]["std_error"], rtol=1e-8)
    crr = expected[cause]
    np.testing.assert_allclose(found.coef, crr["coef"], atol=0.01 * min(crr["std_error"]), rtol=4e-3)
    np.testing.assert_allclose(error, crr["std_error"], rtol=8e-3)


def test_the_tables_say_every_cause_and_what_cannot_be_estimated(case):
    cohort, expected = case
    tables = competing_tables(fit_classical(model(), cohort), 0.95)
    p = {(row["term"], row["cause"]): row["p_value"] for row in tables["gray"]}
    assert set(p) == {("male", cause) for cause in CAUSES}
    assert p["male", "death"] == pytest.approx(expected["gray_male"]["p_value"][1], rel=1e-8)
    held = {(row["term"], row["cause"]): row for row in tables["fine_gray"]}
    assert len(held) == len(tables["fine_gray"]) == 4
    row = held["male", "death"]
    assert np.log(row["shr"]) == pytest.approx(expected["death_finegray"]["coef"][1], rel=1e-8)
    assert row["lower"] < row["shr"] < row["upper"]


def test_a_level_without_an_event_has_no_ratio_and_says_why():
    rows = frame()[::9]
    rows.loc[(rows["cause"] == "pcm") & (rows["male"] == "yes"), ["cause", "event"]] = [None, 0]
    tables = competing_tables(fit_classical(model(), cohort_of(rows)), 0.95)
    row = next(r for r in tables["fine_gray"] if (r["term"], r["cause"]) == ("male", "pcm"))
    assert np.isnan(row["shr"])
    assert row["note"] == "no finite estimate: no event of the cause in male yes"


def test_delayed_entry_is_not_computed_and_says_so():
    rows = frame()[::9].assign(start=0.0)
    rows.loc[rows.index[:5], "start"] = 0.5
    schema = {"time": "time", "event": "event", "entry": "start"}
    cohort = cohort_of(rows[rows["time"] > 1.0], endpoint=schema)
    tables = competing_tables(fit_classical(model(), cohort), 0.95)
    assert {row["note"] for name in ("gray", "fine_gray") for row in tables[name]} == {
        "not computed: delayed entry, for which neither is defined here"
    }
