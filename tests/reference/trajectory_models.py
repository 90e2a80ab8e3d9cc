"""The model of ``bayes_trajectory`` in this package's words, on the same patients."""

import numpy as np
from tests.reference.bayes_trajectory import COLUMNS, CUTS, MONTHS, patients

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

SCHEMA = {
    "id": "patient",
    "endpoints": {"os": {"time": "os_months", "event": "os_event"}},
    "covariates": {
        "coverage": {"kind": "binary", "levels": ["RAL", "RPL"]},
        "stage": {"kind": "ordered", "levels": ["II", "III", "IV"]},
        "alc": {
            "kind": "continuous",
            "center": 1.0,
            "measured": [list(pair) for pair in zip(COLUMNS, MONTHS, strict=True)],
        },
    },
}
TRAJECTORY = {
    "covariate": "alc",
    "structure": "trajectory",
    "prior": {"normal": [0.0, 0.5]},
    "level": {"normal": [0.5, 0.7]},
    "change": {"normal": [0.0, 0.7]},
    "sd_level": {"halfnormal": 0.7},
    "sd_change": {"halfnormal": 0.5},
    "correlation": {"normal": [0.0, 0.7]},
    "error": {"halfnormal": 0.7},
}
COVERAGE = {"covariate": "coverage", "structure": "fixed", "prior": {"normal": [0.0, 0.7]}}
BASELINE = {"family": "piecewise_exponential", "cuts": CUTS, "steps": "equal", "sd": {"halfnormal": 0.5}}


def cohort(frame=None):
    """Return the patients."""
    return read_cohort(patients() if frame is None else frame, schema_from(SCHEMA, "escc"), provenance="simulated")


def model(effects=(COVERAGE, TRAJECTORY), baseline=BASELINE, outcome=(), **more):
    """Return the model, or one that differs."""
    priors = {"baseline_log_rate": {"normal": [-4.0, 1.0]}}
    body = {"name": "trajectory", "outcome": {"endpoint": "os", **dict(outcome)}, "baseline": baseline}
    return spec_from({**body, "priors": priors, "effect": list(effects), **more}, "trajectory.toml")


# Our names of free parameters, and those of ``bayes_trajectory``.
NAMES = {
    "baseline": "first",
    "sd_baseline": "step_sd",
    "z_baseline": "step",
    "b_coverage": "coverage",
    "b_alc": "ratio",
    "level_alc": "level",
    "change_alc": "change",
    "sd_level_alc": "sd_level",
    "sd_change_alc": "sd_change",
    "fisher_z_alc": "fisher_z",
    "error_alc": "error",
}


def parameters_of(point):
    """Return the free parameters of a point of ``bayes_trajectory.json`` by our names, but for the latents."""
    return {name: np.atleast_1d(np.array(point[key], dtype=np.float64)) for name, key in NAMES.items()}
