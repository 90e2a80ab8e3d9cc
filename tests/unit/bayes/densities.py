"""Log densities of one plan at one point by every engine, and what holds them equal."""

import numpy as np
import pytest

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import log_prior, log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target, find_modes, problem_at, start
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.pymc.build import build_model
from escc_bayes.spec.prior import LogGamma


def point(plan, seed, count=1):
    """Random points in the coordinates of ``laplace``."""
    coords, rng = coordinates(plan)[0], np.random.default_rng(seed)
    x, u = rng.standard_normal((count, coords.latents)), rng.standard_normal((count, len(coords.hypers)))
    if coords.gamma is not None:
        x[:, : coords.pieces] -= 3.0
    return coords, x, u


def density(plan, coords, x, u):
    """Log joint density in the engine's coordinates."""
    data = cells_of(plan)
    psi = predictors(coords, x, u, log_scales(coords, u))
    return data.given(log_shape(coords, u)).value(psi) + log_prior(coords, x, u)


def free_vector(plan, coords, x, u):
    """The free parameters PyMC has, as one vector: rates, raw coefficients, all shares but the last."""
    values = parameter_values(coords, x, u)
    parts = []
    for name, value in pymc_values(plan, values).items():
        parts.append(value[:, :-1] if name.startswith("share_") else value)
    return np.concatenate(parts, axis=1)


def pymc_values(plan, values):
    """Values by the names of PyMC's variables."""
    free = [one for b in plan.design.blocks for one in b.free]
    frail = {one.name: one.prior.scale for one in free if isinstance(one.prior, LogGamma)}
    units = {f"b_{b.effect.name}": b.unit for b in plan.design.blocks}
    found = {}
    for name, value in values.items():
        if name == "baseline" and plan.spec.baseline.family != "weibull" and coordinates(plan)[0].gamma is not None:
            found["rate"] = np.exp(value)
        elif units.get(name, 1.0) != 1.0:
            found[f"raw_{name}"] = value / units[name]
        elif name in frail:
            found[f"frailty_{name}"] = np.exp(values[frail[name]] * value)
        else:
            found[name] = value
    return found


def log_volume(plan, coords, x, u):
    """Log |d free parameters / d (x, u)| at one point, by central differences."""
    d, both = x.shape[1], np.concatenate([x, u], axis=1)
    step = 1e-5
    moved = [
        (free_vector(plan, coords, p[:, :d], p[:, d:]) - free_vector(plan, coords, m[:, :d], m[:, d:]))[0] / (2 * step)
        for p, m in ((both + step * e, both - step * e) for e in np.eye(both.shape[1]))
    ]
    return np.linalg.slogdet(np.array(moved))[1]


def pymc_log_density(plan, values):
    """PyMC's log density of the untransformed parameters at one point."""
    model = build_model(plan)
    point = {}
    for rv in model.free_RVs:
        transform, value = model.rvs_to_transforms[rv], values[rv.name][0]
        value = value if rv.ndim else value[0]
        variable = model.rvs_to_values[rv]
        point[variable.name] = value if transform is None else transform.forward(value, *rv.owner.inputs).eval()
    return float(model.compile_logp(jacobian=False, mode="FAST_COMPILE")(point))


def equals_pymc(plan, coords, x, u, *, within=1e-6):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates."""
    theirs = pymc_log_density(plan, pymc_values(plan, parameter_values(coords, x, u)))
    assert float(density(plan, coords, x, u)[0]) - log_volume(plan, coords, x, u) == pytest.approx(theirs, abs=within)


def nuts_is_laplace(plan, target):
    """One point, in rows, against the cells, with the volume of partial centring; its gradient by differences."""
    q = 0.5 * np.random.default_rng(2).standard_normal(target.size)
    x, u = target.factor @ q[: target.latents] + target.centre, q[None, target.latents :]
    z = x[None] if target.scales is None else target.scales.latents(x[None], u)
    expected = float(density(plan, target.coords, z, u)[0]) + float(np.log(z / x).sum())
    assert target(q)[0] == pytest.approx(expected, abs=1e-9)
    gradient = target(q)[1].copy()
    for j, e in enumerate(np.eye(q.size)):
        slope = (target(q + 1e-6 * e)[0] - target(q - 1e-6 * e)[0]) / 2e-6
        assert gradient[j] == pytest.approx(slope, rel=1e-5, abs=1e-5)


def derivatives_are_right(plan, term):
    """Gradient and Hessian of a term in psi by central differences; a Newton climb from the start ends at a mode."""
    coords, x, u = point(plan, 6)
    psi, likelihood = predictors(coords, x, u, log_scales(coords, u)), term.given(log_shape(coords, u))
    found = likelihood.derivatives(psi)
    for j, e in enumerate(np.eye(psi.shape[1])):
        up, down = likelihood.derivatives(psi + 1e-5 * e), likelihood.derivatives(psi - 1e-5 * e)
        assert found.gradient[0, j] == pytest.approx((up.value[0] - down.value[0]) / 2e-5, abs=2e-5)
        np.testing.assert_allclose(found.information[0, j], -(up.gradient[0] - down.gradient[0]) / 2e-5, atol=2e-5)
    target = Target(coords, cells_of(plan))
    climbed = find_modes(target, u, start(target))
    assert np.abs(problem_at(target, u).evaluate(climbed.x)[1]).max() < 1e-2


def patients_add_up_to_the_cells(plan):
    """Second source: hazards of patients, which know no cells."""
    coords, x, u = point(plan, 2, 4)
    ours = cells_of(plan).given(log_shape(coords, u)).value(predictors(coords, x, u, log_scales(coords, u)))
    values = {k: v[None] for k, v in parameter_values(coords, x, u).items()}
    np.testing.assert_allclose(ours, patient_log_likelihood(plan, values)[0].sum(axis=1), rtol=1e-10)
