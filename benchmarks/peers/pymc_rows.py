"""The walk model as a user of PyMC would write it: a Poisson count for each patient and piece.

``python pymc_rows.py FOLDER SAMPLER`` reads ``rows.npz`` and writes ``draws.npy`` (chains, draws, columns).
"""

import sys
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt


def main(folder, sampler):
    """Sample 4 x 1,000 draws."""
    rows = np.load(folder / "rows.npz")
    columns, pieces = rows["columns"], int(rows["piece"].max()) + 1
    with pm.Model():
        beta = pm.Normal("beta", 0.0, 1.0, shape=columns.shape[1])
        level = pm.Normal("level", -3.5, 1.5)
        sd = pm.HalfNormal("sd", 0.5)
        steps = pm.Normal("steps", 0.0, 1.0, shape=pieces - 1)
        log_rate = pt.concatenate([level[None], level + pt.cumsum(sd * steps)])
        mean = pt.exp(log_rate[rows["piece"]] + columns @ beta + rows["log_months"])
        pm.Poisson("events", mean, observed=rows["event"])
        tree = pm.sample(1000, tune=1000, chains=4, random_seed=1, nuts_sampler=sampler, progressbar=False)
    np.save(folder / "draws.npy", tree["posterior"]["beta"].to_numpy())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
