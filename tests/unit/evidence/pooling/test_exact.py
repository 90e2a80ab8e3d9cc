"""Exact pooling against a two-dimensional grid, closed forms, limits and printed reference values."""

import math

import numpy as np
import pytest
from scipy import stats

from escc_bayes.evidence.pooling import exact as module
from escc_bayes.evidence.pooling.exact import log_tau, pool_exact
from escc_bayes.spec.prior import HalfNormal, Normal
from tests.unit.evidence.published import arrays


def pooled(estimates, ses, tau=0.5, mean_prior=Normal(0.0, 2.0)):  # noqa: B008
    return pool_exact(estimates, ses, tau_prior=HalfNormal(tau), mean_prior=mean_prior, level=0.95)


@pytest.mark.parametrize("name", ["rt_added", "spread"])
def test_posterior_equals_a_grid_over_mu_and_tau(name):
    # Second source: the joint density summed on a plain grid, 901 by 4000, with theta_i integrated by hand.
    y, s = arrays(name)
    mu, tau = np.linspace(-6.0, 6.0, 901)[:, None], (np.arange(4000) + 0.5) * 3.0 / 4000
    log_joint = stats.norm.logpdf(mu, 0.0, 2.0) + stats.halfnorm.logpdf(tau, scale=0.5)
    for estimate, se in zip(y, s, strict=True):
        log_joint = log_joint + stats.norm.logpdf(estimate, mu, np.hypot(se, tau))
    joint = np.exp(log_joint - log_joint.max())
    joint /= joint.sum()
    pool = pooled(y, s)
    mean = (joint * mu).sum()
    assert pool.mu.mean == pytest.approx(mean, abs=1e-7)
    assert pool.mu.sd == pytest.approx(np.sqrt((joint * (mu - mean) ** 2).sum()), abs=1e-7)
    assert pool.new_study.sd == pytest.approx(np.sqrt((joint * ((mu - mean) ** 2 + tau**2)).sum()), abs=1e-6)
    assert pool.tau.mean == pytest.approx((joint * tau).sum(), abs=1e-6)
    assert pool.tau.median == pytest.approx(np.interp(0.5, joint.sum(0).cumsum(), tau + 3.0 / 8000), abs=1e-5)
    assert pool.new_study.cdf(-0.2) == pytest.approx((joint * stats.norm.cdf(-0.2, mu, tau)).sum(), abs=1e-5)


def test_escc_first_line_trials_equal_bayesmeta():
    # bayesmeta (R): six trials, mu N(0, 2), tau half-normal 0.5. KN590-ESCC, CM648, ORIENT-15, ESCORT-1st, JUPITER-06,
    # RATIONALE-306 at their first reports.
    hr = np.array([0.72, 0.74, 0.63, 0.70, 0.58, 0.66])
    lower = np.array([0.60, 0.61, 0.51, 0.56, 0.43, 0.54])
    upper = np.array([0.88, 0.89, 0.78, 0.88, 0.78, 0.80])
    pool = pooled(np.log(hr), np.log(upper / lower) / (2.0 * stats.norm.ppf(0.975)))
    assert pool.mu.mean == pytest.approx(-0.38740, abs=1e-4)
    assert pool.mu.sd == pytest.approx(0.05948, abs=1e-4)
    assert pool.tau.median == pytest.approx(0.05399, abs=1e-4)
    assert pool.new_study.sd == pytest.approx(0.11327, abs=1e-4)
    assert pool.new_study.cdf(math.log(0.8)) == pytest.approx(0.95075, abs=2e-4)


def test_crohn_placebo_arms_equal_exact_quadrature_of_the_rbest_example():
    # RBesT data set crohn, sigma 88, mu N(0, 88), tau half-normal 44; values by exact quadrature to two decimals.
    n, y = np.array([74.0, 166, 328, 20, 25, 58]), np.array([-51.0, -49, -36, -47, -90, -54])
    pool = pooled(y, 88.0 / np.sqrt(n), tau=44.0, mean_prior=Normal(0.0, 88.0))
    assert (pool.tau.mean, pool.tau.sd) == pytest.approx((14.43, 9.79), abs=6e-3)
    assert (pool.new_study.mean, pool.new_study.sd) == pytest.approx((-49.82, 19.42), abs=6e-3)
    assert pool.new_study.interval(0.95) == pytest.approx((-92.02, -11.48), abs=6e-3)


def test_one_study_leaves_tau_at_its_prior_under_a_flat_mean():
    # Closed form: a flat mu absorbs the only estimate, so tau is half-normal and var(new) = se^2 + 2 E tau^2.
    pool = pooled(np.array([-0.4]), np.array([0.2]), mean_prior="flat")
    prior = stats.halfnorm(scale=0.5)
    assert (pool.tau.mean, pool.tau.sd) == pytest.approx((prior.mean(), prior.std()), rel=1e-9)
    quantiles = (pool.tau.lower, pool.tau.median, pool.tau.upper)
    assert quantiles == pytest.approx(tuple(prior.ppf([0.025, 0.5, 0.975])), rel=1e-8)
    assert (pool.mu.mean, pool.mu.sd) == pytest.approx((-0.4, math.sqrt(0.04 + 0.25)), rel=1e-9)
    assert pool.new_study.sd == pytest.approx(math.sqrt(0.04 + 2 * 0.25), rel=1e-9)


def test_tau_near_zero_is_the_common_effect_pool():
    y, s = arrays("spread")
    weights = s**-2.0
    pool = pooled(y, s, tau=1e-6, mean_prior="flat")
    assert pool.mu.mean == pytest.approx(weights @ y / weights.sum(), abs=1e-8)
    assert pool.new_study.sd == pytest.approx(weights.sum() ** -0.5, rel=1e-8)
    assert pool.studies[0].mean == pytest.approx(pool.mu.mean, abs=1e-8)


def test_studies_in_utter_conflict_with_the_prior_on_tau_still_have_all_their_mass():
    # The likelihood asks for tau near 7; the prior scale is 0.01: the range must grow beyond ten scales.
    y, s = np.array([-10.0, 0.0, 10.0]), np.full(3, 0.1)
    tau = np.linspace(1e-4, 3.0, 300_000)
    total = 0.01 + tau**2
    density = -100.0 / total - 0.5 * (tau / 0.01) ** 2 - np.log(total)
    weights = np.exp(density - density.max())
    pool = pooled(y, s, tau=0.01, mean_prior="flat")
    assert pool.tau.mean == pytest.approx((weights @ tau) / weights.sum(), rel=1e-6)


def test_shift_and_scale_of_the_estimates_carry_over():
    y, s = arrays("rt_added")
    one, other = pooled(y, s, mean_prior="flat"), pooled(10.0 * y + 3.0, 10.0 * s, tau=5.0, mean_prior="flat")
    assert other.mu.mean == pytest.approx(10.0 * one.mu.mean + 3.0, abs=1e-9)
    assert other.tau.upper == pytest.approx(10.0 * one.tau.upper, rel=1e-8)


def test_eight_trials_ask_for_few_densities(monkeypatch):
    """What the time goes into, counted: values of p(tau | y), whatever else the machine does meanwhile."""
    asked = []

    def counted(tau, *given):
        asked.append(tau.size)
        return log_tau(tau, *given)

    monkeypatch.setattr(module, "log_tau", counted)
    pooled(*arrays("ici_added"))
    assert sum(asked) < 10_000  # 2,849 in 39 calls when this was written: 5 ms
    assert len(asked) < 100
