"""Event times that a model predicts for the patients analysed, each given survival to entry."""

import numpy as np

from escc_bayes.hazard.at_risk import taken
from escc_bayes.hazard.paths import carried_on, event_times_along
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


def predicted_times(plan: ModelPlan, hazards: PatientHazards, unit: FloatArray) -> FloatArray:
    """Return an uncensored time of every patient under every draw.

    Where a patient has several rows, along these: each holds until the next starts, and the last for ever.

    Parameters
    ----------
    plan : whose patients.
    hazards : in D draws.
    unit : (D, patients) standard exponential numbers.
    """
    rows = plan.rows
    if rows.patient is None:
        return hazards.event_times(plan.patterns, rows.entry, unit)
    order = np.lexsort((rows.entry, rows.patient))
    return event_times_along(hazards, plan.patterns[order], carried_on(taken(rows.at_risk, order)), unit)
