"""Are excess hazard ratios and survival of all causes recovered beside background mortality? By ``laplace``.

Deaths of a life table (United States 2000 to 2014, ages 45 to 85 at the start, from R's survival) and of an excess
hazard, Weibull or piecewise, whichever comes first: an excess hazard ratio of 1.65 between two arms and of 1.22 per 10
years of age, censored between months 8 and 50. Cohorts of 79 and of 400 patients, 400 of each: of 100, coverage of
survival was 90 % with one seed and 89 % with another, which is no answer. The months of the life table are drawn by
going through its cells in steps of a fiftieth of a month, apart from the package's code.

Bias of posterior means, of the first 100 cohorts and of all, and coverage of 95 % intervals; beside them the bias of
the same model of all causes, of the first 100.
``python -m tests.calibration.excess_hazard_recovery`` writes ``excess_hazard_recovery.json``.
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
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.likelihood_terms_recovery import AGE, ARM, COVARIATES, CUTS, EFFECTS, RATES, WEIBULL

STORED = Path(__file__).with_name("excess_hazard_recovery.json")
REFERENCE = Path(__file__).parents[1] / "reference"
COHORTS, FIRST, SIZES, SEED, DRAWS = 400, 100, (79, 400), 20261201, 1000
KINDS, SCALE, SHAPE, MONTH = ("weibull", "piecewise"), 60.0, 1.2, 24.0
STEP, LAPLACE = 0.02, RunSettings("laplace", draws=DRAWS)
BACKGROUND = {"table": "us_life_table.csv", "age": "age", "sex": "sex", "year": "begun"}
PIECEWISE = {
    "baseline": {"family": "piecewise_exponential", "cuts": CUTS.tolist(), "smoothing": "independent"},
    "priors": {"baseline_log_rate": {"normal": [-4.0, 1.5]}},
}
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event"}},
    "covariates": {
        **COVARIATES,
        "sex": {"kind": "binary", "levels": ["male", "female"]},
        "begun": {"kind": "continuous", "center": 2005.0, "scale": 1.0},
    },
}
TABLE = pd.read_csv(REFERENCE / "us_life_table.csv").set_index(["age", "sex", "year"])["rate"].unstack(["sex", "year"])


def excess(kind, months):
    """Return the baseline's cumulative excess hazard at months (t,)."""
    if kind == "weibull":
        return (months / SCALE) ** SHAPE
    edges, ends = np.array([0.0, *CUTS]), np.array([*CUTS, np.inf])
    # A quarter of the rates of ``likelihood_terms_recovery``: the life table then has a seventh of the deaths.
    return (np.clip(np.minimum(months[:, None], ends) - edges, 0.0, None) * RATES / 4.0).sum(axis=1)


def expected(age, sex, begun, months):
    """Return the cumulative hazard (n, t) of a life table at evenly spaced months (t,), cell by cell."""
    cells = np.stack([TABLE[word].to_numpy() for word in ("male", "female")])
    middle = (months[:-1] + months[1:]) / 24.0
    at_age = np.floor(age[:, None] + middle).astype(int) - int(TABLE.index[0])
    at_year = np.floor(begun[:, None] + middle).astype(int) - 2000
    hazard = cells[sex[:, None], at_age, at_year] / 12.0
    return np.concatenate([np.zeros((age.size, 1)), np.cumsum(hazard * np.diff(months), axis=1)], axis=1)


def patients(kind, n, place):
    """Return patients as a table, and their survival of all causes at the month that is asked for."""
    rng = np.random.default_rng([SEED, n, place])
    arm, sex = rng.integers(0, 2, (2, n))
    age, begun = np.clip(rng.normal(68.0, 8.0, n), 45.0, 85.0).round(2), rng.uniform(2001.0, 2009.0, n).round(2)
    relative = np.exp(ARM * arm + AGE * (age - 64.0) / 10.0)
    months = np.arange(0.0, 60.0 + STEP / 2.0, STEP)
    hazard = excess(kind, months) * relative[:, None] + expected(age, sex, begun, months)
    target = rng.standard_exponential(n)
    died = np.array([np.interp(one, own, months, right=np.inf) for one, own in zip(target, hazard, strict=True)])
    censored = rng.uniform(8.0, 50.0, n)
    frame = {
        "time": np.maximum(np.minimum(died, censored), STEP / 10.0),
        "event": (died <= censored).astype(int),
        "arm": np.where(arm == 1, "b", "a"),
        "age": age,
        "sex": np.where(sex == 1, "female", "male"),
        "begun": begun,
    }
    return pd.DataFrame(frame), float(np.exp(-hazard[:, round(MONTH / STEP)]).mean())


def cohort(frame):
    """Return patients as a cohort."""
    return read_cohort(frame, schema_from(SCHEMA, "recovery"), provenance="simulated")


def drawn(kind, n, place):
    """Return the plan of a cohort, and the survival of its patients at the month that is asked for."""
    frame, survival = patients(kind, n, place)
    form = WEIBULL if kind == "weibull" else PIECEWISE
    raw = {"name": "recovery", "outcome": {"endpoint": "os"}, "effect": EFFECTS, "background": BACKGROUND, **form}
    return make_plan(spec_from(raw, "recovery", folder=REFERENCE), cohort(frame)), survival


ASKED = {"arm": HazardRatio("arm", "b", versus="a"), "age": HazardRatio("age", per=10.0), "survival": SurvivalAt(MONTH)}


def one(kind, n, place, *, beside):
    """Return errors of posterior means, where truths lie among draws, and what stands beside, of one cohort."""
    plan, survival = drawn(kind, n, place)
    truth = np.array([ARM, AGE, survival])
    posterior = fit_or_replace(plan, LAPLACE, seed=place)
    values = np.array([posterior.draws(ask) for ask in ASKED.values()])
    low, high = np.quantile(values, [0.025, 0.975], axis=1)
    hazards, profile = plan.expected
    known = float(hazards.cumulative_at(profile, plan.rows.time[None]).sum()) / plan.rows.events
    found = {"laplace": posterior.record.engine == "laplace", "known": known, "error": values.mean(axis=1) - truth}
    found["held"] = (low <= truth) & (truth <= high)
    if beside:
        of_all = replace(plan, spec=replace(plan.spec, background=None))
        other = fit_or_replace(of_all, LAPLACE, seed=place)
        found["all_causes"] = np.array([float(other.draws(ask).mean()) for ask in ASKED.values()]) - truth
    return found


def recovered(kind, n, cohorts=COHORTS):
    """Return bias, its Monte Carlo error and coverage of each quantity; beside them bias of the model of all causes."""
    each = [one(kind, n, place, beside=place < FIRST) for place in range(cohorts)]
    errors, held = (np.array([found[key] for found in each]) for key in ("error", "held"))
    beside = np.array([found["all_causes"] for found in each[:FIRST]]).mean(axis=0)
    found = {
        "cohorts": cohorts,
        "by_nuts": sum(not found["laplace"] for found in each),
        "expected_share_of_deaths": float(np.mean([found["known"] for found in each])),
    }
    for j, name in enumerate(ASKED):
        found[name] = {
            **bias(errors[:FIRST, j]),
            "coverage": float(held[:, j].mean()),
            "all": bias(errors[:, j]) | {"sd": float(errors[:, j].std(ddof=1))},
            "all_cause_bias": float(beside[j]),
        }
    return found


def bias(errors):
    """Return the mean of errors with its Monte Carlo error."""
    return {"bias": float(errors.mean()), "mc_error": float(errors.std(ddof=1) / np.sqrt(errors.size))}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for kind in sys.argv[1:] or KINDS:
        for n in SIZES:
            made.setdefault(kind, {})[str(n)] = recovered(kind, n)
            print(kind, n, made[kind][str(n)], flush=True)
            STORED.write_text(json.dumps(made, indent=1) + "\n")
