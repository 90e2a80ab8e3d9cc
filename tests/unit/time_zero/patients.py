"""SIMULATED cohorts without an effect: a treatment that starts late, and a marker measured at a month."""

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from

YES_NO = {"kind": "binary", "levels": ["no", "yes"]}
COVARIATES = {
    "treated": {**YES_NO, "starts_at": "wait"},
    "stage": {"kind": "binary", "levels": ["I", "II"]},
    "low": {**YES_NO, "known_at": 2.0},
    "alc": {"kind": "continuous", "measured": [["m0", 0.0], ["m1", 3.0]]},
}


def frame(n=120, seed=5):
    """A table with one row for each patient."""
    rng = np.random.default_rng(seed)
    latent, lost = rng.exponential(15.0, n), rng.uniform(10.0, 40.0, n)
    months = np.round(np.minimum(latent, lost), 3) + 0.01
    wish = np.where(rng.random(n) < 0.7, np.round(rng.uniform(0.0, 9.0, n), 3), np.inf)
    ever = wish < months
    columns = {"id": range(n), "months": months, "death": (latent <= lost).astype(int)}
    columns |= {"treated": np.where(ever, "yes", "no"), "wait": np.where(ever, wish, np.nan)}
    columns |= {"stage": rng.choice(["I", "II"], n), "low": rng.choice(["no", "yes"], n)}
    columns |= {
        "m0": rng.normal(1.5, 0.4, n).round(2),
        "m1": np.where(months > 3, rng.normal(1, 0.3, n).round(2), np.nan),
    }
    return pd.DataFrame(columns)


def cohort(table=None, **changes):
    """The cohort of a table."""
    raw = {"id": "id", "endpoints": {"os": {"time": "months", "event": "death"}}, "covariates": COVARIATES}
    return read_cohort(frame() if table is None else table, schema_from(raw | changes, "s"), provenance="simulated")
