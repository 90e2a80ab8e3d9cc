"""Columns of other values under the coding that the rows have, against those of a cohort that has these values."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.column_values import refuse_other_columns, with_values
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from

SPLINE = {
    "name": "curve",
    "outcome": {"endpoint": "os"},
    "baseline": {"family": "piecewise_exponential", "cuts": [12.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.5, 1.0]}},
    "effect": [
        {
            "covariate": "age",
            "structure": "spline",
            "knots": [50.0, 60.0, 70.0],
            "prior": {"normal": [0.0, 1.0]},
            "sd": {"halfnormal": 0.5},
        }
    ],
}


@pytest.mark.parametrize("name", ["os_piecewise", "os_weibull", "pfs_piecewise"])
def test_columns_of_other_levels_are_those_of_a_cohort_with_them(name, simulated79):
    """Ordered, fixed, exchangeable and pooled effects; the centre stays that of the rows."""
    plan = make_plan(load_spec(name), simulated79)
    of = np.array([0, 3, 7])
    for covariate in plan.spec.covariates:
        held = plan.rows.covariates[covariate].values
        values = np.array(held)
        values[of] = held[of[::-1]]
        changed = {**simulated79.covariates}
        whole = np.array(changed[covariate].values)
        whole[plan.rows.positions] = values
        changed[covariate] = replace(changed[covariate], values=whole)
        other = make_plan(plan.spec, replace(simulated79, covariates=MappingProxyType(changed)))
        found = with_values(plan, covariate, of, values[of][:, None])[:, 0]
        np.testing.assert_allclose(found, (other.design.columns - plan.design.center)[of], atol=1e-12)


def test_columns_of_a_curve_and_of_a_number(larynx):
    plan = make_plan(spec_from(SPLINE, "curve"), larynx)
    found = with_values(plan, "age", np.array([0, 1]), np.array([[55.0, 71.0], [63.0, 63.0]]))
    curve = plan.design.blocks[0].coding.curve
    np.testing.assert_allclose(found[0], curve.columns(np.array([55.0, 71.0])) - plan.design.center, atol=1e-12)
    refuse_other_columns(plan, ("age",))


@pytest.mark.parametrize("name", ["stage", "coverage"])
def test_columns_that_follow_from_more_than_the_value_are_refused(name, simulated79):
    """An effect of coverage within stage: neither is set by its own value alone."""
    within = {"covariate": "coverage", "structure": "subgroup", "within": "stage"}
    normal, half = {"normal": [0.0, 1.0]}, {"halfnormal": 0.5}
    effects = [{"covariate": "stage", "structure": "fixed", "prior": normal}, {**within, "prior": normal, "sd": half}]
    plan = make_plan(spec_from({**SPLINE, "effect": effects}, "within"), simulated79)
    with pytest.raises(SpecError, match=f"follow from more than the value of '{name}' alone"):
        refuse_other_columns(plan, (name,))


def test_plain_effects_are_not_refused(larynx, simulated79):
    refuse_other_columns(make_plan(load_spec("larynx_piecewise"), larynx), ("stage", "age"))
    plan = make_plan(load_spec("os_piecewise"), simulated79)
    refuse_other_columns(plan, plan.spec.covariates)
