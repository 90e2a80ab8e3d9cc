"""Are curves recovered? Cohorts with a U-shaped and with a linear effect of age, fitted by ``laplace``.

400 patients, age normal about 65 with SD 8, constant baseline hazard, censored between months 24 and 48; a spline with
6 knots at quantiles. U: 0.8 (1 - cos((age - 65) / 7)) within 22 years of 65; linear: 0.4 per 10 years. Bias of
posterior means and coverage of 95 % intervals, of the log hazard ratio of a value over 65.
``python -m tests.calibration.spline_recovery`` writes ``spline_recovery.json``.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("spline_recovery.json")
COHORTS, PATIENTS, SEED = 100, 400, 20261130
VALUES = (55.0, 60.0, 70.0, 75.0)
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {"age": {"kind": "continuous", "center": 65.0, "scale": 10.0}},
}
EFFECT = {"structure": "spline", "knots": 6, "prior": {"normal": [0.0, 2.0]}, "sd": {"halfnormal": 2.0}}
SPEC = {
    "name": "recovery",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.0, 2.0]}},
    "effect": [{"covariate": "age", **EFFECT}],
}


def u_shaped(age):
    return 0.8 * (1.0 - np.cos(np.clip(age - 65.0, -22.0, 22.0) / 7.0))


def linear(age):
    return 0.04 * (age - 65.0)


TRUTH = {"u": u_shaped, "linear": linear}


def cohort(rng, effect):
    """Return a cohort with a known effect of age."""
    age = rng.normal(65.0, 8.0, PATIENTS).round(1)
    died = rng.exponential(20.0 * np.exp(-effect(age)))
    censored = rng.uniform(24.0, 48.0, PATIENTS)
    frame = {"time": np.minimum(died, censored), "event": (died <= censored).astype(int), "age": age}
    return read_cohort(pd.DataFrame(frame), schema_from(SCHEMA, "recovery"))


def recovered(shape, cohorts=COHORTS):
    """Return bias with its Monte Carlo error, and coverage, at every value."""
    spec, effect = spec_from(SPEC, "recovery"), TRUTH[shape]
    asked = [HazardRatio("age", f"{value:g}", "65") for value in VALUES]
    truth = np.array([float(effect(np.array(value)) - effect(np.array(65.0))) for value in VALUES])
    means, covered, unfit = [], np.zeros(len(VALUES)), 0
    for i in range(cohorts):
        data = cohort(np.random.default_rng([SEED, i]), effect)
        posterior = fit(spec, data, seed=i, engine="laplace", draws=1000)
        unfit += not posterior.diagnostics.fit_for_use
        drawn = np.array([posterior.draws(one) for one in asked])
        means.append(drawn.mean(axis=1))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
        covered += (low <= truth) & (truth <= high)
    bias, error = np.mean(means, axis=0) - truth, np.std(means, axis=0, ddof=1) / np.sqrt(cohorts)
    return {
        "cohorts": cohorts,
        "not_fit_for_use": unfit,
        **{
            f"{value:g}": {"truth": float(t), "bias": float(b), "mc_error": float(e), "coverage": float(c / cohorts)}
            for value, t, b, e, c in zip(VALUES, truth, bias, error, covered, strict=True)
        },
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    STORED.write_text(json.dumps({shape: recovered(shape) for shape in TRUTH}, indent=1) + "\n")
