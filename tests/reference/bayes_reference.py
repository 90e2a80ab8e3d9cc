"""Long runs of plainly written PyMC models: the second source for our posteriors.

Row-by-row Poisson (one row for each patient and piece, log person-months as offset) and a censored ``pm.Weibull``,
written from the formulas without this package. Run with ``python tests/reference/bayes_reference.py DATA_FOLDER``;
it writes ``bayes_reference.json`` beside it. Larynx is read from lifelines, TCGA-ESCC from DATA_FOLDER.
"""

import json
import sys
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
from lifelines.datasets import load_larynx

MONTH = 30.4375


def larynx():
    """Return months, events, columns (stage II, III, IV, age per 10 years from 65)."""
    frame = load_larynx()
    columns = frame[["Stage_II", "Stage_III", "Stage_IV"]].astype(float)
    columns["age"] = (frame["age"] - 65) / 10
    return frame["time"].to_numpy() * 12, frame["death"].to_numpy(), columns


def tcga(folder):
    """Return months, deaths, columns (stage II, III, IV against I, age, male) of complete cases."""
    frame = pd.read_csv(Path(folder) / "tcga_escc_clinical.csv")
    frame = frame.dropna(subset=["OS", "OS.time", "stage_group", "age_at_initial_pathologic_diagnosis", "gender"])
    frame = frame[frame["OS.time"] > 0]
    columns = pd.DataFrame({s: (frame["stage_group"] == s).astype(float) for s in ("II", "III", "IV")})
    columns["age"] = (frame["age_at_initial_pathologic_diagnosis"] - 60) / 10
    columns["male"] = (frame["gender"] == "MALE").astype(float)
    return frame["OS.time"].to_numpy() / MONTH, frame["OS"].to_numpy(), columns


def poisson_rows(time, event, columns, cuts):
    """Return one row for each patient and piece entered: events, months, piece, columns."""
    rows = []
    edges = [0.0, *cuts, np.inf]
    for t, d, x in zip(time, event, columns.to_numpy(), strict=True):
        for k in range(len(edges) - 1):
            if t > edges[k]:
                inside = t <= edges[k + 1]
                rows.append((d if inside else 0, min(t, edges[k + 1]) - edges[k], k, *x))
    return np.array(rows)


def piecewise(time, event, columns, cuts, *, level, walk, effect_sd):
    """Poisson model with equal random-walk steps; columns centred at their means."""
    table = poisson_rows(time, event, columns, cuts)
    centre = columns.to_numpy().mean(axis=0)
    with pm.Model() as model:
        first = pm.Normal("first", level[0], level[1])
        step_sd = pm.HalfNormal("step_sd", walk)
        z = pm.Normal("z", 0, 1, shape=len(cuts))
        log_rate = pm.Deterministic("log_rate", pt.concatenate([first[None], first + pt.cumsum(step_sd * z)]))
        beta = pm.Normal("beta", 0, effect_sd, shape=columns.shape[1])
        log_mean = log_rate[table[:, 2].astype(int)] + ((table[:, 3:] - centre) * beta).sum(-1) + np.log(table[:, 1])
        pm.Poisson("events", pt.exp(log_mean), observed=table[:, 0])
    return model


def weibull(time, event, columns, *, level, log_shape, effect_sd, reference_time):
    """Censored Weibull, columns as they are; scale from H(t0) = exp(b0 + x'beta)."""
    with pm.Model() as model:
        b0 = pm.Normal("b0", level[0], level[1])
        k = pm.Deterministic("shape", pt.exp(pm.Normal("log_shape", log_shape[0], log_shape[1])))
        beta = pm.Normal("beta", 0, effect_sd, shape=columns.shape[1])
        log_cumulative = b0 + (columns.to_numpy() * beta).sum(-1)
        scale = reference_time * pt.exp(-log_cumulative / k)
        upper = np.where(event == 1, np.inf, time)
        pm.Censored("time", pm.Weibull.dist(alpha=k, beta=scale), lower=None, upper=upper, observed=time)
    return model


def summarised(model, names):
    """Sample and return mean, sd and Monte Carlo error of every quantity."""
    with model:
        tree = pm.sample(20_000, tune=2_000, chains=4, random_seed=7, nuts={"target_accept": 0.95}, progressbar=False)
    table = az.summary(tree, var_names=names, kind="all", round_to="none")
    return {
        str(name): {"mean": float(row["mean"]), "sd": float(row["sd"]), "mcse": float(row["mcse_mean"])}
        for name, row in table.iterrows()
    }


def main(folder):
    """Make every reference."""
    cuts = [12.0, 24.0, 48.0]
    shared = {"level": (-4.0, 1.0), "walk": 0.5, "effect_sd": 1.0}
    wide = {"level": (-1.0, 1.0), "log_shape": (0.0, 0.5), "effect_sd": 1.0, "reference_time": 24.0}
    found = {
        "larynx_piecewise": summarised(piecewise(*larynx(), cuts, **shared), ["beta", "log_rate"]),
        "larynx_weibull": summarised(weibull(*larynx(), **wide), ["beta", "shape", "b0"]),
        "tcga_piecewise": summarised(piecewise(*tcga(folder), [6.0, 12.0, 24.0], **shared), ["beta", "log_rate"]),
        "tcga_weibull": summarised(weibull(*tcga(folder), **wide), ["beta", "shape", "b0"]),
        "versions": {"pymc": pm.__version__, "numpy": np.__version__},
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
