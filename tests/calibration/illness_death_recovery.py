"""Are the hazards of an illness-death model recovered? Cohorts with known ones, fitted by ``laplace``.

Constant hazards of progression, death without it and death after it, each with a hazard ratio of arm b over arm a of
its own; censored between months 18 and 60. 400 and 79 patients, 100 cohorts each, wide priors. Beside the log hazard
ratios the probability of being alive after progression at month 24 in arm b, which is known in closed form.
``python -m tests.calibration.illness_death_recovery`` writes ``illness_death_recovery.json``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("illness_death_recovery.json")
COHORTS, SIZES, SEED, MONTH = 100, (400, 79), 20261130, 24.0
TRANSITIONS = ("progression", "death_without_progression", "death_after_progression")
# Hazards a month in arm a, and log hazard ratios of arm b over arm a.
RATES = dict(zip(TRANSITIONS, (0.04, 0.015, 0.05), strict=True))
TRUTH = dict(zip(TRANSITIONS, (0.5, 0.0, 0.7), strict=True))
SCHEMA = {
    "id": "id",
    "endpoints": {"pfs": {"time": "pfs", "event": "seen"}, "os": {"time": "os", "event": "died"}},
    "covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}},
}


def spec():
    """Return the model: nothing shared between the transitions, wide priors."""
    return spec_from(
        {
            "name": "recovery",
            "outcome": {"kind": "illness_death", "progression": "pfs", "death": "os", "clock": "forward"},
            "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.5, 2.0]}},
            "effect": [{"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 5.0]}}],
        },
        "recovery",
    )


def rates_of(arm):
    """Return the hazards of the three transitions of patients in arm 0 or 1."""
    return [RATES[name] * np.exp(TRUTH[name] * arm) for name in TRANSITIONS]


def cohort(rng, patients):
    """Return a cohort with the known hazards; progression in the month of a death does not occur."""
    arm = rng.integers(0, 2, patients)
    first, second, third = (rng.standard_exponential(patients) / rate for rate in rates_of(arm))
    censored = rng.uniform(18.0, 60.0, patients)
    death = np.where(first < second, first + third, second)
    last = np.minimum(death, censored)
    left = np.minimum(np.minimum(first, second), censored)
    seen = (left < censored).astype(int)
    frame = pd.DataFrame({"id": np.arange(patients), "pfs": left, "seen": seen, "os": last})
    frame = frame.assign(died=(death <= censored).astype(int), arm=np.array(["a", "b"])[arm])
    return read_cohort(frame, schema_from(SCHEMA, "recovery"), provenance="simulated")


def progressed():
    """Return the probability of being alive after progression at the month, in arm b: two exponentials."""
    one, two, three = rates_of(1)
    return float(one / (one + two - three) * (np.exp(-three * MONTH) - np.exp(-(one + two) * MONTH)))


def recovered(patients, cohorts=COHORTS):
    """Return bias with its Monte Carlo error and coverage of 95 % intervals of each quantity."""
    truth = np.array([*TRUTH.values(), progressed()])
    means, covered, unfit = [], np.zeros(truth.size), 0
    for i in range(cohorts):
        posterior = fit(
            spec(), cohort(np.random.default_rng([SEED, patients, i]), patients), seed=i, engine="laplace", draws=500
        )
        unfit += not posterior.diagnostics.fit_for_use
        state = posterior.states(np.array([MONTH]), term="arm", group="b")[:, 0, 1]
        drawn = np.column_stack([posterior.coefficients, state])
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
        for place, name in enumerate([*TRANSITIONS, "progressed"])
    }
    return {"cohorts": cohorts, "not_fit_for_use": unfit, **quantities}


if __name__ == "__main__":
    STORED.write_text(json.dumps({str(n): recovered(n) for n in SIZES}, indent=1) + "\n")
