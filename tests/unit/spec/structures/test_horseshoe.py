"""The regularised horseshoe: as plain PyMC has it, shrinkage factors, maximum likelihood beside, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import halfcauchy, norm

from escc_bayes.bayes.model.parameters import block_coefficients
from escc_bayes.bayes.model.prior import log_prior
from escc_bayes.bayes.modes.coordinates import half_cauchy_score
from escc_bayes.bayes.native.native import posed
from escc_bayes.bayes.native.scales import half_cauchy
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.posterior.shrinkage import shrunk
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import SamplingError, SpecError, TomlError
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from escc_bayes.spec.sceptic import sceptical
from tests.reference.bayes_horseshoe import CUTS, EXPECTED, NAMES, SLAB, columns, patients

PLAIN = json.loads((Path(__file__).parents[3] / "reference" / "bayes_horseshoe.json").read_text())
SCHEMA = {
    "time_unit": "days",
    "endpoints": {"os": {"time": "time", "event": "cens", "event_values": ["1"]}},
    "covariates": {
        "therapy": {"column": "horTh", "kind": "binary", "levels": ["no", "yes"]},
        "menopause": {"column": "menostat", "kind": "binary", "levels": ["Pre", "Post"]},
        "grade": {"column": "tgrade", "kind": "ordered", "levels": ["I", "II", "III"]},
        "age": {"kind": "continuous", "center": 50.0, "scale": 10.0},
        "tsize": {"kind": "continuous", "center": 25.0, "scale": 10.0},
        "pnodes": {"kind": "continuous", "center": 3.0, "scale": 5.0},
        "progrec": {"kind": "continuous", "center": 30.0, "scale": 100.0},
        "estrec": {"kind": "continuous", "center": 30.0, "scale": 100.0},
    },
}


def cohort():
    """Return the first 100 patients of GBSG2."""
    return read_cohort(patients(), schema_from(SCHEMA, "gbsg2"))


def model(names=NAMES, expected=EXPECTED, slab=SLAB):
    """Return the model of the plain one in this package's words."""
    body = {"family": "piecewise_exponential", "cuts": CUTS, "steps": "equal", "sd": {"halfnormal": 0.5}}
    effect = {"name": "many", "covariates": list(names), "structure": "horseshoe", "expected": expected, "slab": slab}
    return spec_from(
        {
            "name": "many",
            "outcome": {"endpoint": "os"},
            "baseline": body,
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [effect],
        },
        "many.toml",
    )


@pytest.fixture(scope="module")
def posterior():
    return fit(model(), cohort(), seed=2, engine="nuts", draws=1000)


def test_the_density_is_that_of_plain_pymc():
    """Differences between points to 1e-10: a Poisson of cells and a density of times differ by a constant."""
    plan = make_plan(model(), cohort())
    points = PLAIN["densities"]
    ours = {
        "baseline": [[p["first"]] for p in points],
        "sd_baseline": [[p["step_sd"]] for p in points],
        "z_baseline": [p["step"] for p in points],
        "tau_many": [[p["tau"]] for p in points],
        "lambda_many": [p["own"] for p in points],
        "z_many": [p["latent"] for p in points],
    }
    values = {name: np.array(value)[None] for name, value in ours.items()}
    prior = sum(each.sum(axis=-1) for each in log_prior(plan, values).values())
    whole = (prior + patient_log_likelihood(plan, values).sum(axis=-1))[0]
    theirs = np.array([p["log_density"] for p in points])
    np.testing.assert_allclose(np.diff(whole), np.diff(theirs), rtol=1e-10, atol=1e-9)


def test_the_posterior_is_that_of_plain_pymc(posterior):
    """Means within 4 joint Monte Carlo errors of 80,000 plain draws, effective number of effects included."""
    assert posterior.verdict == "ok"
    beta = posterior.coefficients.reshape(-1, len(NAMES))
    (found,) = shrunk(posterior)
    tau = posterior.flat["tau_many"][:, 0]
    drawn = {**{f"beta[{j}]": beta[:, j] for j in range(len(NAMES))}, "effects": found.effects}
    for name, own in drawn.items():
        expected = PLAIN[name]
        # Effective draws are at least a fifth of those kept.
        error = np.hypot(own.std() / np.sqrt(own.size / 5.0), expected["mcse"])
        assert abs(own.mean() - expected["mean"]) < 4.0 * error, name
        assert own.std() == pytest.approx(expected["sd"], rel=0.08), name
    assert np.isfinite(tau).all()


def test_without_shrinkage_a_column_has_the_slab_and_with_it_nothing():
    """1 / s^2 = 1 / (tau lambda)^2 + 1 / slab^2, by hand, and kappa of it."""
    plan = make_plan(model(), cohort())
    block = plan.design.blocks[0]
    spread = columns().to_numpy().std(axis=0)
    np.testing.assert_allclose(block.coding.shrinkage.spreads, spread, rtol=1e-12)
    assert block.coding.shrinkage.scale == pytest.approx(2.0 / 6.0 / np.sqrt(51.0))
    one = np.ones((3, 8))
    values = {"tau_many": np.array([[1e-9], [0.3], [1e9]]), "lambda_many": 2.0 * one, "z_many": one}
    found = block_coefficients(block, values, np)
    by_hand = [1.0 / np.sqrt(1.0 / (tau * 2.0) ** 2 + 1.0 / SLAB**2) for tau in (1e-9, 0.3, 1e9)]
    np.testing.assert_allclose(found, np.outer(by_hand, 1.0 / spread), rtol=1e-9)


def test_the_gradient_equals_central_differences():
    density, _ = posed(make_plan(model(), cohort()))
    rng = np.random.default_rng(3)
    for _ in range(3):
        q = 0.8 * rng.standard_normal(density.size)
        exact = density(q)[1].copy()
        steps = 1e-5 * np.eye(density.size)
        apart = np.array([(density(q + step)[0] - density(q - step)[0]) / 2e-5 for step in steps])
        np.testing.assert_allclose(exact, apart, atol=1e-6)


def test_half_cauchy_quantiles_and_slopes():
    """Second source: the tangent of the normal's probability, and differences; both tails stay numbers."""
    for u in (-3.0, -0.5, 0.0, 0.7, 4.0):
        value, slope = half_cauchy(u)
        assert value == pytest.approx(halfcauchy.ppf(norm.cdf(u)), rel=1e-9)
        assert slope == pytest.approx((half_cauchy(u + 1e-6)[0] - half_cauchy(u - 1e-6)[0]) / 2e-6, rel=1e-6)
        assert half_cauchy_score(np.array([u]))[0] == pytest.approx(value, rel=1e-12)
    assert np.isfinite(half_cauchy(40.0)).all()
    assert half_cauchy(-40.0)[0] > 0.0


def test_prior_median_of_effects_is_about_what_is_expected(posterior):
    (found,) = shrunk(posterior)
    assert np.median(found.prior_effects) == pytest.approx(EXPECTED, rel=0.2)
    assert ((found.factors > 0.0) & (found.factors <= 1.0)).all()
    assert "effects (effective number; 95 % credible interval" in repr(posterior)
    rows = fit_tables({"many": posterior}, 0.95)["shrinkage"]
    assert [row["quantity"] for row in rows] == ["effective_effects"] + ["kept"] * 8
    assert rows[0]["mean"] == pytest.approx(sum(row["mean"] for row in rows[1:]), rel=1e-9)


def test_maximum_likelihood_has_every_covariate_without_a_prior():
    """Each alone is the Cox model of that covariate, not of all."""
    classical = fit_classical(model(), cohort())
    assert classical.plan.design.labels[:3] == ("therapy[yes]", "menopause[Post]", "grade")
    alone = spec_from(
        {
            "name": "one",
            "outcome": {"endpoint": "os"},
            "baseline": {"family": "piecewise_exponential", "cuts": CUTS, "sd": {"halfnormal": 0.5}},
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [{"covariate": "pnodes", "structure": "linear", "prior": {"normal": [0.0, 1.0]}}],
        },
        "one.toml",
    )
    by_itself = fit_classical(alone, cohort()).cox.coef[0]
    assert classical.univariable.coef[5] == pytest.approx(by_itself, rel=1e-9)
    assert abs(classical.cox.coef[5] - by_itself) > 1e-3


def test_laplace_refuses_more_scales_than_its_grid_holds():
    """Ten covariates have eleven scales, and the baseline one."""
    frame = patients()
    extra = {f"marker{j}": np.random.default_rng(j).normal(size=100) for j in (1, 2)}
    known = SCHEMA["covariates"] | {name: {"kind": "continuous"} for name in extra}
    wider = read_cohort(frame.assign(**extra), schema_from(SCHEMA | {"covariates": known}, "gbsg2"))
    with pytest.raises(SamplingError, match="12 hyperparameters .* use engine nuts"):
        fit(model((*NAMES, *extra)), wider, seed=1, engine="laplace")


def test_a_sceptic_has_a_narrow_slab():
    (effect,) = sceptical(model()).effects
    assert effect.slab.sd == pytest.approx(np.log(1.8) / 1.959963984540054)
    assert sceptical(model(slab=0.1)).effects[0].slab.sd == 0.1


def test_it_is_described_and_what_does_not_fit_is_refused(posterior):
    words = " ".join(describe(posterior.plan))
    assert "of which about 2 are expected to matter" in words
    assert "half-Cauchy with scale 0.0467 (from 51 events); one that is not shrunk lies within 0.14 to 7.10" in words
    assert posterior.estimate(HazardRatio("therapy", "yes", "no")).contrast == "yes vs no"
    assert posterior.estimate(HazardRatio("grade")).contrast == "per 1"
    with pytest.raises(SpecError, match="expected: 8 of 8 covariates are expected to matter; state fewer"):
        make_plan(model(expected=8.0), cohort())
    with pytest.raises(SpecError, match="needs two covariates or more"):
        model(names=("age",))
    with pytest.raises(TomlError, match="slab: must be above 0"):
        model(slab=0.0)
