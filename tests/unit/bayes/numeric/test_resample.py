"""Balanced resampling: counts to within one of the weights, and sums that stay where the weights put them."""

import numpy as np
import pytest

from escc_bayes.bayes.numeric.resample import BLOCK, resampled


def weights(size, rng):
    drawn = rng.gamma(2.0, size=size)
    return drawn / drawn.sum()


@pytest.mark.parametrize(("size", "count"), [(500, 2000), (3 * BLOCK, 100), (BLOCK - 1, 40), (7, 3), (1, 5)])
def test_each_draw_is_kept_as_often_as_its_weight_says_to_within_one(size, count):
    """Definition of systematic resampling; also where blocks are not full, or draws fewer than a block."""
    rng = np.random.default_rng(3)
    weight = weights(size, rng)
    kept = resampled(weight, count, rng.normal(size=(size, 4)), rng)
    assert kept.size == count
    assert (np.abs(np.bincount(kept, minlength=size) - count * weight) < 1.0 + 1e-9).all()


def test_equal_weights_of_as_many_draws_keep_each_once():
    rng = np.random.default_rng(1)
    kept = resampled(np.full(300, 1 / 300), 300, rng.normal(size=(300, 2)), rng)
    np.testing.assert_array_equal(np.sort(kept), np.arange(300))


def test_what_is_not_balanced_is_right_on_average():
    """Third moment, tail, product, size of a weight, over 400 sets of weighted draws: within 4 standard errors."""
    rng = np.random.default_rng(2)
    off = []
    for _ in range(400):
        x = rng.normal(size=(1500, 3))
        weight = np.exp(0.7 * x[:, 0] - 0.3 * x[:, 1] ** 2)
        weight /= weight.sum()
        kept = resampled(weight, 600, x, rng)
        others = np.stack([x[:, 0] ** 3, x[:, 1] > 1.0, x[:, 0] * x[:, 2], np.log(weight)], axis=1)
        off.append(others[kept].mean(axis=0) - weight @ others)
    error = np.std(off, axis=0) / np.sqrt(len(off))
    assert (np.abs(np.mean(off, axis=0)) < 4.0 * error).all()


def test_means_and_variances_of_the_quantities_stay_what_the_weights_say():
    """Independent draws would leave a mean 0.011 SD off and an SD 0.8 %; here five times less, over 30 repetitions."""
    rng = np.random.default_rng(4)
    off = []
    for _ in range(30):
        weight, x = weights(12_000, rng), rng.normal(size=(12_000, 10))
        kept = x[resampled(weight, 8000, x, rng)]
        mean = weight @ x
        off.append([kept.mean(axis=0) - mean, kept.std(axis=0) / np.sqrt(weight @ (x - mean) ** 2) - 1.0])
    assert np.sqrt(np.mean(np.square(off), axis=(0, 2))) == pytest.approx([0.0, 0.0], abs=0.0016)


def test_a_quantity_that_never_varies_does_no_harm():
    rng = np.random.default_rng(5)
    kept = resampled(weights(400, rng), 200, np.ones((400, 1)), rng)
    assert kept.size == 200
