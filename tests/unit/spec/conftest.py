"""A cohort with one covariate of each kind, and specifications as tables."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

N = 60
ENDPOINTS = {
    "os": {"time": "t", "event": "d"},
    "pfs": {"time": "u", "event": "e", "not_after": "os", "missing": "drop"},
}
COVARIATES = {
    "stage": {"kind": "ordered", "levels": ["II", "III", "IV"], "label": "Stage"},
    "sequence": {"kind": "nominal", "levels": ["after", "with", "before"]},
    "arm": {"kind": "binary", "levels": ["no", "yes"]},
    "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
    "alc_a": {"kind": "ordered", "levels": ["high", "low"]},
    "alc_b": {"kind": "ordered", "levels": ["high", "low"], "known_at": 2.0},
    "response": {"kind": "binary", "levels": ["no", "yes"], "known_at": "response_month"},
    "centre": {"kind": "nominal", "levels": ["A", "B", "C", "D"]},
}
PIECEWISE = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 12.0, 24.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.5}},
}
WEIBULL = {
    "name": "m",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "reference_time": 24.0},
    "priors": {
        "baseline_survival": {"at": 12.0, "median": 0.8, "lower": 0.5},
        "log_shape": {"normal": [0.0, 0.5]},
    },
}
NORMAL = {"normal": [0.0, 1.0]}
HALF = {"halfnormal": 0.5}


def patients():
    """60 rows with every level, weights, and the month of response."""
    rng = np.random.default_rng(31)
    t = np.round(rng.exponential(20.0, N) + 1.0, 2)
    index = np.arange(N)
    return pd.DataFrame(
        {
            "id": [f"P{i}" for i in index],
            "t": t,
            "d": (rng.random(N) < 0.6).astype(int),
            "u": np.round(t * 0.8, 2),
            "e": 1,
            "w": 0.5 + rng.random(N).round(2),
            "stage": np.array(["II", "III", "IV"])[index % 3],
            "sequence": np.array(["after", "with", "before"])[rng.integers(0, 3, N)],
            "arm": np.array(["no", "yes"])[rng.integers(0, 2, N)],
            "age": np.round(rng.normal(66.0, 8.0, N), 1),
            "alc_a": np.array(["high", "low"])[rng.integers(0, 2, N)],
            "alc_b": np.array(["high", "low"])[rng.integers(0, 2, N)],
            "response": np.array(["no", "yes"])[rng.integers(0, 2, N)],
            # Nobody responds after the last day seen.
            "response_month": np.minimum(np.round(rng.uniform(0.0, 4.0, N), 2), t),
            "centre": np.array(["A", "B", "C", "D"])[rng.integers(0, 4, N)],
        }
    )


def cohort_from(frame, *, covariates=None, weight=None):
    raw = {"name": "sixty", "id": "id", "endpoints": ENDPOINTS, "covariates": covariates or COVARIATES}
    weighted = {"weight": weight, "weight_kind": "sampling"} if weight else {}
    return read_cohort(frame, schema_from(raw | weighted, "sixty.toml"))


@pytest.fixture
def frame():
    return patients()


@pytest.fixture
def cohort(frame):
    return cohort_from(frame)


def model(*effects, base=None, **sections):
    """Return a specification of effects over a base table, sections replaced by name."""
    raw = {**(base or PIECEWISE), **sections}
    return spec_from(raw | {"effect": list(effects)}, "model.toml")


def effect(covariate, structure, **more):
    needs = {"prior": NORMAL} if structure in ("fixed", "linear", "ordered") else {"sd": HALF}
    return {"covariate": covariate, "structure": structure} | needs | more


def pooled(*covariates, name="alc"):
    return {"name": name, "covariates": list(covariates), "structure": "pooled", "prior": NORMAL, "sd": HALF}
