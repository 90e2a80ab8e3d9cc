"""How far groups lie apart in a covariate, in standard deviations. docs/methods/characteristics.md."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray


def standardised_difference(data: CovariateData, group: NDArray[np.int64]) -> float:
    """Return the standardised difference of a covariate between two groups, or the largest between pairs of several.

    Numbers: difference of means over the root of the mean variance (Austin 2009, Stat Med 28:3083). Levels:
    Mahalanobis distance of the shares, with the mean of the groups' multinomial covariances (Yang & Dalton 2012).

    Parameters
    ----------
    data : of all patients; those without a value are left out.
    group : (n,) group of each patient, counted from 0; -1: in none.

    Returns
    -------
    The absolute difference; NaN where a group has fewer than two values.
    """
    levels = len(data.schema.levels)
    found = []
    for one, two in combinations(range(int(group.max()) + 1), 2):
        first, second = (data.values[(group == which) & ~data.missing] for which in (one, two))
        if min(first.size, second.size) < 2:
            continue
        found.append(of_levels(first, second, levels) if data.schema.categorical else of_numbers(first, second))
    return max(found, default=float("nan"))


def of_numbers(one: FloatArray, two: FloatArray) -> float:
    """Return |difference of means| / sqrt(mean variance); 0 where neither varies and both are the same.

    Examples
    --------
    >>> round(of_numbers(np.array([1.0, 3.0]), np.array([2.0, 4.0])), 4)
    0.7071
    """
    apart = abs(float(one.mean() - two.mean()))
    spread = float(np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / 2.0))
    return 0.0 if apart == 0.0 else apart / spread if spread > 0.0 else float("inf")


def of_levels(one: FloatArray, two: FloatArray, levels: int) -> float:
    """Return sqrt(T' S^+ T) with T the difference of the shares of all levels but the first, S their mean covariance.

    Examples
    --------
    >>> round(of_levels(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 2), 4)
    1.4142
    """
    shares = [np.bincount(values.astype(np.int64), minlength=levels)[1:] / values.size for values in (one, two)]
    covariance = sum(np.diag(p) - np.outer(p, p) for p in shares) / 2.0
    apart = shares[0] - shares[1]
    squared = float(apart @ np.linalg.pinv(covariance) @ apart)
    # Groups of one level each, and not the same, have no variance: they are apart without limit.
    differ = float(np.abs(apart).max(initial=0.0)) > 0.0
    return float("inf") if differ and squared < 1e-12 else float(np.sqrt(max(squared, 0.0)))
