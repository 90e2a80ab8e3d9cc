"""Are survival beyond follow-up, hazard ratios and drift recovered with the arm of another study? By ``laplace``.

Weibull months (shape 1.2, scale 40) of two arms with a hazard ratio of 1.65 and of 1.22 per 10 years of age, followed
to month 30 at most. Another study has 150 patients of our first arm, ages as ours, followed for 24 to 72 months, whose
log hazard drifts from ours by delta ~ N(0, 0.3), drawn anew for every cohort: its curve becomes counts between months
0, 12, 24, 36, 48 and 60, with the drift's prior. 400 cohorts of 79 and 100 of 400 patients: the first 100 of 79 left
coverage of survival, 89 %, within its error of 90. ``drift_drawn`` has the other truths from their priors too.

Bias of posterior means and coverage of 95 % intervals of log hazard ratios, drift and survival at 60 months; beside
them survival of the same model that takes the study's hazards for ours. ``python -m tests.calibration.drift_recovery``
writes ``drift_recovery.json``.
"""

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.external_arm import counts_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.likelihood_terms_recovery import AGE, ARM, COVARIATES, EFFECTS, WEIBULL, cumulative, times

STORED = Path(__file__).with_name("drift_recovery.json")
COHORTS, SEED, DRAWS = {79: 400, 400: 100}, 20261203, 1000
SIZES = tuple(COHORTS)
KIND, MONTH, OTHERS, SD = "external", 60.0, 150, 0.3
MONTHS = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)
ASKED = {
    "arm": HazardRatio("arm", "b", versus="a"),
    "age": HazardRatio("age", per=10.0),
    "survival": SurvivalAt(MONTH),
}
SCHEMA = {"endpoints": {"os": {"time": "time", "event": "event"}}, "covariates": COVARIATES}


def followed(rng, relative, follow_up):
    """Return months and events of patients with relative hazards (n,), censored evenly between two months."""
    died = times(KIND, rng.standard_exponential(relative.size) / relative)
    censored = rng.uniform(*follow_up, relative.size)
    return {"time": np.minimum(died, censored), "event": (died <= censored).astype(int)}


def drawn(n, place):
    """Return the plan of a cohort with another study's arm, its drift, and survival at the month asked for."""
    rng = np.random.default_rng([SEED, n, place])
    arm, age = rng.integers(0, 2, n), rng.normal(64.0, 8.0, n).round(1)
    relative = np.exp(ARM * arm + AGE * (age - 64.0) / 10.0)
    frame = {**followed(rng, relative, (8.0, 30.0)), "arm": np.where(arm == 1, "b", "a"), "age": age}
    delta = SD * rng.standard_normal()
    others = np.exp(AGE * (rng.normal(64.0, 8.0, OTHERS) - 64.0) / 10.0 + delta)
    ends = schema_from({"endpoints": {"os": {"time": "time", "event": "event"}}}, "study")
    study = read_cohort(pd.DataFrame(followed(rng, others, (24.0, 72.0))), ends, provenance="simulated")
    counts = counts_of(
        study, "os", MONTHS, landmark=0.0, group=(("arm", "a"),), study="the other study", sd=SD, at="recovery"
    )
    raw = {"name": "recovery", "outcome": {"endpoint": "os"}, "effect": EFFECTS, **WEIBULL}
    cohort = read_cohort(pd.DataFrame(frame), schema_from(SCHEMA, "recovery"), provenance="simulated")
    plan = make_plan(replace(spec_from(raw, "recovery"), external=counts), cohort)
    survival = float(np.exp(-cumulative(KIND, np.full(n, MONTH)) * relative).mean())
    return plan, delta, survival


def recovered(n):
    """Return bias, its Monte Carlo error and coverage of each quantity; beside them survival without a drift."""
    cohorts = COHORTS[n]
    errors, covered, beside, unfit = [], [], [], 0
    for place in range(cohorts):
        plan, delta, survival = drawn(n, place)
        truth = np.array([delta, ARM, AGE, survival])
        posterior = fit_or_replace(plan, RunSettings("laplace", draws=DRAWS), seed=place)
        unfit += posterior.record.engine != "laplace"
        values = np.array([posterior.flat["drift_1"][:, 0], *(posterior.draws(one) for one in ASKED.values())])
        low, high = np.quantile(values, [0.025, 0.975], axis=1)
        errors.append(values.mean(axis=1) - truth)
        covered.append((low <= truth) & (truth <= high))
        as_ours = tuple(replace(one, study="", sd=0.0) for one in plan.spec.external)
        bare = replace(plan, spec=replace(plan.spec, external=as_ours))
        other = fit_or_replace(bare, RunSettings("laplace", draws=DRAWS), seed=place).draws(ASKED["survival"])
        beside.append(np.quantile(other, 0.025) <= survival <= np.quantile(other, 0.975))
    found = {"cohorts": cohorts, "by_nuts": unfit, "survival_coverage_without_drift": float(np.mean(beside))}
    for j, name in enumerate(("drift", *ASKED)):
        mine = np.array(errors)[:, j]
        found[name] = {
            "bias": float(mine.mean()),
            "mc_error": float(mine.std(ddof=1) / np.sqrt(cohorts)),
            "coverage": float(np.mean(np.array(covered)[:, j])),
        }
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = {}
    for n in SIZES:
        made[str(n)] = recovered(n)
        print(n, made[str(n)], flush=True)
        STORED.write_text(json.dumps(made, indent=1) + "\n")
