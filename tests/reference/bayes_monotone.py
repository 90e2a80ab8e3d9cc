"""A plainly written PyMC model of a monotone curve: the second source for ours, its density and a long run.

Larynx as lifelines ships it, the curve along age. Poisson rows, one for each patient and piece entered; I-splines as
Ramsay 1988 has them, areas of triangles of unit area between the knots, found by adding up small steps and not by the
recursion of B-splines; written without this package. Run with ``python -m tests.reference.bayes_monotone``; it writes
``bayes_monotone.json`` beside it.
"""

import json
from itertools import pairwise
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from lifelines.datasets import load_larynx
from tests.reference.bayes_reference import poisson_rows

CUTS, KNOTS, SD = [12.0, 24.0, 48.0], [41.0, 60.0, 70.0, 86.0], 0.7
ASKED = (50.0, 60.0, 70.0, 78.0, 86.0)


def patients():
    """Return the patients."""
    return load_larynx()


def triangles(x):
    """Return triangles of unit area, each from one knot over the next to the one after, the outer ones halves."""
    found = []
    for j, top in enumerate(KNOTS):
        left, right = KNOTS[max(j - 1, 0)], KNOTS[min(j + 1, len(KNOTS) - 1)]
        height = 2.0 / (right - left)
        up = (x - left) / (top - left) if top > left else np.ones_like(x)
        down = (right - x) / (right - top) if right > top else np.ones_like(x)
        inside = (x >= left) & (x <= right)
        found.append(np.where(inside, height * np.where(x < top, up, down), 0.0))
    return np.array(found)


def i_splines(values):
    """Return the areas under the triangles up to each value, by the trapezoidal rule on steps that end at the knots."""
    areas = np.zeros((len(values), len(KNOTS)))
    for i, value in enumerate(values):
        for a, b in pairwise([*(k for k in KNOTS if k < value), value]):
            ends = triangles(np.array([a + 1e-12 * (b - a), b - 1e-12 * (b - a)]))
            areas[i] += (b - a) * ends.mean(axis=1)
    return areas


def model():
    """Return the model: columns centred at their means."""
    frame = patients()
    curves = i_splines(frame["age"].to_numpy(dtype=float))
    rows = poisson_rows(frame["time"].to_numpy() * 12, frame["death"].to_numpy(), pd.DataFrame(curves), CUTS)
    with pm.Model() as made:
        first = pm.Normal("first", -4.0, 1.0)
        step_sd = pm.HalfNormal("step_sd", 0.5)
        step = pm.Normal("step", 0, 1, shape=len(CUTS))
        log_rate = pt.concatenate([first[None], first + pt.cumsum(step_sd * step)])
        whole = pm.Normal("whole", 0.0, SD)
        share = pm.Dirichlet("share", np.ones(len(KNOTS)))
        linear = ((rows[:, 3:] - curves.mean(axis=0)) * (whole * share)).sum(-1)
        pm.Deterministic("over_first", (i_splines(ASKED) * (whole * share)).sum(-1))
        pm.Poisson(
            "events", pt.exp(log_rate[rows[:, 2].astype(int)] + linear + np.log(rows[:, 1])), observed=rows[:, 0]
        )
    return made


def densities(made):
    """Return points of the free parameters and the log density there, without the volume of any transformation."""
    rng, found = np.random.default_rng(6), []
    logp = made.compile_logp(jacobian=False)
    for _ in range(6):
        point = {
            "first": rng.normal(-4.0, 0.3),
            "step_sd": abs(rng.normal(0.0, 0.5)),
            "step": rng.normal(size=len(CUTS)),
            "whole": rng.normal(0.0, 1.0),
            "share": rng.dirichlet(np.ones(len(KNOTS))),
        }
        # PyMC's coordinates of a simplex: logarithms less their mean, the last left out.
        logs = np.log(point["share"])
        given = {
            "first": point["first"],
            "step_sd_log__": np.log(point["step_sd"]),
            "step": point["step"],
            "whole": point["whole"],
            "share_simplex__": (logs - logs.mean())[:-1],
        }
        found.append({**{k: np.asarray(v).tolist() for k, v in point.items()}, "log_density": float(logp(given))})
    return found


def main():
    """Make the reference."""
    made = model()
    found = {"densities": densities(made)}
    with made:
        tree = pm.sample(
            20_000, tune=3_000, chains=4, cores=1, random_seed=7, nuts={"target_accept": 0.97}, progressbar=False
        )
    table = az.summary(tree, var_names=["whole", "share", "over_first"], kind="all", round_to="none")
    found["divergences"] = int(tree["sample_stats"]["diverging"].sum())
    found |= {
        str(name): {"mean": float(row["mean"]), "sd": float(row["sd"]), "mcse": float(row["mcse_mean"])}
        for name, row in table.iterrows()
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
