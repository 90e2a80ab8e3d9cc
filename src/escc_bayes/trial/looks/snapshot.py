"""When the looks of many trials come, and what the database then shows."""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.looks.patients import Patients, Snapshot


def look_months(seen: Patients, looks: tuple[Look, ...], lag: float = 0.0) -> FloatArray:
    """Return the calendar month to which the data of each look reach, (looks, n): its triggers reached, or the end.

    The month of event number d is the d-th smallest event month: a partial sort. A look itself comes ``lag`` later.
    """
    wanted = [look.events - 1 for look in looks if look.events is not None]
    ordered = np.partition(seen.calendar, wanted, axis=1) if wanted else seen.calendar
    months = np.zeros((len(looks), seen.entry.shape[0]))
    for month, look in zip(months, looks, strict=True):
        if look.events is not None:
            np.maximum(month, ordered[:, look.events - 1], out=month)
        if look.month is not None:
            (np.minimum if look.first else np.maximum)(month, max(look.month - lag, 0.0), out=month)
        if look.follow_up is not None:
            np.maximum(month, seen.entry.max(axis=1) + look.follow_up, out=month)
    if not np.isfinite(months).all():
        # The cured are followed for ever: the last event or loss, or the last entry, is the end of all news.
        last = np.where(np.isfinite(seen.observed), seen.entry + seen.observed, seen.entry)
        ended = last.max(axis=1)
        months = np.where(np.isfinite(months), months, ended)
    return months


def snapshot(seen: Patients, month: FloatArray, lag: float = 0.0) -> Snapshot:
    """Return the trials as their data are at calendar ``month`` (n,), known ``lag`` months later."""
    time = month[:, None] - seen.entry
    enrolled = np.count_nonzero(time > -lag, axis=1)
    np.minimum(time, seen.observed, out=time)
    np.maximum(time, 0.0, out=time)
    event = seen.calendar <= month[:, None]
    return Snapshot(time, event, month + lag, enrolled, np.count_nonzero(event, axis=1), seen.controls)
