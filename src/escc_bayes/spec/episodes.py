"""Episodes: the rows at risk of patients whose covariates change, one for each stretch in which nothing does.

A change at a month holds from there on: episodes are (start, stop], so that an event in the month of a change belongs
to the value before. Until a covariate has its first value there is no episode, and the patient enters late.
Therneau, Crowson & Atkinson 2024, Using time dependent covariates and time dependent coefficients in the Cox model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from escc_bayes.data.covariates import CovariateData
from escc_bayes.data.endpoints import EndpointData, significant
from escc_bayes.hazard.piecewise import IntArray


@dataclass(frozen=True, slots=True)
class Episodes:
    """Rows (m,) at risk on (entry, time], of patients (n,).

    Attributes
    ----------
    of : whose row each is, a place among the patients; in their order, and in order of time.
    data : follow-up of each row; the event stands in a patient's last.
    covariates : values of each row.
    """

    of: IntArray
    data: EndpointData
    covariates: dict[str, CovariateData]


def whole(data: EndpointData, covariates: dict[str, CovariateData]) -> Episodes:
    """Return patients whose covariates do not change, one row each."""
    return Episodes(np.arange(data.time.size), data, covariates)


def episodes(data: EndpointData, covariates: Mapping[str, CovariateData], *, start: float) -> Episodes:
    """Return the episodes of patients.

    Parameters
    ----------
    data : follow-up (n,), counted from ``start``.
    covariates : those of the analysis, whose changes are counted from time zero.
    start : months after time zero at which the clock of ``data`` begins.
    """
    moved = {name: c.changes for name, c in covariates.items() if c.changes is not None}
    months = [significant(changes.months - start) for changes in moved.values()]
    edges = np.column_stack([data.entry, *months, data.time])
    inside = (edges > data.entry[:, None]) & (edges < data.time[:, None])
    inside[:, [0, -1]] = True
    edges = np.sort(np.where(inside, edges, np.nan), axis=1)
    row, place = np.nonzero((edges[:, 1:] > edges[:, :-1]) & ~np.isnan(edges[:, 1:]))
    begin, end = edges[row, place], edges[row, place + 1]
    held = {}
    for name, covariate in covariates.items():
        values = covariate.values[row]
        if covariate.changes is not None:
            for k in range(covariate.changes.months.shape[1]):
                passed = significant(covariate.changes.months[row, k] - start) <= begin
                values = np.where(passed, covariate.changes.values[row, k], values)
        series = tuple(one[row] for one in covariate.series)
        held[name] = CovariateData(covariate.schema, values, covariate.known_at[row], series=series)
    event = np.where(end == data.time[row], data.event[row], 0.0)
    known = np.all([~np.isnan(c.values) for c in held.values()], axis=0)
    kept = {name: c.at(known) for name, c in held.items()}
    return Episodes(row[known], EndpointData(end[known], event[known], begin[known]), kept)
