"""What figures are given equals what the fits say by another way."""

import numpy as np
import pytest

from escc_bayes.classical.curves import group_curve
from escc_bayes.classical.km import survival_at
from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import SurvivalAt
from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.report.page import curves
from escc_bayes.report.page.convergence import convergence
from escc_bayes.report.page.panels import panels


def test_posterior_band_is_the_estimate_of_survival_at_each_month(naive):
    posterior = naive.posteriors["one"]
    band = curves.posterior_band(posterior, "alc_post", "low", 0.9)
    for place in (10, 30, 60):
        e = posterior.estimate(SurvivalAt(float(band.times[place]), "alc_post", "low"), level=0.9)
        drawn = (band.middle[place], band.lower[place], band.upper[place])
        assert drawn == pytest.approx((e.value, e.lower, e.upper), rel=1e-12)
    rows = posterior.plan.rows
    assert band.times[-1] == rows.time[rows.covariates["alc_post"].values == 2.0].max()


def test_kaplan_meier_band_reads_as_the_curve(naive):
    rows = naive.posteriors["one"].plan.rows
    band = curves.km_band(rows, "alc_post", "high", 0.95)
    months = np.array([0.0, 5.0, 12.0, 30.0])
    at = survival_at(group_curve(rows, "alc_post", "high", 0.95), months)
    np.testing.assert_array_equal(band.at(months), at.survival)
    inside = (rows.covariates["alc_post"].values == 0.0) & (rows.event == 0.0)
    np.testing.assert_array_equal(band.marks, np.unique(rows.time[inside]))


def test_numbers_at_risk_are_counts(naive):
    rows = naive.posteriors["one"].plan.rows
    months = np.array([0.0, 12.0, 24.0])
    found = curves.at_risk(rows, "alc_post", ("high", "low"), months)
    for row, code in ((0, 0.0), (1, 2.0)):
        time = rows.time[rows.covariates["alc_post"].values == code]
        assert found.counts[row].tolist() == [int((time >= m).sum()) for m in months]
        died = rows.event[rows.covariates["alc_post"].values == code] == 1.0
        assert found.events[row].tolist() == [int((died & (time <= m)).sum()) for m in months]


def test_hazard_band_of_pieces_holds_each_rate_over_its_piece(naive):
    posterior = naive.posteriors["one"]
    band = curves.hazard_bands(posterior, 0.95, label="one")[0]
    assert band.times.tolist() == [0.0, 6.0, 18.0, float(posterior.plan.rows.time.max())]
    np.testing.assert_allclose(band.middle[:3], np.median(np.exp(posterior.hazard.log_rates), axis=0), rtol=1e-12)
    assert band.middle[3] == band.middle[2]


def test_hazard_band_of_a_weibull_is_its_derivative(naive):
    posterior = naive.posteriors["two"]
    band = curves.hazard_bands(posterior, 0.95, label="two")[0]
    hazard = posterior.hazard
    assert isinstance(hazard, WeibullHazard)
    t, step = float(band.times[100]), 1e-5
    cumulative = hazard.cumulative(np.array([t - step, t + step]))
    slope = np.median((cumulative[:, 1] - cumulative[:, 0]) / (2.0 * step))
    assert band.middle[100] == pytest.approx(slope, rel=1e-6)


def test_prior_fan_is_nested_around_one_median(naive):
    wide, middle, narrow = curves.prior_fan(naive.prior_checks["one"])
    np.testing.assert_array_equal(wide.middle, narrow.middle)
    assert (wide.lower <= middle.lower).all()
    assert (middle.lower <= narrow.lower).all()
    assert (narrow.upper <= wide.upper).all()


def test_density_of_normal_draws_is_the_normal_density():
    # Bias of a kernel with bandwidth h is h^2 f'' / 2, noise about sqrt(f / (n h)): 0.02 covers both at n = 20000.
    draws = np.random.default_rng(3).normal(0.3, 0.8, 20_000)
    at = np.linspace(-2.0, 2.0, 9)
    expected = np.exp(-0.5 * ((at - 0.3) / 0.8) ** 2) / (0.8 * np.sqrt(2.0 * np.pi))
    np.testing.assert_allclose(curves.density(draws, at, label="").height, expected, atol=0.02)


def test_prior_draws_of_a_contrast_have_the_prior_of_the_specification(naive):
    posterior = naive.posteriors["one"]
    (asked,) = (c for c in standard_contrasts(posterior.plan.design) if c.term == "age")
    (prior,) = curves.prior_log_ratios([asked], posterior)
    # hr_upper = 4 at 97.5 %: SD log(4) / 1.96; Monte Carlo error of an SD from 4000 draws is 1.1 %.
    assert prior.std() == pytest.approx(np.log(4.0) / 1.959964, rel=0.05)


def test_numbers_and_long_lists_have_no_panel(naive):
    assert [term for term, _ in panels(naive.posteriors["one"].plan)] == ["alc_post"]


def test_convergence_agrees_with_diagnose_on_the_worst(naive):
    from escc_bayes.bayes.sampling.draws import Draws, checked

    posterior = naive.posteriors["one"]
    whole = checked(posterior.plan, Draws(dict(posterior.values), dict(posterior.stats)))
    found = convergence(posterior)
    assert max(c.rhat for c in found) == pytest.approx(whole.max_rhat)
    assert min(c.ess_bulk for c in found) == pytest.approx(whole.min_ess_bulk)
    assert {"age", "alc_post[low]"} <= {c.quantity for c in found}
