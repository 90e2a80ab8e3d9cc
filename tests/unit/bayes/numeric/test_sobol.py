"""Scrambled Sobol points against scipy's, and against what makes them even."""

import numpy as np
import pytest
from scipy.stats import chi2, norm, qmc

from escc_bayes.bayes.numeric import sobol
from escc_bayes.bayes.numeric.quasi_random import chi_square, drawn_numbers


def test_direction_numbers_give_scipys_sequence():
    """The first 1,024 points in 128 dimensions are the same set; scipy lists them in Gray's order."""
    points = np.zeros((1024, sobol.DIMENSIONS), dtype=np.uint32)
    for b in range(10):
        points[2**b : 2 ** (b + 1)] = points[: 2**b] ^ sobol.direction_numbers()[:, b]
    ours = points * 2.0**-32
    theirs = qmc.Sobol(sobol.DIMENSIONS, scramble=False).random(1024)
    assert {row.tobytes() for row in ours} == {row.tobytes() for row in theirs}


@pytest.mark.parametrize("seed", [1, 2])
def test_scrambled_points_stay_even_in_every_dimension(seed):
    """Of 256 points each dimension has one in every 256th; of any two of the first three, one in each of 16 x 16."""
    points = sobol.sobol_points(256, 40, np.random.default_rng(seed))
    assert (np.sort((256 * points).astype(int), axis=0) == np.arange(256)[:, None]).all()
    cells = (16 * points[:, :2]).astype(int)
    assert len({tuple(cell) for cell in cells.tolist()}) == 256


def test_scrambling_makes_each_point_uniform():
    """Means of one point over 4,000 scramblings: 4.5 standard errors of 1/sqrt(12 x 4,000)."""
    rng = np.random.default_rng(3)
    points = np.array([sobol.sobol_points(5, 3, rng)[2] for _ in range(4000)])
    np.testing.assert_allclose(points.mean(axis=0), 0.5, rtol=0, atol=4.5 / np.sqrt(48_000))
    np.testing.assert_allclose(points.var(axis=0), 1 / 12, rtol=0, atol=0.006)


def test_more_dimensions_than_the_table_has_are_random_ones():
    points = sobol.sobol_points(100, sobol.DIMENSIONS + 5, np.random.default_rng(4))
    assert points.shape == (100, sobol.DIMENSIONS + 5)
    assert ((points > 0.0) & (points < 1.0)).all()
    assert np.unique(points[:, -1]).size == 100


def test_one_point_is_possible():
    assert sobol.sobol_points(1, 2, np.random.default_rng(5)).shape == (1, 2)


@pytest.mark.parametrize("freedom", [5.0, 8.5, 12.0])
def test_chi_square_quantiles_match_scipy_stats(freedom):
    tail = np.geomspace(1.2e-10, 0.5, 500)
    p = np.concatenate([tail, 1.0 - tail])
    np.testing.assert_allclose(chi_square(p, freedom), chi2.ppf(p, freedom), rtol=1e-8)


def test_integrals_over_steps_have_a_tenth_of_the_error_of_random_draws():
    """Means and variances of t steps in four dimensions, 4,000 draws, 20 seeds; random draws: sd / sqrt(4,000)."""
    freedom = 8.0
    steps = [drawn_numbers(np.random.default_rng(seed), 4000, 1, 4, freedom).steps for seed in range(20)]
    variance = freedom / (freedom - 2.0)
    means = np.array([s.mean(axis=0) for s in steps])
    assert np.sqrt((means**2).mean()) < 0.1 * np.sqrt(variance / 4000)
    inside = np.array([(np.abs(s) < norm.ppf(0.9)).mean(axis=0) for s in steps])
    assert inside.std() < 0.5 * np.sqrt(0.16 / 4000)
