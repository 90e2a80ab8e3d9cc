"""Start-stop rows equal R's survival: start_stop.R made start_stop.json of the Stanford heart transplants."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.reference.heart import CUTS, cohort_of, cut_frame, heart_frame, model

from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.coordinates import log_scales, log_shape, parameter_values, predictors
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.bayes.posterior.inference_groups import patient_log_likelihood
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.piecewise import piecewise_mle
from escc_bayes.spec.plan import make_plan

R = json.loads((Path(__file__).parent / "start_stop.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def heart():
    return cohort_of(heart_frame())


@pytest.fixture(scope="module")
def cut():
    """The same patients in some 600 rows, in no order."""
    return cohort_of(cut_frame(heart_frame(), [5, 17, 30, 44, 90, 111, 365, 500, 900, 1300]))


def test_cox_equals_r_to_eight_digits(heart, cut):
    for cohort in (heart, cut):
        found = fit_classical(model(), cohort).cox
        np.testing.assert_allclose(found.coef, R["heart"]["coef"], rtol=1e-8)
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R["heart"]["se"], rtol=1e-8)


def test_kaplan_meier_by_current_value_equals_r(heart, cut):
    """Simon & Makuch: who receives a heart leaves one group and enters the other."""
    for cohort in (heart, cut):
        found = baselines(cohort, "os", times=tuple(day / 30.4375 for day in R["km_times"]))
        rows = [row for row in found.tables["landmarks"] if row["term"] == "transplant"]
        np.testing.assert_allclose([row["survival"] for row in rows], R["km_survival"], rtol=1e-10)
        assert all("by current value" in row["note"] for row in rows)
        assert [row["n"] for row in rows] == [103] * 3 + [69] * 3


def test_log_rank_equals_the_score_test_of_r(heart, cut):
    """With few ties R's score test of one indicator is the log-rank test up to its variance's treatment of ties."""
    for cohort in (heart, cut):
        found = baselines(cohort, "os").tables["logrank"]
        chi2 = next(row["chi2"] for row in found if row["term"] == "transplant" and row["comparison"] == "overall")
        assert chi2 == pytest.approx(R["transplant"]["score"][0], rel=0.03)


def test_piecewise_maximum_equals_r_glm(heart, cut):
    for cohort in (heart, cut):
        plan = make_plan(model(), cohort)
        rows = plan.rows
        found = piecewise_mle(plan.design.columns, rows.time, rows.event, cuts=np.array(CUTS), entry=rows.entry)
        np.testing.assert_allclose(found.coef, R["pieces"]["coef"][4:], rtol=1e-8)
        # R's glm takes errors from the weights of the step before the last: seven digits.
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R["pieces"]["se"][4:], rtol=1e-6)


@pytest.mark.parametrize("form", ["walk", "independent", "weibull"])
def test_cutting_rows_changes_no_likelihood(heart, cut, form):
    """To 1e-10, in all and patient by patient; columns keep their centre."""
    plans = [make_plan(model(form), cohort) for cohort in (heart, cut)]
    coords = coordinates(plans[0])[0]
    rng = np.random.default_rng(1)
    x, u = rng.standard_normal((3, coords.latents)), rng.standard_normal((3, len(coords.hypers)))
    x[:, -4:] *= 0.01
    psi, shape = predictors(coords, x, u, log_scales(coords, u)), log_shape(coords, u)
    whole, parts = (cells_of(plan).given(shape).value(psi) for plan in plans)
    np.testing.assert_allclose(parts, whole, rtol=1e-12, atol=1e-10)
    values = {name: drawn[None] for name, drawn in parameter_values(coords, x, u).items()}
    one, other = (dict(zip(p.rows.ids, patient_log_likelihood(p, values)[0].T, strict=True)) for p in plans)
    assert one.keys() == other.keys()
    assert len(one) == 103
    for name, own in one.items():
        np.testing.assert_allclose(other[name], own, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(sum(one.values()), whole, rtol=1e-10)


def test_posterior_with_vague_priors_is_near_the_maximum(heart):
    """Independent pieces: the posterior means lie within a tenth of a standard error of R's glm."""
    posterior = fit(model("independent"), heart, seed=2, engine="laplace")
    mean, coef, se = posterior.coefficients.mean(axis=0), *(np.array(R["pieces"][k][4:]) for k in ("coef", "se"))
    assert (np.abs(mean - coef) < 0.15 * se).all()
    np.testing.assert_allclose(posterior.coefficients.std(axis=0), se, rtol=0.08)


def test_engines_agree_and_speak_of_patients(heart, tmp_path):
    """Both engines; n is patients, log-likelihood and predicted times have a value for each; saved and reloaded."""
    from escc_bayes.bayes.posterior.reload import load_posterior

    fast, exact = (fit(model(), heart, seed=2, engine=engine, draws=500) for engine in ("laplace", "nuts"))
    spread = exact.coefficients.std(axis=0)
    assert (np.abs(fast.coefficients.mean(axis=0) - exact.coefficients.mean(axis=0)) < 0.2 * spread).all()
    tree = fast.to_datatree()
    for group in ("log_likelihood", "posterior_predictive", "prior_predictive"):
        assert tree[group]["time"].shape[2] == 103
        assert np.isfinite(tree[group]["time"].values).mean() > 0.99
    assert (tree["posterior_predictive"]["time"].values > 0.0).all()
    assert {e.n for e in fast.hazard_ratios()} == {103}
    assert {e.events for e in fast.hazard_ratios()} == {75}
    assert "103 of 103 patients of heart in 172 rows at risk" in repr(fast)
    fast.save(tmp_path / "heart.nc")
    again = load_posterior(tmp_path / "heart.nc")
    assert repr(again) == repr(fast)
    np.testing.assert_array_equal(again.plan.rows.patient, fast.plan.rows.patient)


STRATIFIED = ("age", "year", "transplant")


def test_stratified_cox_equals_r_to_eight_digits(heart, cut):
    for cohort in (heart, cut):
        found = fit_classical(model("walk", STRATIFIED, strata="surgery"), cohort).cox
        np.testing.assert_allclose(found.coef, R["heart_strata"]["coef"], rtol=1e-8)
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), R["heart_strata"]["se"], rtol=1e-8)


@pytest.mark.parametrize("engine", ["laplace", "nuts"])
def test_posterior_with_strata_is_near_the_maximum_of_r(heart, engine):
    """Independent pieces of each stratum: R's Poisson model with pieces by strata."""
    posterior = fit(model("independent", STRATIFIED, strata="surgery"), heart, seed=2, engine=engine)
    coef, se = (np.array(R["pieces_strata"][key][:3]) for key in ("coef", "se"))
    assert (np.abs(posterior.coefficients.mean(axis=0) - coef) < 0.15 * se).all()
    np.testing.assert_allclose(posterior.coefficients.std(axis=0), se, rtol=0.08)
