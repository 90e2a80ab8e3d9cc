"""R-hat and effective sample sizes against ArviZ, and on chains whose answer is known."""

import numpy as np
import pytest

from escc_bayes.bayes.numeric.convergence import ess_bulk, ess_tail, rhat


def autoregressive(chains, draws):
    """Six quantities: independent, slow, antithetic, rounded to ties, very slow with one chain apart, repeated."""
    rng = np.random.default_rng(1)
    found = rng.standard_normal((6, chains, draws))
    for t in range(1, draws):
        for j, phi in enumerate((0.0, 0.9, -0.6, 0.5, 0.99, 0.3)):
            found[j, :, t] += phi * found[j, :, t - 1]
    found[3] = found[3].round(1)
    found[4, 0] += 2.0
    found[5, :, 1::2] = found[5, :, 0::2][:, : draws // 2]
    return found


@pytest.mark.parametrize(("chains", "draws"), [(4, 1000), (2, 101), (3, 50), (4, 16)])
def test_every_number_is_that_of_arviz(chains, draws):
    """Second source: arviz_stats.base.array_stats, to 1e-10."""
    from arviz_stats.base import array_stats

    values = autoregressive(chains, draws)
    kept = {"chain_axis": 0, "draw_axis": 1}
    np.testing.assert_allclose(rhat(values), [array_stats.rhat(v, **kept) for v in values], rtol=1e-10)
    bulk = [array_stats.ess(v, method="bulk", **kept) for v in values]
    np.testing.assert_allclose(ess_bulk(values), bulk, rtol=1e-10)
    tail = [array_stats.ess(v, method="tail", prob=(0.05, 0.95), **kept) for v in values]
    np.testing.assert_allclose(ess_tail(values), tail, rtol=1e-10)


def test_effective_size_of_a_first_order_chain_is_known():
    """Closed form: n (1 - phi) / (1 + phi) for correlation phi; within 10 % at 40,000 draws."""
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((1, 4, 10_000))
    chain = noise.copy()
    for t in range(1, chain.shape[2]):
        chain[:, :, t] += 0.6 * chain[:, :, t - 1]
    assert ess_bulk(chain)[0] == pytest.approx(40_000 * 0.4 / 1.6, rel=0.1)


def test_one_chain_and_three_draws_have_no_diagnostics():
    """R-hat needs two chains; nothing is said of three draws."""
    values = np.random.default_rng(2).standard_normal((2, 1, 100))
    assert np.isnan(rhat(values)).all()
    assert np.isfinite(ess_bulk(values)).all()
    assert np.isnan(ess_tail(values[:, :, :3])).all()


def test_chains_that_stand_still_apart_have_no_small_rhat():
    """Each chain at its own value: all between chains, nothing within but rounding."""
    values = np.repeat(np.arange(4.0)[None, :, None], 100, axis=2)
    assert not rhat(values)[0] < 100.0
