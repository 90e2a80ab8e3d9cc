"""Hazards in excess of a life table's: one density in every engine, with its right derivatives."""

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
from tests.unit.bayes.model.likelihood.background_plans import background_plan
from tests.unit.bayes.model.likelihood.term_plans import FORMS
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.model.likelihood.spans_of_plan import terms_of


@pytest.mark.parametrize("name", FORMS)
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates; to 1e-6."""
    plan = background_plan(name)
    equals_pymc(plan, *point(plan, 7))


@pytest.mark.parametrize("name", FORMS)
def test_density_of_nuts_is_that_of_laplace(name):
    """One point, in rows, against the cells, with the volume of partial centring; its gradient by differences."""
    plan = background_plan(name)
    nuts_is_laplace(plan, density_of(plan))


@pytest.mark.parametrize("name", FORMS)
def test_derivatives_equal_central_differences(name):
    """Gradient and Hessian of the term in psi; a Newton climb from the start ends at a mode."""
    plan = background_plan(name)
    derivatives_are_right(plan, terms_of(plan)[0])


@pytest.mark.parametrize("name", FORMS)
def test_log_likelihood_of_patients_adds_up_to_the_cells(name):
    """Second source: hazards of all causes of patients, which know no cells; what everybody passed is counted."""
    plan = background_plan(name)
    patients_add_up_to_the_cells(plan)


def test_maximum_is_that_of_a_likelihood_written_by_hand():
    """Second source: scipy's minimum of a constant excess hazard, the expected one added by hand at each event."""
    plan = background_plan("gamma")
    expected, profile = plan.expected
    rows = plan.rows
    known = expected.rate(profile, rows.time)
    arm = plan.design.centred[:, 0]

    def minus_log_likelihood(theta):
        excess = np.exp(theta[0] + theta[1] * arm)
        return -(rows.event * np.log(known + excess) - excess * (rows.time - rows.entry)).sum()

    best = optimize.minimize(minus_log_likelihood, [-3.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9})
    psi = np.zeros((1, plan.design.size + plan.baseline.pieces))
    psi[0, 0], psi[0, plan.design.size :] = best.x[1], best.x[0]
    found = cells_of(plan).given(None).derivatives(psi)
    passed = float(
        (expected.cumulative_at(profile, rows.time[None]) - expected.cumulative_at(profile, rows.entry[None])).sum()
    )
    assert found.value[0] == pytest.approx(-best.fun - passed, rel=1e-10)
    assert found.gradient[0, 0] == pytest.approx(0.0, abs=1e-4)
    assert found.gradient[0, plan.design.size :].sum() == pytest.approx(0.0, abs=1e-4)
