"""The logarithm of a number: linear in log2, refused where there is none."""

import numpy as np
import pytest

from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from tests.reference.bayes_trajectory import patients
from tests.reference.trajectory_models import COVERAGE, SCHEMA, model

PER_DOUBLING = {"covariate": "alc", "structure": "per_doubling", "prior": {"hr_median": 1.0, "hr_upper": 3.0}}


def cohort(**columns):
    """Return the patients with their ALC at baseline, and its logarithm as a number of its own."""
    frame = patients()
    frame = frame.assign(alc=frame["alc_baseline"], log2_alc=np.log2(frame["alc_baseline"]))
    numbers = {"alc": {"kind": "continuous", "center": 1.5}, "log2_alc": {"kind": "continuous"}}
    schema = schema_from(SCHEMA | {"covariates": {**SCHEMA["covariates"], **numbers}}, "escc")
    return read_cohort(frame.assign(**columns), schema, provenance="simulated")


def test_it_is_linear_in_the_logarithm():
    """Cox of log2 as a number of its own; a ratio of 4 over 1 is two doublings."""
    own = fit_classical(model((COVERAGE, PER_DOUBLING)), cohort())
    linear = {"covariate": "log2_alc", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}
    plain = fit_classical(model((COVERAGE, linear)), cohort())
    assert own.cox.coef[1] == pytest.approx(plain.cox.coef[1], rel=1e-9)
    one, two = (own.estimate(HazardRatio("alc", *pair))[0].value for pair in (("2", "1"), ("4", "1")))
    assert two == pytest.approx(one**2, rel=1e-9)
    (shown,) = (e for e in own.hazard_ratios() if e.term == "alc" and e.method == "cox")
    assert shown.contrast == "4 vs 2"


def test_it_is_described():
    words = " ".join(describe(make_plan(model((PER_DOUBLING,)), cohort())))
    assert "alc: linear in its logarithm, per doubling: hazard ratio 1.00, 95 % prior interval 0.33 to 3.00" in words


def test_a_number_without_a_logarithm_is_refused():
    none = patients()["alc_baseline"].where(lambda v: v.index != 4, 0.0)
    with pytest.raises(SpecError, match=r"'alc' is 0 in patient P05 \(1 in all\), and its logarithm is modelled"):
        make_plan(model((PER_DOUBLING,)), cohort(alc=none))
