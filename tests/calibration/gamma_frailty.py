"""Truths drawn from the prior of a frailty of 20 centres, gamma or normal: do intervals hold 95 %, are ranks uniform?

A treatment beside the frailty; frailties and event times are drawn here by numpy, by hand, not by the package. 400
patients: 100 cohorts by ``laplace`` (where it refuses, as the verbs do, by ``nuts``, counted) and the first 20 of them
by ``nuts``; 79 patients: 100 by ``laplace``. By ``laplace`` also frailties whose logarithm is normal, 400 of each.
``python -m tests.calibration.gamma_frailty`` writes ``gamma_frailty.json``, cohort by cohort.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings, silent
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("gamma_frailty.json")
SEED, CENTRES = 20261203, 20
STUDIES = {
    "400 laplace": (400, "laplace", 100, "gamma"),
    "79 laplace": (79, "laplace", 100, "gamma"),
    "400 nuts": (400, "nuts", 20, "gamma"),
    "400 laplace, normal": (400, "laplace", 400, "normal"),
    "79 laplace, normal": (79, "laplace", 400, "normal"),
}
NAMES = [f"c{place:02d}" for place in range(CENTRES)]
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "centre": {"kind": "nominal", "levels": NAMES},
    },
}
MODEL = {
    "name": "frailty",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "at": "reference", "reference_time": 12.0},
    "priors": {
        "baseline_log_cumulative_hazard": {"normal": [-0.5, 0.4]},
        "log_shape": {"normal": [0.0, 0.3]},
    },
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 0.7]}},
        {
            "covariate": "centre",
            "structure": "random_intercept",
            "sd": {"halfnormal": 0.7},
        },
    ],
}


def drawn(n, place, distribution):
    """Return a SIMULATED cohort and its truths: log hazard ratio, SD of frailties, log of the first one."""
    rng = np.random.default_rng([SEED, n, place])
    beta, sd, level = rng.normal(0.0, 0.7), 0.7 * abs(rng.normal()), rng.normal(-0.5, 0.4)
    shape = np.exp(rng.normal(0.0, 0.3))
    of_gamma, gamma = distribution == "gamma", (sd**-2, sd**2, CENTRES)
    frailty = rng.gamma(*gamma) if of_gamma else np.exp(sd * rng.standard_normal(CENTRES))
    # Every centre has a patient.
    centre = np.concatenate([np.arange(CENTRES), rng.integers(0, CENTRES, n - CENTRES)])
    arm = rng.integers(0, 2, n)
    hazard = np.exp(level + beta * arm) * np.maximum(frailty[centre], 1e-12)
    died = 12.0 * (rng.exponential(size=n) / hazard) ** (1.0 / shape)
    censored = rng.uniform(12.0, 48.0, n)
    frame = pd.DataFrame(
        {
            "time": np.minimum(died, censored).clip(1e-3),
            "event": (died <= censored).astype(int),
            "arm": np.where(arm == 1, "b", "a"),
            "centre": np.array(NAMES)[centre],
        }
    )
    cohort = read_cohort(frame, schema_from(SCHEMA, "drawn"), provenance="simulated")
    return cohort, {"arm": beta, "sd": sd, "centre": float(np.log(np.maximum(frailty[0], 1e-300)))}


def one(n, engine, place, distribution="gamma"):
    """Return where each truth lies among the draws, its error in posterior SDs, and by which engine."""
    cohort, truths = drawn(n, place, distribution)
    settings = RunSettings(engine, draws=1000)
    found = fit_or_replace(plan_of(cohort, distribution), settings, seed=place, progress=silent)
    values = {name: np.asarray(drawn).reshape(-1, np.shape(drawn)[-1]) for name, drawn in found.values.items()}
    draws = {
        "arm": values["b_arm"][:, 0],
        "sd": values["sd_centre"][:, 0],
        "centre": values["sd_centre"][:, 0] * values["z_centre"][:, 0],
    }
    return {
        "engine": found.record.engine,
        "fit_for_use": bool(found.diagnostics.fit_for_use),
        "below": {name: round(float((own < truths[name]).mean()), 5) for name, own in draws.items()},
        "error": {name: round(float((own.mean() - truths[name]) / own.std()), 4) for name, own in draws.items()},
    }


def plan_of(cohort, distribution):
    """Return the plan of the model on a cohort."""
    arm, centre = MODEL["effect"]
    effects = [arm, centre | {"distribution": distribution}]
    return make_plan(spec_from(MODEL | {"effect": effects}, "frailty"), cohort)


def main(studies):
    """Write the studies named, beside those stored, cohort by cohort."""
    warnings.simplefilter("ignore")
    stored = json.loads(STORED.read_text()) if STORED.exists() else {}
    for study in studies:
        n, engine, cohorts, distribution = STUDIES[study]
        stored[study] = []
        for place in range(cohorts):
            stored[study].append(one(n, engine, place, distribution))
            STORED.write_text(json.dumps(stored) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:] or list(STUDIES))
