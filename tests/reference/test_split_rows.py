"""Rows of one patient that follow each other: Cox, log-likelihood and curves equal R's survival (split_rows.R).

Larynx cut into rows, SIMULATED visits with gaps; where R is installed also its pbcseq, jasa1 and mgus2.
"""

import json

import numpy as np
import pandas as pd
import pytest
from tests.reference import split_rows
from tests.reference.split_rows import cohort_of, cut_larynx, has_r, larynx_rows, model, visit_rows

from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

R = json.loads(split_rows.STORED.read_text(encoding="utf-8"))
CASES = {
    "larynx": ("larynx", ("stage", "age"), ""),
    "visits": ("visits", ("state", "marker"), ""),
    "visits_strata": ("visits", ("marker", "arm"), "state"),
    "pbc": ("pbc", ("age", "edema", "log_bili", "log_protime", "log_albumin"), ""),
    "pbc_strata": ("pbc", ("age", "edema", "log_bili", "log_protime", "log_albumin"), "sex"),
    "jasa": ("jasa", ("age", "year", "surgery", "transplant"), ""),
    "mgus": ("mgus", ("age", "sex", "progressed"), ""),
}
SETS_OF_R = pytest.mark.skipif(not has_r(), reason="R with survival is not installed")
MARKED = [pytest.param(name, marks=SETS_OF_R) if CASES[name][0] in split_rows.OF_R else name for name in CASES]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Return the rows of a data set by its name."""
    folder = tmp_path_factory.mktemp("of_r")
    made = {"larynx": cut_larynx, "visits": visit_rows}

    def of(name):
        if name in made:
            return made[name]()
        if not (folder / f"{name}.csv").exists():
            split_rows.rows_of_r(folder)
        return pd.read_csv(folder / f"{name}.csv", keep_default_na=False)

    return of


@pytest.mark.parametrize("case", MARKED)
def test_cox_equals_r_to_eight_digits(rows, case):
    """Coefficients, standard errors, number of rows and events."""
    name, covariates, strata = CASES[case]
    given = rows(name)
    found = fit_classical(model(name, covariates, **({"strata": strata} if strata else {})), cohort_of(name, given))
    expected = R[case]
    assert (len(given), int(given["event"].sum())) == (expected["n"], expected["events"])
    np.testing.assert_allclose(found.cox.coef, expected["coef"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(found.cox.covariance)), expected["se"], rtol=1e-8)


def curves_of(cohort, term):
    """Return Kaplan-Meier's columns of each group, in months."""
    found = pd.DataFrame(baselines(cohort, "os").tables["km"])
    return dict(iter(found[found["term"] == term].groupby("group")))


@pytest.mark.parametrize(("name", "term", "per_year"), [("larynx", "stage", 12.0), ("visits", "arm", 1.0)])
def test_curves_and_censored_patients_equal_survfit(rows, name, term, per_year):
    """R's survfit with id: nobody is censored where the next row begins; a gap is a departure and a late entry."""
    found = curves_of(cohort_of(name, rows(name)), term)
    for group, expected in R[f"{name}_curves"].items():
        # R keeps times at which patients only enter.
        shown = np.array(expected["events"]) + np.array(expected["censored"]) > 0
        mine = found[group]
        np.testing.assert_allclose(mine["time"], np.array(expected["time"])[shown] * per_year, rtol=1e-12)
        for column in ("at_risk", "events", "censored", "survival"):
            np.testing.assert_allclose(mine[column], np.array(expected[column])[shown], rtol=1e-10, err_msg=column)


def test_cut_rows_have_the_curves_of_whole_patients(rows):
    """Larynx in 391 rows and in 90: times, at risk, events and censored patients to the last digit."""
    schema = {
        "time_unit": "years",
        "id": "id",
        "endpoints": {"os": {"time": "stop", "event": "event"}},
        "covariates": split_rows.SETS["larynx"][1],
    }
    whole = curves_of(read_cohort(larynx_rows(), schema_from(schema, "larynx"), name="larynx"), "stage")
    cut = curves_of(cohort_of("larynx", rows("larynx")), "stage")
    assert whole.keys() == cut.keys()
    for group, expected in whole.items():
        for column in ("time", "at_risk", "events", "censored", "survival", "lower", "upper"):
            np.testing.assert_array_equal(cut[group][column], expected[column])
