"""The cohorts that the analyses of a covariate look at: naive, at landmarks, from when it is known, as it changes.

docs/methods/time_zero.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.covariates import Changes, CovariateData
from escc_bayes.data.endpoints import as_read
from escc_bayes.data.known import as_if_started
from escc_bayes.data.recode import with_covariate
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.request import Outcome

NAIVE, LANDMARK, DELAYED, UPDATED = "naive", "landmark", "delayed_entry", "time_updated"
CLONES = "clone_censor_weight"
ANALYSES = (NAIVE, LANDMARK, DELAYED, UPDATED, CLONES)
ASSUMES = {
    NAIVE: "nobody had to live to have the value: wrong wherever it became known after month 0",
    LANDMARK: "the value then stays; of survivors of the landmark alone",
    DELAYED: "who is measured stands for all who live to that month",
    UPDATED: "the start, or the next value, depends on prognosis through the model's covariates alone",
    CLONES: "the start depends on prognosis through the weights' covariates alone, and in every group some "
    "start by the grace period and some never do",
}


@dataclass(frozen=True, slots=True)
class View:
    """One analysis that can be made.

    Attributes
    ----------
    analysis : a word of ``ANALYSES``.
    cohort : with the covariate as this analysis sees it.
    outcome : endpoint and clock.
    landmark : months; NaN without one.
    note : what a reader must know of it.
    """

    analysis: str
    cohort: Cohort
    outcome: Outcome
    landmark: float = math.nan
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """One analysis that there is not, and why."""

    analysis: str
    why: str
    landmark: float = math.nan


def views(cohort: Cohort, endpoint: str, name: str, landmarks: Sequence[float]) -> tuple[View | Refused, ...]:
    """Return the analyses of a covariate that becomes known after time zero, all but that of clones.

    Parameters
    ----------
    landmarks : months, rising; none: of a marker, the months at which it is measured.

    Raises
    ------
    CohortError : no such covariate or endpoint, or the covariate is known at time zero and stays as it is.
    """
    data = changing(cohort, name)
    last = last_event(cohort, endpoint)
    at = tuple(as_read(month) for month in landmarks) or standard_landmarks(data)
    naive = View(NAIVE, naive_cohort(cohort, data), Outcome(endpoint, naive=True))
    told = as_if_started(data)
    if told is not None:
        why = started_words(data.schema.name, *told)
        return (
            naive,
            *(Refused(LANDMARK, why, month) for month in at),
            Refused(DELAYED, why),
            Refused(UPDATED, why),
        )
    return (
        naive,
        *(at_landmark(cohort, endpoint, data, month, last) for month in at),
        delayed(cohort, endpoint, data),
        updated(cohort, endpoint, data),
    )


def started_words(name: str, never: str, ever: str) -> str:
    """Say why a value whose month tells which it is has no analysis as a marker."""
    return (
        f"every '{never}' of '{name}' is known at month 0 and '{ever}' later, as of a treatment that starts: the "
        f"months before the start would be kept out of '{ever}' and left in '{never}', and who starts after a landmark "
        f"would be left out instead of counting as '{never}' (Suissa 2008, Levesque 2010); write starts_at in "
        f"covariates.{name} of the schema, with the month empty where it never starts"
    )


def changing(cohort: Cohort, name: str) -> CovariateData:
    """Return a covariate that becomes known, or changes, after time zero."""
    data = cohort.covariate(name)
    if cohort.schema.start_stop:
        raise CohortError(
            f"{cohort.source}: time-zero takes one row for each patient, and makes the rows of start and stop itself; "
            f"give such a table, with starts_at or measured in covariates.{name}"
        )
    if data.changes is None and not data.known_later:
        raise CohortError(
            f"{cohort.source}: '{name}' is known at time zero and stays as it is, so that every analysis is the same; "
            f"say in covariates.{name} of the schema when it is known: known_at, starts_at or measured"
        )
    return data


def last_event(cohort: Cohort, endpoint: str) -> float:
    """Return the month of the last event."""
    data = cohort.endpoint(endpoint)
    return float(np.max(data.time[data.event == 1.0], initial=0.0))


def standard_landmarks(data: CovariateData) -> tuple[float, ...]:
    """Return the months after zero at which a marker is measured for everybody; none of a treatment."""
    known = (data.schema.known_at, *(month for _, month in data.schema.measured))
    return tuple(sorted({month for month in known if isinstance(month, float) and month > 0.0}))


def fixed(cohort: Cohort, data: CovariateData, values: FloatArray, known_at: FloatArray) -> Cohort:
    """Return the cohort with the covariate held at some values."""
    schema = replace(data.schema, starts_at=None, measured=(), known_at=None)
    return with_covariate(cohort, schema.name, CovariateData(schema, values, known_at))


def value_at(data: CovariateData, month: float) -> FloatArray:
    """Return the values at a month, one that begins then included; NaN where there is none yet."""
    if data.changes is None:
        return data.values
    found = data.values
    for months, values in zip(data.changes.months.T, data.changes.values.T, strict=True):
        found = np.where(months <= month, values, found)
    return found


def naive_cohort(cohort: Cohort, data: CovariateData) -> Cohort:
    """Return the cohort with each patient's last value as if it stood at time zero."""
    if data.changes is None:
        return cohort
    known = np.nan_to_num(np.max(data.changes.months, axis=1, initial=0.0, where=~np.isnan(data.changes.months)))
    return fixed(cohort, data, value_at(data, math.inf), known)


def at_landmark(cohort: Cohort, endpoint: str, data: CovariateData, month: float, last: float) -> View | Refused:
    """Return the analysis from a landmark on, with the value held as it is then."""
    known = data.schema.known_at
    if month >= last:
        return Refused(LANDMARK, f"the last event is at {last:.4g} months: none is left after {month:g}", month)
    if isinstance(known, float) and as_read(known) > month:
        return Refused(
            LANDMARK, f"'{data.schema.name}' is known at {counted(known, 'month')}, after the landmark", month
        )
    zero = np.zeros(cohort.rows)
    seen = cohort if data.changes is None else fixed(cohort, data, value_at(data, month), zero)
    return View(LANDMARK, seen, Outcome(endpoint, landmark=month), month)


def delayed(cohort: Cohort, endpoint: str, data: CovariateData) -> View | Refused:
    """Return the analysis in which follow-up begins for everybody when the covariate is measured."""
    if data.schema.starts_at is not None:
        return Refused(
            DELAYED,
            f"'{data.schema.name}' is a treatment that starts: entry at the start would keep the months before it out "
            f"of '{data.schema.levels[1]}' and leave them in '{data.schema.levels[0]}' (Suissa 2008, Levesque 2010); "
            f"see {UPDATED}",
        )
    if len(data.schema.measured) > 1:
        return Refused(DELAYED, f"'{data.schema.name}' is measured several times: {UPDATED} enters at the first value")
    return View(DELAYED, entering(cohort, data), Outcome(endpoint))


def updated(cohort: Cohort, endpoint: str, data: CovariateData) -> View:
    """Return the analysis by current value."""
    if data.changes is not None:
        return View(UPDATED, cohort, Outcome(endpoint))
    once = f"'{data.schema.name}' changes once, from unknown to known: the same rows as {DELAYED}"
    return View(UPDATED, entering(cohort, data), Outcome(endpoint), note=once)


def entering(cohort: Cohort, data: CovariateData) -> Cohort:
    """Return the cohort with the covariate unknown, and nobody at risk, before the month of its value."""
    if data.changes is not None:
        return cohort
    later = ~data.missing & (data.known_at > 0.0)
    known_at = data.schema.known_at
    assert known_at is not None
    schema = replace(data.schema, known_at=None, measured=((data.schema.column, known_at),))
    months = np.where(later, data.known_at, np.nan)[:, None]
    changes = Changes(months, np.where(later, data.values, np.nan)[:, None])
    values = np.where(later, np.nan, data.values)
    return with_covariate(cohort, schema.name, CovariateData(schema, values, np.zeros(cohort.rows), changes=changes))
