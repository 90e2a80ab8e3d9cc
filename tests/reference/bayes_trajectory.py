"""A plainly written PyMC model of a marker's trajectory and survival: the second source for ours, density and long run.

The 79 SIMULATED patients of ``benchmarks/simulated79.csv``, every fifth value in the middle and every fourth after
treatment deleted. Level and slope of each patient are centred multivariate normals, measurements normal about their own
line, each patient's cumulative hazard a sum over months of differences of exponentials; written without this package.
Run with ``python -m tests.reference.bayes_trajectory``; it writes ``bayes_trajectory.json`` beside it.
"""

import json
from itertools import pairwise
from pathlib import Path

import arviz as az
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

FILE = Path(__file__).parents[2] / "benchmarks" / "simulated79.csv"
CUTS, MONTHS = [6.0, 12.0, 24.0], [0.0, 0.75, 2.5]
COLUMNS = ["alc_baseline", "alc_mid", "alc_post"]


def patients():
    """Return the patients, some of their values deleted."""
    frame = pd.read_csv(FILE)
    frame.loc[np.arange(len(frame)) % 5 == 1, "alc_mid"] = np.nan
    frame.loc[np.arange(len(frame)) % 4 == 2, "alc_post"] = np.nan
    return frame


def pieces(time):
    """Return start, stop, piece and patient of each part of follow-up between months at which anything changes."""
    edges = [0.0, *sorted({*CUTS, *MONTHS[1:]}), np.inf]
    rows = []
    for i, end in enumerate(time):
        for a, b in pairwise(edges):
            if a < end:
                rows.append((a, min(b, end), int(np.searchsorted(CUTS, a, side="right")), i))
    return (np.array(column) for column in zip(*rows, strict=True))


def model():
    """Return the model."""
    frame = patients()
    time, event = frame["os_months"].to_numpy(), frame["os_event"].to_numpy()
    x = (frame["coverage"] == "RPL").to_numpy(float)
    y = np.log2(frame[COLUMNS].to_numpy(float))
    y[np.array(MONTHS)[None, :] >= time[:, None]] = np.nan
    center = y[:, 0].mean()
    start, stop, piece, whose = pieces(time)
    i, k = np.nonzero(~np.isnan(y))
    with pm.Model() as made:
        first = pm.Normal("first", -4.0, 1.0)
        step_sd = pm.HalfNormal("step_sd", 0.5)
        step = pm.Normal("step", 0, 1, shape=len(CUTS))
        log_rate = pt.concatenate([first[None], first + pt.cumsum(step_sd * step)])
        coverage = pm.Normal("coverage", 0, 0.7)
        ratio = pm.Normal("ratio", 0, 0.5)
        level = pm.Normal("level", 0.5, 0.7)
        change = pm.Normal("change", 0, 0.7, shape=2)
        sd_level = pm.HalfNormal("sd_level", 0.7)
        sd_change = pm.HalfNormal("sd_change", 0.5)
        fisher_z = pm.Normal("fisher_z", 0, 0.7)
        error = pm.HalfNormal("error", 0.7)
        rho = pt.tanh(fisher_z)
        off = rho * sd_level * sd_change
        covariance = pt.stack([pt.stack([sd_level**2, off]), pt.stack([off, sd_change**2])])
        b = pm.MvNormal("b", mu=np.zeros(2), cov=covariance, shape=(len(frame), 2))

        def value(t, who):
            late = pt.minimum(t, MONTHS[2])
            mean = level + change[0] * pt.minimum(t, MONTHS[1]) + change[1] * pt.maximum(late - MONTHS[1], 0.0)
            return mean + b[who, 0] + b[who, 1] * late

        pm.Normal("y", value(np.array(MONTHS)[k], i), error, observed=y[i, k])
        begun, ended = (ratio * (value(t, whose) - center) for t in (start, stop))
        apart = ended - begun
        near = pt.abs(apart) < 1e-9
        safe = pt.switch(near, 1.0, apart)
        inside = pt.exp(begun) * pt.switch(near, 1.0, pt.expm1(safe) / safe)
        psi = coverage * (x - x.mean())
        spent = inside * (stop - start) * pt.exp(log_rate[piece] + psi[whose])
        last = np.searchsorted(CUTS, time, side="left")
        gained = event * (log_rate[last] + psi + ratio * (value(time, np.arange(len(frame))) - center))
        pm.Potential("survival", gained.sum() - spent.sum())
    return made


def densities(made):
    """Return points of the free parameters and the log density there, without the volume of any transformation."""
    rng, found = np.random.default_rng(6), []
    logp = made.compile_logp(jacobian=False)
    for _ in range(5):
        point = {
            "first": rng.normal(-4.0, 0.3),
            "step_sd": abs(rng.normal(0.0, 0.5)),
            "step": rng.normal(size=len(CUTS)),
            "coverage": rng.normal(0.0, 0.7),
            "ratio": rng.normal(0.0, 0.5),
            "level": rng.normal(0.5, 0.5),
            "change": rng.normal(0.0, 0.5, 2),
            "sd_level": abs(rng.normal(0.0, 0.7)),
            "sd_change": abs(rng.normal(0.0, 0.5)),
            "fisher_z": rng.normal(0.0, 0.7),
            "error": 0.1 + abs(rng.normal(0.0, 0.5)),
            "b": rng.normal(0.0, 0.4, (len(patients()), 2)),
        }
        logs = ("step_sd", "sd_level", "sd_change", "error")
        given = {f"{n}_log__" if n in logs else n: np.log(v) if n in logs else np.asarray(v) for n, v in point.items()}
        found.append({**{n: np.asarray(v).tolist() for n, v in point.items()}, "log_density": float(logp(given))})
    return found


def main():
    """Make the reference."""
    made = model()
    found = {"densities": densities(made)}
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    names = [v.name for v in made.free_RVs if v.name != "b"]
    with made:
        tree = pm.sample(
            5_000,
            tune=2_000,
            chains=4,
            cores=1,
            random_seed=7,
            nuts_sampler="nutpie",
            target_accept=0.95,
            progressbar=False,
        )
    table = az.summary(tree, var_names=names, kind="all", round_to="none")
    found["divergences"] = int(tree["sample_stats"]["diverging"].sum())
    found |= {
        str(name): {"mean": float(row["mean"]), "sd": float(row["sd"]), "mcse": float(row["mcse_mean"])}
        for name, row in table.iterrows()
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
