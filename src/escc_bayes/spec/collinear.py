"""Columns that determine each other: the data cannot tell their effects apart, and a prior alone would."""

from collections.abc import Sequence

import numpy as np

from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.piecewise import FloatArray

# A column is a combination of others when less than this share of its length is its own.
OWN = 1e-8
# A correlation matrix whose smallest eigenvalue lies above this holds no combination, to rounding.
SCREEN = 1e-6


def collinear(columns: FloatArray, labels: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the labels of each set of columns (n, p) that determine each other, up to a constant.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    >>> collinear(np.column_stack([x, np.arange(5.0), 1.0 - x]), ("a", "b", "c"))
    (('a', 'c'),)
    """
    z = columns - columns.mean(axis=0)
    sd = np.sqrt(np.einsum("ij,ij->j", z, z) / len(z))
    told = sd > 1e-12 * np.maximum(columns.max(axis=0, initial=0.0), -columns.min(axis=0, initial=0.0))
    z = z if told.all() else z[:, told]
    z /= sd[told]
    names = [label for label, moves in zip(labels, told, strict=True) if moves]
    if z.shape[1] < 2 or np.linalg.eigvalsh(z.T @ z / len(z))[0] > SCREEN:
        return ()
    return combinations(distinct_rows(z)[0], names)


def combinations(z: FloatArray, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return, for each column of z that those before it determine, its name with theirs."""
    found, free = [], [0]
    for column in range(1, z.shape[1]):
        before = np.column_stack([np.ones(len(z)), z[:, free]])
        shares = np.linalg.lstsq(before, z[:, column], rcond=None)[0]
        own = z[:, column] - before @ shares
        if np.linalg.norm(own) > OWN * np.linalg.norm(z[:, column]):
            free.append(column)
            continue
        others = [free[j] for j in np.flatnonzero(np.abs(shares[1:]) > np.sqrt(OWN))]
        found.append(tuple(names[j] for j in (*others, column)))
    return tuple(found)
