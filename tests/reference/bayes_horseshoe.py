"""A plainly written PyMC model of the regularised horseshoe: the second source for ours, its density and a long run.

Eight covariates of the first 100 patients of GBSG2 as lifelines ships it, 51 events. Poisson rows, one for each patient
and piece entered; shrinkage as Piironen & Vehtari 2017 write it (their equation 2.8), with a fixed slab and columns of
unit variance; written without this package. Run with ``python -m tests.reference.bayes_horseshoe``; it writes
``bayes_horseshoe.json`` beside it.
"""

import json
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from lifelines.datasets import load_gbsg2
from tests.reference.bayes_reference import poisson_rows

MONTH, CUTS, EXPECTED, SLAB = 30.4375, [12.0, 24.0, 48.0], 2.0, 1.0
NAMES = ("therapy", "menopause", "grade", "age", "tsize", "pnodes", "progrec", "estrec")


def patients():
    """Return the patients."""
    return load_gbsg2().head(100)


def columns():
    """Return the eight columns, in the scales of the schema of the test."""
    frame = patients()
    return pd.DataFrame(
        {
            "therapy": (frame["horTh"] == "yes").astype(float),
            "menopause": (frame["menostat"] == "Post").astype(float),
            "grade": frame["tgrade"].map({"I": 0.0, "II": 1.0, "III": 2.0}),
            "age": (frame["age"] - 50.0) / 10.0,
            "tsize": (frame["tsize"] - 25.0) / 10.0,
            "pnodes": (frame["pnodes"] - 3.0) / 5.0,
            "progrec": (frame["progrec"] - 30.0) / 100.0,
            "estrec": (frame["estrec"] - 30.0) / 100.0,
        }
    )


def model():
    """Return the model."""
    frame, X = patients(), columns()
    rows = poisson_rows(frame["time"].to_numpy() / MONTH, frame["cens"].to_numpy(), X, CUTS)
    centre, spread, d = X.to_numpy().mean(axis=0), X.to_numpy().std(axis=0), X.shape[1]
    scale = EXPECTED / (d - EXPECTED) / np.sqrt(frame["cens"].sum())
    with pm.Model() as made:
        first = pm.Normal("first", -4.0, 1.0)
        step_sd = pm.HalfNormal("step_sd", 0.5)
        step = pm.Normal("step", 0, 1, shape=len(CUTS))
        log_rate = pt.concatenate([first[None], first + pt.cumsum(step_sd * step)])
        tau = pm.HalfCauchy("tau", scale)
        own = pm.HalfCauchy("own", 1.0, shape=d)
        regularised = pt.sqrt(SLAB**2 * own**2 / (SLAB**2 + tau**2 * own**2))
        latent = pm.Normal("latent", 0, 1, shape=d)
        beta = pm.Deterministic("beta", latent * tau * regularised / spread)
        pm.Deterministic("effects", (1 - 1 / (1 + frame["cens"].sum() * tau**2 * regularised**2)).sum())
        linear = (beta * (rows[:, 3:] - centre)).sum(-1)
        pm.Poisson(
            "events", pt.exp(log_rate[rows[:, 2].astype(int)] + linear + np.log(rows[:, 1])), observed=rows[:, 0]
        )
    return made


def densities(made):
    """Return points of the free parameters and the log density there, without the volume of any transformation."""
    rng, d, found = np.random.default_rng(6), len(NAMES), []
    logp = made.compile_logp(jacobian=False)
    for _ in range(6):
        point = {
            "first": rng.normal(-4.0, 0.3),
            "step_sd": abs(rng.normal(0.0, 0.5)),
            "step": rng.normal(size=len(CUTS)),
            "tau": abs(rng.standard_cauchy()) * 0.1,
            "own": np.abs(rng.standard_cauchy(d)),
            "latent": rng.normal(size=d),
        }
        given = {
            f"{name}_log__" if name in ("step_sd", "tau", "own") else name: np.log(value)
            if name in ("step_sd", "tau", "own")
            else value
            for name, value in point.items()
        }
        found.append({**{k: np.asarray(v).tolist() for k, v in point.items()}, "log_density": float(logp(given))})
    return found


def main():
    """Make the reference."""
    made = model()
    found = {"densities": densities(made)}
    with made:
        tree = pm.sample(20_000, tune=4_000, chains=4, random_seed=7, nuts={"target_accept": 0.99}, progressbar=False)
    table = az.summary(tree, var_names=["beta", "tau", "effects"], kind="all", round_to="none")
    found["divergences"] = int(tree["sample_stats"]["diverging"].sum())
    found |= {
        str(name): {"mean": float(row["mean"]), "sd": float(row["sd"]), "mcse": float(row["mcse_mean"])}
        for name, row in table.iterrows()
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
