"""Scores of units as they would be had a unit not drawn the estimate towards itself: what few units need.

At the mean of a posterior with covariance S the score s_i of unit i, which has the information H_i, is too small, and
sums of squares with it. s_i~ = (I - H_i S)^(-1/2) s_i has the right size where the model's variance is right: Kauermann
& Carroll 2001, J Am Stat Assoc 96:1387; Bell & McCaffrey 2002, Surv Methodol 28:169. No share of what is known of a
direction counts as more than 3/4: Fay & Graubard 2001, Biometrics 57:1198. docs/methods/weights.md.
"""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.bayes.posterior.pseudo_scores import scores
from escc_bayes.hazard.at_risk import AtRisk, taken
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import BaselinePrior

MOST, AT_ONCE = 0.75, 2000
# Of a posterior SD: central differences of scores are then right to eight digits.
STEP = 1e-4


def enlarged(shares: FloatArray, seen: FloatArray) -> FloatArray:
    """Return scores (n, r) times (I - M_i)^(-1/2), M_i (n, r, r) each unit's share of what is known.

    Both in coordinates in which the posterior's covariance is the unit matrix.

    Examples
    --------
    >>> enlarged(np.array([[[0.36]]]), np.array([[0.8]]))
    array([[1.]])
    """
    values, axes = np.linalg.eigh(shares)
    along = np.einsum("iab,ia->ib", axes, seen) / np.sqrt(1.0 - np.minimum(values, MOST))
    return np.einsum("iab,ib->ia", axes, along)


def variance_of_scores(
    baseline: BaselinePrior,
    rows: AtRisk,
    columns: FloatArray,
    point: FloatArray,
    unit: NDArray[np.int64],
    root: FloatArray,
) -> FloatArray:
    """Return the variance of the score over units, seen along the columns of a root L of S: sum of L's~ (L's~)'.

    Parameters
    ----------
    baseline, rows, columns, point : of the pseudo-likelihood, as ``scores`` takes them.
    unit : (m,) of each row, from 0 on.
    root : (q, r) with S = L L'.

    Returns
    -------
    (r, r).
    """
    total = np.zeros((root.shape[1],) * 2)
    for start in range(0, int(unit.max()) + 1, AT_ONCE):
        inside = np.flatnonzero((unit >= start) & (unit < start + AT_ONCE))
        own, x, of = taken(rows, inside), columns[inside], unit[inside] - start
        seen = by_unit(scores(baseline, own, x, point).of_rows, of) @ root
        seen = enlarged(shares_of(baseline, own, x, point, of, root), seen)
        total += seen.T @ seen
    return total


def shares_of(
    baseline: BaselinePrior,
    rows: AtRisk,
    columns: FloatArray,
    point: FloatArray,
    unit: NDArray[np.int64],
    root: FloatArray,
) -> FloatArray:
    """Return L'H_iL (n, r, r), by how the scores of each unit change along the columns of L."""
    change = [
        scores(baseline, rows, columns, point - STEP * along).of_rows
        - scores(baseline, rows, columns, point + STEP * along).of_rows
        for along in root.T
    ]
    found = np.stack([by_unit(one, unit) @ root for one in change], axis=2) / (2.0 * STEP)
    return np.asarray((found + found.transpose(0, 2, 1)) / 2.0)


def by_unit(of_rows: FloatArray, unit: NDArray[np.int64]) -> FloatArray:
    """Return sums of rows (m, q) over units, (n, q)."""
    total = np.zeros((int(unit.max()) + 1, of_rows.shape[1]))
    np.add.at(total, unit, of_rows)
    return total
