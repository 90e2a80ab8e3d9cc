"""Strata: each its own baseline, one SD of steps; numpy, PyMC and a model of each stratum alone agree."""

from dataclasses import replace

import numpy as np
import pytest
from tests.reference.heart import BASELINES, cohort_of, heart_frame, model
from tests.unit.bayes.densities import equals_pymc
from tests.unit.bayes.model.likelihood.segmented import Segmented

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.likelihood.of_plan import cells_of, collapsed, counted_of
from escc_bayes.bayes.model.likelihood.product import product_of
from escc_bayes.bayes.modes.coordinates import log_scales, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.estimand.estimand import MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.risk_rows import risk_rows

GAMMA = (BASELINES["independent"][0], {"baseline_rate": {"gamma": [0.5, 10.0]}})
EFFECTS = ("age", "year", "transplant")


@pytest.fixture(scope="module")
def heart():
    return cohort_of(heart_frame())


def stratified(form="walk", effects=EFFECTS):
    BASELINES["gamma"] = GAMMA
    return model(form, effects, strata="surgery")


def changing(spec):
    """The same with an effect of transplant that changes off the cuts."""
    two = Segmented("transplant", ("transplant",), Normal(0.0, 1.0), (2.0,))
    return replace(spec, effects=(two, *spec.effects[:2]))


@pytest.mark.parametrize("form", ["walk", "independent", "gamma"])
def test_density_of_strata_equals_pymc(heart, form):
    """Second source: PyMC's compiled log density, with start-stop rows and an effect that changes too."""
    plan = make_plan(changing(stratified(form)), heart)
    coords = coordinates(plan)[0]
    rng = np.random.default_rng(3)
    x, u = 0.1 * rng.standard_normal((1, coords.latents)), rng.standard_normal((1, len(coords.hypers)))
    if form == "gamma":
        x[:, : coords.pieces] -= 3.0
    equals_pymc(plan, coords, x, u, within=1e-5)


@pytest.mark.parametrize("form", ["walk", "independent"])
def test_likelihood_of_strata_is_the_sum_of_each_one_alone(heart, form):
    """Second source: a model of one baseline on the patients of each stratum, at its own log rates."""
    spec = stratified(form)
    plan = make_plan(spec, heart)
    coords = coordinates(plan)[0]
    rng = np.random.default_rng(4)
    x, u = 0.1 * rng.standard_normal((2, coords.latents)), rng.standard_normal((2, len(coords.hypers)))
    # Log hazard ratios of an ordinary size: larger ones would drown the events in hazard.
    x[:, -plan.design.size :] *= 0.01
    psi = predictors(coords, x, u, log_scales(coords, u))
    whole = cells_of(plan).given(None).value(psi)
    p, pieces = plan.design.size, 4
    found = 0.0
    for code, level in enumerate(("no", "yes")):
        inside = heart.covariate("surgery").values == heart.covariate("surgery").schema.levels.index(level)
        alone = make_plan(model(form, EFFECTS), heart.subset(inside))
        alone = replace(alone, design=replace(alone.design, center=plan.design.center))
        own = np.hstack([psi[:, :p], psi[:, p + code * pieces : p + (code + 1) * pieces]])
        found = found + cells_of(alone).given(None).value(own)
    np.testing.assert_allclose(whole, found, rtol=1e-12)
    values = {name: drawn[None] for name, drawn in parameter_values(coords, x, u).items()}
    np.testing.assert_allclose(patient_log_likelihood(plan, values)[0].sum(axis=1), whole, rtol=1e-10)


def test_product_form_and_general_cells_of_strata_agree(heart):
    plan = make_plan(stratified(), heart)
    held = collapsed(risk_rows(plan.rows, plan.design), plan)
    product, counted = product_of(held), counted_of(held)
    psi = np.random.default_rng(3).normal(-2.0, 0.2, (3, counted.design.shape[1]))
    psi[:, :3] *= 0.01
    one, other = product.derivatives(psi), counted.derivatives(psi)
    for name in ("value", "gradient", "information"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-9, atol=1e-8)


def test_curves_are_each_stratums_and_their_average(heart):
    """By hand from the log rates: 1 - survival of the patients of each stratum, weighed as they lie in them."""
    posterior = fit(stratified(), heart, seed=1, engine="laplace", draws=200)
    plan, values = posterior.plan, posterior.flat
    rates = np.exp(parameters.log_rates(plan.baseline, values, np, plan.baseline.step_scale))
    first = plan.rows.first_rows()
    eta = posterior.coefficients @ plan.design.centred[first].T
    month = float(plan.baseline.cuts[0])
    of = plan.rows.stratum[first]
    alive = np.exp(-month * rates[:, 4 * of] * np.exp(eta))
    np.testing.assert_allclose(posterior.draws(SurvivalAt(month)), alive.mean(axis=1), rtol=1e-10)
    within = posterior.draws(SurvivalAt(month, "surgery", "yes"))
    np.testing.assert_allclose(within, alive[:, of == 1].mean(axis=1), rtol=1e-10)
    everyone = posterior.draws(SurvivalAt(month, "surgery", "yes", population="everyone"))
    np.testing.assert_allclose(everyone, np.exp(-month * rates[:, [4]] * np.exp(eta)).mean(axis=1), rtol=1e-10)
    half = posterior.draws(MedianSurvival())
    at = posterior.survival(np.sort(half)[[400]])[:, 0]
    assert ((at > 0.5) == (half > np.sort(half)[400] + 1e-9)).mean() > 0.98
    assert np.isfinite(posterior.draws(RMSTDifference("transplant", "yes", "no", until=24.0))).all()


def test_a_stratum_is_said_and_stands_in_the_tables(heart):
    from escc_bayes.classical.fit import fit_classical
    from escc_bayes.estimand.tables import hazard_ratio_rows

    posterior = fit(stratified(), heart, seed=1, engine="laplace", draws=200)
    assert "in each stratum of surgery" in repr(posterior)
    assert any("one of its own with the same prior in each stratum (no, yes)" in s for s in describe(posterior.plan))
    assert {row["strata"] for row in hazard_ratio_rows(posterior.hazard_ratios())} == {"surgery"}
    beside = fit_classical(stratified(), heart).hazard_ratios()
    assert {e.method for e in beside} == {"cox_stratified", "cox_firth", "cox_univariable", "weibull_mle"}
    assert {e.strata for e in beside if e.method.startswith("cox_s")} == {"surgery"}
    assert all("surgery" in e.note for e in beside if e.method in ("cox_firth", "weibull_mle"))
    assert {row["strata"] for row in hazard_ratio_rows(fit(model(), heart, engine="laplace").hazard_ratios())} == {""}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strata": "age"}, "'age' is a number and makes no strata"),
        ({"strata": "transplant"}, "'transplant' has an effect too"),
    ],
)
def test_strata_that_cannot_be_are_refused(heart, change, words):
    with pytest.raises(SpecError, match=words):
        make_plan(model("walk", ("year", "transplant"), **change), heart)


def test_a_weibull_has_no_strata_and_says_so():
    with pytest.raises(SpecError, match="a Weibull baseline has one level and one shape"):
        model("weibull", EFFECTS, strata="surgery")


def test_one_level_makes_no_strata(heart):
    none = heart.subset(heart.covariate("surgery").values == 0.0)
    with pytest.raises(SpecError, match="have surgery = no; leave strata out"):
        make_plan(stratified(), none)
