"""Mixtures, their fit to an exact predictive density, worth in events and conflict, against scipy and plain grids."""

import numpy as np
import pytest
from scipy import integrate, stats

from escc_bayes.evidence.pooling.conflict import prior_data_conflict
from escc_bayes.evidence.pooling.exact import pool_exact
from escc_bayes.evidence.pooling.map_prior import fit_mixture
from escc_bayes.spec.effective_events import effective_events, events_of_se
from escc_bayes.spec.evidence_prior import robustified
from escc_bayes.spec.mixture import components_of, mixture_of, updated
from escc_bayes.spec.prior import HalfNormal, Normal
from tests.unit.evidence.published import arrays

THREE = mixture_of([(0.5, -0.4, 0.15), (0.3, -0.2, 0.4), (0.2, 0.6, 1.0)])


def other_density(mixture, x):
    return sum(w * stats.norm.pdf(x, m, s) for w, m, s in zip(mixture.weights, mixture.means, mixture.sds, strict=True))


def exact_new_study(name):
    pool = pool_exact(*arrays(name), tau_prior=HalfNormal(0.5), mean_prior=Normal(0.0, 2.0), level=0.95)
    return pool.new_study


def test_mixture_equals_scipy_stats():
    x = np.linspace(-3.0, 3.0, 7)
    assert THREE.density(x) == pytest.approx(other_density(THREE, x), rel=1e-12)
    mean = integrate.quad(lambda v: v * other_density(THREE, v), -12, 12)[0]
    second = integrate.quad(lambda v: v**2 * other_density(THREE, v), -12, 12)[0]
    assert (THREE.mean, THREE.sd) == pytest.approx((mean, np.sqrt(second - mean**2)), abs=1e-7)
    for p in (1e-6, 0.025, 0.5, 0.9):
        assert integrate.quad(lambda v: other_density(THREE, v), -20, THREE.quantile(p))[0] == pytest.approx(
            p, abs=1e-8
        )


def test_arrays_of_a_mixture_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        THREE.means[0] = 0.0


@pytest.mark.parametrize("name", ["rt_added", "alc_low", "ici_added", "spread"])
def test_three_normals_keep_mean_sd_and_distribution_of_the_exact_density(name):
    exact = exact_new_study(name)
    fit = fit_mixture(exact, components=3)
    assert fit.mixture.mean == pytest.approx(exact.mean, abs=1e-5)
    assert fit.mixture.sd == pytest.approx(exact.sd, rel=1e-3)
    # The stated error holds on a finer grid than the one it was found on, and is below half a percent.
    x = np.linspace(exact.mean - 5 * exact.sd, exact.mean + 5 * exact.sd, 999)
    worst = max(abs(exact.cdf(v) - fit.mixture.cdf(v)) for v in x)
    assert worst <= fit.cdf_error * 1.05 + 1e-6
    assert fit.cdf_error < 0.005


def test_more_components_come_closer():
    exact = exact_new_study("rt_added")
    errors = [fit_mixture(exact, components=k).cdf_error for k in (1, 2, 3, 4)]
    assert errors == sorted(errors, reverse=True)
    assert errors[3] < errors[0] / 100


def test_a_single_normal_is_fitted_by_itself():
    fit = fit_mixture(mixture_of([(1.0, -0.4, 0.2)]), components=1)
    assert (fit.mixture.means[0], fit.mixture.sds[0]) == pytest.approx((-0.4, 0.2), rel=1e-12)
    assert (fit.cdf_error, fit.density_error) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_events_of_a_normal_are_four_over_its_variance():
    worth = effective_events(mixture_of([(1.0, -0.4, 0.1)]))
    assert (worth.elir, worth.moment) == pytest.approx((400.0, 400.0), rel=1e-9)
    assert effective_events(mixture_of([(1.0, 0.0, 2.0)])).elir == pytest.approx(1.0, rel=1e-9)
    # A matched-pair study with hazard ratio 0.7 and P 0.32 has the information of 31.1 events.
    assert events_of_se(0.35866) == pytest.approx(31.1, abs=0.05)
    assert events_of_se(0.2, allocation=(2.0, 1.0)) == pytest.approx(112.5, rel=1e-12)


@pytest.mark.parametrize("prior", [THREE, mixture_of(robustified(components_of(THREE), 0.3, 0.0))])
def test_local_information_equals_the_mean_negative_second_derivative(prior):
    # Second source: -d2 log p by differences of scipy densities, integrated by quad; equal by parts.
    def integrand(x, h=1e-3):
        logs = np.log([other_density(prior, x - h), other_density(prior, x), other_density(prior, x + h)])
        return -other_density(prior, x) * (logs[0] - 2 * logs[1] + logs[2]) / h**2

    expected = 4.0 * integrate.quad(integrand, -14.0, 14.0, limit=500, points=[-1.0, -0.4, 0.0, 1.0])[0]
    assert effective_events(prior).elir == pytest.approx(expected, rel=1e-4)
    assert effective_events(prior).elir > effective_events(prior).moment


def test_update_equals_a_grid():
    x = np.linspace(-8.0, 8.0, 200_001)
    weights = other_density(THREE, x) * stats.norm.pdf(0.9, x, 0.25)
    weights /= weights.sum()
    posterior = updated(THREE, 0.9, 0.25)
    assert posterior.mean == pytest.approx(weights @ x, abs=1e-8)
    assert posterior.cdf(0.5) == pytest.approx(weights[x <= 0.5].sum(), abs=1e-4)


@pytest.mark.parametrize("estimate", [-1.0, -0.4, 0.3])
def test_conflict_with_one_normal_is_the_two_sided_p_value(estimate):
    conflict = prior_data_conflict(mixture_of([(1.0, -0.4, 0.3)]), estimate, 0.4)
    expected = 2 * stats.norm.sf(abs(estimate + 0.4) / 0.5)
    assert (conflict.tail, conflict.box) == pytest.approx((expected, expected), abs=1e-9)


def test_box_finds_the_valley_between_two_humps():
    # Second source: predictive densities on a grid of 400,001 points, summed where they are low.
    prior, x = mixture_of([(0.6, -2.0, 0.3), (0.4, 2.0, 0.5)]), np.linspace(-9.0, 9.0, 400_001)
    density = 0.6 * stats.norm.pdf(x, -2.0, np.hypot(0.3, 0.2)) + 0.4 * stats.norm.pdf(x, 2.0, np.hypot(0.5, 0.2))
    for estimate in (-2.2, 0.0, 1.0, 3.0):
        at = np.interp(estimate, x, density)
        expected = density[density <= at].sum() / density.sum()
        assert prior_data_conflict(prior, estimate, 0.2).box == pytest.approx(expected, abs=1e-4)


def test_conflict_moves_weight_to_the_robust_component():
    prior = mixture_of(robustified(((1.0, -0.5, 0.1),), 0.2, 0.0))
    agree, differ = prior_data_conflict(prior, -0.5, 0.1), prior_data_conflict(prior, 0.5, 0.1)
    odds = 0.2 / 0.8 * stats.norm.pdf(0.5, 0.0, np.hypot(2, 0.1)) / stats.norm.pdf(0.5, -0.5, np.hypot(0.1, 0.1))
    assert differ.component_weights[1] == pytest.approx(odds / (1 + odds), rel=1e-9)
    assert agree.component_weights[1] < 0.02 < 0.99 < differ.component_weights[1]
    wide = prior_data_conflict(mixture_of([(1.0, -0.5, 0.1)]), 0.5, 0.1)
    assert wide.words(0.05) == (
        "The new estimate (hazard ratio 1.65) contradicts the prior at 0.05: "
        "predictive tail probability 0.000, Box 0.000."
    )
