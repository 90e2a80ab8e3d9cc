"""Events and person-months per covariate pattern and piece: all that a piecewise likelihood sees.

The cost of a piecewise fit follows the number of cells, not of patients. Holford 1980, Biometrics 36:299.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray, person_months, piece_of


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
    spent = person_months(time, cuts, entry) * weight[:, None]
    exposure = np.stack(
        [np.bincount(members, weights=spent[:, k], minlength=len(patterns)) for k in range(pieces)], axis=1
    )
    flat = members * pieces + piece_of(time, cuts)
    events = np.bincount(flat, weights=event * weight, minlength=len(patterns) * pieces)
    return Cells(patterns, events.reshape(-1, pieces), exposure, members)


def distinct_rows(columns: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct rows (c, p) in lexicographic order and, for each row, which of them it is (n,).

    One integer key a row, built column by column and made dense after each, so that it never overflows: some ten
    times faster than sorting rows.

    Examples
    --------
    >>> distinct_rows(np.array([[1.0, 0.0], [0.0, 5.0], [1.0, 0.0]]))
    (array([[0., 5.],
           [1., 0.]]), array([1, 0, 1]))
    """
    key = np.zeros(columns.shape[0], dtype=np.int64)
    first = np.zeros(1, dtype=np.int64)
    for column in columns.T:
        values, rank = np.unique(column, return_inverse=True)
        _, first, key = np.unique(key * values.size + rank, return_index=True, return_inverse=True)
    return columns[first], key


def log_likelihood(cells: Cells, log_rates: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return the total log-likelihood of the collapsed data under each draw.

    Parameters
    ----------
    cells : collapsed data with c patterns.
    log_rates : (draws, pieces).
    coefficients : (draws, p) log hazard ratios.

    Returns
    -------
    (draws,) sum over cells of events x log rate - exposure x rate.
    """
    log_relative = coefficients @ cells.patterns.T
    log_rate = log_rates[:, None, :] + log_relative[:, :, None]
    return np.asarray((cells.events * log_rate - cells.exposure * np.exp(log_rate)).sum(axis=(1, 2)))
