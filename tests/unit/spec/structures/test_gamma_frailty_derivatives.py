"""A gamma frailty's joint density and its gradient, without steps: PyMC's compiled ones, by automatic differentiation.

Our coordinates are standard normal scores of level, log HR, log shape and sd, and t = log(w) / sd of each frailty w.
The volume of the change to PyMC's parameters is a closed form: with sd = 0.6 Q(u), Q the half-normal quantile of u,

    log |d(level, log HR, log shape, sd, w) / d(scores, t)| = log(0.14) + log(0.6 Q'(u)) + sum(log sd + log w),

Q' = phi(u) / (2 phi(Q)), whose logarithm has the slope Q Q' - u.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.native.density import Around, Density, mixtures
from escc_bayes.bayes.native.rows import likelihood_rows
from escc_bayes.bayes.pymc.build import build_model
from escc_bayes.spec.plan import make_plan
from tests.unit.bayes.laplace.test_density import density
from tests.unit.spec.structures.test_gamma_frailty import CENTRES, GAMMA, cohort

LEVEL, ARM, LOG_SHAPE, SD = (-0.3, 0.5), (0.0, 0.7), (0.0, 0.4), 0.6
# Of these scores sd is 0.03, 0.21, 0.71 and 1.5: Stirling's series up to 0.25, log gamma itself beyond.
SCORES = (-1.8, -0.6, 0.7, 2.2)


@pytest.fixture(scope="module")
def both():
    """Our density in its own coordinates, neither moved nor turned, and PyMC's with its gradient."""
    plan = make_plan(GAMMA, cohort())
    coords, model = coordinates(plan)[0], build_model(plan)
    assert [one.name for one in coords.parameters] == ["baseline", "b_arm", "z_centre"]
    around = Around(np.zeros(2), np.zeros(2 + CENTRES), np.eye(2 + CENTRES))
    own = Density(coords, likelihood_rows(cells_of(plan), coords), mixtures(plan, coords), around)
    values, derivatives = (
        compiled(jacobian=False, mode="FAST_COMPILE") for compiled in (model.compile_logp, model.compile_dlogp)
    )
    order = [value.name for value in model.value_vars]
    return SimpleNamespace(plan=plan, coords=coords, own=own, logp=values, dlogp=derivatives, order=order)


def point_of(score):
    """Return a point: scores, t, and what sd is there."""
    rng = np.random.default_rng([5, int(10 * (score + 5))])
    level, arm, log_shape = rng.standard_normal(3)
    quantile = stats.halfnorm.isf(stats.norm.sf(score))
    slope = 0.5 * stats.norm.pdf(score) / stats.norm.pdf(quantile)
    normal = {"level": level, "arm": arm, "log_shape": log_shape, "score": score, "t": rng.standard_normal(CENTRES)}
    return SimpleNamespace(**normal, quantile=quantile, slope=slope, sd=SD * quantile)


def ours_of(at):
    """Return latents (1, d) and hyperparameters (1, 2)."""
    return np.array([[at.level, at.arm, *at.t]]), np.array([[at.log_shape, at.score]])


def theirs_of(at):
    """Return PyMC's values: sd and frailties by their logarithms."""
    return {
        "baseline": LEVEL[0] + LEVEL[1] * at.level,
        "b_arm": ARM[0] + ARM[1] * at.arm,
        "log_shape": LOG_SHAPE[0] + LOG_SHAPE[1] * at.log_shape,
        "sd_centre_log__": np.log(at.sd),
        "frailty_z_centre_log__": at.sd * at.t,
    }


def log_volume(at):
    """Return the log of the volume."""
    fixed = np.log(LEVEL[1] * ARM[1] * LOG_SHAPE[1]) + np.log(SD * at.slope)
    return fixed + CENTRES * np.log(at.sd) + at.sd * at.t.sum()


def chained(at, by):
    """Return the gradient by our coordinates from that by PyMC's values: the chain rule, and the volume's own."""
    by_log_w = by["frailty_z_centre_log__"] + 1.0
    by_sd = (by["sd_centre_log__"] + CENTRES) / at.sd + by_log_w @ at.t
    by_score = by_sd * SD * at.slope + at.quantile * at.slope - at.score
    latents = [LEVEL[1] * by["baseline"], ARM[1] * by["b_arm"], *(at.sd * by_log_w)]
    return np.array([*latents, LOG_SHAPE[1] * by["log_shape"], by_score], dtype=float)


@pytest.mark.parametrize("score", SCORES)
def test_the_joint_density_is_pymcs_to_nine_digits(both, score):
    at = point_of(score)
    expected = float(both.logp(theirs_of(at))) + log_volume(at)
    x, u = ours_of(at)
    assert float(density(both.plan, both.coords, x, u)[0]) == pytest.approx(expected, rel=0, abs=1e-9)


def test_the_density_that_nuts_samples_is_pymcs_up_to_one_constant(both):
    apart = []
    for at in map(point_of, SCORES):
        value = both.own(np.concatenate(ours_of(at), axis=1)[0])[0]
        apart.append(value - float(both.logp(theirs_of(at))) - log_volume(at))
    assert np.ptp(apart) < 1e-9


@pytest.mark.parametrize("score", SCORES)
def test_its_gradient_is_pymcs_to_nine_digits(both, score):
    at = point_of(score)
    sizes = [CENTRES if "frailty" in name else 1 for name in both.order]
    parts = np.split(np.asarray(both.dlogp(theirs_of(at))), np.cumsum(sizes)[:-1])
    by = {name: part if part.size > 1 else part[0] for name, part in zip(both.order, parts, strict=True)}
    found = both.own(np.concatenate(ours_of(at), axis=1)[0])[1]
    np.testing.assert_allclose(found, chained(at, by), rtol=1e-9, atol=1e-9)
