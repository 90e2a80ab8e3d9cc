"""Cohorts small enough for brute force."""

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.request import Outcome, PiecewiseBaseline
from escc_bayes.spec.structures.fixed import Fixed


def cohort(n, *, seed, effect=0.9, censored=(10.0, 40.0)):
    """Two arms of equal size, exponential times at 0.06 a month in arm a."""
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    time = rng.exponential(1.0 / (0.06 * np.exp(effect * arm)))
    end = rng.uniform(*censored, n)
    frame = pd.DataFrame(
        {
            "id": [f"P{i:02d}" for i in range(n)],
            "t": np.minimum(time, end).round(2) + 0.01,
            "d": (time <= end).astype(int),
            "arm": np.array(["a", "b"])[arm],
        }
    )
    schema = schema_from(
        {
            "id": "id",
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}},
        },
        "small",
    )
    return read_cohort(frame, schema, provenance="simulated", name="small")


def model(sd=1.0, name="small"):
    """A constant hazard with a normal on its log, and one free effect."""
    baseline = PiecewiseBaseline((), 1, "mean", "independent", "length", None, Normal(float(np.log(0.06)), 1.0))
    return ModelSpec(name, Outcome("os"), baseline, (Fixed("arm", ("arm",), Normal(0.0, sd)),))
