"""Counts of studies whose hazards drift from ours: one density in every engine, and the binomial by hand."""

import numpy as np
import pytest
from scipy import stats
from tests.unit.bayes.densities import (
    equals_pymc,
    nuts_is_laplace,
    point,
)
from tests.unit.bayes.model.likelihood.term_plans import EXTERNAL, FORMS, FRAME, cohort
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, parameter_values, predictors
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

STUDIES = ({}, {"study": "A", "sd": 0.3}, {"study": "A", "sd": 0.3}, {"study": "B", "sd": 0.6})


def drift_plan(name):
    """One of the forms of ``term_plans``, with events between two months and counts of two studies that drift."""
    form, effects = FORMS[name]
    known = {word for effect in effects for word in effect.get("covariates", [effect.get("covariate")])}
    counts = [{**one, **own} for one, own in zip(EXTERNAL, STUDIES, strict=True) if set(one.get("group", {})) <= known]
    raw = {"name": "m", "outcome": {"endpoint": "pfs"}, **form, "effect": effects, "external": counts}
    return make_plan(spec_from(raw, "m"), cohort())


@pytest.mark.parametrize("name", FORMS)
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates; to 1e-6."""
    plan = drift_plan(name)
    equals_pymc(plan, *point(plan, 7))


@pytest.mark.parametrize("name", FORMS)
def test_density_of_nuts_is_that_of_laplace(name):
    """One point, in rows, against the cells, with the volume of partial centring; its gradient by differences."""
    plan = drift_plan(name)
    nuts_is_laplace(plan, density_of(plan))


def test_hazards_of_a_study_are_multiplied():
    """Second source: scipy's binomial on the mean of patients' survival under exp(delta) times their hazard."""
    plan = drift_plan("weibull")
    coords, x, u = point(plan, 4)
    values = parameter_values(coords, x, u)
    beta = np.concatenate([values["b_arm"][0], values["b_grade"][0] * np.cumsum(values["share_grade"][0])])
    level, shape = values["baseline"][0, 0], np.exp(values["log_shape"][0, 0])
    relative = np.exp(plan.design.centred @ beta)
    delta = {"": 0.0, "A": values["drift_1"][0, 0], "B": values["drift_2"][0, 0]}
    expected = 0.0
    for one, own in zip(EXTERNAL, STUDIES, strict=True):
        group, factor = one.get("group", {}), np.exp(delta[own.get("study", "")])
        inside = np.all([FRAME[key] == value for key, value in group.items()] or [np.ones(len(FRAME), bool)], axis=0)
        start, stop = (
            np.exp(-factor * relative[inside] * np.exp(level) * (one[end] / 6.0) ** shape).mean()
            for end in ("start", "stop")
        )
        expected += stats.binom.logpmf(one["alive"], one["at_risk"], stop / start)
    term = cells_of(plan).terms[-1].given(log_shape(coords, u))
    psi = predictors(coords, x, u, log_scales(coords, u))
    assert term.value(psi)[0] == pytest.approx(expected, rel=1e-11)
    found = term.derivatives(psi)
    for j, e in enumerate(np.eye(psi.shape[1])):
        up, down = term.value(psi + 1e-5 * e), term.value(psi - 1e-5 * e)
        assert found.gradient[0, j] == pytest.approx((up[0] - down[0]) / 2e-5, abs=2e-5)
