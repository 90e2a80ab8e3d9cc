"""Truths drawn from the prior, for effects that change over time and for curves: is the posterior exact on average?

Of log hazard ratios drawn from the prior itself a posterior mean errs by 0 on average and a 95 % interval holds 95 %,
whatever the prior shrinks (Cook, Gelman & Rubin 2006; Talts et al. 2018, arXiv 1804.06788); a bias at one fixed truth
beside it is then the prior's pull towards its centre. 79 and 400 patients, 500 cohorts each, priors as a user would
state them, SD half-normal with scale 1. Event times are drawn here by hand, piece by piece, not by the package.
``python -m tests.calibration.drawn_truths`` writes ``drawn_truths.json``.
"""

import json
import sys
import warnings
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("drawn_truths.json")
COHORTS, SIZES, SEED, CHANGE = 500, (79, 400), 20261201, 12.0
CUTS, NORMAL, HALF = [6.0, 18.0], {"normal": [0.0, 0.7]}, {"halfnormal": 1.0}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
    },
}
CHANGES = {"structure": "time_varying", "cuts": [CHANGE], "prior": NORMAL, "sd": HALF}
EFFECTS = {
    "time_varying": [{"covariate": name, **CHANGES} for name in ("arm", "age")],
    "spline": [{"covariate": "age", "structure": "spline", "knots": 5, "prior": NORMAL, "sd": HALF}],
}
ASKED = {
    "time_varying": {
        f"{name}, {when}": HazardRatio(name, *levels, at=month)
        for name, levels in (("arm", ("b", "a")), ("age", ()))
        for when, month in (("before", 6.0), ("after", 24.0))
    },
    "spline": {f"{value:g}": HazardRatio("age", f"{value:g}", "65") for value in (50.0, 57.0, 73.0, 80.0)},
}


def spec_of(structure):
    """Return the model of a structure."""
    return spec_from(
        {
            "name": structure,
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.3}},
            "priors": {"baseline_log_rate": {"normal": [-3.0, 0.4]}},
            "effect": EFFECTS[structure],
        },
        structure,
    )


def patients(rng, n):
    """Return covariates, with follow-up that only serves to make a plan."""
    arm, age = rng.integers(0, 2, n), rng.normal(65.0, 8.0, n).round(2)
    return pd.DataFrame({"time": 40.0, "event": 1, "arm": np.array(["a", "b"])[arm], "age": age})


def cohort_of(frame):
    """Return a SIMULATED cohort."""
    return read_cohort(frame, schema_from(SCHEMA, "drawn"), provenance="simulated")


def event_times(rates, edges, unit):
    """Return times at which the cumulative hazard of rates (n, pieces) between ``edges`` reaches ``unit`` (n,)."""
    found, left = np.full(unit.size, np.inf), unit.copy()
    for k, start in enumerate(edges):
        length = edges[k + 1] - start if k + 1 < len(edges) else np.inf
        here = np.isinf(found) & (left <= rates[:, k] * length)
        found[here] = start + left[here] / rates[here, k]
        left = left - rates[:, k] * length
    return found


def drawn(spec, rng, seed, n):
    """Return a cohort whose parameters come from the prior, its plan's coefficients (1, q), and that plan."""
    frame = patients(rng, n)
    plan = make_plan(spec, cohort_of(frame))
    values = prior_draws(plan, 1, seed)
    beta = parameters.coefficients(plan.design.blocks, values, 1)
    levels = parameters.baseline_hazard(plan.baseline, values).log_rates[0]
    edges = [0.0, 6.0, CHANGE, 18.0]
    columns = plan.design.centred
    psi = np.column_stack([columns @ beta[0, acting_in(plan.design, start)] for start in edges])
    level = levels[np.searchsorted(CUTS, edges, side="right")]
    died = event_times(np.exp(level + psi), edges, rng.standard_exponential(n))
    censored = rng.uniform(24.0, 48.0, n)
    frame["time"], frame["event"] = np.minimum(died, censored).clip(1e-6), (died <= censored).astype(int)
    return cohort_of(frame), beta, plan


def acting_in(design, start):
    """Return which coefficient multiplies each column after a month: before the change the first of each effect."""
    later = int(start >= CHANGE)
    places = []
    for block in design.blocks:
        at = block.first + (later * block.coding.width if block.coding.segments else 0)
        places += range(at, at + block.coding.width)
    return places


def recovered(structure, n, cohorts=COHORTS):
    """Return mean error with its Monte Carlo error, coverage of 95 % intervals, and P of uniform ranks."""
    spec, asked = spec_of(structure), ASKED[structure]
    errors, covered, ranks, unfit = [], np.zeros(len(asked)), [], 0
    for i in range(cohorts):
        data, beta, plan = drawn(spec, np.random.default_rng([SEED, i]), i, n)
        posterior = fit(spec, data, seed=i, engine="laplace", draws=1000)
        unfit += not posterior.diagnostics.fit_for_use
        true = np.array([float(weights(one, plan.design) @ beta[0]) for one in asked.values()])
        draws = np.array([posterior.draws(one).ravel() for one in asked.values()])
        errors.append(draws.mean(axis=1) - true)
        low, high = np.quantile(draws, [0.025, 0.975], axis=1)
        covered += (low <= true) & (true <= high)
        ranks.append((draws < true[:, None]).mean(axis=1))
    bias, mc = np.mean(errors, axis=0), np.std(errors, axis=0, ddof=1) / np.sqrt(cohorts)
    uniform = [stats.kstest(np.array(ranks)[:, j], "uniform").pvalue for j in range(len(asked))]
    rows = zip(asked, bias, mc, covered / cohorts, uniform, strict=True)
    return {
        "cohorts": cohorts,
        "not_fit_for_use": unfit,
        **{n: {"bias": b, "mc_error": e, "coverage": c, "uniform_p": float(p)} for n, b, e, c, p in rows},
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for structure, n in product(EFFECTS, sys.argv[1:] or map(str, SIZES)):
        made.setdefault(structure, {})[n] = recovered(structure, int(n))
        print(structure, n, made[structure][n], flush=True)
        STORED.write_text(json.dumps(made, indent=1) + "\n")
