"""Do two analyses use the same patients with the same data? Identifiers alone do not tell."""

import numpy as np

from escc_bayes.foundation.errors import some_of
from escc_bayes.spec.rows import AnalysisRows

# Of each row: `last_free` tells events between two months from events with a month.
OUTCOMES = ("time", "event", "entry", "weight", "last_free")


def other_outcomes(first: AnalysisRows, second: AnalysisRows) -> str:
    """Say how endpoint, clock, patients or their follow-up differ; "" where all are the same.

    Covariates do not count: models of different covariates on the same patients are comparable.
    """
    if (first.endpoint, first.clock) != (second.endpoint, second.clock):
        return f"{first.endpoint} from {first.clock} against {second.endpoint} from {second.clock}"
    if other_clock(first, second):
        return other_clock(first, second)
    if first.ids != second.ids:
        return f"{first.n} and {second.n} patients, or others"
    if first.time.size != second.time.size or (first.whose != second.whose).any():
        return f"the same identifiers in {first.time.size} and {second.time.size} rows, or others"
    for name in OUTCOMES:
        differ = np.flatnonzero(getattr(first, name) != getattr(second, name)).tolist()
        if differ:
            shown = [
                f"{first.ids[first.whose[i]]}: {getattr(first, name)[i]:g} against {getattr(second, name)[i]:g}"
                for i in differ
            ]
            words = some_of(shown, most=3)
            said = "last month without the event" if name == "last_free" else name
            return f"the same identifiers with another {said} in {len(differ)} of {first.time.size} rows ({words})"
    return ""


def other_clock(first: AnalysisRows, second: AnalysisRows) -> str:
    """Say from when two illness-death models count months after progression; "" where alike, or of other outcomes."""
    if first.transitions is None or second.transitions is None or first.transitions.clock == second.transitions.clock:
        return ""
    since = {"forward": "time zero", "reset": "progression"}
    words = [f"since {since[t.clock]} (clock {t.clock})" for t in (first.transitions, second.transitions)]
    return f"death after progression in months {words[0]} against months {words[1]}"


def other_covariates(first: AnalysisRows, second: AnalysisRows) -> str:
    """Say which covariate that both analyses use has other values or levels; "" where none has."""
    for name in first.covariates.keys() & second.covariates.keys():
        one, two = first.covariates[name], second.covariates[name]
        if one.schema.levels != two.schema.levels:
            held = " against ".join(", ".join(c.schema.levels) for c in (one, two))
            return f"'{name}' has other levels or another reference: {held}"
        if not np.array_equal(one.values, two.values):
            differ = int((one.values != two.values).sum())
            return f"the same identifiers with another '{name}' in {differ} of {first.time.size} rows"
    return ""


def other_data(first: AnalysisRows, second: AnalysisRows) -> str:
    """Say how two analyses differ in patients, follow-up, or a covariate that both use; "" where they do not."""
    return other_outcomes(first, second) or other_covariates(first, second)
