"""A mixture prior in numpy and in PyMC: one density, and the posterior that quadrature gives."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pymc.stats import compute_log_prior
from scipy import stats
from scipy.special import logsumexp
from tests.unit.bayes.model.test_likelihood import FAST, WALK, plan_of, tree_of

from escc_bayes.bayes.model.prior import log_prior, prior_draws
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.prior_check import prior_check
from escc_bayes.bayes.pymc import nuts
from escc_bayes.bayes.pymc.build import build_model, model_data
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.evidence.pooling.prior_file import prior_toml
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from

# Two humps far apart, so that a wrong weight shows; the second agrees with the data below.
TWO = ((0.7, -1.2, 0.15), (0.3, 0.3, 0.25))
THREE = ((0.5, -0.4, 0.15), (0.3, -0.2, 0.4), (0.2, 0.6, 1.0))
SHAPE, RATE = 0.5, 10.0


def written(folder, components, name="p"):
    path = folder / f"{name}.toml"
    path.write_text(prior_toml(EvidencePrior("rt_added", "OS", components, 0.0, "a", "b")), encoding="utf-8")
    return {"evidence": str(path)}


def effects(folder):
    """Evidence under each structure that takes it; a narrow one on a linear effect makes the sampler rescale."""
    narrow = written(folder, ((0.6, 0.001, 0.002), (0.4, -0.002, 0.004)), "narrow")
    return [
        {"covariate": "arm", "structure": "linear", "prior": narrow},
        {"covariate": "grade", "structure": "ordered", "prior": written(folder, THREE)},
    ]


def arms():
    """Forty patients in two arms."""
    rng = np.random.default_rng(3)
    time = np.round(rng.exponential(14.0, 40) + 0.2, 1)
    frame = pd.DataFrame({"t": time, "d": (rng.random(40) < 0.55).astype(int), "arm": np.repeat(["a", "b"], 20)})
    schema = {
        "endpoints": {"os": {"time": "t", "event": "d"}},
        "covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}},
    }
    return read_cohort(frame, schema_from(schema, "arms"))


def spec_of(prior):
    """One constant rate under a gamma prior, reference coding, one hazard ratio."""
    raw = {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "baseline": {
            "family": "piecewise_exponential",
            "cuts": [],
            "smoothing": "independent",
            "at": "reference",
        },
        "priors": {"baseline_rate": {"gamma": [SHAPE, RATE]}},
        "effect": [{"covariate": "arm", "structure": "fixed", "prior": prior}],
    }
    return spec_from(raw, "m.toml")


def by_quadrature(components):
    """Grid of b and its posterior weights: the gamma rate integrates out in closed form.

    p(b | y) ~ p(b) exp(b d_b) / (RATE + T_a + exp(b) T_b)^(SHAPE + d_a + d_b), with events d and person-months T.
    """
    rows = make_plan(spec_of({"normal": [0.0, 1.0]}), arms()).rows
    late = rows.covariates["arm"].values == 1.0
    events, months = [(values[~late].sum(), values[late].sum()) for values in (rows.event, rows.time)]
    b = np.linspace(-4.0, 4.0, 40_001)
    prior = logsumexp([np.log(w) + stats.norm.logpdf(b, m, s) for w, m, s in components], axis=0)
    log_density = prior + b * events[1] - (SHAPE + sum(events)) * np.log(RATE + months[0] + np.exp(b) * months[1])
    weights = np.exp(log_density - log_density.max())
    return b, weights / weights.sum()


def test_log_prior_equals_pymc_for_every_structure(tmp_path):
    """Second source: pymc.stats.compute_log_prior on the compiled model."""
    plan = plan_of(WALK, effects(tmp_path))
    values = prior_draws(plan, 7, seed=2)
    tree = tree_of(plan, values)
    with build_model(plan):
        compute_log_prior(tree, progressbar=False, compile_kwargs=FAST)
    ours, theirs = log_prior(plan, values), tree["log_prior"]
    np.testing.assert_allclose(ours["b_grade"][:, 0], theirs["b_grade"].to_numpy()[0], rtol=1e-10)
    # The sampler's variable is b / unit: its density is that of b times the unit.
    unit = plan.design.blocks[0].unit
    assert unit < 0.02
    np.testing.assert_allclose(ours["b_arm"][:, 0] + np.log(unit), theirs["raw_b_arm"].to_numpy()[0], rtol=1e-10)


def test_log_prior_equals_scipy(tmp_path):
    plan = make_plan(spec_of(written(tmp_path, TWO)), arms())
    x = np.linspace(-3.0, 2.0, 11).reshape(1, 11, 1)
    expected = np.log(sum(w * stats.norm.pdf(x, m, s) for w, m, s in TWO))
    rate = {"baseline": np.zeros((1, 11, 1))}
    np.testing.assert_allclose(log_prior(plan, {"b_arm": x} | rate)["b_arm"], expected, rtol=1e-12)


def test_prior_draws_have_the_mixtures_distribution(tmp_path):
    """Kolmogorov-Smirnov against the closed distribution function, 4000 draws, two humps."""
    prior = EvidencePrior("e", "OS", TWO)
    plan = make_plan(spec_of(written(tmp_path, TWO)), arms())
    drawn = prior_draws(plan, 4000, seed=4)["b_arm"][:, 0]
    assert stats.kstest(drawn, np.vectorize(prior.mixture.cdf)).pvalue > 0.01


def test_prior_check_shows_the_evidence(tmp_path):
    """Its limits are quantiles of the mixture, within Monte Carlo error of 20 000 draws."""
    prior = EvidencePrior("e", "OS", THREE)
    (ratio,) = prior_check(spec_of(written(tmp_path, THREE)), arms(), seed=1, draws=20_000).hazard_ratios
    for found, p in ((ratio.lower, 0.025), (ratio.median, 0.5), (ratio.upper, 0.975)):
        assert np.log(found) == pytest.approx(prior.mixture.quantile(p), abs=0.05)


def test_constants_are_data_and_the_number_of_components_is_structure(tmp_path):
    two, other, three = (
        make_plan(spec_of(written(tmp_path, c, f"p{i}")), arms())
        for i, c in enumerate((TWO, tuple((w, m + 1.0, 2 * s) for w, m, s in TWO), THREE))
    )
    assert nuts.structure(two) == nuts.structure(other)
    assert nuts.structure(two) != nuts.structure(three)
    model, fresh = build_model(two), build_model(other)
    point = model.initial_point() | {"b_arm": np.array(0.2)}
    logp = model.compile_logp(mode="FAST_COMPILE")
    before = float(logp(point))
    pm.set_data(model_data(other), model=model)
    after = float(fresh.compile_logp(mode="FAST_COMPILE")(point))
    assert float(logp(point)) == pytest.approx(after, rel=1e-12)
    assert abs(before - after) > 0.01


def test_joint_density_of_the_model_integrates_to_the_quadrature_posterior(tmp_path):
    """PyMC's log density on a grid of (b, rate), summed over the rate, against the closed form in b."""
    plan = make_plan(spec_of(written(tmp_path, TWO)), arms())
    model = build_model(plan)
    logp = model.compile_logp(mode="FAST_COMPILE")
    b, log_rate = np.linspace(-2.2, 1.6, 96), np.linspace(-5.5, -2.0, 60)
    rate_name = next(v.name for v in model.value_vars if v.name.startswith("rate"))
    shape = np.shape(model.initial_point()[rate_name])
    joint = np.array([[float(logp({"b_arm": np.array(x), rate_name: np.full(shape, y)})) for y in log_rate] for x in b])
    found = np.exp(joint - joint.max()).sum(axis=1)
    grid, weights = by_quadrature(TWO)
    expected = np.interp(b, grid, weights)
    np.testing.assert_allclose(found / found.sum(), expected / expected.sum(), atol=2e-5)


@pytest.mark.parametrize("backend", ["native", pytest.param("pymc", marks=pytest.mark.slow)])
def test_nuts_finds_the_posterior_of_quadrature(backend, tmp_path):
    """Mean within 5 Monte Carlo errors (600 effective draws at least), limits within 0.3 SD."""
    components = ((0.8, -0.6, 0.2), (0.2, 0.0, 1.0))
    spec = spec_of(written(tmp_path, components))
    posterior = fit(spec, arms(), seed=5, backend=backend, draws=1500, tune=500, chains=2)
    drawn = posterior.values["b_arm"].ravel()
    grid, weights = by_quadrature(components)
    mean = grid @ weights
    sd = np.sqrt((grid - mean) ** 2 @ weights)
    assert drawn.mean() == pytest.approx(mean, abs=5.0 * sd / np.sqrt(600))
    limits = np.interp([0.025, 0.975], np.cumsum(weights), grid)
    np.testing.assert_allclose(np.quantile(drawn, [0.025, 0.975]), limits, atol=0.3 * sd)
