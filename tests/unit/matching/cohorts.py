"""SIMULATED cohorts with a treatment that depends on what was known."""

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

COVARIATES = {
    "arm": {"kind": "binary", "levels": ["no", "yes"]},
    "x": {"kind": "continuous"},
    "z": {"kind": "continuous"},
    "stage": {"kind": "nominal", "levels": ["II", "III", "IV"]},
    "sex": {"kind": "binary", "levels": ["f", "m"]},
}


def frame(n=90, seed=4):
    """A table with one row for each patient."""
    rng = np.random.default_rng(seed)
    x, stage = rng.normal(size=n).round(2), rng.integers(0, 3, n)
    treated = rng.random(n) < 1.0 / (1.0 + np.exp(0.4 - 0.7 * x - 0.3 * (stage - 1)))
    latent = rng.exponential(1.0, n) / (0.05 * np.exp(-0.5 * treated + 0.5 * x))
    lost = rng.uniform(12.0, 48.0, n)
    columns = {"id": [f"P{i:03d}" for i in range(n)], "months": np.minimum(latent, lost).round(1) + 0.1}
    columns |= {"death": (latent <= lost).astype(int), "arm": np.where(treated, "yes", "no"), "x": x}
    columns |= {"z": rng.normal(size=n).round(1), "stage": np.array(["II", "III", "IV"])[stage]}
    return pd.DataFrame(columns | {"sex": rng.choice(["f", "m"], n)})


def cohort(table=None, **changes):
    """The cohort of a table."""
    raw = {"id": "id", "endpoints": {"os": {"time": "months", "event": "death"}}, "covariates": COVARIATES}
    return read_cohort(frame() if table is None else table, schema_from(raw | changes, "s"), provenance="simulated")
