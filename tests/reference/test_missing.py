"""Completed cohorts against smcfcs 1.7.1 of R (missing.R): Cox over 100 completed cohorts, and the values imputed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.calibration.imputation_recovery import LEVELS, SCHEMA, spec

from escc_bayes.bayes.imputation.complete import complete_cohorts
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

KNOWN = json.loads(Path(__file__).with_name("missing.json").read_text())
COMPLETED = 25


@pytest.fixture(scope="module")
def cohort():
    """The cohort of R, 200 patients, 97 of them incomplete."""
    frame = pd.DataFrame(KNOWN["data"])
    for name, first in (("arm", 0), ("grade", 1), ("sex", 0)):
        frame[name] = frame[name].map(dict(enumerate(LEVELS[name], start=first)))
    return read_cohort(frame, schema_from(SCHEMA, "missing"), provenance="simulated")


@pytest.fixture(scope="module")
def completed(cohort):
    return complete_cohorts(spec(missing=COMPLETED), cohort, seed=7)


def within_errors(ours, theirs):
    """Return the difference of means in Monte Carlo errors of both; means and variances of R over its own cohorts."""
    mean, between = map(np.array, theirs)
    error = np.sqrt(between / KNOWN["smcfcs"]["m"] + ours.var(axis=0, ddof=1) / COMPLETED)
    return np.abs(ours.mean(axis=0) - mean) / error


def test_cox_over_completed_cohorts_is_that_of_smcfcs(completed):
    """Means within 4 Monte Carlo errors, variances within cohorts to 3 %; complete cases are far away (arm -0.25)."""
    plain, known = replace(spec(), missing=None), KNOWN["smcfcs"]
    fits = [fit_classical(plain, member).cox for member in completed]
    coef = np.array([f.coef for f in fits])
    assert (within_errors(coef, (known["mean"], known["between"])) < 4.0).all()
    within = np.mean([np.diag(f.covariance) for f in fits], axis=0)
    np.testing.assert_allclose(within, known["within"], rtol=0.03)
    spread = coef.var(axis=0, ddof=1) / known["between"]
    assert ((spread > 0.4) & (spread < 2.5)).all()
    assert abs(KNOWN["complete_cases"]["coef"][0] - known["mean"][0]) > 0.5


def test_imputed_values_have_the_means_of_smcfcs(completed, cohort):
    """Mean marker, shares of the grades and of the sexes among those imputed."""
    gone = {name: cohort.covariate(name).missing for name in ("marker", "grade", "sex")}
    found = []
    for member in completed:
        marker, grade, sex = (member.covariate(name).values[gone[name]] for name in gone)
        found.append([marker.mean(), *((grade == code).mean() for code in range(3)), sex.mean()])
    known = KNOWN["smcfcs"]
    assert (within_errors(np.array(found), (known["imputed"], known["imputed_between"])) < 4.0).all()
