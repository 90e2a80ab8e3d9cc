"""Are a cure fraction, hazard ratios among those not cured and survival recovered? By ``laplace``.

Three of ten patients never have the event; the others have Weibull months (median half a year) or those of four pieces,
with a hazard ratio of 1.65 between two arms and of 1.22 per 10 years of age. Cohorts of 79 and of 400 patients, 100 of
each. The prior on the fraction has its median at 25 % and its 97.5 % point at 70 %. ``cure_drawn`` draws truths from a
prior instead.

Recovery is asked where patients are followed for so long that the package does not say SHORT FOLLOW-UP
(``IDENTIFIED``): a Weibull, whose shape says when the last events come, from months 24 to 84; pieces, whose last rate
begins at month 24 and is known from what is seen after it, from 60 to 120 and from 84 to 144. Pieces followed from 24
to 84 are a study of their own, of what a short follow-up does and whether it is said (``SHORT``).

Bias of posterior means and coverage of 95 % intervals, of log odds of cure, log hazard ratios and survival at 60
months; and what the package says of follow-up in each cohort of three studies (``TOLD``, ``LOOKED_AT``), the longest
pieces and more patients of a Weibull being told apart better yet.
``python -m tests.calibration.cure_recovery`` writes ``cure_recovery.json``.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.model.parameters import CURE
from escc_bayes.bayes.posterior.cure_fraction import cure_fraction, is_short
from escc_bayes.bayes.posterior.fallback import fit_or_replace
from escc_bayes.bayes.sampling.settings import RunSettings
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.likelihood_terms_recovery import AGE, ARM, COVARIATES, EFFECTS, PIECEWISE, WEIBULL, times

STORED = Path(__file__).with_name("cure_recovery.json")
COHORTS, SIZES, SEED, DRAWS = 100, (79, 400), 20261202, 1000
FOLLOW_UP = {
    "weibull": (24.0, 84.0),
    "piecewise": (24.0, 84.0),
    "piecewise_long": (60.0, 120.0),
    "piecewise_longest": (84.0, 144.0),
}
KINDS, FRACTION, MONTH = tuple(FOLLOW_UP), 0.3, 60.0
SHORT, IDENTIFIED = "piecewise", ("weibull", "piecewise_long", "piecewise_longest")
# Of a hazard twice that of ``likelihood_terms_recovery``, so that the others have had their event by the end.
FASTER = 2.0
PRIOR = {"fraction": {"median": 0.25, "upper": 0.7}}
ASKED = {
    "arm": HazardRatio("arm", "b", versus="a"),
    "age": HazardRatio("age", per=10.0),
    "survival": SurvivalAt(MONTH),
}
LOOKED_AT = (("weibull", 79), ("piecewise", 400), ("piecewise_long", 400))
TOLD = ("still_free", "data_share", "told_apart")
SCHEMA = {"endpoints": {"os": {"time": "time", "event": "event"}}, "covariates": COVARIATES}


def patients(kind, n, place, follow_up=None):
    """Return patients as a table, and their survival at the month that is asked for."""
    rng = np.random.default_rng([SEED, n, place])
    arm, age = rng.integers(0, 2, n), rng.normal(64.0, 8.0, n).round(1)
    baseline = kind.split("_")[0]
    relative = FASTER * np.exp(ARM * arm + AGE * (age - 64.0) / 10.0)
    month = times(baseline, rng.standard_exponential(n) / relative)
    died = np.where(rng.random(n) < FRACTION, np.inf, month)
    censored = rng.uniform(*(follow_up or FOLLOW_UP[kind]), n)
    frame = {
        "time": np.minimum(died, censored),
        "event": (died <= censored).astype(int),
        "arm": np.where(arm == 1, "b", "a"),
        "age": age,
    }
    left = np.exp(-reached(baseline, MONTH) * relative)
    return pd.DataFrame(frame), float((FRACTION + (1.0 - FRACTION) * left).mean())


def cohort(frame):
    """Return patients as a cohort."""
    return read_cohort(frame, schema_from(SCHEMA, "recovery"), provenance="simulated")


def drawn(kind, n, place, follow_up=None):
    """Return the plan of a cohort, and the survival of its patients at the month that is asked for."""
    frame, survival = patients(kind, n, place, follow_up)
    form = WEIBULL if kind == "weibull" else PIECEWISE
    raw = {"name": "recovery", "outcome": {"endpoint": "os"}, "effect": EFFECTS, "cure": PRIOR, **form}
    return make_plan(spec_from(raw, "recovery"), cohort(frame)), survival


def reached(kind, month):
    """Return the cumulative hazard at a month: where ``times`` comes to it, by halving."""
    low, high = 0.0, 100.0
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if float(times(kind, np.array([middle]))[0]) < month else (low, middle)
    return low


def recovered(kind, n, cohorts=COHORTS):
    """Return bias, its Monte Carlo error and coverage of each quantity, and of each cohort what tells of follow-up."""
    errors, covered, told, unfit = [], [], [], 0
    for place in range(cohorts):
        plan, survival = drawn(kind, n, place)
        truth = np.array([np.log(FRACTION / (1.0 - FRACTION)), ARM, AGE, survival])
        posterior = fit_or_replace(plan, RunSettings("laplace", draws=DRAWS), seed=place)
        unfit += posterior.record.engine != "laplace"
        values = np.array([posterior.flat[CURE][:, 0], *(posterior.draws(one) for one in ASKED.values())])
        low, high = np.quantile(values, [0.025, 0.975], axis=1)
        errors.append(values.mean(axis=1) - truth)
        covered.append((low <= truth) & (truth <= high))
        if (kind, n) in LOOKED_AT:
            told.append(follow_up(posterior))
    found = {"cohorts": cohorts, "by_nuts": unfit}
    if told:
        found |= {name: [one[name] for one in told] for name in TOLD}
    for j, name in enumerate(("cure", *ASKED)):
        mine = np.array(errors)[:, j]
        found[name] = {
            "bias": float(mine.mean()),
            "mc_error": float(mine.std(ddof=1) / np.sqrt(cohorts)),
            "coverage": float(np.mean(np.array(covered)[:, j])),
        }
    return found


def follow_up(posterior):
    """Return what the package says of follow-up: all that decides whether it says SHORT FOLLOW-UP."""
    share = cure_fraction(posterior, 0.95)
    return {name: round(getattr(share, name), 4) for name in TOLD}


def said_short(found):
    """Return the share of a study's cohorts of which the package says SHORT FOLLOW-UP."""
    return float(np.mean([is_short(*told) for told in zip(*(found[name] for name in TOLD), strict=True)]))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    made = json.loads(STORED.read_text()) if STORED.exists() else {}
    for kind in sys.argv[1:] or KINDS:
        for n in SIZES:
            made.setdefault(kind, {})[str(n)] = recovered(kind, n)
            print(kind, n, made[kind][str(n)], flush=True)
            STORED.write_text(json.dumps(made, indent=1) + "\n")
