"""Transitions, or two endpoints: one density to laplace, the native sampler and PyMC, whatever the baselines."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.bayes.densities import density, equals_pymc
from tests.unit.bayes.model.likelihood.test_cells import points
from tests.unit.bayes.native.test_density import density_of

from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.data.bundled import example_cohort
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.request import WeibullBaseline
from escc_bayes.spec.transitions import TRANSITION

WEIBULL = WeibullBaseline(12.0, "mean", Normal(-1.0, 1.0), Normal(0.0, 0.5), TRANSITION)


TWO = {
    "name": "both",
    "outcome": {"endpoints": ["os", "pfs"]},
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_survival": {"at": 12.0, "median": 0.7, "lower": 0.3}, "log_shape": {"normal": [0.0, 0.5]}},
    "effect": [
        {
            "covariate": "coverage",
            "structure": "across_transitions",
            "prior": {"hr_median": 1.0, "hr_upper": 4.0},
            "sd": {"halfnormal": 0.3},
        },
        {"covariate": "age", "structure": "linear", "prior": {"normal": [0.0, 0.7]}, "shared": True},
    ],
}


@pytest.fixture(params=["forward", "reset", "forward, Weibull", "reset, Weibull", "two endpoints, Weibull"])
def plan(request):
    clock, _, family = request.param.partition(", ")
    if clock == "two endpoints":
        return make_plan(spec_from(TWO, "both"), example_cohort("escc79"))
    spec = load_spec("illness_death", variant="reset" if clock == "reset" else None)
    return make_plan(replace(spec, baseline=WEIBULL) if family else spec, example_cohort("escc79"))


def test_density_of_laplace_equals_pymc(plan):
    coords = coordinates(plan)[0]
    for x, u in zip(*points(coords, draws=2), strict=True):
        equals_pymc(plan, coords, x[None], u[None])


def test_density_of_native_is_that_of_laplace_with_its_gradient(plan):
    """The value up to one constant, the volume of partial centring; the gradient by central differences."""
    target, rng = density_of(plan), np.random.default_rng(3)
    for _ in range(2):
        q = rng.standard_normal(target.size)
        value, gradient = target(q)
        gradient = gradient.copy()
        x, u = target.factor @ q[: target.latents] + target.centre, q[None, target.latents :]
        z = x[None] if target.scales is None else target.scales.latents(x[None], u)
        expected = float(density(plan, target.coords, z, u)[0]) + float(np.log(z / x).sum())
        assert value == pytest.approx(expected, abs=1e-8)
        numeric = [(target(q + 1e-5 * e)[0] - target(q - 1e-5 * e)[0]) / 2e-5 for e in np.eye(q.size)]
        np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-5)
