"""Hazard ratios as Estimates where maximum likelihood has no answer: separation, collinearity, delayed entry."""

import math

import numpy as np
import pandas as pd
import pytest

from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import DataWarning
from escc_bayes.spec.reading import spec_from

LEVELS = {"kind": "binary", "levels": ["a", "b"]}


def cohort_of(frame, covariates, **endpoint):
    endpoints = {"os": {"time": "t", "event": "d", **endpoint}}
    return read_cohort(frame, schema_from({"endpoints": endpoints, "covariates": covariates}, "test"))


def weibull(covariates, structure="fixed"):
    prior = {"normal": [0.0, 1.0]}
    raw = {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "weibull", "reference_time": 12.0},
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3}, "log_shape": prior},
        "effect": [{"covariate": name, "structure": structure, "prior": prior} for name in covariates],
    }
    return spec_from(raw, "m")


@pytest.fixture
def frame():
    rng = np.random.default_rng(2)
    arm = np.array(["a", "b"] * 20)
    return pd.DataFrame(
        {
            "t": rng.uniform(4.0, 40.0, 40).round(2),
            "d": np.where(arm == "a", rng.integers(0, 2, 40), 0),
            "e": np.zeros(40),
            "arm": arm,
            "sex": rng.permutation(["a", "b"] * 20),
        }
    )


def test_level_without_events_has_no_finite_cox_ratio_and_a_finite_firth_one(frame):
    """Closed form: with no event in b the partial likelihood rises as its hazard falls to 0; Firth's does not."""
    fitted = fit_classical(weibull(["arm", "sex"]), cohort_of(frame, {"arm": LEVELS, "sex": LEVELS}))
    found = {e.method: e for e in fitted.estimate(HazardRatio("arm", "b"), level=0.95)}
    for method in ("cox", "cox_univariable", "weibull_mle"):
        assert found[method].value == 0.0
        assert math.isnan(found[method].lower)
        assert math.isnan(found[method].upper)
        assert found[method].note == "no finite estimate: a coefficient is infinite: no events in 'b' of 'arm'"
    assert 0.0 < found["cox_firth"].value < 1.0
    assert found["cox_firth"].upper < math.inf
    other = {e.method: e for e in fitted.estimate(HazardRatio("sex", "b"), level=0.95)}
    assert all(0.0 < e.lower < e.upper < math.inf for e in other.values())


def test_collinear_columns_are_named_and_the_rest_goes_on(frame):
    """The second covariate repeats the first: its ratios are empty, and a warning names both columns."""
    doubled = frame.assign(copy=frame["sex"])
    cohort = cohort_of(doubled, {"sex": LEVELS, "copy": LEVELS})
    with pytest.warns(DataWarning, match="'sex\\[b\\]' and 'copy\\[b\\]' determine each other"):
        found = baselines(cohort, "os", level=0.95)
    ratios = found.tables["hazard_ratios"]
    assert all(math.isnan(r["hr"]) for r in ratios if r["model"] == "multivariable")
    assert all(r["hr"] > 0.0 for r in ratios if r["model"] == "univariable")
    assert found.tables["km"]


def test_firth_says_that_it_takes_no_delayed_entry(frame):
    """Its row is empty with the reason; Cox answers."""
    late = frame.assign(e=np.linspace(0.0, 3.0, 40))
    fitted = fit_classical(weibull(["sex"]), cohort_of(late, {"sex": LEVELS}, entry="e"))
    found = {e.method: e for e in fitted.estimate(HazardRatio("sex", "b"), level=0.95)}
    firth = found["cox_firth"]
    assert math.isnan(firth.value)
    assert math.isnan(firth.lower)
    assert "delayed entry" in firth.note
    assert found["cox"].value > 0.0
