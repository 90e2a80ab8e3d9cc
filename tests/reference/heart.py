"""The Stanford heart transplants (lifelines) as start-stop rows: cohort and models, whole and cut into more rows."""

from itertools import pairwise

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.endpoints import significant
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

YES_NO = {"kind": "binary", "levels": ["no", "yes"]}
SCHEMA = {
    "time_unit": "days",
    "id": "id",
    "endpoints": {"os": {"start": "start", "stop": "stop", "event": "death"}},
    "covariates": {
        "age": {"kind": "continuous"},
        "year": {"kind": "continuous"},
        "surgery": YES_NO,
        "transplant": YES_NO,
    },
}
VAGUE = {"normal": [0.0, 10.0]}
EFFECTS = {
    "age": {"covariate": "age", "structure": "linear", "prior": VAGUE},
    "year": {"covariate": "year", "structure": "linear", "prior": VAGUE},
    "surgery": {"covariate": "surgery", "structure": "fixed", "prior": VAGUE},
    "transplant": {"covariate": "transplant", "structure": "fixed", "prior": VAGUE},
}
# Of R's script, in months as times are read: an event on a cut belongs to the piece that ends there.
CUTS = significant(np.array([30.0, 90.0, 365.0]) / 30.4375).tolist()
BASELINES = {
    "walk": (
        {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 1.0}},
        {"baseline_log_rate": {"normal": [-3.0, 3.0]}},
    ),
    "independent": (
        {"family": "piecewise_exponential", "cuts": CUTS, "smoothing": "independent"},
        {"baseline_log_rate": {"normal": [-3.0, 10.0]}},
    ),
    "weibull": (
        {"family": "weibull", "reference_time": 12.0},
        {"baseline_log_cumulative_hazard": {"normal": [-1.0, 3.0]}, "log_shape": {"normal": [0.0, 1.0]}},
    ),
}


def heart_frame():
    """172 rows of 103 patients."""
    from lifelines.datasets import load_stanford_heart_transplants

    rows = load_stanford_heart_transplants().rename(columns={"event": "death"})
    for name in ("surgery", "transplant"):
        rows[name] = np.where(rows[name] == 1, "yes", "no")
    return rows


def cut_frame(rows, days):
    """The same patients, every row cut at each of some days."""
    parts = []
    for _, row in rows.iterrows():
        edges = [row["start"], *(day for day in days if row["start"] < day < row["stop"]), row["stop"]]
        for start, stop in pairwise(edges):
            last = stop == row["stop"]
            parts.append({**row, "start": start, "stop": stop, "death": row["death"] if last else 0})
    return pd.DataFrame(parts).sample(frac=1.0, random_state=3).reset_index(drop=True)


def cohort_of(frame, **changes):
    """A cohort of start-stop rows."""
    return read_cohort(frame, schema_from(SCHEMA | changes, "heart"), name="heart")


def model(form="walk", effects=tuple(EFFECTS), **baseline):
    """A vague model of heart."""
    body, priors = BASELINES[form]
    raw = {"name": "heart", "outcome": {"endpoint": "os"}, "baseline": body | baseline, "priors": priors}
    return spec_from(raw | {"effect": [EFFECTS[name] for name in effects]}, "heart.toml")
