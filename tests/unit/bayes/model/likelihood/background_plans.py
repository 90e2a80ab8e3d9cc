"""Plans whose hazards are in excess of a life table's: rates of the United States, from R's survival."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from tests.unit.bayes.model.likelihood.term_plans import COVARIATES, FORMS

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

REFERENCE = Path(__file__).parents[4] / "reference"
R = json.loads((REFERENCE / "background.json").read_text())
BACKGROUND = {"table": "us_life_table.csv", "age": "age", "sex": "sex", "year": "begun"}
FRAME = pd.DataFrame(
    {
        "time": [4.0, 9.0, 5.0, 13.0, 12.5, 3.5, 3.5, 9.5, 20.0, 10.0],
        "event": [1, 1, 0, 1, 1, 0, 1, 1, 1, 1],
        "e": [0.0, 1.0, 0.0, 4.0, 6.9, 0.0, 0.0, 0.0, 3.0, 0.0],
        "arm": list("abbabbbaab"),
        "grade": ["low", "mid", "high", "low", "mid", "high", "high", "mid", "low", "high"],
        "level": ["mid", "mid", "high", "low", "low", "mid", "low", "low", "high", "low"],
        "site": list("xxyyxyyxyx"),
        "age": [60.0, 71.25, 88.9, 80.4, 79.999, 55.5, 66.6, 90.1, 85.0, 93.3],
        "sex": ["male", "female"] * 5,
        "begun": np.linspace(2005.0, 2011.7, 10).round(2),
    }
)
SCHEMA = {
    "endpoints": {"os": {"time": "time", "event": "event", "entry": "e"}},
    "covariates": {
        **COVARIATES,
        "age": {"kind": "continuous", "center": 64.0, "scale": 10.0},
        "sex": {"kind": "binary", "levels": ["male", "female"]},
        "begun": {"kind": "continuous", "center": 2010.0, "scale": 1.0},
    },
}


def cohort(frame=FRAME):
    """Ten patients with months, ages, sexes and years."""
    return read_cohort(frame, schema_from(SCHEMA, "small"))


def background_plan(name, *, background=BACKGROUND, frame=FRAME):
    """One of the forms of ``term_plans`` with background mortality."""
    form, effects = FORMS[name]
    raw = {"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": effects}
    return make_plan(spec_from({**raw, "background": background}, "m", folder=REFERENCE), cohort(frame))
