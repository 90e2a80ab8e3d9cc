"""Comparison and attribution on posteriors made by hand: no sampling."""

import dataclasses

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.km import kaplan_meier, quantile, survival_at
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.classical.rmst import rmst, rmst_difference
from escc_bayes.compare.comparison import compare
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.questions import standard_questions
from escc_bayes.estimand.tables import comparison_rows
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.record import Record, versions
from escc_bayes.sensitivity.attribution import attribute
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec


def made_by_hand(spec, cohort):
    """A posterior whose draws come from the prior: every formula runs, nothing is sampled."""
    plan = make_plan(spec, cohort)
    values = {name: v.reshape(4, 50, -1) for name, v in prior_draws(plan, 200, seed=1).items()}
    record = Record(spec.digest, cohort.digest, 1, cohort.provenance, "nuts", (), versions())
    stats = {"diverging": np.zeros((4, 50), dtype=bool)}
    return Posterior(plan, values, stats, Diagnostics(0, 1.0, 900.0, 900.0, "b"), record, 1)


@pytest.fixture(scope="module")
def spec():
    return load_spec("larynx_piecewise")


@pytest.fixture(scope="module")
def posterior(spec, larynx):
    return made_by_hand(spec, larynx)


@pytest.fixture(scope="module")
def classical(spec, larynx):
    return fit_classical(spec, larynx)


def test_every_method_is_a_row_and_keeps_its_interval_kind(posterior, classical):
    """Credible and confidence intervals stand apart; nothing is merged."""
    found = compare([HazardRatio("stage", "IV")], posterior, classical, level=0.9)
    methods = {e.method: e.interval_kind for e in found.estimates}
    assert methods == {
        "bayes_nuts": "credible",
        "cox": "confidence",
        "cox_firth": "confidence",
        "cox_univariable": "confidence",
        "weibull_mle": "confidence",
    }
    assert {e.level for e in found.estimates} == {0.9}
    assert list(found.frame.columns[:12]) == [
        *("endpoint", "estimand", "term", "contrast", "time", "method", "model"),
        *("value", "lower", "upper", "level", "interval"),
    ]


def test_posterior_row_is_the_quantile_of_its_draws(posterior, classical):
    """Second source: numpy quantiles of exp(beta_IV)."""
    found = compare([HazardRatio("stage", "IV")], posterior, classical, level=0.9)
    drawn = np.exp(posterior.values["b_stage"][..., 2].ravel())
    e = found.estimates[0]
    np.testing.assert_allclose([e.value, e.lower, e.upper], np.quantile(drawn, [0.5, 0.05, 0.95]))
    assert e.prob_gt_1 == pytest.approx((drawn > 1).mean())


def test_kaplan_meier_rows_are_those_of_the_group(classical, larynx):
    """Second source: the curve of the stage IV patients, computed from the arrays."""
    inside = larynx.covariates["stage"].values == 3
    data = larynx.endpoints["os"]
    curve = kaplan_meier(data.time[inside], data.event[inside], level=0.95)
    km = classical.estimate(SurvivalAt(24.0, "stage", "IV"), level=0.95)[0]
    assert km.value == pytest.approx(float(survival_at(curve, np.array([24.0])).survival[0]))
    assert classical.estimate(MedianSurvival("stage", "IV"), level=0.95)[0].value == quantile(curve).value


def test_any_contrast_of_the_cox_model_equals_a_refit_with_another_reference(spec, larynx):
    """Symmetry: HR(IV vs II) from the fit with reference I equals the refit with reference II; Firth too."""
    schema = larynx.covariates["stage"].schema
    relabelled = dataclasses.replace(schema, levels=("II", "I", "III", "IV"))
    codes = np.array([relabelled.levels.index(schema.levels[int(c)]) for c in larynx.covariates["stage"].values])
    stage = dataclasses.replace(larynx.covariates["stage"], schema=relabelled, values=codes.astype(float))
    other = dataclasses.replace(larynx, covariates={**larynx.covariates, "stage": stage})
    asked = HazardRatio("stage", "IV", "II")
    first = fit_classical(spec, larynx).estimate(asked, level=0.95)
    second = fit_classical(spec, other).estimate(asked, level=0.95)
    for a, b in zip(first, second, strict=True):
        assert (a.value, a.lower, a.upper) == pytest.approx((b.value, b.lower, b.upper), rel=1e-5), a.method


def test_weibull_delta_interval_covers_its_own_parametric_bootstrap(classical):
    """Second source: 4,000 normal draws of the parameters; limits of S(24) within 0.01."""
    from escc_bayes.estimand.evaluate import draws_of
    from escc_bayes.hazard.baseline import WeibullHazard
    from escc_bayes.hazard.proportional import Proportional

    fitted = classical.weibull
    centre = np.concatenate([[fitted.log_cumulative_hazard, fitted.log_shape], fitted.coef])
    theta = np.random.default_rng(3).multivariate_normal(centre, fitted.covariance, 4000)
    hazard = WeibullHazard(theta[:, 0], theta[:, 1], classical.reference_time)
    simulated = draws_of(SurvivalAt(24.0), classical.plan, Proportional(theta[:, 2:], hazard))
    e = classical.estimate(SurvivalAt(24.0), level=0.95)[1]
    assert e.method == "weibull_mle"
    np.testing.assert_allclose([e.lower, e.upper], np.quantile(simulated, [0.025, 0.975]), atol=0.01)


def test_attribution_steps_add_up(posterior, classical, larynx):
    """Algebra: the steps run from univariable Cox to the posterior mean without a gap."""
    steps = attribute(posterior, classical, larynx)
    cox = {e.contrast: e for e in classical.hazard_ratios(level=0.95) if e.method == "cox_univariable"}
    for contrast in ("II vs I", "per 10"):
        own = [s for s in steps if s.contrast == contrast]
        total = posterior.estimate(HazardRatio(own[0].term, *contrast_of(contrast)), level=0.95).log_mean
        assert own[0].log_hr_before == pytest.approx(cox[contrast].log_mean, abs=1e-12)
        assert own[-1].log_hr_after == pytest.approx(total, abs=1e-12)
        assert sum(s.difference for s in own) == pytest.approx(total - cox[contrast].log_mean, abs=1e-10)


def contrast_of(words):
    return () if words.startswith("per") else tuple(words.split(" vs "))


def test_piecewise_likelihood_equals_poisson_regression(larynx, classical):
    """Second source: iteratively reweighted Poisson regression on rows split by hand."""
    rows = classical.plan.rows
    cuts = np.array([12.0, 24.0, 48.0])
    fitted = piecewise_mle(classical.plan.design.columns, rows.time, rows.event, cuts=cuts)
    edges = [0.0, *cuts, np.inf]
    X, y, offset = [], [], []
    for x, t, d in zip(classical.plan.design.columns, rows.time, rows.event, strict=True):
        for k in range(4):
            if t > edges[k]:
                X.append([*(float(k == j) for j in range(4)), *x])
                y.append(float(d == 1 and t <= edges[k + 1]))
                offset.append(np.log(min(t, edges[k + 1]) - edges[k]))
    X, y, offset = np.array(X), np.array(y), np.array(offset)
    beta = np.concatenate([np.full(4, -4.0), np.zeros(4)])
    for _ in range(50):
        mu = np.exp(X @ beta + offset)
        beta = beta + np.linalg.solve(X.T @ (mu[:, None] * X), X.T @ (y - mu))
    np.testing.assert_allclose(fitted.coef, beta[4:], rtol=1e-8)
    variance = np.linalg.inv(X.T @ (np.exp(X @ beta + offset)[:, None] * X))[4:, 4:]
    np.testing.assert_allclose(fitted.covariance, variance, rtol=1e-6)


def test_limit_that_is_not_reached_is_said_in_words(classical):
    """The upper limit of the median of stage II (84.0, R: NA) prints as words, never as nan."""
    km = classical.estimate(MedianSurvival("stage", "II"), level=0.95)[0]
    assert np.isnan(km.upper)
    assert "43.2 to not reached" in repr(km)


def test_fits_of_other_patients_are_not_compared(posterior, spec, larynx):
    """The message names both sets."""
    fewer = fit_classical(spec, larynx.subset(np.arange(80)))
    with pytest.raises(EstimandError, match="same endpoint, clock and patients"):
        compare([HazardRatio("age")], posterior, fewer, level=0.95)


def test_verb_and_package_share_the_name(posterior, classical):
    """``escc_bayes.compare`` can be called whether or not the package of that name was imported before."""
    found = eb.compare([HazardRatio("age")], posterior, classical, level=0.95)
    assert "hazard ratio age per 10" in repr(found)
    assert repr(found).startswith("OBSERVED: os from time zero")


def test_standard_questions_have_answers_from_every_side(posterior, classical):
    """No question of a report is left without a finite posterior value."""
    found = compare(standard_questions(posterior.plan), posterior, classical, level=0.95)
    assert all(np.isfinite(e.value) for e in found.estimates if e.method == "bayes_nuts")
    assert {e.estimand for e in found.estimates} == {"hazard_ratio", "survival", "median", "rmst_difference"}


def test_rmst_difference_of_kaplan_meier_has_the_p_value_of_its_standard_error(classical, larynx):
    """Second source: rmst_difference on the arrays of the two groups."""
    data, stage = larynx.endpoints["os"], larynx.covariates["stage"].values
    areas = [rmst(data.time[stage == s], data.event[stage == s], until=24.0) for s in (3, 0)]
    expected = rmst_difference(areas[0], areas[1], 0.95)
    km = classical.estimate(RMSTDifference("stage", "IV", "I", 24.0), level=0.95)[0]
    assert km.p_value == pytest.approx(expected.p_value, rel=1e-9)
    assert comparison_rows([km])[0]["p_value"] == km.p_value
