"""Truths drawn from the prior of a cure fraction: do 95 % intervals hold 95 %, are ranks uniform, errors 0 on average?

Where follow-up ends early the prior says much of who is cured and who is late, so that one fixed truth asks whether
the prior was right. Here the share cured, hazard ratios and baseline of each cohort come from the prior that the model
has, stated as a user would. Months of those not cured are drawn here by hand. 79 and 400 patients, Weibull and pieces,
followed for 24 to 84 months; 400 cohorts each, as the verbs fit. ``python -m tests.calibration.cure_drawn`` writes
``cure_drawn.json``.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from escc_bayes.bayes.model.parameters import CURE
from escc_bayes.estimand.estimand import HazardRatio, SurvivalAt
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.calibration.cure_recovery import cohort
from tests.calibration.drawn_truths import event_times
from tests.calibration.under_the_prior import fitted, standing, write

STORED = Path(__file__).with_name("cure_drawn.json")
SEED, COHORTS, SIZES, MONTH = 20261130, 400, (79, 400), 60.0
FOLLOW_UP = (24.0, 84.0)
FAMILIES = ("weibull", "piecewise")
CUTS, REFERENCE = [6.0, 12.0, 24.0], 12.0
# Median share 25 %, 97.5 % point 70 %; hazard ratios within 0.25 and 4; half of those not cured gone in 3 to 22 months.
MEAN, UPPER, Z975 = np.log(0.25 / 0.75), np.log(0.7 / 0.3), 1.959964
RATIO, LEVEL, SHAPE, RATE = (0.0, 0.7), (0.1, 0.5), (0.0, 0.3), (-2.6, 0.5)
FORMS = {
    "weibull": {
        "baseline": {"family": "weibull", "at": "reference", "reference_time": REFERENCE},
        "priors": {"baseline_log_cumulative_hazard": {"normal": list(LEVEL)}, "log_shape": {"normal": list(SHAPE)}},
    },
    "piecewise": {
        "baseline": {
            "family": "piecewise_exponential",
            "at": "reference",
            "cuts": CUTS,
            "smoothing": "independent",
        },
        "priors": {"baseline_log_rate": {"normal": list(RATE)}},
    },
}
ASKED = {
    "arm": HazardRatio("arm", "b", versus="a"),
    "age": HazardRatio("age", per=10.0),
    "survival": SurvivalAt(MONTH),
}
STUDIES = [f"{family} {size}" for family in FAMILIES for size in SIZES]


def spec_of(family):
    """Return the model."""
    effects = [
        {"covariate": name, "structure": structure, "prior": {"normal": list(RATIO)}}
        for name, structure in (("arm", "fixed"), ("age", "linear"))
    ]
    raw = {"name": "cure", "outcome": {"endpoint": "os"}, "effect": effects, **FORMS[family]}
    return spec_from(raw | {"cure": {"fraction": {"median": 0.25, "upper": 0.7}}}, "cure")


def months(family, relative, unit, rng):
    """Return months (n,) at which hazards of a baseline from its prior spend ``unit``, and survival at ``MONTH``."""
    if family == "weibull":
        level, shape = np.exp(rng.normal(*LEVEL)) * relative, np.exp(rng.normal(*SHAPE))
        return REFERENCE * (unit / level) ** (1.0 / shape), np.exp(-level * (MONTH / REFERENCE) ** shape)
    edges = [0.0, *CUTS]
    rates = np.exp(rng.normal(*RATE, len(edges))) * relative[:, None]
    lived = np.clip(np.minimum([*CUTS, np.inf], MONTH) - edges, 0.0, None)
    return event_times(rates, edges, unit), np.exp(-(rates * lived).sum(axis=1))


def patients(family, n, place, follow_up=FOLLOW_UP):
    """Return a SIMULATED cohort, censored between two months, and its truths."""
    rng = np.random.default_rng([SEED, n, place])
    odds, arm_effect, age_effect = rng.normal(MEAN, (UPPER - MEAN) / Z975), *rng.normal(*RATIO, 2)
    arm, age = rng.integers(0, 2, n), rng.normal(64.0, 8.0, n).round(1)
    relative = np.exp(arm_effect * arm + age_effect * (age - 64.0) / 10.0)
    fraction = 1.0 / (1.0 + np.exp(-odds))
    late, left = months(family, relative, rng.standard_exponential(n), rng)
    died, censored = np.where(rng.random(n) < fraction, np.inf, late), rng.uniform(*follow_up, n)
    frame = pd.DataFrame(
        {
            "time": np.minimum(died, censored).clip(1e-6),
            "event": (died <= censored).astype(int),
            "arm": np.where(arm == 1, "b", "a"),
            "age": age,
        }
    )
    truths = {"cure": odds, "arm": arm_effect, "age": age_effect}
    truths["survival"] = float((fraction + (1.0 - fraction) * left).mean())
    return cohort(frame), truths


def one(study, place):
    """Return where the truths of a cohort lie."""
    family, n = study.split()
    data, truths = patients(family, int(n), place)
    posterior = fitted(make_plan(spec_of(family), data), place)
    draws = {"cure": posterior.flat[CURE][:, 0], **{name: posterior.draws(ask) for name, ask in ASKED.items()}}
    return standing(posterior, draws, truths)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for study in sys.argv[1:] or STUDIES:
        write(STORED, study, [one(study, place) for place in range(COHORTS)])
