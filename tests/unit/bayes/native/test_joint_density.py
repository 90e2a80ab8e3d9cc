"""The joint density of survival and trajectories: as plain PyMC has it, in every coordinate, with its gradient."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import halfnorm, norm
from tests.reference.trajectory_models import cohort, model, parameters_of

from escc_bayes.bayes.model.prior import log_prior
from escc_bayes.bayes.model.trajectories import Trajectories, latents_of, law_of, patterns_of, trajectories
from escc_bayes.bayes.native.native import posed_joint
from escc_bayes.spec.plan import make_plan

pytestmark = pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
PLAIN = json.loads((Path(__file__).parents[3] / "reference" / "bayes_trajectory.json").read_text())


@pytest.fixture(scope="module")
def plan():
    return make_plan(model(), cohort())


def covariance(point):
    """Return the covariance of level and slope."""
    s, t, rho = point["sd_level"], point["sd_change"], np.tanh(point["fisher_z"])
    return np.array([[s * s, rho * s * t], [rho * s * t, t * t]])


def given_measurements(point, y, months):
    """Return mean and covariance of level and slope given each patient's values, by matrices."""
    mean = point["level"] + np.cumsum([0.0, *(np.diff(months) * point["change"])])
    found = []
    for row in y:
        seen = ~np.isnan(row)
        z = np.column_stack([np.ones(seen.sum()), months[seen]])
        v = np.linalg.inv(np.linalg.inv(covariance(point)) + z.T @ z / point["error"] ** 2)
        found.append((v @ z.T @ (row - mean)[seen] / point["error"] ** 2, v))
    return found


def latents(point, plan):
    """Return z (2 n,) of which the patients' deviations of a point are made, and log |d deviations / d z|."""
    measured = plan.course.measured
    values = {key: value[None] for key, value in parameters_of(point).items()}
    law, held = law_of("alc", values), patterns_of(measured)
    zero = np.zeros((1, len(measured.ids)))

    def deviations(z0, z1):
        found: Trajectories = trajectories(law, (z0, z1), held, np)
        return np.stack([found.level[0], found.slope[0]], axis=1)

    middle = deviations(zero, zero)
    root = np.stack([deviations(zero + 1.0, zero) - middle, deviations(zero, zero + 1.0) - middle], axis=2)
    by_matrices = given_measurements(point, measured.values, np.array(measured.months))
    for i, (mean, v) in enumerate(by_matrices):
        np.testing.assert_allclose(middle[i], mean, atol=1e-10)
        np.testing.assert_allclose(root[i] @ root[i].T, v, atol=1e-12)
    z = np.linalg.solve(root, (np.array(point["b"]) - middle)[..., None])[..., 0]
    volume = 0.5 * sum(np.linalg.slogdet(v)[1] for _, v in by_matrices)
    return z.ravel(), volume


# Of the half-normal priors, in the order of the coordinates.
SCALES = {"sd_level": 0.7, "sd_change": 0.5, "error": 0.7}


def standard(sd, scale):
    """Return the standard normal number that an SD is made of, and log |d SD / d number|."""
    u = ndtri(halfnorm.cdf(sd / scale))
    return u, norm.logpdf(u) - halfnorm.logpdf(sd, scale=scale)


def in_coordinates(point, density, z):
    """Return q of a point, and log |d parameters / d q| but for what is the same at all points."""
    free = {"baseline": point["first"], "z_baseline": point["step"], "b_coverage": point["coverage"]}
    free["b_alc"] = point["ratio"]
    survival = density.survival
    x = np.empty(survival.latents)
    for one in survival.coords.parameters:
        x[one.start : one.stop] = (np.array(free[one.name]) - one.mean) / one.sd
    u, of_u = standard(point["step_sd"], 0.5)
    # Steps of the baseline are partly centred: each is a multiple of its coordinate, which the SD decides.
    ones = np.append(np.linalg.solve(survival.factor, 1.0 - survival.centre), u)
    multiple = survival.values(ones[None])["z_baseline"][0]
    steps = next(one for one in survival.coords.parameters if one.name == "z_baseline")
    x[steps.start : steps.stop] /= multiple
    scales = {key: standard(point[key], scale) for key, scale in SCALES.items()}
    of_level, of_change, of_error = (u for u, _ in scales.values())
    described = [point["level"], *point["change"], of_level, of_change, point["fisher_z"], of_error]
    y = np.linalg.solve(survival.factor, x - survival.centre)
    moved = of_u + sum(volume for _, volume in scales.values()) + np.log(multiple).sum()
    return np.concatenate([y, [u], described, z]), moved


def test_the_density_is_that_of_plain_pymc(plan):
    """Differences between points to 8 digits: theirs has deviations of patients, ours two standard numbers for each."""
    density, _ = posed_joint(plan)
    ours, theirs = [], []
    for point in PLAIN["densities"]:
        z, volume = latents(point, plan)
        q, moved = in_coordinates(point, density, z)
        ours.append(density(q)[0])
        theirs.append(point["log_density"] + volume + moved)
        for name, value in density.values(q[None]).items():
            if name != "z_alc":
                np.testing.assert_allclose(value[0], parameters_of(point)[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.diff(ours), np.diff(theirs), rtol=1e-8)
    assert np.abs(np.diff(theirs)).min() > 1.0


def test_the_gradient_equals_central_differences(plan):
    density, _ = posed_joint(plan)
    rng = np.random.default_rng(3)
    for _ in range(2):
        q = 0.5 * rng.standard_normal(density.size)
        exact = density(q)[1].copy()
        steps = 1e-5 * np.eye(density.size)
        apart = np.array([(density(q + step)[0] - density(q - step)[0]) / 2e-5 for step in steps])
        np.testing.assert_allclose(exact, apart, rtol=1e-6, atol=1e-5)


def test_the_prior_is_that_of_every_free_parameter(plan):
    """The density, less that of hazards and measurements, by ``log_prior``: what a report says of the prior."""
    density, _ = posed_joint(plan)
    rng = np.random.default_rng(4)
    found = []
    for _ in range(3):
        q = 0.3 * rng.standard_normal(density.size)
        values = density.values(q[None])
        described = q[density.survival.size :][: density.described]
        own = {k: v for k, v in log_prior(plan, values).items() if k.endswith("_alc") and k not in ("b_alc", "z_alc")}
        density.gradient[:] = 0.0
        sds = {name: float(values[f"{name}_alc"][0, 0]) for name in SCALES}
        volume = sum(standard(sd, SCALES[name])[1] for name, sd in sds.items())
        found.append(density.prior(described) - volume - sum(float(v.sum()) for v in own.values()))
    np.testing.assert_allclose(found, 0.0, atol=1e-10)


def test_latents_alternate_between_level_and_change():
    values = {"z_alc": np.arange(6.0)[None]}
    assert [z.tolist() for z in latents_of("alc", values)] == [[[0.0, 2.0, 4.0]], [[1.0, 3.0, 5.0]]]
