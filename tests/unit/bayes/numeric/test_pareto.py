"""Pareto smoothing and resampling, against ArviZ and by their definitions."""

import numpy as np
import pytest
from arviz_stats.base import array_stats

from escc_bayes.bayes.numeric.pareto import fit_pareto, pareto_quantiles, smooth, tail_size


@pytest.mark.parametrize("freedom", [2.0, 4.0, 30.0])
def test_smoothed_weights_equal_arviz(freedom):
    """Second source: arviz_stats' PSIS on normal over t weights, k and every weight."""
    rng = np.random.default_rng(int(freedom))
    z = rng.standard_normal(10_000)  # 3 sqrt(n) is whole: ArviZ rounds it down, R's loo up
    # Proposal normal, target t: heavy tails.
    log_weight = -0.5 * (freedom + 1.0) * np.log1p(z**2 / freedom) + 0.5 * z**2
    ours = smooth(log_weight)
    # ArviZ takes log-likelihoods: log weights with the sign turned.
    theirs, k = array_stats.psislw(-log_weight)
    assert ours.k == pytest.approx(float(k), abs=1e-6)
    np.testing.assert_allclose(np.log(ours.weight), theirs, atol=1e-6)


def test_shape_of_a_pareto_sample_is_found():
    """Simulation: excesses drawn with shape 0.4 and scale 2; four standard errors, (1 + k) / sqrt(n) each."""
    rng = np.random.default_rng(1)
    sample = np.sort(pareto_quantiles(rng.random(4000), 0.4, 2.0))
    k, sigma = fit_pareto(sample)
    assert abs(k - 0.4) < 4.0 * 1.4 / np.sqrt(4000)
    assert sigma == pytest.approx(2.0, rel=0.1)


def test_pareto_quantiles_without_shape_are_exponential():
    """Limit: k = 0 gives the exponential distribution."""
    p = np.array([0.1, 0.5, 0.99])
    np.testing.assert_allclose(pareto_quantiles(p, 0.0, 3.0), -3.0 * np.log1p(-p))
    np.testing.assert_allclose(pareto_quantiles(p, 1e-9, 3.0), -3.0 * np.log1p(-p), rtol=1e-7)


def test_equal_weights_have_no_tail():
    """Exact draws: no k, every draw counts, the log mean is the constant."""
    found = smooth(np.full(1000, -3.5))
    assert np.isnan(found.k)
    assert found.effective == pytest.approx(1000.0)
    assert found.log_mean == pytest.approx(-3.5)


def test_tail_is_a_fifth_of_few_draws():
    """The rule of Vehtari et al. 2024, section 3.1."""
    assert tail_size(100) == 20
    assert tail_size(10_000) == 300
