"""Events and person-months per covariate pattern and piece: all that a piecewise likelihood sees.

The cost of a piecewise fit follows the number of cells, not of patients. Holford 1980, Biometrics 36:299.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray, person_months, piece_of

# Rows whose person-months are held at once: bounded memory whatever the number of patients.
BLOCK = 2**16


@dataclass(frozen=True, slots=True)
class Cells:
    """Collapsed data.

    Attributes
    ----------
    patterns : (c, p) distinct rows of the columns.
    events : (c, pieces) weighted events.
    exposure : (c, pieces) weighted person-months.
    members : (n,) the pattern of each patient.
    """

    patterns: FloatArray
    events: FloatArray
    exposure: FloatArray
    members: IntArray


def collapse(
    columns: FloatArray,
    time: FloatArray,
    event: FloatArray,
    entry: FloatArray,
    weight: FloatArray,
    cuts: FloatArray,
) -> Cells:
    """Add up events and person-months of patients with equal columns.

    Parameters
    ----------
    columns : (n, p) covariate columns.
    time, event, entry, weight : (n,) months, 0/1, months, case weights.
    cuts : (k,) months.

    Returns
    -------
    Cells whose events and exposure sum to those of the patients.
    """
    patterns, members = distinct_rows(columns)
    pieces = cuts.size + 1
    size = len(patterns) * pieces
    exposure, events = np.zeros(size), np.zeros(size)
    for low in range(0, time.size, BLOCK):
        part = slice(low, low + BLOCK)
        first = members[part] * pieces
        spent = person_months(time[part], cuts, entry[part]) * weight[part, None]
        for k in range(pieces):
            exposure += np.bincount(first + k, weights=spent[:, k], minlength=size)
        events += np.bincount(first + piece_of(time[part], cuts), weights=event[part] * weight[part], minlength=size)
    return Cells(patterns, events.reshape(-1, pieces), exposure.reshape(-1, pieces), members)


def distinct_rows(columns: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct rows (c, p) in lexicographic order and, for each row, which of them it is (n,).

    One integer key a row, built column by column and made dense after each, so that it never overflows. Columns of
    two values are not sorted: the cost of indicators is that of some passes over the data.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0, 0.0], [0.0, 5.0], [1.0, 0.0]]))
    (array([[0., 5.],
           [1., 0.]]), array([1, 0, 1]))
    """
    n = columns.shape[0]
    key, count = np.zeros(n, dtype=np.int64), 1
    for column in np.ascontiguousarray(columns.T):
        rank, values = ranked(column)
        key, count = dense(key * values + rank, count * values)
    first = np.empty(count, dtype=np.int64)
    first[key[::-1]] = np.arange(n - 1, -1, -1)
    return columns[first], key


def ranked(column: FloatArray) -> tuple[IntArray, int]:
    """Return the rank of each value among the distinct ones (n,), and a bound on the ranks."""
    low, high = column.min(), column.max()
    upper = column == high
    if ((column == low) | upper).all():
        return upper.astype(np.int64), 2
    values, rank = np.unique(column, return_inverse=True)
    return rank, values.size


def dense(key: IntArray, size: int) -> tuple[IntArray, int]:
    """Return keys below ``size`` as ranks among those that occur (n,), and how many there are."""
    if size > 4 * key.size + 1024:
        values, rank = np.unique(key, return_inverse=True)
        return rank, values.size
    occurs = np.zeros(size, dtype=np.bool_)
    occurs[key] = True
    rank_of = np.cumsum(occurs) - 1
    return rank_of[key], int(rank_of[-1]) + 1
