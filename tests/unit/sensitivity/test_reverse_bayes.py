"""Reverse-Bayes held to the definitions: conjugate posteriors, predictive checks, maximised Bayes factors."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from escc_bayes.sensitivity import reverse_bayes

SIGNIFICANT = [(0.8127, 0.3745), (-0.4780, 0.1652), (1.2, 0.2), (-3.0, 1.5)]
NOT_SIGNIFICANT = [(-0.2, 0.2), (0.3, 0.4), (0.01, 1.0)]
LEVELS = (0.9, 0.95, 0.99)


def posterior(log_hr, se, mean, sd):
    """Mean and SD of the normal posterior, by precisions."""
    precision = 1 / se**2 + 1 / sd**2
    return (log_hr / se**2 + mean / sd**2) / precision, precision**-0.5


@pytest.mark.parametrize(("log_hr", "se"), SIGNIFICANT)
@pytest.mark.parametrize("level", [0.8, 0.9])
def test_a_sceptic_at_the_limit_has_an_interval_that_touches_one(log_hr, se, level):
    c = stats.norm.ppf((1 + level) / 2)
    prior_sd = math.log(reverse_bayes.scepticism_limit(log_hr, se, level=level)) / c
    mean, sd = posterior(log_hr, se, 0.0, prior_sd)
    assert abs(mean) - c * sd == pytest.approx(0.0, abs=1e-12)


def test_scepticism_limit_is_matthews_formula_of_the_limits():
    """Matthews 2001: exp(ln(U / L)^2 / (4 sqrt(ln U ln L))), from the printed interval alone."""
    lower, upper = 0.45, 0.86
    printed = math.exp(math.log(upper / lower) ** 2 / (4 * math.sqrt(math.log(upper) * math.log(lower))))
    se = math.log(upper / lower) / (2 * stats.norm.ppf(0.975))
    found = reverse_bayes.scepticism_limit(math.log(upper * lower) / 2, se, level=0.95)
    assert found == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize(("log_hr", "se"), NOT_SIGNIFICANT)
@pytest.mark.parametrize("level", LEVELS)
def test_an_advocate_at_the_limit_has_an_interval_that_touches_one(log_hr, se, level):
    """The prior interval runs from 1 to the limit: its mean is half the log limit, its SD that over c."""
    c = stats.norm.ppf((1 + level) / 2)
    half = math.log(reverse_bayes.advocacy_limit(log_hr, se, level=level)) / 2
    mean, sd = posterior(log_hr, se, half, abs(half) / c)
    assert math.copysign(1.0, mean) == math.copysign(1.0, log_hr)
    assert abs(mean) - c * sd == pytest.approx(0.0, abs=1e-9 * max(1.0, abs(half)))


def test_limits_exist_on_their_own_side_of_significance_alone():
    assert math.isnan(reverse_bayes.scepticism_limit(0.3, 0.4, level=0.95))
    assert math.isnan(reverse_bayes.advocacy_limit(1.0, 0.4, level=0.95))
    assert math.isnan(reverse_bayes.advocacy_limit(0.0, 0.4, level=0.95))


@pytest.mark.parametrize("z", [1.0, 2.17, -3.5])
def test_intrinsic_p_is_the_level_whose_sceptic_is_as_precise_as_the_data(z):
    """Held 2019: intrinsically credible at alpha when the sceptic at the limit is no wider than the likelihood."""
    alpha = reverse_bayes.intrinsic_p(z)
    c = stats.norm.ppf(1 - alpha / 2)
    assert reverse_bayes.tipping_sd(z * 0.4, 0.4, probability=stats.norm.cdf(c)) == pytest.approx(0.4, rel=1e-9)


@pytest.mark.parametrize(("log_hr", "se"), SIGNIFICANT)
@pytest.mark.parametrize("probability", [0.9, 0.95])
def test_at_the_tipping_priors_the_probability_is_as_asked(log_hr, se, probability):
    sd = reverse_bayes.tipping_sd(log_hr, se, probability=probability)
    mean = reverse_bayes.tipping_mean(log_hr, se, prior_sd=0.7, probability=probability)
    for prior in ((0.0, sd), (mean, 0.7)):
        centre, spread = posterior(log_hr, se, *prior)
        assert stats.norm.cdf(abs(centre) / spread) == pytest.approx(probability, abs=1e-12)
        assert centre * log_hr > 0


@pytest.mark.parametrize("p", [0.2, 0.05, 0.0063, 1e-6])
def test_the_bound_is_the_largest_bayes_factor_over_beta_densities(p):
    """Sellke, Bayarri & Berger 2001: max over a of a p^(a - 1), a in (0, 1]."""
    best = optimize.minimize_scalar(
        lambda a: -a * p ** (a - 1), bounds=(1e-6, 1), method="bounded", options={"xatol": 1e-10}
    )
    assert reverse_bayes.bayes_factor_bound(p) == pytest.approx(-best.fun, rel=1e-6)


@pytest.mark.parametrize("z", [1.2, 1.96, -4.0])
def test_the_normal_bound_is_the_largest_bayes_factor_over_normal_priors(z):
    sds = np.geomspace(0.01, 50, 400_001)
    factors = stats.norm.pdf(z, scale=np.sqrt(1 + sds**2)) / stats.norm.pdf(z)
    assert reverse_bayes.bayes_factor_bound_normal(z) == pytest.approx(factors.max(), rel=1e-8)


def test_nothing_weighs_less_than_one():
    assert reverse_bayes.bayes_factor_bound(0.6) == 1.0
    assert reverse_bayes.bayes_factor_bound_normal(0.5) == 1.0
