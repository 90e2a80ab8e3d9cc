"""Curves that move in one direction: as plain PyMC has them, their form, what is said, written and refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import BSpline

from escc_bayes.bayes.model.prior import log_prior
from escc_bayes.bayes.native.native import posed
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.bayes.posterior.reload import load_posterior
from escc_bayes.classical.fit import fit_classical
from escc_bayes.data.bundled import example_cohort
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.foundation.errors import EstimandError, SpecError
from escc_bayes.report.verbs.files import fit_tables
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec, spec_from
from escc_bayes.spec.structures.ordered_curve import b_splines
from tests.reference.bayes_monotone import ASKED, CUTS, KNOTS, SD, i_splines

PLAIN = json.loads((Path(__file__).parents[3] / "reference" / "bayes_monotone.json").read_text())


def model(**more):
    """Return the model of the plain one in this package's words."""
    effect = {"covariate": "age", "structure": "monotone", "knots": KNOTS, "prior": {"normal": [0.0, SD]}}
    return spec_from(
        {
            "name": "rising",
            "outcome": {"endpoint": "os"},
            "baseline": {
                "family": "piecewise_exponential",
                "cuts": CUTS,
                "steps": "equal",
                "sd": {"halfnormal": 0.5},
            },
            "priors": {"baseline_log_rate": {"normal": [-4.0, 1.0]}},
            "effect": [effect | more],
        },
        "rising.toml",
    )


@pytest.fixture(scope="module")
def larynx():
    return example_cohort("larynx")


@pytest.fixture(scope="module")
def posterior(larynx):
    return fit(model(), larynx, seed=2, engine="laplace", draws=4000)


def test_b_splines_are_scipys_and_their_sums_are_i_splines():
    x = np.linspace(KNOTS[0], KNOTS[-1], 101)
    theirs = BSpline.design_matrix(x, np.array([KNOTS[0]] * 2 + KNOTS + [KNOTS[-1]] * 2), 2).toarray()
    ours = b_splines(x, np.array(KNOTS))
    np.testing.assert_allclose(ours, theirs, atol=1e-14)
    np.testing.assert_allclose(ours[:, :0:-1].cumsum(axis=1)[:, ::-1], i_splines(x), atol=1e-10)


def test_the_density_is_that_of_plain_pymc(larynx):
    """Differences between points: a Poisson of cells and a density of times differ by a constant."""
    plan, points = make_plan(model(), larynx), PLAIN["densities"]
    ours = {
        "baseline": [[p["first"]] for p in points],
        "sd_baseline": [[p["step_sd"]] for p in points],
        "z_baseline": [p["step"] for p in points],
        "b_age": [[p["whole"]] for p in points],
        "share_age": [p["share"] for p in points],
    }
    values = {name: np.array(value)[None] for name, value in ours.items()}
    prior = sum(each.sum(axis=-1) for each in log_prior(plan, values).values())
    whole = (prior + patient_log_likelihood(plan, values).sum(axis=-1))[0]
    theirs = np.array([p["log_density"] for p in points])
    np.testing.assert_allclose(np.diff(whole), np.diff(theirs), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_the_posterior_is_that_of_plain_pymc(posterior, larynx, engine):
    """Means within 4 joint Monte Carlo errors of 80,000 plain draws, at five ages over the youngest."""
    found = posterior if engine == "laplace" else fit(model(), larynx, seed=2, engine="nuts", draws=1000)
    for j, age in enumerate(ASKED):
        expected, own = PLAIN[f"over_first[{j}]"], found.draws(HazardRatio("age", f"{age:g}", f"{KNOTS[0]:g}")).ravel()
        # Effective draws are at least a third of those kept.
        error = np.hypot(own.std() / np.sqrt(own.size / 3.0), expected["mcse"])
        assert abs(own.mean() - expected["mean"]) < 4.0 * error, age
        assert own.std() == pytest.approx(expected["sd"], rel=0.06), age


def test_the_gradient_equals_central_differences(larynx):
    density, _ = posed(make_plan(model(), larynx))
    rng = np.random.default_rng(3)
    for _ in range(3):
        q = 0.8 * rng.standard_normal(density.size)
        exact = density(q)[1].copy()
        steps = 1e-5 * np.eye(density.size)
        apart = np.array([(density(q + step)[0] - density(q - step)[0]) / 2e-5 for step in steps])
        np.testing.assert_allclose(exact, apart, atol=1e-6)


def test_every_draw_moves_in_one_direction(posterior):
    ages = [f"{age:g}" for age in np.linspace(42.0, 86.0, 23)]
    along = np.array([posterior.draws(HazardRatio("age", age, "41")).ravel() for age in ages])
    steps = np.diff(along, axis=0) * np.sign(along[-1])
    assert steps.min() > -1e-12


def test_it_is_said_and_written(posterior, larynx, tmp_path):
    words = " ".join(describe(posterior.plan))
    assert "moves in one direction along age, a quadratic spline with knots at 41, 60, 70, 86" in words
    assert "rising with prior probability 0.50, falling 0.50" in words
    tilted = " ".join(describe(make_plan(model(prior={"hr_median": 0.5, "hr_upper": 1.0}), larynx)))
    assert "rising with prior probability 0.03, falling 0.97" in tilted
    table = fit_tables({"rising": posterior}, 0.95)
    assert {row["method"] for row in table["spline"]} == {"bayes_laplace", "cox"}
    (shown,) = posterior.hazard_ratios()
    assert "P(HR > 1) is one number for all values of age" in shown.note
    beyond = HazardRatio("age", "99", "60")
    assert "99 beyond the knots 41 to 86: the hazard is taken as constant there" in posterior.estimate(beyond).note
    assert np.array_equal(posterior.draws(beyond), posterior.draws(HazardRatio("age", "86", "60")))
    posterior.save(tmp_path / "rising.nc")
    again = load_posterior(tmp_path / "rising.nc", posterior.plan.spec, larynx)
    assert np.array_equal(again.draws(beyond), posterior.draws(beyond))
    (tmp_path / "rising.toml").write_text(posterior.plan.spec.toml)
    assert load_spec(tmp_path / "rising.toml").digest == posterior.plan.spec.digest


def test_cox_beside_it_is_a_spline_with_the_same_knots(larynx):
    spline = {"structure": "spline", "sd": {"halfnormal": 0.5}}
    asked = HazardRatio("age", "80", "60")
    ours, theirs = (
        next(e for e in fit_classical(spec, larynx).estimate(asked, level=0.95) if e.method == "cox")
        for spec in (model(), model(**spline))
    )
    assert ours.log_mean == pytest.approx(theirs.log_mean, rel=1e-10)


def test_what_does_not_fit_is_refused(larynx):
    with pytest.raises(SpecError, match="and the knots 30 to 86 go beyond"):
        make_plan(model(knots=[30.0, 60.0, 86.0]), larynx)
    with pytest.raises(SpecError, match="published evidence is of one hazard ratio between two groups"):
        model(prior={"evidence": "rt_added"})
    with pytest.raises(EstimandError, match="ask for one value over another"):
        fit_classical(model(), larynx).estimate(HazardRatio("age"), level=0.95)
