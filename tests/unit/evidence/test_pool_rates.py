"""Pooled proportions against the ankylosing spondylitis example, quad, and a one-dimensional limit."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import expit

from escc_bayes.evidence.pool_rates import log_study, pool_rates
from escc_bayes.spec.prior import HalfNormal, Normal

# RBesT data set AS: placebo responders of eight trials.
PATIENTS = np.array([107.0, 44, 51, 39, 139, 20, 78, 35])
RESPONDERS = np.array([23.0, 12, 19, 9, 39, 6, 9, 10])


def test_ankylosing_spondylitis_equals_exact_quadrature():
    # Exact values to the digits given: tau .3794 (.2106); new study .2583 (.0874), .111, .2486, .4715.
    pool = pool_rates(RESPONDERS, PATIENTS, tau_prior=HalfNormal(1.0), mean_prior=Normal(0.0, 2.0))
    assert (pool.tau_mean, pool.tau_sd) == pytest.approx((0.3794, 0.2106), abs=1e-4)
    assert (pool.proportion_mean, pool.proportion_sd) == pytest.approx((0.2583, 0.0874), abs=1e-4)
    quantiles = [pool.proportion_quantile(p) for p in (0.025, 0.5, 0.975)]
    assert quantiles == pytest.approx([0.111, 0.2486, 0.4715], abs=2e-4)


def test_without_heterogeneity_the_trials_are_one_trial():
    # Second source: scipy.integrate.quad over mu with all patients in one binomial.
    def density(mu):
        return stats.binom.pmf(RESPONDERS.sum(), PATIENTS.sum(), expit(mu)) * stats.norm.pdf(mu, 0.0, 2.0)

    total = integrate.quad(density, -3.0, 1.0, epsabs=0.0)[0]
    mean = integrate.quad(lambda mu: mu * density(mu), -3.0, 1.0, epsabs=0.0)[0] / total
    pool = pool_rates(RESPONDERS, PATIENTS, tau_prior=HalfNormal(1e-4), mean_prior=Normal(0.0, 2.0))
    assert pool.mu_mean == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(("r", "n"), [(0.0, 20.0), (9.0, 78.0), (139.0, 139.0)])
@pytest.mark.parametrize("tau", [0.01, 0.4, 3.0])
def test_likelihood_of_one_study_equals_quad(r, n, tau):
    expected, _ = integrate.quad(
        lambda z: stats.binom.pmf(r, n, expit(-1.0 + tau * z)) * stats.norm.pdf(z), -12.0, 12.0, points=[-3, 0, 1, 3]
    )
    found = log_study(np.array([-1.0]), np.array([tau]), r, n)[0]
    assert found == pytest.approx(np.log(expected), abs=2e-3 if tau == 3.0 else 1e-4)


def test_responders_and_failures_are_mirror_images():
    prior = {"tau_prior": HalfNormal(1.0), "mean_prior": Normal(0.0, 2.0)}
    one, other = pool_rates(RESPONDERS, PATIENTS, **prior), pool_rates(PATIENTS - RESPONDERS, PATIENTS, **prior)
    assert other.proportion_mean == pytest.approx(1.0 - one.proportion_mean, abs=1e-9)
    assert other.proportion_quantile(0.1) == pytest.approx(1.0 - one.proportion_quantile(0.9), abs=1e-9)
