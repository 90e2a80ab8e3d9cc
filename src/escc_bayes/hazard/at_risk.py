"""Rows at risk: who is observed from when to when, in which stratum, and whether the event ends it.

A patient may have many rows: covariates that change, gaps in observation, segments in which effects differ. The
likelihood is a product over rows, each conditional on survival to its start, so that cutting a row in two changes
nothing. Andersen & Gill 1982, Ann Stat 10:1100.
"""

from dataclasses import dataclass, fields

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Rows (m,), each at risk on (start, stop].

    Attributes
    ----------
    patient : whose row it is, counted from 0.
    start, stop : months.
    event : 1 where the row ends with the event, else 0.
    weight : case weight of the patient.
    stratum : whose baseline hazard applies, counted from 0.
    """

    patient: IntArray
    start: FloatArray
    stop: FloatArray
    event: FloatArray
    weight: FloatArray
    stratum: IntArray


def taken(at_risk: AtRisk, of: IntArray) -> AtRisk:
    """Return some of the rows, in the order of their places ``of``."""
    held = (getattr(at_risk, field.name)[of] for field in fields(AtRisk))
    return AtRisk(*held)


def split_at(at_risk: AtRisk, months: FloatArray) -> tuple[AtRisk, IntArray]:
    """Return the rows cut at the months (k,), strictly increasing, and the row that each part comes from.

    Examples
    --------
    >>> zero = np.zeros(1)
    >>> row = AtRisk(zero.astype(int), zero, np.array([7.0]), np.ones(1), np.ones(1), zero.astype(int))
    >>> parts, of = split_at(row, np.array([6.0, 12.0]))
    >>> parts.start.tolist(), parts.stop.tolist(), parts.event.tolist(), of.tolist()
    ([0.0, 6.0], [6.0, 7.0], [0.0, 1.0], [0, 0])
    """
    first = np.searchsorted(months, at_risk.start, side="right")
    parts = np.searchsorted(months, at_risk.stop, side="left") - first + 1
    of = np.repeat(np.arange(parts.size), parts)
    place = np.arange(of.size) - np.repeat(np.cumsum(parts) - parts, parts)
    edges = np.concatenate([[-np.inf], months, [np.inf]])
    inner = first[of] + place
    split = AtRisk(
        patient=at_risk.patient[of],
        start=np.maximum(at_risk.start[of], edges[inner]),
        stop=np.minimum(at_risk.stop[of], edges[inner + 1]),
        event=np.where(place == parts[of] - 1, at_risk.event[of], 0.0),
        weight=at_risk.weight[of],
        stratum=at_risk.stratum[of],
    )
    return split, of


def by_patient(values: FloatArray, patient: IntArray, patients: int) -> FloatArray:
    """Return the sums over each patient's rows, (.., patients), of values (.., m).

    Examples
    --------
    >>> by_patient(np.array([[1.0, 2.0, 4.0]]), np.array([0, 1, 1]), 2)
    array([[1., 6.]])
    """
    if patient.size == patients and (patient == np.arange(patients)).all():
        return values
    found = np.zeros((*values.shape[:-1], patients))
    order = np.argsort(patient, kind="stable")
    held, first = np.unique(patient[order], return_index=True)
    found[..., held] = np.add.reduceat(values[..., order], first, axis=-1)
    return found
