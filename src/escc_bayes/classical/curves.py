"""Kaplan-Meier of groups: curves, survival at a month, medians, restricted means as Estimates."""

import math
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from escc_bayes.classical.bpcp import NOT_DEFINED, beta_product_limits
from escc_bayes.classical.km import CurvePoints, KaplanMeier, Quantile, first_below, kaplan_meier, quantile, survival_at
from escc_bayes.classical.rmst import Rmst, beyond_words, rmst, rmst_difference
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.estimand import Estimand, HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.late_entry import watched_from
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.rows import AnalysisRows

NOT_REACHED = "not reached"
EXACT = "limits exact (beta product): log-log limits do not exist where the curve is 1 or 0"


@dataclass(frozen=True, slots=True)
class Answer:
    """Value and limits of an estimand (NaN: not known), and what a reader must know of them."""

    value: float
    lower: float
    upper: float
    note: str = ""


class Part(TypedDict):
    """Follow-up of some patients as ``kaplan_meier``, ``follow_up`` and ``rmst`` take it."""

    entry: FloatArray | None
    weight: FloatArray | None
    cluster: IntArray | None


def members(rows: AnalysisRows, term: str, group: str) -> np.ndarray:
    """Return who belongs to a group; everyone for no term.

    Raises
    ------
    EstimandError : nobody analysed is in the group.
    """
    if not term:
        return np.ones(rows.time.size, dtype=bool)
    covariate = rows.covariates[term]
    if group not in covariate.schema.levels:
        raise EstimandError(f"'{term}' has no group '{group}'; it has: {', '.join(covariate.schema.levels)}")
    inside = covariate.values == covariate.schema.levels.index(group)
    if not inside.any():
        raise EstimandError(f"nobody analysed for '{rows.endpoint}' has '{group}' of '{term}'")
    return np.asarray(inside)


def part(rows: AnalysisRows, inside: np.ndarray) -> Part:
    """Return the follow-up of some patients as the keyword arguments of ``kaplan_meier``."""
    weighted = bool((rows.weight != 1.0).any())
    return {
        "entry": rows.entry[inside] if rows.delayed else None,
        "weight": rows.weight[inside] if weighted else None,
        "cluster": None if rows.cluster is None else rows.cluster[inside],
    }


def spells(rows: AnalysisRows, inside: np.ndarray) -> tuple[FloatArray, FloatArray, Part]:
    """Return times and events of the rows in a mask, and the keyword arguments beside them.

    Rows of a patient that adjoin are one: who goes on in the next row of the same group has not left it.
    """
    if rows.patient is None:
        return rows.time[inside], rows.event[inside], part(rows, inside)
    order = np.lexsort((rows.entry, rows.patient))
    order = order[inside[order]]
    new = np.append(True, np.diff(rows.patient[order]) != 0)
    new[1:] |= rows.entry[order][1:] != rows.time[order][:-1]
    first, last = order[new], order[np.append(new[1:], True)]
    return rows.time[last], rows.event[last], part(rows, first)


def start_of(rows: AnalysisRows, inside: np.ndarray) -> float:
    """Return the month from which a group's curve can speak: 0, or when its risk set was empty for the last time."""
    return watched_from(rows.time[inside], rows.event[inside], rows.entry[inside]) if rows.delayed else 0.0


def watched(rows: AnalysisRows, term: str, group: str) -> np.ndarray:
    """Return who of a group is followed beyond the month from which its curve can speak."""
    inside = members(rows, term, group)
    return inside & (rows.time > start_of(rows, inside)) if rows.delayed else inside


def group_curve(rows: AnalysisRows, term: str, group: str, level: float) -> KaplanMeier:
    """Return the Kaplan-Meier curve of a group, or of everyone; with late entry, from the month it can speak."""
    inside = watched(rows, term, group)
    time, event, beside = spells(rows, inside)
    curve = kaplan_meier(time, event, level=level, **beside)
    return replace(curve, start=start_of(rows, members(rows, term, group)))


def points_at(curve: KaplanMeier, times: FloatArray) -> CurvePoints:
    """Read a curve at ``times``; before the first event there are no log-log limits, R's 1 to 1 would be certainty."""
    found = survival_at(curve, times)
    none_yet = found.survival == 1.0
    return replace(found, lower=np.where(none_yet, np.nan, found.lower), upper=np.where(none_yet, np.nan, found.upper))


def group_rmst(rows: AnalysisRows, term: str, group: str, until: float) -> Rmst:
    """Return the restricted mean of a group; raise ``ValueError`` beyond what its curve knows."""
    inside = watched(rows, term, group)
    start = start_of(rows, members(rows, term, group))
    if until <= start:
        raise ValueError(f"nobody is under observation by {counted(until, 'month')}")
    time, event, beside = spells(rows, inside)
    return rmst(time, event, until=until, **beside)


def conditional_words(rows: AnalysisRows, term: str, group: str) -> str:
    """Say whose curve it is where patients change groups, and what it is conditional on where nobody was at risk."""
    inside = members(rows, term, group)
    start, current = start_of(rows, inside), current_words(rows, term)
    if start == 0.0:
        return current
    gone = rows.patients_in(inside) - rows.patients_in(inside & (rows.time > start))
    less = f"; {gone} patients followed no further do not count" if gone else ""
    month = f"{start:.1f}" if start >= 0.05 else f"{start:.2g}"
    late = f"delayed entry: conditional on surviving {month} months (nobody under observation just before){less}"
    return joined_notes(current, late)


def current_words(rows: AnalysisRows, term: str) -> str:
    """Say that curves of a covariate which changes are by its current value; nothing where it does not change."""
    if rows.patient is None or not term:
        return ""
    values = rows.covariates[term].values
    if (values == values[rows.first_rows()][rows.patient]).all():
        return ""
    return f"by current value: a patient whose {term} changes goes over to the other group (Simon & Makuch 1984)"


def exact_limits(rows: AnalysisRows, curve: KaplanMeier) -> tuple[FloatArray, FloatArray] | None:
    """Return the beta product limits from month 0 and from each exit time on; None where they are not defined."""
    return None if exact_words(rows) else beta_product_limits(curve, curve.level)


def exact_words(rows: AnalysisRows) -> str:
    """Say why there are no exact limits; nothing where there are."""
    return NOT_DEFINED if rows.delayed or rows.cluster is not None or (rows.weight != 1.0).any() else ""


def exact_at(rows: AnalysisRows, curve: KaplanMeier, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Read the beta product limits at ``times`` (m,); NaN beyond the last exit time or where they are not defined."""
    found = exact_limits(rows, curve)
    nothing = np.full(times.shape, np.nan)
    if found is None:
        return nothing, nothing
    place = np.searchsorted(curve.time, times, side="right")
    inside = times <= curve.time[-1]
    return np.where(inside, found[0][place], nothing), np.where(inside, found[1][place], nothing)


def exact_quantile_limits(rows: AnalysisRows, curve: KaplanMeier) -> tuple[float, float]:
    """Return the months at which the beta product limits come down to one half; NaN where they do not."""
    found = exact_limits(rows, curve)
    if found is None:
        return math.nan, math.nan
    times = np.concatenate([[0.0], curve.time])
    return first_below(times, found[0], 0.5), first_below(times, found[1], 0.5)


def groups_of(rows: AnalysisRows, term: str) -> tuple[str, ...]:
    """Return the levels of a covariate that occur among the rows analysed."""
    covariate = rows.covariates[term]
    codes = np.unique(covariate.values)
    return tuple(covariate.schema.levels[int(code)] for code in codes)


def km_answer(asked: Estimand, rows: AnalysisRows, level: float) -> Answer:
    """Return value and limits of an estimand from Kaplan-Meier curves, with the reason where there is none."""
    match asked:
        case SurvivalAt(time=time):
            return km_survival(rows, asked.term, asked.group, time, level)
        case MedianSurvival():
            found: Quantile = quantile(group_curve(rows, asked.term, asked.group, level))
            reached = "" if not math.isnan(found.value) else NOT_REACHED
            words = conditional_words(rows, asked.term, asked.group)
            return Answer(found.value, found.lower, found.upper, joined_notes(reached, words))
        case RMSTDifference():
            return km_rmst_difference(asked, rows, level)
        case HazardRatio():
            raise EstimandError("Kaplan-Meier curves give no hazard ratio; ask Cox")


def km_survival(rows: AnalysisRows, term: str, group: str, time: float, level: float) -> Answer:
    """Return Kaplan-Meier survival at a month; limits are exact where log-log limits do not exist."""
    curve = group_curve(rows, term, group, level)
    at = points_at(curve, np.array([time]))
    value, lower, upper = float(at.survival[0]), float(at.lower[0]), float(at.upper[0])
    notes = [survival_words(rows, term, group, time, value), conditional_words(rows, term, group)]
    if math.isnan(lower) and not math.isnan(value):
        exact = exact_at(rows, curve, np.array([time]))
        lower, upper = float(exact[0][0]), float(exact[1][0])
        notes.append(EXACT if not math.isnan(lower) else exact_words(rows))
    return Answer(value, lower, upper, joined_notes(*notes))


def survival_words(rows: AnalysisRows, term: str, group: str, time: float, value: float) -> str:
    """Say that a curve is not known at a month, or is 0 beyond its follow-up."""
    group_followed = of_group(rows, term, group)
    if time > group_followed.last_follow_up:
        return f"beyond {group_followed.whose}" + (": not known" if math.isnan(value) else ": the curve had reached 0")
    return "nobody is under observation so early" if math.isnan(value) else ""


def km_rmst_difference(asked: RMSTDifference, rows: AnalysisRows, level: float) -> Answer:
    """Return a difference of restricted means; absent, with the reason, beyond what either curve knows."""
    areas, notes = [], []
    for group in (asked.level, asked.versus):
        try:
            areas.append(group_rmst(rows, asked.term, group, asked.until))
        except ValueError:
            followed = of_group(rows, asked.term, group)
            late = "" if asked.until > followed.last_follow_up else f"nobody of {group} is under observation so early"
            notes.append(late or beyond_words(followed.whose))
            continue
        notes.append(no_event_words(areas[-1], group))
        notes.append(conditional_words(rows, asked.term, group))
    if len(areas) < 2:
        return Answer(math.nan, math.nan, math.nan, joined_notes(*notes))
    difference = rmst_difference(areas[0], areas[1], level)
    return Answer(difference.value, difference.lower, difference.upper, joined_notes(*notes))


def no_event_words(area: Rmst, group: str) -> str:
    """Say that a restricted mean without an event before its end has no standard error."""
    who = f" of {group}" if group else ""
    return "" if area.std_error > 0.0 else f"no event{who} before the end: its spread is not known and not counted"
