"""The density behind the engine ``laplace``: equal to PyMC's, with right derivatives; no sampling."""

import numpy as np
import pytest
from scipy.special import logsumexp
from tests.unit.bayes.densities import density, equals_pymc, log_volume, pymc_log_density, pymc_values
from tests.unit.bayes.model.test_likelihood import EFFECTS, GAMMA, WALK, WEIBULL, plan_of, small_cohort

from escc_bayes.bayes.model.likelihood import product
from escc_bayes.bayes.model.likelihood.exposures import WeibullTimes, interpolated, log_exposures, moments_of
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import (
    half_normal_score,
    loadings,
    log_scales,
    log_shape,
    parameter_values,
    predictors,
)
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target, find_modes, problem_at, start
from escc_bayes.spec.plan import ModelPlan, make_plan
from escc_bayes.spec.reading import spec_from

FORMS = {
    "walk": WALK,
    "gamma": GAMMA,
    "weibull": WEIBULL,
    "independent": {
        "baseline": {"family": "piecewise_exponential", "cuts": [4.0, 9.0], "smoothing": "independent"},
        "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}},
    },
}
MANY = [
    {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.2, 0.9]}},
    {"covariate": "centre", "structure": "exchangeable", "sd": {"halfnormal": 0.7}},
    {"covariate": "grade", "structure": "ordered", "prior": {"normal": [0.3, 1.0]}},
]
POOLED = [
    {"name": "both", "covariates": ["grade", "level"], "structure": "pooled", "prior": {"normal": [0.1, 0.8]}}
    | {"sd": {"halfnormal": 0.4}},
    {"covariate": "grade4", "structure": "ordered", "prior": {"normal": [-0.3, 1.0]}},
]


def pooled_plan(form, declared="abcd"):
    """A plan with a pooled effect and an ordered one, of whose declared levels a, b, c and d have patients."""
    import pandas as pd

    from escc_bayes.data.cohort import read_cohort
    from escc_bayes.data.schema import schema_from

    levels = {"kind": "ordered", "levels": ["low", "mid", "high"]}
    frame = pd.DataFrame(
        {
            "t": [4.0, 9.0, 12.5, 3.3, 7.1, 20.0, 6.6, 9.5],
            "d": [1, 0, 1, 1, 0, 1, 1, 0],
            "grade": ["low", "mid", "high", "low", "high", "mid", "high", "low"],
            "level": ["mid", "mid", "high", "low", "low", "mid", "high", "low"],
            "grade4": list("abcdabcd"),
        }
    )
    schema = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {"grade": levels, "level": levels, "grade4": {"kind": "ordered", "levels": list(declared)}},
    }
    raw = {"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": POOLED}
    return make_plan(spec_from(raw, "m"), read_cohort(frame, schema_from(schema, "small")))


PLANS = {f"{name}-{kind}": (form, kind) for name, form in FORMS.items() for kind in ("intercepts", "many", "pooled")}
PLANS |= {"walk-gaps": (WALK, "gaps")}
# Centres that differ by a gamma, also beside shares.
FRAIL = [effect | ({"distribution": "gamma"} if effect["covariate"] == "centre" else {}) for effect in EFFECTS]
PLANS |= {f"{name}-frailty": (FORMS[name], "frailty") for name in ("walk", "gamma", "weibull")}
PLANS |= {"walk-frailty_alone": (WALK, "frailty_alone")}
KINDS = {"intercepts": EFFECTS, "many": MANY, "frailty": FRAIL, "frailty_alone": FRAIL[:2]}


def planned(name: str) -> ModelPlan:
    form, kind = PLANS[name]
    if kind in ("pooled", "gaps"):
        # Nobody in x, y and z: x and y keep their steps, z is the end of no step.
        return pooled_plan(form, "abcd" if kind == "pooled" else "abxcydz")
    return plan_of(form, KINDS[kind])


@pytest.mark.parametrize("name", PLANS)
def test_density_equals_pymc_at_random_points(name):
    """Second source: PyMC's compiled log density minus the volume of the change of coordinates; to 1e-6."""
    plan = planned(name)
    coords = coordinates(plan)[0]
    rng = np.random.default_rng(7)
    for _ in range(2):
        x, u = rng.standard_normal((1, coords.latents)), rng.standard_normal((1, len(coords.hypers)))
        if coords.gamma is not None:
            x[:, : coords.pieces] -= 3.0
        equals_pymc(plan, coords, x, u)


def mixture_plan():
    """Two components on a fixed effect."""
    from dataclasses import replace

    from escc_bayes.spec.evidence_prior import EvidencePrior

    raw = {"name": "m", "outcome": {"endpoint": "os"}, **WALK, "effect": EFFECTS[:1]}
    spec = spec_from(raw, "m")
    prior = EvidencePrior("arm", "OS", ((0.7, -0.4, 0.2), (0.3, 0.0, 1.5)))
    return make_plan(replace(spec, effects=(replace(spec.effects[0], prior=prior),)), small_cohort())


def test_mixture_prior_is_the_sum_of_its_components():
    """Second source: PyMC's NormalMixture at the same coefficient; the components add up to its density."""
    plan = mixture_plan()
    parts = coordinates(plan)
    assert len(parts) == 2
    rng = np.random.default_rng(3)
    x, u = rng.standard_normal((1, parts[0].latents)), rng.standard_normal((1, 1))
    values = parameter_values(parts[0], x, u)
    ours = []
    for coords in parts:
        slot = next(p for p in coords.parameters if p.name == "b_arm")
        own = x.copy()
        own[:, slot.start : slot.stop] = (values["b_arm"] - slot.mean) / slot.sd
        ours.append(float(density(plan, coords, own, u)[0]) - log_volume(plan, coords, own, u))
    assert logsumexp(ours) == pytest.approx(pymc_log_density(plan, pymc_values(plan, values)), abs=1e-6)


@pytest.mark.parametrize("name", PLANS)
def test_derivatives_equal_central_differences(name):
    """Gradient and Hessian in psi, and of the conditional density in x."""
    plan = planned(name)
    target = Target(coordinates(plan)[0], cells_of(plan))
    rng = np.random.default_rng(5)
    u = 0.5 * rng.standard_normal((1, len(target.coords.hypers)))
    problem = problem_at(target, u)
    x = start(target) + 0.3 * rng.standard_normal((1, target.coords.latents))
    _, gradient, information = problem.evaluate(x)
    for j, e in enumerate(np.eye(x.shape[1])):
        up, down = problem.evaluate(x + 1e-5 * e), problem.evaluate(x - 1e-5 * e)
        assert gradient[0, j] == pytest.approx((up[0][0] - down[0][0]) / 2e-5, abs=1e-5)
        np.testing.assert_allclose(information[0, j], -(up[1][0] - down[1][0]) / 2e-5, atol=1e-5)


def test_collapsed_likelihood_is_that_of_the_patients():
    """Second source: the sum of the log-likelihood per patient, from hazard.baseline."""
    from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood

    for form in FORMS.values():
        plan = plan_of(form)
        coords, data = coordinates(plan)[0], cells_of(plan)
        rng = np.random.default_rng(2)
        x, u = rng.standard_normal((4, coords.latents)), rng.standard_normal((4, len(coords.hypers)))
        ours = data.given(log_shape(coords, u)).value(predictors(coords, x, u, log_scales(coords, u)))
        values = {k: v[None] for k, v in parameter_values(coords, x, u).items()}
        np.testing.assert_allclose(ours, patient_log_likelihood(plan, values)[0].sum(axis=1), rtol=1e-10)


def test_loadings_and_predictors_agree():
    """Two ways to psi: one matrix for each u, and all draws at once."""
    plan = pooled_plan(WALK)
    coords = coordinates(plan)[0]
    rng = np.random.default_rng(4)
    x, u = rng.standard_normal((6, coords.latents)), rng.standard_normal((6, len(coords.hypers)))
    matrix, offset = loadings(coords, u)
    expected = np.einsum("nqd,nd->nq", matrix, x) + offset
    np.testing.assert_allclose(predictors(coords, x, u, log_scales(coords, u)), expected, atol=1e-12)


def test_interpolated_exposures_hold_to_ten_digits():
    """Second source: the exposures themselves, over log shapes from -2 to 2."""
    data = cells_of(plan_of(WEIBULL))
    shape = np.random.default_rng(1).uniform(-2.0, 2.0, 500)
    exact = log_exposures(data.times, shape)
    np.testing.assert_allclose(interpolated(data.times, -2.0, 2.0).of_shapes(shape), exact, rtol=0, atol=1e-10)


def test_half_normal_score_has_half_normal_quantiles():
    """Definition: P(|Z| < Q(u)) = Phi(u), by scipy.stats; for small u Q(u) is sqrt(pi / 2) Phi(u)."""
    from scipy.stats import halfnorm, norm

    u = np.array([-2.0, -0.1, 0.0, 0.1, 2.0])
    np.testing.assert_allclose(half_normal_score(u), halfnorm.ppf(norm.cdf(u)), rtol=1e-12)
    assert half_normal_score(np.array([7.0]))[0] == pytest.approx(halfnorm.isf(norm.sf(7.0)), rel=1e-12)
    assert half_normal_score(np.array([-7.0]))[0] == pytest.approx(np.sqrt(np.pi / 2) * norm.cdf(-7.0), rel=1e-10)


def test_modes_are_stationary_and_independent_of_the_start():
    """Log-concave: from 0 and from afar the same mode, where the gradient is 0."""
    plan = plan_of(WALK)
    target = Target(coordinates(plan)[0], cells_of(plan))
    u = np.array([[-1.0, 0.0, 0.3], [1.0, 0.5, -0.3]])
    near = find_modes(target, u, np.zeros((2, target.coords.latents)))
    far = find_modes(target, u, np.full((2, target.coords.latents), 3.0))
    np.testing.assert_allclose(near.x, far.x, atol=1e-2)
    assert np.abs(problem_at(target, u).evaluate(near.x)[1]).max() < 1e-2
    np.testing.assert_allclose(near.log_mass, far.log_mass, atol=1e-3)


def test_derivatives_of_no_columns_at_all():
    """A model without covariates has pieces alone."""
    plan = plan_of(FORMS["independent"], [])
    found = cells_of(plan).given(None).derivatives(np.full((1, 3), -3.0))
    assert found.gradient.shape == (1, 3)
    assert found.information.shape == (1, 3, 3)


def many_patients(n, *, delayed):
    """Weibull times of n patients in six patterns, all kinds of sizes, some weights 0 or 2."""
    rng = np.random.default_rng(8)
    members = rng.integers(0, 6, n)
    time = np.maximum(24.0 * rng.weibull(1.3, n), 1e-3)
    entry = np.where(rng.random(n) < 0.3, time * rng.random(n), 0.0) if delayed else np.zeros(n)
    return members, time, entry, rng.choice([0.0, 1.0, 2.0], n)


@pytest.mark.parametrize("delayed", [False, True])
def test_moments_of_log_times_hold_the_exposures_to_ten_digits(delayed):
    """Second source: w [(t/t0)^k - (entry/t0)^k] in long double, patient by patient, shapes 0.05 to 8."""
    members, time, entry, weight = many_patients(20_000, delayed=delayed)
    with np.errstate(divide="ignore"):
        held = moments_of(np.log(time / 24.0), np.log(entry / 24.0), weight, members, 6)
    shapes = np.array([0.05, 0.3, 1.0, 1.3, 4.0, 8.0])
    for shape, found in zip(shapes, held.exposures(shapes), strict=True):
        spent = weight * ((time.astype(np.longdouble) / 24) ** shape - (entry.astype(np.longdouble) / 24) ** shape)
        expected = [float(spent[members == c].sum()) for c in range(6)]
        np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_few_patients_and_many_patterns_are_added_up_one_by_one():
    """Moments pay only where bins and patterns are fewer than patients."""
    members, time, entry, weight = many_patients(19_999, delayed=False)
    with np.errstate(divide="ignore"):
        logs = np.log(time / 24.0), np.log(entry / 24.0)
    assert moments_of(*logs, weight, members, 6) is None
    twice = [np.tile(of, 2) for of in (*logs, weight)]
    assert moments_of(*twice, np.arange(39_998), 39_998) is None


def test_shapes_beyond_the_moments_are_added_up_one_by_one():
    """log E_c(kappa) runs on smoothly where the series ends: shape 8. Second source: plain sums."""
    members, time, entry, weight = many_patients(20_000, delayed=False)
    with np.errstate(divide="ignore"):
        logs = np.log(time / 24.0), np.log(entry / 24.0)
    times = WeibullTimes(*logs, weight, members, 6, 0.0, 0.0, 0.0, moments_of(*logs, weight, members, 6))
    shapes = np.array([7.9, 8.1, 20.0])
    expected = [[(weight * (time / 24.0) ** k)[members == c].sum() for c in range(6)] for k in shapes]
    np.testing.assert_allclose(log_exposures(times, np.log(shapes)), np.log(expected), rtol=1e-10)


def test_derivatives_in_blocks_of_patterns_equal_those_at_once(monkeypatch):
    """As many patterns as patients: taken in blocks, in bounded memory; second source: one block."""
    for form in FORMS.values():
        whole = cells_of(plan_of(form))
        with monkeypatch.context() as patched:
            patched.setattr(product, "HELD", 1)
            blocked = cells_of(plan_of(form))
        one, other = (data.given(np.array([[-0.3], [0.0], [0.4]])) for data in (whole, blocked))
        assert one.products is not None
        assert len(other.blocks) == len(one.patterns)
        columns, pieces = one.patterns.shape[1], one.exposure.shape[1]
        psi = np.random.default_rng(3).normal(-0.1, 0.05, (3, columns + pieces))
        one, other = one.derivatives(psi), other.derivatives(psi)
        np.testing.assert_allclose(other.value, one.value, rtol=1e-12)
        np.testing.assert_allclose(other.gradient, one.gradient, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(other.information, one.information, rtol=1e-9, atol=1e-12)
