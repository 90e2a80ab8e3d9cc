"""Why a hazard ratio has no finite maximum-likelihood estimate: which patients, or which order, separate the events.

Heinze & Schemper 2001, Biometrics 57:114; Bryson & Johnson 1981, Technometrics 23:381. docs/methods/cox.md.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.estimand.behind import within_of
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.rows import AnalysisRows

INFINITE = "a coefficient is infinite"


def why_infinite(asked: HazardRatio, plan: ModelPlan, *, ordered: bool = True) -> str:
    """Say why the likelihood rises without end along a hazard ratio that names its levels, or its units.

    Parameters
    ----------
    asked : as ``complete`` returns it.
    plan : with the rows of the fit.
    ordered : whether the likelihood sees the order of events alone (Cox), or also their times (Weibull).
    """
    rows = plan.rows if asked.months is None else in_months(plan.rows, asked.months)
    rows = in_levels(rows, asked)
    values = rows.covariates[asked.term].values
    if asked.per is not None or not rows.covariates[asked.term].schema.categorical:
        words = order_words(asked.term, values, rows) if ordered else value_words(asked.term, values, rows)
        return f"{INFINITE}: {words}"
    levels = rows.covariates[asked.term].schema.levels
    counted = (rows.event > 0.0) & (rows.weight > 0.0)
    empty = [
        f"'{level}'" for level in (asked.level, asked.versus) if not counted[values == levels.index(str(level))].any()
    ]
    if empty:
        return f"{INFINITE}: no events in {' and in '.join(empty)} of '{asked.term}'"
    inside = values == levels.index(str(asked.level))
    return f"{INFINITE}: {order_words(asked.term, inside, rows) if ordered else value_words(asked.term, inside, rows)}"


def in_months(rows: AnalysisRows, months: tuple[float, float]) -> AnalysisRows:
    """Return the rows as they are seen within the months (start, stop]; who is not at risk then has weight 0."""
    start, stop = months
    return replace(
        rows,
        entry=np.maximum(rows.entry, start),
        time=np.minimum(rows.time, stop),
        event=np.where(rows.time <= stop, rows.event, 0.0),
        weight=np.where((rows.time > start) & (rows.entry < stop), rows.weight, 0.0),
    )


def in_levels(rows: AnalysisRows, asked: HazardRatio) -> AnalysisRows:
    """Return the rows with weight 0 outside the levels of a second covariate in which a hazard ratio stands."""
    within = within_of(asked, rows)
    if not within:
        return rows
    modifier, inside = rows.covariates[within[0][0]], np.zeros(rows.time.size, dtype=bool)
    for _, level in within:
        inside |= modifier.values == modifier.schema.levels.index(level)
    return replace(rows, weight=np.where(inside, rows.weight, 0.0))


def order_words(term: str, values: FloatArray, rows: AnalysisRows) -> str:
    """Say whether one covariate alone puts the events in order, or only several together do."""
    highest, lowest = extreme_at_events(np.asarray(values, dtype=np.float64), rows)
    if highest and lowest:
        return f"the patients at risk at the events do not differ in '{term}'"
    if highest or lowest:
        which = "highest" if highest else "lowest"
        return f"order in time: at every event those who have it have the {which} '{term}' of all at risk"
    return f"order in time: '{term}' and other covariates together put the events in order"


def value_words(term: str, values: FloatArray, rows: AnalysisRows) -> str:
    """Say whether all events have the largest or the smallest value of all, or only several covariates part them."""
    among = values[(rows.event > 0.0) & (rows.weight > 0.0)]
    for extreme, word in ((values.max(), "highest"), (values.min(), "lowest")):
        if (among == extreme).all():
            return f"all events are at the {word} '{term}'"
    return f"'{term}' and other covariates together part the events from the others"


def extreme_at_events(values: FloatArray, rows: AnalysisRows) -> tuple[bool, bool]:
    """Return whether everyone has the event with the highest value at risk, and with the lowest."""
    counted = rows.weight > 0.0
    died = (rows.event > 0.0) & counted
    highest = lowest = True
    for time in np.unique(rows.time[died]):
        at_risk = values[counted & (rows.entry < time) & (time <= rows.time)]
        dying = values[died & (rows.time == time)]
        highest = highest and bool(dying.min() >= at_risk.max())
        lowest = lowest and bool(dying.max() <= at_risk.min())
        if not (highest or lowest):
            break
    return highest, lowest
