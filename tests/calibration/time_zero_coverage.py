"""Do the analyses of ``time-zero`` cover no effect? Cohorts without one, and a treatment that starts late.

SIMULATED: 500 patients, constant hazard of mean 20 months, censored between months 12 and 48; 60 % would start a
treatment between months 0 and 12, and do if they live to it. Landmark and grace period: 4 months. Two hundred bootstrap
samples for the clones. ``python -m tests.calibration.time_zero_coverage`` writes ``time_zero_coverage.json``.
"""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.time_zero.answers import answers
from escc_bayes.time_zero.emulation import emulate
from escc_bayes.time_zero.model import default_model
from escc_bayes.time_zero.views import CLONES, views

STORED = Path(__file__).with_name("time_zero_coverage.json")
COHORTS, PATIENTS, MONTH, DRAWS, SEED = 200, 500, 4.0, 200, 20261130
SCHEMA = {
    "id": "id",
    "endpoints": {"os": {"time": "months", "event": "death"}},
    "covariates": {"treated": {"kind": "binary", "levels": ["no", "yes"], "starts_at": "wait"}},
}


def cohort_without_effect(place, patients=PATIENTS):
    """Return one cohort; its number alone decides it."""
    rng = np.random.default_rng([SEED, place])
    latent, lost = rng.exponential(20.0, patients), rng.uniform(12.0, 48.0, patients)
    wish = np.where(rng.random(patients) < 0.6, rng.uniform(0.0, 12.0, patients), np.inf)
    months = np.minimum(latent, lost)
    ever = wish < months
    columns = {"id": range(patients), "months": months, "death": (latent <= lost).astype(int)}
    columns |= {"treated": np.where(ever, "yes", "no"), "wait": np.where(ever, wish, np.nan)}
    return read_cohort(pd.DataFrame(columns), schema_from(SCHEMA, "simulated"), provenance="simulated")


def limits_of(cohort, place):
    """Return log ratio and limits of every analysis and method."""
    spec = default_model(cohort.covariate("treated").schema, "os")
    found = {}
    for view in views(cohort, "os", "treated", (MONTH,)):
        for one in answers(view, spec, "treated", level=0.95, seed=place):
            if one.method:
                found[f"{one.analysis}, {one.method}"] = [math.log(x) for x in (one.hr, one.lower, one.upper)]
    clones = emulate(cohort, "os", "treated", grace=MONTH, adjust=(), times=(24.0,), draws=DRAWS, seed=place)
    for method, drawn in clones.log_hr_draws.items():
        found[f"{CLONES}, {method}"] = [clones.log_hr, *np.quantile(drawn, [0.025, 0.975]).tolist()]
    return found


def covered(cohorts=COHORTS):
    """Return what all cohorts say together."""
    return together([limits_of(cohort_without_effect(place), place) for place in range(cohorts)])


def together(each):
    """Return, for each analysis and method, the coverage of log HR 0, the bias and its Monte Carlo error."""
    cohorts = len(each)
    found = {"cohorts": cohorts, "patients": PATIENTS}
    for name in each[0]:
        value, lower, upper = np.array([one[name] for one in each]).T
        found[name] = {
            "coverage": float(((lower <= 0.0) & (upper >= 0.0)).mean()),
            "mean_log_hr": float(value.mean()),
            "mc_error": float(value.std(ddof=1) / math.sqrt(cohorts)),
            "first": float(value[0]),
        }
    return found


if __name__ == "__main__":
    STORED.write_text(json.dumps(covered(), indent=1) + "\n", encoding="utf-8")
