"""Truths drawn from the prior beside the arm of another study with a drift: do intervals hold what they say?

Of each cohort level and shape of Weibull months, hazard ratios of arm and age, and the drift of the other study come
from the prior of the model; that study has 150 patients of our first arm, whose curve becomes counts between months 0,
12, 24, 36, 48 and 60. Ours are followed to month 30 at most, and survival at 60 is asked for. Months are drawn here by
hand. 79 and 400 patients, 400 cohorts each, as the verbs fit. ``python -m tests.calibration.drift_drawn`` writes
``drift_drawn.json``.
"""

import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.external_arm import counts_of
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.drift_recovery import ASKED, MONTH, MONTHS, OTHERS, SCHEMA, SD
from tests.calibration.under_the_prior import fitted, standing, write

STORED = Path(__file__).with_name("drift_drawn.json")
SEED, COHORTS, SIZES, REFERENCE = 20261205, 400, (79, 400), 12.0
RATIO, LEVEL, SHAPE = (0.0, 0.7), (-1.2, 0.5), (0.0, 0.3)
STUDIES = [str(size) for size in SIZES]
MODEL = {
    "name": "drift",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "weibull", "at": "reference", "reference_time": REFERENCE},
    "priors": {"baseline_log_cumulative_hazard": {"normal": list(LEVEL)}, "log_shape": {"normal": list(SHAPE)}},
    "effect": [
        {"covariate": "arm", "structure": "fixed", "prior": {"normal": list(RATIO)}},
        {"covariate": "age", "structure": "linear", "prior": {"normal": list(RATIO)}},
    ],
}


def followed(rng, level, shape, earliest, latest):
    """Return months and events of patients with cumulative hazards ``level`` (n,) at the reference month."""
    died = REFERENCE * (rng.standard_exponential(level.size) / level) ** (1.0 / shape)
    censored = rng.uniform(earliest, latest, level.size)
    return {"time": np.minimum(died, censored).clip(1e-6), "event": (died <= censored).astype(int)}


def drawn(n, place):
    """Return the plan of a SIMULATED cohort with the other study's counts, and its truths."""
    rng = np.random.default_rng([SEED, n, place])
    truths = {"drift": rng.normal(0.0, SD), "arm": rng.normal(*RATIO), "age": rng.normal(*RATIO)}
    level, shape = np.exp(rng.normal(*LEVEL)), np.exp(rng.normal(*SHAPE))
    arm, (age, theirs) = rng.integers(0, 2, n), (rng.normal(64.0, 8.0, size) for size in (n, OTHERS))
    ours = level * np.exp(truths["arm"] * arm + truths["age"] * (age - 64.0) / 10.0)
    others = level * np.exp(truths["drift"] + truths["age"] * (theirs - 64.0) / 10.0)
    frame = {**followed(rng, ours, shape, 8.0, 30.0), "arm": np.where(arm == 1, "b", "a"), "age": age}
    ends = schema_from({"endpoints": SCHEMA["endpoints"]}, "study")
    study = read_cohort(pd.DataFrame(followed(rng, others, shape, 24.0, 72.0)), ends, provenance="simulated")
    group = (("arm", "a"),)
    counts = counts_of(study, "os", MONTHS, landmark=0.0, group=group, study="the other study", sd=SD, at="drift")
    cohort = read_cohort(pd.DataFrame(frame), schema_from(SCHEMA, "drift"), provenance="simulated")
    truths["survival"] = float(np.exp(-ours * (MONTH / REFERENCE) ** shape).mean())
    return make_plan(replace(spec_from(MODEL, "drift"), external=counts), cohort), truths


def one(size, place):
    """Return where the truths of a cohort lie."""
    plan, truths = drawn(int(size), place)
    posterior = fitted(plan, place)
    draws = {"drift": posterior.flat["drift_1"][:, 0], **{name: posterior.draws(ask) for name, ask in ASKED.items()}}
    return standing(posterior, draws, truths)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for study in sys.argv[1:] or STUDIES:
        write(STORED, study, [one(study, place) for place in range(COHORTS)])
