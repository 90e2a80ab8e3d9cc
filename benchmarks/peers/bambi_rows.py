"""Independent pieces in bambi. ``python bambi_rows.py FOLDER`` reads ``rows.csv`` and writes ``draws.npy``."""

import sys
from pathlib import Path

import bambi as bmb
import numpy as np
import pandas as pd


def main(folder):
    """Sample 4 x 1,000 draws of PyMC's sampler, bambi's default."""
    rows = pd.read_csv(folder / "rows.csv")
    names = [name for name in rows.columns if name.startswith("x")]
    rows["piece"] = pd.Categorical(rows["piece"].astype(int))
    priors = {name: bmb.Prior("Normal", mu=0.0, sigma=1.0) for name in names}
    model = bmb.Model(
        f"event ~ 0 + piece + {' + '.join(names)} + offset(log_months)",
        rows,
        family="poisson",
        priors=priors | {"piece": bmb.Prior("Normal", mu=-3.5, sigma=1.5)},
        center_predictors=False,
    )
    tree = model.fit(draws=1000, tune=1000, chains=4, cores=1, random_seed=1, progressbar=False)
    found = [tree["posterior"][name].to_numpy() for name in names]
    np.save(folder / "draws.npy", np.stack(found, axis=-1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
