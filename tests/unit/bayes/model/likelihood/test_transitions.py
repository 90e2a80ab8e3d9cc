"""Illness-death models state one density to laplace and to PyMC."""

import pytest
from tests.unit.bayes.laplace.test_density import density, log_volume, pymc_log_density, pymc_values
from tests.unit.bayes.model.likelihood.test_cells import points

from escc_bayes.bayes.modes.coordinates import parameter_values
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec


@pytest.fixture(params=["", "reset"])
def plan(request):
    return make_plan(load_spec("illness_death", variant=request.param or None), example_cohort("escc79"))


def test_density_of_laplace_equals_pymc(plan):
    coords = coordinates(plan)[0]
    for x, u in zip(*points(coords, draws=2), strict=True):
        at = x[None], u[None]
        theirs = pymc_log_density(plan, pymc_values(plan, parameter_values(coords, *at)))
        assert float(density(plan, coords, *at)[0]) - log_volume(plan, coords, *at) == pytest.approx(theirs, abs=1e-6)
