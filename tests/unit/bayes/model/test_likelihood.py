"""The PyMC model against the numpy formulas and closed forms; no sampling."""

import numpy as np
import pymc as pm
import pytest
from pymc.stats import compute_log_prior

from escc_bayes.bayes.model.prior import log_prior, parameter_priors, prior_draws
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.pymc.build import build, build_model
from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.structures.exchangeable import zero_sum_basis

FAST = {"mode": "FAST_COMPILE"}
SCHEMA = {
    "weight": "w",
    "weight_kind": "sampling",
    "endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}},
    "covariates": {
        "arm": {"kind": "binary", "levels": ["a", "b"]},
        "centre": {"kind": "nominal", "levels": ["x", "y", "z"]},
        "grade": {"kind": "ordered", "levels": ["low", "mid", "high"]},
        "dose": {"kind": "continuous", "scale": 1e-12},
    },
}
EFFECTS = [
    {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.2, 0.9]}},
    {"covariate": "centre", "structure": "random_intercept", "sd": {"halfnormal": 0.5}},
    {"covariate": "grade", "structure": "ordered", "prior": {"normal": [0.0, 1.0]}},
    {"covariate": "dose", "structure": "linear", "prior": {"normal": [0.0, 1e-3]}},
]
GAMMA = {
    "baseline": {"family": "piecewise_exponential", "cuts": [4.0, 9.0], "smoothing": "independent"},
    "priors": {"baseline_rate": {"gamma": [0.5, 10.0]}},
}
WALK = {
    "baseline": {"family": "piecewise_exponential", "cuts": [4.0, 9.0], "sd": {"halfnormal": 0.5}},
    "priors": {"baseline_log_rate": {"normal": [-3.0, 1.0]}},
}
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 6.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
}


def small_cohort():
    """Delayed entry, weights, a time on a cut, an entry at 0."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "t": [4.0, 9.0, 12.5, 3.3, 7.1, 20.0, 6.6, 9.5, 11.0],
            "d": [1, 0, 1, 1, 0, 1, 1, 0, 1],
            "e": [0.0, 1.0, 4.0, 0.0, 6.9, 2.0, 0.5, 0.0, 3.0],
            "w": [1.0, 2.0, 1.0, 0.5, 1.0, 1.0, 3.0, 1.0, 1.0],
            "arm": list("abababbab"),
            "centre": list("xyzxyzxyz"),
            "grade": ["low", "mid", "high", "low", "high", "mid", "high", "low", "mid"],
            "dose": [3e-9, 1e-9, 5e-9, 2e-9, 4e-9, 6e-9, 1.5e-9, 2.5e-9, 3.5e-9],
        }
    )
    return read_cohort(frame, schema_from(SCHEMA, "small"))


def plan_of(form, effects=EFFECTS):
    raw = {"name": "m", "outcome": {"endpoint": "os"}, **form, "effect": effects}
    return make_plan(spec_from(raw, "m"), small_cohort())


def as_chain(values):
    return {name: drawn[None] for name, drawn in values.items()}


@pytest.mark.parametrize("form", [WALK, GAMMA, WEIBULL], ids=["walk", "gamma", "weibull"])
def test_pymc_log_likelihood_equals_numpy(form):
    """PyMC's compiled log density of the model against hazard.baseline.log_likelihood, every structure, 1e-10."""
    plan = plan_of(form)
    values = prior_draws(plan, 5, seed=1)
    ours = patient_log_likelihood(plan, as_chain(values))[0]
    tree = tree_of(plan, values)
    with build_model(plan):
        pm.compute_log_likelihood(tree, progressbar=False, compile_kwargs=FAST)
    np.testing.assert_allclose(ours, tree["log_likelihood"]["time"].to_numpy()[0], rtol=1e-10, atol=1e-10)


def tree_of(plan, values):
    """A tree with the free parameters of the PyMC model, as PyMC's own functions read it."""
    import xarray as xr

    from escc_bayes.bayes.posterior.datatree import dataset
    from escc_bayes.bayes.posterior.inference_groups import parameter_group

    posterior = dataset(parameter_group(plan, as_chain(values)))
    if "rate" in build_model(plan).named_vars:
        posterior = posterior.assign(rate=np.exp(posterior["baseline"]))
    return xr.DataTree.from_dict({"posterior": posterior})


@pytest.mark.parametrize("form", [WALK, WEIBULL], ids=["walk", "weibull"])
def test_log_prior_equals_pymc(form):
    """Second source: pymc.stats.compute_log_prior, parameter by parameter."""
    plan = plan_of(form)
    values = prior_draws(plan, 5, seed=2)
    tree = tree_of(plan, values)
    with build_model(plan):
        compute_log_prior(tree, progressbar=False, compile_kwargs=FAST)
    ours = log_prior(plan, values)
    for name in parameter_priors(plan):
        if name in tree["log_prior"]:
            theirs = tree["log_prior"][name].to_numpy()[0].reshape(5, -1)
            np.testing.assert_allclose(ours[name].reshape(5, -1), theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("form", [WALK, GAMMA, WEIBULL], ids=["walk", "gamma", "weibull"])
def test_gradient_is_finite_with_entry_zero_and_times_on_cuts(form):
    """The gradient at the starting point is finite, and equals central differences."""
    model = build_model(plan_of(form))
    dlogp = model.compile_dlogp(mode="FAST_COMPILE")
    logp = model.compile_logp(mode="FAST_COMPILE")
    start = model.initial_point(random_seed=3)
    gradient = dlogp(start)
    assert np.isfinite(gradient).all()
    position = 0
    for name, value in start.items():
        for j in np.ndindex(np.shape(value)):
            step = np.zeros(np.shape(value))
            step[j] = 1e-5
            difference = (logp(start | {name: value + step}) - logp(start | {name: value - step})) / 2e-5
            assert gradient[position] == pytest.approx(difference, rel=1e-4, abs=1e-5)
            position += 1


def test_weibull_equals_censored_pymc_weibull_without_entry():
    """Second source: pm.Censored(pm.Weibull), written with its own scale."""
    cohort = example_cohort("larynx")
    plan = make_plan(spec_from({"name": "w", "outcome": {"endpoint": "os"}, **WEIBULL, "effect": []}, "w"), cohort)
    b0, log_shape = -0.7, 0.3
    shape = np.exp(log_shape)
    scale = 6.0 * np.exp(-b0 / shape)
    upper = np.where(plan.rows.event == 1, np.inf, plan.rows.time)
    dist = pm.Censored.dist(pm.Weibull.dist(alpha=shape, beta=scale), lower=None, upper=upper)
    expected = pm.logp(dist, plan.rows.time).eval()
    values = {"baseline": np.array([[[b0]]]), "log_shape": np.array([[[log_shape]]])}
    np.testing.assert_allclose(patient_log_likelihood(plan, values)[0, 0], expected, rtol=1e-12)


def test_zero_sum_basis_is_orthonormal_and_sums_to_zero():
    """Algebra: B'B = 1, 1'B = 0."""
    basis = zero_sum_basis(5)
    np.testing.assert_allclose(basis.T @ basis, np.eye(4), atol=1e-14)
    np.testing.assert_allclose(basis.sum(axis=0), 0.0, atol=1e-14)


@pytest.mark.parametrize(
    "name",
    ["os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull"],
)
@pytest.mark.parametrize("variant", [None, "sceptical", "enthusiastic"])
def test_shipped_models_build_and_name_no_variable_alpha(name, variant):
    """ArviZ's sensitivity plots fail on a variable called alpha; every dimension has labels."""
    model = build(load_spec(name, variant=variant), example_cohort("escc79"))
    assert "alpha" not in model.named_vars
    assert np.isfinite(model.point_logps()["time"])
    for variable in model.free_RVs:
        assert variable.ndim == len(model.named_vars_to_dims.get(variable.name, ())), variable.name


def test_prior_draws_match_pymc_prior_predictive():
    """Second source: pm.sample_prior_predictive; means and SDs of beta within 5 Monte Carlo errors."""
    plan = plan_of(WALK)
    from escc_bayes.bayes.model import parameters

    ours = parameters.coefficients(plan.design.blocks, prior_draws(plan, 4000, seed=5), 4000)
    with build_model(plan):
        prior = pm.sample_prior_predictive(4000, var_names=["beta"], random_seed=6, compile_kwargs=FAST)
    theirs = prior["prior"]["beta"].to_numpy()[0]
    error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / 4000)
    assert (np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 5.0 * error).all()
    np.testing.assert_allclose(ours.std(axis=0), theirs.std(axis=0), rtol=0.08)


def test_build_is_reached_by_the_name_of_its_package():
    """The documented way to PyMC's model; once more after the module of that name is loaded."""
    import escc_bayes.bayes

    for _ in range(2):
        model = escc_bayes.bayes.build(load_spec("os_weibull"), example_cohort("escc79"))
        assert isinstance(model, pm.Model)
        assert {"beta", "time"} <= set(model.named_vars)
    with pytest.raises(AttributeError, match="no attribute 'bild'"):
        escc_bayes.bayes.bild  # noqa: B018
