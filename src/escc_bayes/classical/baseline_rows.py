"""Rows of ``baselines`` that come from curves, one group of one covariate after the other."""

import math

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.curves import (
    NOT_REACHED,
    conditional_words,
    exact_at,
    exact_quantile_limits,
    exact_words,
    group_curve,
    group_rmst,
    groups_of,
    members,
    no_event_words,
    part,
    points_at,
    survival_words,
    watched,
)
from escc_bayes.classical.km import follow_up, quantile
from escc_bayes.classical.rmst import Rmst, RmstDifference, rmst_difference
from escc_bayes.estimand.behind import of_group
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.estimand.tables import Row
from escc_bayes.spec.cautions import few_words
from escc_bayes.spec.rows import AnalysisRows

EVERYONE = "all"
SCALED = "numbers at risk, events and censored are sums of weights scaled to the number of patients"


def origin(rows: AnalysisRows, *notes: str) -> dict[str, object]:
    """Return the columns that say where a row comes from, and what a reader must know of it."""
    return {"provenance": rows.provenance, "clock": rows.clock, "note": joined_notes(*notes)}


def group_notes(rows: AnalysisRows, term: str, group: str) -> tuple[str, ...]:
    """Return what a group's numbers rest on: few events, and weights or clusters."""
    return (*few_words(rows, term, (group,)), rows.basis_note(members(rows, term, group)))


def term_groups(rows: AnalysisRows, term: str) -> tuple[tuple[str, str], ...]:
    """Return (argument of ``group_curve``, label) of each group; one of all for no term."""
    return tuple((group, group) for group in groups_of(rows, term)) if term else (("", EVERYONE),)


def group_columns(rows: AnalysisRows, term: str, group: str, *, events: str = "events") -> dict[str, object]:
    """Return the columns that say who stands behind a row of a group, and how far they were followed."""
    found = of_group(rows, term, group)
    return {"n": found.n, events: found.events, "rows": found.rows, "last_follow_up": found.last_follow_up}


def km_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``km.csv``: one row for each distinct exit time of each group, with log-log and with exact limits."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        exact_lower, exact_upper = exact_at(rows, curve, curve.time)
        notes = (
            conditional_words(rows, term, group),
            exact_words(rows),
            *group_notes(rows, term, group),
            SCALED if rows.sampled else "",
        )
        whose = group_columns(rows, term, group, events="group_events")
        for i in range(curve.time.size):
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": float(curve.time[i]),
                    "survival": float(curve.survival[i]),
                    "lower": float(curve.lower[i]),
                    "upper": float(curve.upper[i]),
                    "at_risk": float(curve.at_risk[i]),
                    "events": float(curve.events[i]),
                    "censored": float(curve.censored[i]),
                    "lower_exact": float(exact_lower[i]),
                    "upper_exact": float(exact_upper[i]),
                    "level": level,
                    **whose,
                    **origin(rows, *notes),
                }
            )
    return found


def landmark_rows(rows: AnalysisRows, term: str, level: float, times: tuple[float, ...]) -> list[Row]:
    """Return ``landmarks.csv``: survival at stated months; empty beyond follow-up, with the reason."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        at = points_at(curve, np.array(times))
        exact_lower, exact_upper = exact_at(rows, curve, np.array(times))
        notes = (
            conditional_words(rows, term, group),
            exact_words(rows),
            *group_notes(rows, term, group),
            SCALED if rows.sampled else "",
        )
        for i, time in enumerate(times):
            survival = float(at.survival[i])
            found.append(
                {
                    "endpoint": rows.endpoint,
                    "term": term,
                    "group": label,
                    "time": time,
                    "survival": survival,
                    "lower": float(at.lower[i]),
                    "upper": float(at.upper[i]),
                    "at_risk": float(at.at_risk[i]),
                    "lower_exact": float(exact_lower[i]),
                    "upper_exact": float(exact_upper[i]),
                    "level": level,
                    **group_columns(rows, term, group),
                    **origin(rows, survival_words(rows, term, group, time, survival), *notes),
                }
            )
    return found


def median_rows(rows: AnalysisRows, term: str, level: float) -> list[Row]:
    """Return ``medians.csv``: median survival with log-log and with exact limits; empty where not reached."""
    found: list[Row] = []
    for group, label in term_groups(rows, term):
        curve = group_curve(rows, term, group, level)
        middle = quantile(curve)
        exact_lower, exact_upper = exact_quantile_limits(rows, curve)
        whose = group_columns(rows, term, group)
        reached = NOT_REACHED if np.isnan(middle.value) else ""
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "n": whose["n"],
                "events": whose["events"],
                "rows": whose["rows"],
                "median": middle.value,
                "lower": middle.lower,
                "upper": middle.upper,
                "lower_exact": exact_lower,
                "upper_exact": exact_upper,
                "level": level,
                **group_columns(rows, term, group),
                **origin(
                    rows,
                    reached,
                    conditional_words(rows, term, group),
                    exact_words(rows),
                    *group_notes(rows, term, group),
                ),
            }
        )
    return found


def rmst_rows(rows: AnalysisRows, term: str, level: float, wanted: float) -> list[Row]:
    """Return ``rmst.csv``: restricted means to ``wanted`` months, or to the shortest group's longest follow-up.

    Each group after the first has the difference to the first, with limits and a two-sided P value. Without an event
    before its end a restricted mean has no standard error and no limits; where nobody is under observation so early
    there is none.
    """
    z = float(ndtri(0.5 + level / 2.0))
    until = common_horizon(rows, term, wanted)
    found: list[Row] = []
    first: Rmst | None = None
    for group, label in term_groups(rows, term):
        area, notes = rmst_of(rows, term, group, until)
        difference = None if first is None else rmst_difference(area, first, level)
        first = area if first is None else first
        std_error = area.std_error if area.std_error > 0.0 else np.nan
        found.append(
            {
                "endpoint": rows.endpoint,
                "term": term,
                "group": label,
                "until": until,
                "rmst": area.value,
                "lower": area.value - z * std_error,
                "upper": area.value + z * std_error,
                "std_error": std_error,
                "level": level,
                **difference_columns(difference),
                **group_columns(rows, term, group),
                **origin(rows, *notes, *group_notes(rows, term, group)),
            }
        )
    return found


def rmst_of(rows: AnalysisRows, term: str, group: str, until: float) -> tuple[Rmst, tuple[str, ...]]:
    """Return a group's restricted mean, NaN where it is not known, and what a reader must know of it."""
    conditional = conditional_words(rows, term, group)
    try:
        area = group_rmst(rows, term, group, until)
    except ValueError as error:
        return Rmst(math.nan, math.nan), (str(error), conditional)
    return area, (no_event_words(area, ""), conditional)


def difference_columns(difference: RmstDifference | None) -> dict[str, float]:
    """Return the difference to the first group with its limits and P value; empty cells where there is none."""
    absent = RmstDifference(*[math.nan] * 6) if difference is None else difference
    return {
        "difference": absent.value,
        "difference_lower": absent.lower,
        "difference_upper": absent.upper,
        "p_value": absent.p_value,
    }


def common_horizon(rows: AnalysisRows, term: str, wanted: float) -> float:
    """Return the latest month, at most ``wanted``, to which every group's curve is known."""
    ends = [of_group(rows, term, group).last_follow_up for group, _ in term_groups(rows, term)]
    return min(wanted, *ends)


def follow_up_row(rows: AnalysisRows, level: float) -> Row:
    """Return ``followup.csv``: the reverse Kaplan-Meier median, those who have the event at a month at risk in it.

    ``median_deaths_first`` takes them as gone before others are censored at that month.
    """
    whole = rows.one_each
    inside = watched(whole, "", "")
    of_rows = (whole.time[inside], whole.event[inside])
    late = part(whole, inside)
    found = follow_up(*of_rows, level=level, **late)
    gone = follow_up(*of_rows, level=level, **late, deaths_first=True)
    differs = "" if found.value == gone.value or np.isnan(found.value) else f" (deaths first: {gone.value:.1f})"
    return {
        "endpoint": rows.endpoint,
        "median": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "median_deaths_first": gone.value,
        "level": level,
        **group_columns(rows, "", ""),
        **origin(
            rows,
            f"those with the event at a month are at risk of being censored in it, as in R{differs}",
            conditional_words(rows, "", ""),
            rows.basis_note(),
        ),
    }
