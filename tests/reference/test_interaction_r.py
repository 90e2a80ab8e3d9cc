"""Effects that differ with a second covariate equal R's coxph(a * b): interaction.R made interaction.json (GBSG2)."""

import json
from pathlib import Path

import numpy as np
import pytest
from lifelines.datasets import load_gbsg2

from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.spec.reading import spec_from

R = json.loads(Path(__file__).with_name("interaction.json").read_text(encoding="utf-8"))
NORMAL = {"normal": [0.0, 1.0]}
SCHEMA = {
    "time_unit": "days",
    "endpoints": {"os": {"time": "time", "event": "cens", "event_values": ["1"]}},
    "covariates": {
        "therapy": {"column": "horTh", "kind": "binary", "levels": ["no", "yes"]},
        "grade": {"column": "tgrade", "kind": "ordered", "levels": ["I", "II", "III"]},
        "age": {"kind": "continuous", "center": 50.0, "scale": 10.0},
    },
}
GRADE = {"covariate": "grade", "structure": "fixed", "prior": NORMAL}
AGE = {"covariate": "age", "structure": "linear", "prior": NORMAL}
CROSSED = {"structure": "interaction", "prior": NORMAL, "ratio": NORMAL}
SHRUNK = {"structure": "subgroup", "within": "grade", "prior": NORMAL, "sd": {"halfnormal": 0.5}}
# Of each: the effect that differs, what stands beside it, what the baseline has.
CASES = {
    "levels": ({"covariate": "therapy", "by": "grade", **CROSSED}, [GRADE], {}),
    "number": ({"covariate": "therapy", "by": "age", **CROSSED}, [AGE], {}),
    "slopes": ({"covariate": "age", "by": "grade", **CROSSED}, [GRADE], {}),
    "strata": ({"covariate": "therapy", "by": "grade", **CROSSED}, [], {"strata": "grade"}),
    "levels, shrunk": ({"covariate": "therapy", **SHRUNK}, [GRADE], {}),
    "slopes, shrunk": ({"covariate": "age", **SHRUNK}, [GRADE], {}),
}


def cohort(frame=None):
    """Return GBSG2, or some of it."""
    return read_cohort(load_gbsg2() if frame is None else frame, schema_from(SCHEMA, "gbsg2"))


def model(effect, beside, baseline=None):
    """Return a model of an effect that differs and of those beside it."""
    body = {"family": "piecewise_exponential", "cuts": [12.0, 24.0, 48.0], "steps": "equal", "sd": {"halfnormal": 0.5}}
    return spec_from(
        {
            "name": "crossed",
            "outcome": {"endpoint": "os"},
            "baseline": body | (baseline or {}),
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [*beside, effect],
        },
        "crossed.toml",
    )


@pytest.mark.parametrize("name", CASES)
def test_cox_equals_coxph_of_the_product(name):
    """Log hazard ratios within each level or at each value and their ratios, with errors, to 9 digits."""
    classical = fit_classical(model(*CASES[name]), cohort())
    asked = [one for one in standard_contrasts(classical.plan.design) if one.modifier]
    w = np.array([weights(one, classical.plan.design) for one in asked])
    stored = R[name.partition(",")[0]]
    assert w @ classical.cox.coef == pytest.approx(np.array(stored["log_hr"]), rel=1e-9)
    assert np.sqrt(np.diag(w @ classical.cox.covariance @ w.T)) == pytest.approx(np.array(stored["se"]), rel=1e-9)
