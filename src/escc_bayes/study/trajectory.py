"""Means of one measurement at several times, by a normal model of the whole trajectory.

y_i ~ normal(mu, Sigma), p(mu, Sigma) proportional to |Sigma|^-(d + 1) / 2. Missing values are drawn given the other
times of the patient, again and again (Gibbs): right where they are missing at random given these.
docs/methods/paired_counts.md.
"""

import math

import numpy as np
from scipy import stats

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray

BURN = 100


def mean_draws(values: FloatArray, draws: int, seed: Seed) -> FloatArray:
    """Return draws of the mean at each time, (draws, times), from (n, times) values with NaN where there is none.

    Patients without any value are left out.
    """
    rng = generator(seed)
    held = values[~np.isnan(values).all(axis=1)]
    gone = np.isnan(held)
    n, d = held.shape
    filled = np.where(gone, np.nanmean(held, axis=0), held)
    if not gone.any():
        return complete_draws(filled, draws, rng)
    found = np.empty((draws, d))
    for step in range(BURN + draws):
        sigma = scatter_draw(filled, rng)
        mu = rng.multivariate_normal(filled.mean(axis=0), sigma / n)
        filled = completed(filled, gone, mu, sigma, rng)
        if step >= BURN:
            found[step - BURN] = mu
    return found


def complete_draws(values: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return exact draws of the means of complete data: multivariate t with n - d degrees of freedom."""
    n, d = values.shape
    scatter = np.cov(values, rowvar=False) * (n - 1)
    shape = scatter / (n * (n - d))
    normal = rng.multivariate_normal(np.zeros(d), shape, size=draws)
    found: FloatArray = values.mean(axis=0) + normal / np.sqrt(rng.chisquare(n - d, draws) / (n - d))[:, None]
    return found


def scatter_draw(values: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a draw of the covariance given complete data: inverse Wishart with n - 1 degrees of freedom."""
    n = len(values)
    scatter = np.cov(values, rowvar=False) * (n - 1)
    return np.asarray(stats.invwishart.rvs(n - 1, scatter, random_state=rng))


def completed(
    values: FloatArray, gone: np.ndarray, mu: FloatArray, sigma: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return values with those missing drawn given the others of the patient, pattern by pattern."""
    found = values.copy()
    for pattern in np.unique(gone[gone.any(axis=1)], axis=0):
        rows = (gone == pattern).all(axis=1)
        weights = sigma[np.ix_(pattern, ~pattern)] @ np.linalg.inv(sigma[np.ix_(~pattern, ~pattern)])
        middle = mu[pattern] + (values[rows][:, ~pattern] - mu[~pattern]) @ weights.T
        left = sigma[np.ix_(pattern, pattern)] - weights @ sigma[np.ix_(~pattern, pattern)]
        noise = rng.multivariate_normal(np.zeros(int(pattern.sum())), left, size=int(rows.sum()))
        found[np.ix_(rows, pattern)] = middle + noise
    return found


def patients_implied(difference: float, sd_first: float, sd_second: float, n_first: int, t: float) -> float:
    """Return how many patients the second time had if a printed t compares two samples, the first of ``n_first``.

    t^2 = difference^2 / (sd_1^2 / n_1 + sd_2^2 / n_2). NaN where no number gives it.

    Examples
    --------
    >>> round(patients_implied(0.386, 0.602, 0.521, 79, 4.006), 1)
    57.8
    """
    left = difference**2 / t**2 - sd_first**2 / n_first
    return sd_second**2 / left if left > 0.0 else math.nan
