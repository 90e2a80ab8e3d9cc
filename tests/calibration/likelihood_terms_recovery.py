"""Are effects and survival recovered from events between visits, and with survivors of another source? By ``laplace``.

Weibull event times (shape 1.2), a hazard ratio of 1.65 between two arms and of 1.22 per 10 years of age, censored
between months 8 and 50. Three kinds of cohort, of 79 and of 400 patients, 100 of each:

- weibull, piecewise: a third of the events are deaths with their month, the others are found at visits every 3 months
  (every 6 after 2 years). The piecewise model has the truth's rates on its own pieces in place of a Weibull.
- external: events have months, scale 40 so that a fifth live at 60 months, follow-up ends by month 30, and of 200
  patients alike in covariates, alive at 24 months, it is counted who lives at 60; survival at 60 months is asked for.

Bias of posterior means and coverage of 95 % intervals; of the first two also the bias of the same model at right ends.
``python -m tests.calibration.likelihood_terms_recovery`` writes ``likelihood_terms_recovery.json``.
"""

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.compare.other_analyses import at_month
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STORED = Path(__file__).with_name("likelihood_terms_recovery.json")
COHORTS, SIZES, SEED, DRAWS = 100, (79, 400), 20261130, 1000
ARM, AGE, SHAPE = 0.5, 0.2, 1.2
SCALE = {"weibull": 16.0, "external": 40.0}
CUTS, RATES = np.array([6.0, 12.0, 24.0]), np.array([0.03, 0.055, 0.05, 0.03])
VISITS = np.concatenate([[0.0], np.arange(3.0, 25.0, 3.0), np.arange(30.0, 1000.0, 6.0)])
START, STOP, COUNTED = 24.0, 60.0, 200
COVARIATES = {
    "arm": {"kind": "binary", "levels": ["a", "b"]},
    "age": {"kind": "continuous", "center": 64.0, "scale": 10.0},
}
EFFECTS = [
    {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 3.0]}},
    {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 3.0]}},
]
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.5, 2.0]}, "log_shape": {"normal": [0.0, 1.0]}},
}
PIECEWISE = {
    "baseline": {"family": "piecewise_exponential", "cuts": CUTS.tolist(), "smoothing": "independent"},
    "priors": {"baseline_log_rate": {"normal": [-3.2, 1.5]}},
}
MONTH = {"weibull": 12.0, "piecewise": 12.0, "external": STOP}


def cumulative(kind, months):
    """Return the baseline's cumulative hazard at months."""
    if kind != "piecewise":
        return (months / SCALE[kind]) ** SHAPE
    edges, ends = np.array([0.0, *CUTS]), np.array([*CUTS, np.inf])
    return (np.clip(np.minimum(months[..., None], ends) - edges, 0.0, None) * RATES).sum(axis=-1)


def times(kind, target):
    """Return the months at which the baseline's cumulative hazard reaches targets."""
    if kind != "piecewise":
        return SCALE[kind] * target ** (1.0 / SHAPE)
    reached = np.concatenate([[0.0], np.cumsum(RATES[:-1] * np.diff([0.0, *CUTS]))])
    piece = np.searchsorted(reached, target, side="right") - 1
    return np.array([0.0, *CUTS])[piece] + (target - reached[piece]) / RATES[piece]


def drawn(kind, n, place):
    """Return the plan of a cohort, and the survival of its patients at the month that is asked for."""
    rng = np.random.default_rng([SEED, n, place])
    arm, age = rng.integers(0, 2, n), rng.normal(64.0, 8.0, n).round(1)
    relative = np.exp(ARM * arm + AGE * (age - 64.0) / 10.0)
    died = times(kind, rng.standard_exponential(n) / relative)
    frame = {"arm": np.where(arm == 1, "b", "a"), "age": age}
    raw = {"name": "recovery", "outcome": {"endpoint": "pfs"}, "effect": EFFECTS}
    raw |= PIECEWISE if kind == "piecewise" else WEIBULL
    if kind == "external":
        censored = rng.uniform(8.0, 30.0, n)
        frame |= {"time": np.minimum(died, censored), "event": (died <= censored).astype(int)}
        ends = {"time": "time", "event": "event"}
        raw["external"] = [counted(kind, relative, rng)]
    else:
        censored = rng.uniform(8.0, 50.0, n)
        dies = rng.random(n) < 1.0 / 3.0
        at = np.searchsorted(VISITS, died)
        left, right = np.where(dies, died, VISITS[at - 1]), np.where(dies, died, VISITS[at])
        last = np.where(dies, censored, VISITS[np.searchsorted(VISITS, censored, side="right") - 1])
        seen = right <= censored
        frame |= {"left": np.where(seen, left, last), "right": np.where(seen, right, np.nan)}
        ends = {"left": "left", "right": "right"}
    schema = schema_from({"endpoints": {"pfs": ends}, "covariates": COVARIATES}, "recovery")
    plan = make_plan(spec_from(raw, "recovery"), read_cohort(pd.DataFrame(frame), schema, provenance="simulated"))
    month = np.full(n, MONTH[kind])
    return plan, float(np.exp(-cumulative(kind, month) * relative).mean())


def counted(kind, relative, rng):
    """Return how many of others with these covariates, alive at the start, are alive at the stop."""
    alive = []
    while len(alive) < COUNTED:
        month = times(kind, rng.standard_exponential(COUNTED) / rng.choice(relative, COUNTED))
        alive += month[month > START].tolist()
    lived = int((np.array(alive[:COUNTED]) > STOP).sum())
    return {"start": START, "stop": STOP, "at_risk": COUNTED, "alive": lived}


def asked(kind):
    """Return what is estimated."""
    return {
        "arm": HazardRatio("arm", "b", versus="a"),
        "age": HazardRatio("age", per=10.0),
        "survival": SurvivalAt(MONTH[kind]),
    }


def recovered(kind, n, cohorts=COHORTS):
    """Return bias, its Monte Carlo error and coverage of each quantity; beside them bias at right ends."""
    errors, covered, beside, unfit = [], [], [], 0
    for place in range(cohorts):
        plan, survival = drawn(kind, n, place)
        truth = np.array([ARM, AGE, survival])
        posterior = fit_or_replace(plan, RunSettings("laplace", draws=DRAWS), seed=place)
        unfit += posterior.record.engine != "laplace"
        values = np.array([posterior.draws(one) for one in asked(kind).values()])
        low, high = np.quantile(values, [0.025, 0.975], axis=1)
        errors.append(values.mean(axis=1) - truth)
        covered.append((low <= truth) & (truth <= high))
        if plan.rows.left is not None:
            moved = at_month(replace(plan), plan.rows.time)
            other = fit_or_replace(moved, RunSettings("laplace", draws=DRAWS), seed=place)
            beside.append([float(other.draws(one).mean()) for one in asked(kind).values()] - truth)
    found = {"cohorts": cohorts, "by_nuts": unfit}
    for j, name in enumerate(asked(kind)):
        mine = np.array(errors)[:, j]
        found[name] = {
            "bias": float(mine.mean()),
            "mc_error": float(mine.std(ddof=1) / np.sqrt(cohorts)),
            "coverage": float(np.mean(np.array(covered)[:, j])),
        }
        if beside:
            found[name]["right_end_bias"] = float(np.array(beside)[:, j].mean())
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for kind in sys.argv[1:] or MONTH:
        made[kind] = {str(n): recovered(kind, n) for n in SIZES}
        print(kind, made[kind], flush=True)
        STORED.write_text(json.dumps(made, indent=1) + "\n")
