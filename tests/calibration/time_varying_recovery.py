"""Are hazard ratios that change over time recovered? Cohorts with known ones, fitted by ``laplace``.

400 patients, constant baseline hazard of median 14 months, censored between months 24 and 48; log hazard ratios of arm
and of age change at month 12, within a piece of the baseline (cuts 6 and 18). Bias: of posterior means under a wide
prior on a step (SD half-normal with scale 5); beside it, of the same cohorts, of the maximum of the likelihood, and of
posterior means under scale 1, which shrinks the change towards none, as it should: see ``drawn_truths.py``.
``python -m tests.calibration.time_varying_recovery`` writes ``time_varying_recovery.json``.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.hazard.baseline import PiecewiseHazard
from escc_bayes.hazard.by_segment import BySegment
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("time_varying_recovery.json")
COHORTS, PATIENTS, CHANGE, SEED = 100, 400, 12.0, 20261129
# Log hazard ratios before and after month 12: of arm, and of age per 10 years.
TRUTH = {"arm": (0.7, 0.0), "age": (0.1, 0.4)}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "age": {"kind": "continuous", "center": 65.0, "scale": 10.0},
    },
}
EFFECT = {"structure": "time_varying", "cuts": [CHANGE], "prior": {"normal": [0.0, 5.0]}}
WIDE, SHRINKS = 5.0, 1.0


def spec_of(scale):
    """Return the model with the prior's scale of the SD of a step."""
    return spec_from(
        {
            "name": "recovery",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 18.0], "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-3.0, 2.0]}},
            "effect": [{"covariate": name, **EFFECT, "sd": {"halfnormal": scale}} for name in TRUTH],
        },
        "recovery",
    )


def cohort(rng):
    """Return a cohort with the known effects."""
    arm, age = rng.integers(0, 2, PATIENTS), rng.normal(65.0, 8.0, PATIENTS)
    beta = np.array([[TRUTH["arm"][0], TRUTH["age"][0], TRUTH["arm"][1], TRUTH["age"][1]]])
    baseline = PiecewiseHazard(np.log(np.full((1, 1), np.log(2.0) / 14.0)), np.zeros(0))
    hazards = BySegment(beta, baseline, np.array([CHANGE]), np.array([[0, 1], [2, 3]]))
    columns = np.column_stack([arm, (age - 65.0) / 10.0]).astype(float)
    died = hazards.event_times(columns, np.zeros(PATIENTS), rng.standard_exponential((1, PATIENTS)))[0]
    censored = rng.uniform(24.0, 48.0, PATIENTS)
    frame = {"time": np.minimum(died, censored), "event": (died <= censored).astype(int)}
    levels = np.array(["a", "b"])[arm]
    return read_cohort(pd.DataFrame({**frame, "arm": levels, "age": age}), schema_from(SCHEMA, "recovery"))


def recovered(cohorts=COHORTS):
    """Return bias with its Monte Carlo error, and coverage of 95 % intervals, of every log hazard ratio."""
    wide, shrinks = spec_of(WIDE), spec_of(SHRINKS)
    names = [f"{name}, {when}" for name in TRUTH for when in ("before", "after")]
    # Coefficients stand arm before, arm after, age before, age after.
    truth = np.array([TRUTH[name][place] for name in TRUTH for place in (0, 1)])
    means, shrunk, maxima, covered, unfit = [], [], [], np.zeros(len(names)), 0
    for i in range(cohorts):
        data = cohort(np.random.default_rng([SEED, i]))
        posterior = fit(wide, data, seed=i, engine="laplace", draws=1000)
        unfit += not posterior.diagnostics.fit_for_use
        means.append(posterior.coefficients.mean(axis=0))
        low, high = np.quantile(posterior.coefficients, [0.025, 0.975], axis=0)
        covered += (low <= truth) & (truth <= high)
        shrunk.append(fit(shrinks, data, seed=i, engine="laplace", draws=1000).coefficients.mean(axis=0))
        maxima.append(fit_classical(wide, data).cox.coef)
    studies = {"": means, "scale_1_": shrunk, "maximum_": maxima}
    found = {
        name: {"truth": float(t), "coverage": c / cohorts} for name, t, c in zip(names, truth, covered, strict=True)
    }
    for place, name in enumerate(names):
        for which, of in studies.items():
            errors = np.array(of)[:, place] - truth[place]
            found[name][f"{which}bias"] = float(errors.mean())
            found[name][f"{which}mc_error"] = float(errors.std(ddof=1) / np.sqrt(cohorts))
    return {"cohorts": cohorts, "not_fit_for_use": unfit, **found}


if __name__ == "__main__":
    STORED.write_text(json.dumps(recovered(), indent=1) + "\n")
