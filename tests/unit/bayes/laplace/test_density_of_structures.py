"""The density of effects that change over time, of curves, strata and start-stop rows: equal to PyMC's."""

import numpy as np
import pytest
from tests.reference import structure_plans
from tests.unit.bayes.densities import equals_pymc

from escc_bayes.bayes.modes.layout import coordinates

NAMES = (
    "spline+ordered+time_varying_off | walk",
    "fixed+time_varying_off | independent strata",
    "ordered+spline | weibull rows",
    "time_varying_off+linear | walk strata rows",
    "ordered+subgroup | walk",
    "subgroup_strata+fixed | independent strata",
    "interaction+linear | weibull",
    "horseshoe | walk",
)


@pytest.fixture(scope="module")
def plans():
    return {name: plan for name, plan, _ in structure_plans.plans()}


@pytest.mark.parametrize("name", NAMES)
def test_density_equals_pymcs(plans, name):
    """PyMC's compiled log density at a point drawn near 0, up to the volume of the coordinates."""
    plan = plans[name]
    coords, rng = coordinates(plan)[0], np.random.default_rng(8)
    x, u = 0.3 * rng.standard_normal((1, coords.latents)), 0.3 * rng.standard_normal((1, len(coords.hypers)))
    if coords.gamma is not None:
        x[:, : coords.pieces] -= 3.0
    equals_pymc(plan, coords, x, u, within=1e-5)
