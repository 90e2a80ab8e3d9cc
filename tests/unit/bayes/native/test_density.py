"""The density that backend ``native`` samples: equal to PyMC's for every structure, with its right gradient."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats
from tests.unit.bayes.densities import density, pymc_values
from tests.unit.bayes.laplace.test_density import PLANS, mixture_plan, planned, pooled_plan
from tests.unit.bayes.model.test_likelihood import WALK, WEIBULL

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.native.density import Around, Density, mixtures
from escc_bayes.bayes.native.native import posed
from escc_bayes.bayes.native.rows import likelihood_rows
from escc_bayes.bayes.native.scales import half_normal
from escc_bayes.bayes.pymc.build import build_model
from escc_bayes.spec.evidence_prior import EvidencePrior

EVIDENCE = EvidencePrior("arm", "OS", ((0.7, -0.4, 0.2), (0.3, 0.0, 1.5)))


def pooled_mixture(form):
    """An ordered effect of four levels with a mixture prior, beside a pooled effect."""
    plan = pooled_plan(form)
    first, last = plan.design.blocks
    changed = replace(last, effect=replace(last.effect, prior=EVIDENCE))
    return replace(plan, design=replace(plan.design, blocks=(first, changed)))


MIXED = {
    "mixture": mixture_plan,
    "ordered-mixture-walk": lambda: pooled_mixture(WALK),
    "ordered-mixture-weibull": lambda: pooled_mixture(WEIBULL),
}


@cache
def plan_named(name):
    return MIXED[name]() if name in MIXED else planned(name)


def density_of(plan):
    """The density of a plan in coordinates that are moved, turned and partly centred at random."""
    rng = np.random.default_rng(1)
    coords = coordinates(plan)[0]
    d, h = coords.latents, len(coords.hypers)
    around = Around(
        0.4 * rng.standard_normal(h),
        0.2 * rng.standard_normal(d),
        0.6 * np.eye(d) + 0.1 * rng.standard_normal((d, d)),
    )
    if coords.gamma is not None:
        around.centre[: coords.pieces] -= 3.0
    rows = likelihood_rows(cells_of(plan), coords)
    return Density(coords, rows, mixtures(plan, coords), around)


def free_vector(plan, target, q):
    """The free parameters that PyMC has, as one vector: rates, raw coefficients, all shares but the last."""
    values = pymc_values(plan, target.values(q[None]))
    return np.concatenate([v[0, :-1] if name.startswith("share_") else v[0] for name, v in values.items()])


def log_volume(plan, target, q):
    """Log |d free parameters / d q|, by central differences."""
    moved = [
        (free_vector(plan, target, q + 1e-5 * e) - free_vector(plan, target, q - 1e-5 * e)) / 2e-5
        for e in np.eye(q.size)
    ]
    return np.linalg.slogdet(np.array(moved))[1]


def pymc_density(plan):
    """PyMC's log density of the untransformed parameters, compiled once, as a function of their values."""
    model = build_model(plan)
    compiled = model.compile_logp(jacobian=False, mode="FAST_COMPILE")

    def evaluate(values):
        point = {}
        for rv in model.free_RVs:
            transform, value = model.rvs_to_transforms[rv], values[rv.name][0]
            value = value if rv.ndim else value[0]
            name = model.rvs_to_values[rv].name
            point[name] = value if transform is None else transform.forward(value, *rv.owner.inputs).eval()
        return float(compiled(point))

    return evaluate


@pytest.mark.parametrize("name", [*PLANS, *MIXED])
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled density and the volume of the change of coordinates, up to one constant, 1e-6."""
    plan = plan_named(name)
    target, theirs = density_of(plan), pymc_density(plan)
    rng = np.random.default_rng(7)
    apart = []
    for _ in range(3):
        q = rng.standard_normal(target.size)
        values = pymc_values(plan, target.values(q[None]))
        apart.append(target(q)[0] - theirs(values) - log_volume(plan, target, q))
    assert np.ptp(apart) < 1e-6


@pytest.mark.parametrize("name", PLANS)
def test_density_is_that_of_laplace_in_other_coordinates(name):
    """The exact density that ``laplace`` weighs against, with the volume of partial centring; no constant apart."""
    target = density_of(plan_named(name))
    q = np.random.default_rng(3).standard_normal(target.size)
    x, u = target.factor @ q[: target.latents] + target.centre, q[None, target.latents :]
    z = x[None] if target.scales is None else target.scales.latents(x[None], u)
    expected = float(density(plan_named(name), target.coords, z, u)[0]) + float(np.log(z / x).sum())
    assert target(q)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", [*PLANS, *MIXED])
def test_gradient_equals_central_differences(name):
    """Every element of the gradient, to 1e-5 of its size."""
    target = density_of(plan_named(name))
    q = np.random.default_rng(5).standard_normal(target.size)
    gradient = target(q)[1].copy()
    expected = [(target(q + 1e-6 * e)[0] - target(q - 1e-6 * e)[0]) / 2e-6 for e in np.eye(q.size)]
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6)


def test_half_normal_quantiles_and_slopes():
    """Second source: scipy.stats; the slope by central differences; far out both stay finite."""
    for u in (-7.0, -3.0, -0.4, 0.0, 1.0, 2.5, 6.0):
        quantile, slope = half_normal(u)
        assert quantile == pytest.approx(stats.halfnorm.isf(stats.norm.sf(u)), rel=1e-8, abs=1e-15)
        assert slope == pytest.approx((half_normal(u + 1e-5)[0] - half_normal(u - 1e-5)[0]) / 2e-5, rel=1e-4, abs=1e-10)
    assert np.isfinite([half_normal(-1e3), half_normal(1e3)]).all()


def test_mode_decides_the_coordinates_and_nothing_else():
    """At the mode's own coordinates the density differs from that elsewhere by the volume of the change alone."""
    plan = plan_named("walk-many")
    near, _ = posed(plan)
    far = density_of(plan)
    rng = np.random.default_rng(9)
    apart = []
    for _ in range(3):
        q = 0.5 * rng.standard_normal(near.size)
        x, u = near.factor @ q[: near.latents] + near.centre, q[None, near.latents :]
        z = near.scales.latents(x[None], u)
        ratio = far.scales.latents(np.ones((1, near.latents)), u)
        elsewhere = np.concatenate([np.linalg.solve(far.factor, (z / ratio)[0] - far.centre), u[0]])
        volume = np.log(z / x).sum() - np.log(ratio).sum()
        apart.append(near(q)[0] - far(elsewhere)[0] - volume)
    assert np.ptp(apart) < 1e-9


def test_numbers_too_large_give_no_density_and_no_exception():
    """The sampler rejects what is not finite; an exception would end it."""
    target = density_of(plan_named("weibull-many"))
    with np.errstate(all="ignore"):
        for size in (1e3, 1e200):
            value, _ = target(np.full(target.size, size))
            assert not np.isfinite(value) or value < -1e3
