"""A long run of a plainly written PyMC model with hazard ratios that change over time: the second source for ours.

Row-by-row Poisson on rows of larynx split at the cuts of the baseline and at month 20, where stage's hazard ratios
change, written from the formulas without this package, under vague priors. Run with
``python tests/reference/bayes_time_varying.py``; it writes ``bayes_time_varying.json`` beside it.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from bayes_reference import larynx, summarised

CUTS, CHANGE, EDGES = np.array([12.0, 36.0]), 20.0, np.array([0.0, 12.0, 20.0, 36.0, np.inf])


def rows():
    """Return events, months, piece of the baseline, segment and columns of each patient's parts."""
    found = []
    for t, d, x in zip(*larynx()[:2], larynx()[2].to_numpy(), strict=True):
        for start, stop in pairwise(EDGES):
            if t > start:
                piece = np.searchsorted(CUTS, stop)
                found.append((d if t <= stop else 0, min(t, stop) - start, piece, int(stop > CHANGE), *x))
    return np.array(found)


def model():
    """Independent rates; stage as a walk of one step of 20 months, age per 10 years from 65."""
    table = rows()
    piece, segment, stage, age = table[:, 2].astype(int), table[:, 3].astype(int), table[:, 4:7], table[:, 7]
    with pm.Model() as found:
        log_rate = pm.Normal("log_rate", -4.0, 3.0, shape=3)
        first = pm.Normal("first", 0.0, 5.0, shape=3)
        step_sd, z = pm.HalfNormal("step_sd", 1.0), pm.Normal("z", 0.0, 1.0, shape=3)
        second = pm.Deterministic("second", first + step_sd * np.sqrt(20.0 / 12.0) * z)
        slope = pm.Normal("slope", 0.0, 5.0)
        beta = pt.stack([first, second])[segment]
        log_mean = log_rate[piece] + (stage * beta).sum(-1) + age * slope + np.log(table[:, 1])
        pm.Poisson("events", pt.exp(log_mean), observed=table[:, 0])
    return found


if __name__ == "__main__":
    numbers = summarised(model(), ["first", "second", "slope", "log_rate", "step_sd"])
    numbers["versions"] = {"pymc": pm.__version__, "numpy": np.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(numbers, indent=1) + "\n")
