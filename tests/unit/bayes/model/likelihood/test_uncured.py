"""A cure fraction: one density in every engine, with its right derivatives."""

import numpy as np
import pytest
from scipy import optimize
from tests.unit.bayes.densities import (
    derivatives_are_right,
    equals_pymc,
    nuts_is_laplace,
    patients_add_up_to_the_cells,
    point,
)
from tests.unit.bayes.model.likelihood.background_plans import FRAME, cohort
from tests.unit.bayes.model.likelihood.term_plans import FORMS
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.model.likelihood.cure_of_plan import uncured_of
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, predictors
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

CURE = {"fraction": {"median": 0.3, "upper": 0.7}}
# Four of ten are censored, one of them after a late entry.
CENSORED = FRAME.assign(event=[1, 0, 0, 1, 1, 0, 1, 1, 0, 1])


def cure_plan(name, *, cure=CURE, frame=CENSORED, **more):
    """One of the forms of ``term_plans`` with a cure fraction."""
    form, effects = FORMS[name]
    raw = {"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": effects, "cure": cure, **more}
    return make_plan(spec_from(raw, "m"), cohort(frame))


@pytest.mark.parametrize("name", FORMS)
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates; to 1e-6."""
    plan = cure_plan(name)
    equals_pymc(plan, *point(plan, 7))


@pytest.mark.parametrize("name", FORMS)
def test_density_of_nuts_is_that_of_laplace(name):
    """One point, in rows, against the cells, with the volume of partial centring; its gradient by differences."""
    plan = cure_plan(name)
    nuts_is_laplace(plan, density_of(plan))


@pytest.mark.parametrize("name", FORMS)
def test_derivatives_equal_central_differences(name):
    """Gradient and Hessian of the term in psi; a Newton climb from the start ends at a mode."""
    plan = cure_plan(name)
    derivatives_are_right(plan, uncured_of(plan))


@pytest.mark.parametrize("name", FORMS)
def test_log_likelihood_of_patients_adds_up_to_the_cells(name):
    """Second source: hazards of patients, some cured, which know no cells."""
    plan = cure_plan(name)
    patients_add_up_to_the_cells(plan)


def test_maximum_is_that_of_a_likelihood_written_by_hand():
    """Second source: scipy's minimum under a constant hazard; log(1 - pi) + log h - H, log(pi + (1 - pi) exp(-H))."""
    plan = cure_plan("gamma", frame=CENSORED.assign(e=0.0, time=[*CENSORED["time"][:8], 24.0, 10.0]))
    rows = plan.rows

    def minus_log_likelihood(theta):
        rate, fraction = np.exp(theta[0]), 1.0 / (1.0 + np.exp(-theta[1]))
        left = np.exp(-rate * rows.time)
        died = np.log(1.0 - fraction) + np.log(rate) - rate * rows.time
        return -np.where(rows.event > 0.0, died, np.log(fraction + (1.0 - fraction) * left)).sum()

    best = optimize.minimize(minus_log_likelihood, [-2.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-9})
    psi = np.zeros((1, plan.design.size + plan.baseline.pieces + 1))
    psi[0, plan.design.size : -1], psi[0, -1] = best.x
    found = cells_of(plan).given(None).derivatives(psi)
    assert found.value[0] == pytest.approx(-best.fun, rel=1e-10)
    assert found.gradient[0, plan.design.size : -1].sum() == pytest.approx(0.0, abs=1e-4)
    assert found.gradient[0, -1] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("name", ["walk", "weibull"])
def test_far_out_nothing_is_gained(name):
    """Hazards of e^60, and e^30 in an arm: events there are impossible, and rounding makes them no likelier."""
    plan = cure_plan(name)
    coords, x, u = point(plan, 3)
    likelihood = cells_of(plan).given(log_shape(coords, u))
    psi = predictors(coords, x, u, log_scales(coords, u))
    far = psi + 0.0
    far[:, plan.design.size : -1] += 60.0
    assert likelihood.value(far)[0] < -1e20
    arms = psi + 0.0
    arms[:, 0] += 60.0
    assert likelihood.value(arms)[0] < -1e9
