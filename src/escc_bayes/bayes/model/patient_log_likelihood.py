"""The log-likelihood of each patient under each draw: of a month, or of the span between two that holds the event."""

import numpy as np

from escc_bayes.bayes.model.likelihood.passed import log1mexp
from escc_bayes.hazard.at_risk import by_patient
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan


def log_likelihoods(plan: ModelPlan, hazards: PatientHazards) -> FloatArray:
    """Return w [d log h(t) - H(t) + H(entry)] of each patient, summed over rows, (D, n).

    Of an event between the months l and r it is w [-H(l) + H(entry) + log(1 - exp(-H(r) + H(l)))]. Survivors of other
    sources are no patients.
    """
    rows, columns, apart = plan.rows, plan.patterns, plan.rows.apart
    event = np.where(apart, 0.0, rows.event)
    # Nobody seen after entry has spent no time: a month that is 0 has no log hazard.
    until = np.where(rows.last_free > 0.0, rows.last_free, rows.time)
    entry = np.where(rows.last_free > 0.0, rows.entry, rows.time)
    found = hazards.log_likelihood(columns, until, event, entry, rows.weight)
    if apart.any():
        shape = (hazards.draws, int(apart.sum()))
        ends = (np.broadcast_to(months[apart], shape) for months in (rows.time, rows.last_free))
        after, before = (hazards.cumulative_at(columns[apart], months) for months in ends)
        found[:, apart] += rows.weight[apart] * log1mexp(after - before)
    return by_patient(found, rows.at_risk.patient, rows.n)
