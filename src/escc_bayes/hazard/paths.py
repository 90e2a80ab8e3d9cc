"""Event times along each patient's rows end to end, as covariates change on the way; the last row has no end."""

from dataclasses import replace

import numpy as np

from escc_bayes.hazard.at_risk import AtRisk
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, IntArray


def carried_on(at_risk: AtRisk) -> AtRisk:
    """Return rows, ordered by patient and month, each of which goes on to the patient's next, the last without end.

    A patient who is not observed for a while keeps the values of the row before.
    """
    last = np.append(at_risk.patient[1:] != at_risk.patient[:-1], True)
    return replace(at_risk, stop=np.where(last, np.inf, np.append(at_risk.start[1:], np.inf)))


def event_times_along(hazards: PatientHazards, columns: FloatArray, at_risk: AtRisk, unit: FloatArray) -> FloatArray:
    """Return event times given survival to the first start, from standard exponential numbers.

    Parameters
    ----------
    hazards : in D draws.
    columns : (m, p) of each row.
    at_risk : m rows that ``carried_on`` has returned.
    unit : (D, n) for each patient.
    """
    left, found = unit.copy(), np.empty_like(unit)
    for rows in rounds(at_risk.patient):
        patient, own = at_risk.patient[rows], columns[rows]
        shape = (unit.shape[0], rows.size)
        start, stop = (np.broadcast_to(months[rows], shape) for months in (at_risk.start, at_risk.stop))
        spent = np.full(shape, np.inf)
        ends = np.isfinite(at_risk.stop[rows])
        # Under a draw of a wide prior a hazard may be infinite: the event is then at once.
        with np.errstate(over="ignore", invalid="ignore"):
            begun, done = (hazards.cumulative_at(own[ends], months[:, ends]) for months in (start, stop))
            spent[:, ends] = np.nan_to_num(done - begun, nan=np.inf, posinf=np.inf)
        here = (left[:, patient] >= 0.0) & (left[:, patient] <= spent)
        time = hazards.event_times(own, at_risk.start[rows], np.where(here, left[:, patient], 1.0))
        found[:, patient] = np.where(here, time, found[:, patient])
        left[:, patient] = np.where(here, -1.0, left[:, patient] - spent)
    return found


def rounds(patient: IntArray) -> list[IntArray]:
    """Return the places of every patient's first row, then of every second row, and so on; patients in order."""
    starts = np.flatnonzero(np.append(True, patient[1:] != patient[:-1]))
    sizes = np.diff(np.append(starts, patient.size))
    return [starts[sizes > place] + place for place in range(int(sizes.max()))]
