"""Is the posterior of the shipped model ``alc_trajectory`` exact on average? Simulation-based calibration.

As ``shipped_models``, but measurements are drawn as well: parameters from the prior; level and slope of each patient,
and what is measured of them, from the parameters; event times from trajectories, by hand, on a grid of months up to the
last planned one and exactly after it; no value is measured after the event. A fifth of the later values is deleted. The
rank of each true value among 99 draws is uniform if prior, likelihood and sampler agree (Talts et al. 2018, arXiv
1804.06788). ``python -m tests.calibration.trajectory_calibration`` writes ``trajectory_calibration.json``, cohort by
cohort, and goes on where it stopped.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit_plan
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.data.bundled import ENSEMBLES
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.shipped import find_schema
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec

STORED = Path(__file__).with_name("trajectory_calibration.json")
REPLICATES, KEPT, SEED = 200, 99, 20261204
EARLIEST, LATEST, MISSING = 24.0, 60.0, 0.2
SETTINGS = RunSettings("nuts", draws=300, tune=300, chains=2, target_accept=0.8)
COLUMNS = ("alc_baseline", "alc_mid", "alc_post")
NAMES = ("baseline", "sd_baseline", "b_alc", "b_coverage", "level_alc", "change_alc", "sd_level_alc", "sd_change_alc")
NAMES += ("fisher_z_alc", "error_alc")


def patients():
    """Return the table of the first reconstruction, whose covariates the simulated patients have."""
    frame = pd.read_csv(ENSEMBLES["escc79"].folder / "cohorts.csv")
    return frame[frame["member"] == 1].drop(columns=["member", "provenance"]).reset_index(drop=True)


def cohort_of(frame):
    """Return a SIMULATED cohort."""
    return read_cohort(frame, find_schema("escc_alc"), provenance="simulated")


def value_at(true, b, months, last):
    """Return trajectories at months (m,), (n, m), log2: the mean of the parameters, level and slope of each patient."""
    edges = np.array([0.0, 0.75, last])
    late = np.minimum(months, last)
    passed = np.clip(late - edges[:2, None], 0.0, np.diff(edges)[:, None])
    mean = true["level_alc"][0, 0] + true["change_alc"][0] @ passed
    return mean + b[:, :1] + b[:, 1:] * late


def months_of(true, psi, value, rates, cuts, unit, last):
    """Return when cumulative hazards reach ``unit`` (n,)."""
    grid = np.unique(np.concatenate([np.linspace(0.0, last, 4001), cuts, [LATEST + 1.0]]))
    middle = 0.5 * (grid[1:] + grid[:-1])
    rate = np.log(rates)[np.searchsorted(cuts, middle)] + psi[:, None] + true["b_alc"][0, 0] * value(middle)
    spent = np.cumsum(np.exp(rate) * np.diff(grid), axis=1)
    spent = np.column_stack([np.zeros(len(psi)), spent])
    return np.array([np.interp(u, own, grid, right=np.inf) for u, own in zip(unit, spent, strict=True)])


def drawn(place):
    """Return a plan of a cohort drawn from the prior, and the true parameters."""
    rng, frame = np.random.default_rng([SEED, place]), patients()
    plan, n = make_plan(load_spec("alc_trajectory"), cohort_of(frame)), len(frame)
    true = prior_draws(plan, 1, SEED + place)
    s, t, rho = true["sd_level_alc"][0, 0], true["sd_change_alc"][0, 0], np.tanh(true["fisher_z_alc"][0, 0])
    b = rng.multivariate_normal([0.0, 0.0], [[s * s, rho * s * t], [rho * s * t, t * t]], n)
    planned = np.array(plan.course.measured.months)
    y = value_at(true, b, planned, planned[-1]) + rng.normal(0.0, true["error_alc"][0, 0], (n, 3))
    # The baseline is of a patient at the mean of the first values.
    center = y[:, 0].mean()
    first = plan.rows.first_rows()
    columns = plan.design.centred[first].copy()
    columns[:, plan.course.block.start] = 0.0
    psi = columns @ parameters.coefficients(plan.design.blocks, true, 1)[0]
    rates = np.exp(parameters.baseline_hazard(plan.baseline, true).log_rates[0])
    cuts = plan.baseline.cuts

    def value(months):
        return value_at(true, b, months, planned[-1]) - center

    died = months_of(true, psi, value, rates, cuts, rng.standard_exponential(n), planned[-1])
    censored = rng.uniform(EARLIEST, LATEST, n)
    frame["os_months"], frame["os_event"] = np.minimum(died, censored).clip(1e-6), (died <= censored).astype(int)
    frame["pfs_months"], frame["pfs_event"] = frame["os_months"], frame["os_event"]
    later = rng.random((n, 3)) < MISSING
    later[:, 0] = False
    y[later | (planned >= frame["os_months"].to_numpy()[:, None])] = np.nan
    frame[list(COLUMNS)] = 2.0**y
    return make_plan(plan.spec, cohort_of(frame)), true


def ranks_of(place):
    """Return the rank of each true value among the draws, and whether anything diverged."""
    plan, true = drawn(place)
    posterior = fit_plan(plan, SETTINGS, seed=place)
    found = {}
    for name in NAMES:
        for j in range(true[name].shape[1]):
            draws = posterior.flat[name][:, j]
            kept = draws[:: draws.size // KEPT][:KEPT]
            found[f"{name} {j + 1}"] = int((kept < true[name][0, j]).sum())
    return {"events": plan.rows.events, "divergences": int(posterior.stats["diverging"].sum()), "ranks": found}


def main():
    """Write the ranks of every cohort, each as soon as it is fitted."""
    warnings.simplefilter("ignore")
    stored = json.loads(STORED.read_text()) if STORED.exists() else []
    while len(stored) < REPLICATES:
        stored.append(ranks_of(len(stored)))
        STORED.write_text(json.dumps(stored) + "\n")
        print(len(stored), stored[-1]["events"], stored[-1]["divergences"], flush=True)


if __name__ == "__main__":
    main()
