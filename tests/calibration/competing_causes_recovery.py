"""Are the hazards of competing causes recovered? Cohorts with known ones, fitted by ``laplace``.

Constant hazards of two causes, each with a hazard ratio of arm b over arm a of its own, that raises the first cause and
leaves the second; censored between months 18 and 60. 400 and 79 patients, 100 cohorts each, wide priors. Beside the log
hazard ratios the cumulative incidence of each cause by month 24 in arm b, which is known in closed form.
``python -m tests.calibration.competing_causes_recovery`` writes ``competing_causes_recovery.json``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("competing_causes_recovery.json")
COHORTS, SIZES, SEED, MONTH = 100, (400, 79), 20261130, 24.0
CAUSES = ("local", "distant")
# Hazards a month in arm a, and log hazard ratios of arm b over arm a.
RATES = dict(zip(CAUSES, (0.02, 0.03), strict=True))
TRUTH = dict(zip(CAUSES, (0.7, 0.0), strict=True))
INCIDENCES = tuple(f"incidence of {cause}" for cause in CAUSES)
SCHEMA = {
    "id": "id",
    "endpoints": {"failure": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "cause": {"kind": "nominal", "levels": list(CAUSES)},
    },
}


def spec():
    """Return the model: nothing shared between the causes, wide priors."""
    return spec_from(
        {
            "name": "recovery",
            "outcome": {"kind": "competing_causes", "endpoint": "failure", "cause": "cause"},
            "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.5, 2.0]}},
            "effect": [{"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}}],
        },
        "recovery",
    )


def rates_of(arm):
    """Return the hazards of the causes of patients in arm 0 or 1."""
    return [RATES[name] * np.exp(TRUTH[name] * arm) for name in CAUSES]


def cohort(rng, patients):
    """Return a cohort with the known hazards."""
    arm = rng.integers(0, 2, patients)
    first, second = (rng.standard_exponential(patients) / rate for rate in rates_of(arm))
    censored = rng.uniform(18.0, 60.0, patients)
    time = np.minimum(np.minimum(first, second), censored)
    cause = np.where(time == censored, None, np.where(first < second, *CAUSES))
    frame = pd.DataFrame({"id": np.arange(patients), "time": time, "event": (time < censored).astype(int)})
    frame = frame.assign(cause=cause, arm=np.array(["a", "b"])[arm])
    return read_cohort(frame, schema_from(SCHEMA, "recovery"), provenance="simulated")


def incidences():
    """Return the cumulative incidence of each cause by the month in arm b: shares of one exponential."""
    own = np.array(rates_of(1))
    return own / own.sum() * (1.0 - np.exp(-own.sum() * MONTH))


def recovered(patients, cohorts=COHORTS):
    """Return bias with its Monte Carlo error and coverage of 95 % intervals of each quantity."""
    truth = np.array([*TRUTH.values(), *incidences()])
    means, covered, unfit = [], np.zeros(truth.size), 0
    for i in range(cohorts):
        posterior = fit(
            spec(), cohort(np.random.default_rng([SEED, patients, i]), patients), seed=i, engine="laplace", draws=500
        )
        unfit += not posterior.diagnostics.fit_for_use
        caused = posterior.cumulative_incidence(np.array([MONTH]), term="arm", group="b")[:, 0]
        drawn = np.column_stack([posterior.coefficients, caused])
        means.append(drawn.mean(axis=0))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        covered += (low <= truth) & (truth <= high)
    errors = np.array(means) - truth
    quantities = {
        name: {
            "truth": float(truth[place]),
            "bias": float(errors[:, place].mean()),
            "mc_error": float(errors[:, place].std(ddof=1) / np.sqrt(cohorts)),
            "coverage": float(covered[place] / cohorts),
        }
        for place, name in enumerate([*CAUSES, *INCIDENCES])
    }
    return {"cohorts": cohorts, "not_fit_for_use": unfit, **quantities}


if __name__ == "__main__":
    STORED.write_text(json.dumps({str(n): recovered(n) for n in SIZES}, indent=1) + "\n")
