"""Whether a characteristic differs between groups: chi-square or Fisher's test, Mann-Whitney or Kruskal-Wallis.

docs/methods/characteristics.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import gammaln

from escc_bayes.data.covariates import CovariateData
from escc_bayes.hazard.piecewise import FloatArray

CHI_SQUARE, FISHER = "chi-square", "Fisher"
MANN_WHITNEY, KRUSKAL_WALLIS = "Mann-Whitney", "Kruskal-Wallis"
# Tables with the same margins that Fisher's test lists before it draws them at random instead.
MOST_TABLES, RANDOM_TABLES = 500_000, 200_000
# Probabilities that differ by rounding alone are equal, as in R's fisher.test.
SAME = 1.0 + 1e-7


@dataclass(frozen=True, slots=True)
class Association:
    """One test.

    Attributes
    ----------
    test : chi-square, Fisher, Mann-Whitney or Kruskal-Wallis; empty: there is nothing to test.
    statistic, df : of a chi-square or Kruskal-Wallis test; U of Mann-Whitney; NaN of Fisher's.
    p_value : two-sided.
    """

    test: str
    statistic: float
    df: float
    p_value: float


NO_TEST = Association("", np.nan, np.nan, np.nan)


def association(data: CovariateData, group: NDArray[np.int64]) -> Association:
    """Return the test of a covariate between groups; patients without a value or a group are left out.

    Parameters
    ----------
    group : (n,) group of each patient, counted from 0; -1: in none.

    Examples
    --------
    >>> from escc_bayes.data.bundled import example_cohort
    >>> larynx = example_cohort("larynx")
    >>> stage = larynx.covariates["stage"].values.astype(int)
    >>> association(larynx.covariates["age"], stage).test
    'Kruskal-Wallis'
    """
    known = ~data.missing & (group >= 0)
    values, inside = data.values[known], group[known]
    if data.schema.categorical:
        counts = np.zeros((len(data.schema.levels), int(group.max()) + 1), dtype=np.int64)
        np.add.at(counts, (values.astype(np.int64), inside), 1)
        return of_levels(counts)
    return of_numbers([values[inside == which] for which in range(int(group.max()) + 1)])


def of_levels(counts: NDArray[np.int64]) -> Association:
    """Return Pearson's chi-square without correction, or Fisher's test where expected counts are small.

    Small (Cochran 1954, Biometrics 10:417): one below 1, or more than a fifth below 5; of two by two, any below 5.

    Parameters
    ----------
    counts : (levels, groups); empty rows and columns are left out.

    Examples
    --------
    >>> of_levels(np.array([[3, 1], [1, 3]])).test
    'Fisher'
    """
    seen = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(seen.shape, default=0) < 2:
        return NO_TEST
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    few = float((expected < 5.0).mean())
    if expected.min() < 1.0 or few > (0.0 if seen.shape == (2, 2) else 0.2):
        return Association(FISHER, np.nan, np.nan, fisher(seen))
    found = stats.chi2_contingency(seen, correction=False)
    return Association(CHI_SQUARE, float(found.statistic), float(found.dof), float(found.pvalue))


def of_numbers(groups: Sequence[FloatArray]) -> Association:
    """Return Mann-Whitney's test of two groups (normal approximation, corrected for ties and continuity), or
    Kruskal-Wallis' of more.
    """
    filled = [values for values in groups if values.size]
    if len(filled) < 2 or np.ptp(np.concatenate(filled)) == 0.0:
        return NO_TEST
    if len(filled) == 2:
        found = stats.mannwhitneyu(filled[0], filled[1], method="asymptotic")
        return Association(MANN_WHITNEY, float(found.statistic), np.nan, float(found.pvalue))
    ranked = stats.kruskal(*filled)
    return Association(KRUSKAL_WALLIS, float(ranked.statistic), float(len(filled) - 1), float(ranked.pvalue))


def fisher(counts: NDArray[np.int64]) -> float:
    """Return the P value of Fisher's exact test, of tables of any size (Freeman & Halton 1951, Biometrika 38:141).

    Beyond half a million tables of the same margins, 200,000 of them are drawn (always the same) in place of all.

    Examples
    --------
    >>> round(fisher(np.array([[3, 1], [1, 3]])), 6)
    0.485714
    """
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    observed = float(gammaln(counts + 1.0).sum())
    if at_most(rows, columns) > MOST_TABLES:
        drawn = stats.random_table(rows, columns).rvs(RANDOM_TABLES, random_state=1)
        as_rare = gammaln(drawn + 1.0).sum(axis=(1, 2)) >= observed - math.log(SAME)
        return float((1 + as_rare.sum()) / (1 + RANDOM_TABLES))
    cells = log_cells(rows, columns)
    chance = np.exp(gammaln(rows + 1.0).sum() + gammaln(columns + 1.0).sum() - gammaln(rows.sum() + 1.0) - cells)
    return min(float(chance[cells >= observed - math.log(SAME)].sum()), 1.0)


def at_most(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    """Return how many tables with these margins there are, or more: each column but the last by itself."""
    found = 1.0
    for column in columns[:-1]:
        ways = np.ones(1)
        for row in rows:
            ways = np.convolve(ways, np.ones(min(row, column) + 1))
        found *= float(ways[column])
    return found


def log_cells(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> FloatArray:
    """Return the sum of the log factorials of the cells of every table with these margins."""
    left, summed = rows[None, :], np.zeros(1)
    for column in columns[:-1]:
        ways = compositions(int(column), np.minimum(rows, column))
        after = (left[:, None, :] - ways[None, :, :]).reshape(-1, rows.size)
        gained = (summed[:, None] + gammaln(ways + 1.0).sum(axis=1)[None, :]).ravel()
        fits = (after >= 0).all(axis=1)
        left, summed = after[fits], gained[fits]
    found: FloatArray = summed + gammaln(left + 1.0).sum(axis=1)
    return found


def compositions(total: int, most: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every way to share a total out among places that hold so many at most, (ways, places).

    Examples
    --------
    >>> compositions(2, np.array([1, 2])).tolist()
    [[0, 2], [1, 1]]
    """
    found = np.zeros((1, 0), dtype=np.int64)
    for place, limit in enumerate(most):
        beyond = int(most[place + 1 :].sum())
        grown = np.hstack([np.repeat(found, limit + 1, axis=0), np.tile(np.arange(limit + 1), len(found))[:, None]])
        sums = grown.sum(axis=1)
        found = grown[(sums <= total) & (sums + beyond >= total)]
    return found
