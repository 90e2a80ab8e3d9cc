"""Plans whose likelihood has more than rows with known months: events between two months, survivors elsewhere."""

import pandas as pd
from tests.unit.bayes.model.test_likelihood import GAMMA, WALK, WEIBULL

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

FRAME = pd.DataFrame(
    {
        # Exact, between two months, from the start, censored; entries; two patients alike.
        "l": [4.0, 3.0, 0.0, 9.0, 6.0, 2.0, 2.0, 9.5, 11.0, 1.0],
        "r": [4.0, 9.0, 5.0, None, 12.5, 3.5, 3.5, None, 20.0, 10.0],
        "e": [0.0, 1.0, 0.0, 4.0, 6.9, 0.0, 0.0, 0.0, 3.0, 0.0],
        "arm": list("abbabbbaab"),
        "grade": ["low", "mid", "high", "low", "mid", "high", "high", "mid", "low", "high"],
        "level": ["mid", "mid", "high", "low", "low", "mid", "low", "low", "high", "low"],
        "site": list("xxyyxyyxyx"),
    }
)
ORDERED = {"kind": "ordered", "levels": ["low", "mid", "high"]}
COVARIATES = {
    "arm": {"kind": "binary", "levels": ["a", "b"]},
    "grade": ORDERED,
    "level": ORDERED,
    "site": {"kind": "nominal", "levels": ["x", "y"]},
}
SCHEMA = {"endpoints": {"pfs": {"left": "l", "right": "r", "entry": "e"}}, "covariates": COVARIATES}
FIXED = {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.2, 0.9]}}
STEPS = {"covariate": "grade", "structure": "ordered", "prior": {"normal": [0.3, 1.0]}}
POOLED = {"name": "both", "covariates": ["grade", "level"], "structure": "pooled", "prior": {"normal": [0.1, 0.8]}}
VARYING = {"covariate": "arm", "structure": "time_varying", "cuts": [5.0, 7.0], "prior": {"normal": [0.0, 1.0]}}
EXTERNAL = [
    {"start": 0.0, "stop": 8.0, "at_risk": 40, "alive": 21},
    {"start": 10.0, "stop": 30.0, "at_risk": 12, "alive": 5, "group": {"grade": "high"}},
    {"start": 6.0, "stop": 40.0, "at_risk": 9, "alive": 0, "group": {"arm": "b"}},
    {"start": 2.0, "stop": 3.0, "at_risk": 7, "alive": 7},
]
STRATA = {**WALK, "baseline": {**WALK["baseline"], "strata": "site"}}
FORMS = {
    "walk": (WALK, [FIXED, STEPS]),
    "gamma": (GAMMA, [FIXED, STEPS]),
    "weibull": (WEIBULL, [FIXED, STEPS]),
    "pooled": (WALK, [FIXED, {**POOLED, "sd": {"halfnormal": 0.4}}]),
    "varying": (WALK, [{**VARYING, "sd": {"halfnormal": 0.4}}]),
    "varying-weibull": (WEIBULL, [{**VARYING, "sd": {"halfnormal": 0.4}}]),
    "strata": (STRATA, [FIXED]),
}


def cohort():
    """Ten patients with intervals."""
    return read_cohort(FRAME, schema_from(SCHEMA, "small"))


def term_plan(name, *, external=True):
    """One of the plans, with or without survivors of other sources."""
    form, effects = FORMS[name]
    known = {word for effect in effects for word in effect.get("covariates", [effect.get("covariate")])}
    counts = [one for one in EXTERNAL if set(one.get("group", {})) <= known]
    raw = {"name": "m", "outcome": {"endpoint": "pfs"}, **form, "effect": effects}
    return make_plan(spec_from({**raw, "external": counts} if external else raw, "m"), cohort())
