"""Who stands behind a number and how far they were followed: a group's numbers are judged by the group's follow-up.

Beyond its last follow-up a model extrapolates, whoever else was followed longer. docs/methods/marginal.md.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from escc_bayes.estimand.estimand import (
    Estimand,
    HazardRatio,
    MedianSurvival,
    RMSTDifference,
    SurvivalAt,
    groups_named,
)
from escc_bayes.spec.in_months import Months, in_months
from escc_bayes.spec.rows import AnalysisRows

# A level of a second covariate, (covariate, level); None: all.
type Within = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Behind:
    """Patients, their rows and events of a group, and the month to which the last of them was followed (NaN: nobody).

    ``label`` is empty for everyone.
    """

    label: str
    n: int
    rows: int
    events: int
    last_follow_up: float

    @property
    def whose(self) -> str:
        """The last follow-up in words: ``the last follow-up of B, 11.9 months``."""
        whose = f"the last follow-up of {self.label}," if self.label else "the longest follow-up of"
        return f"{whose} {self.last_follow_up:.1f} months"

    def __str__(self) -> str:
        followed = "" if math.isnan(self.last_follow_up) else f", followed to {self.last_follow_up:.1f} months"
        return f"{self.label}: {self.events} events in {self.n}{followed}"


@dataclass(frozen=True, slots=True)
class Counts:
    """``n``, ``rows``, ``events``, ``last_follow_up`` and ``groups`` of an ``Estimate``."""

    n: int
    rows: int
    events: int
    last_follow_up: float
    groups: str


class Same:
    """Rows that are equal to themselves alone: they never change, and comparing them would cost more than counting."""

    __slots__ = ("rows",)

    def __init__(self, rows: AnalysisRows) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return id(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.rows is self.rows


def of_group(
    rows: AnalysisRows,
    term: str = "",
    group: str = "",
    months: Months | None = None,
    transition: str = "",
    within: Within = None,
) -> Behind:
    """Count a group of a covariate, or everyone, in some months; once, as many estimates ask for the same.

    ``within`` counts those in one level of a second covariate alone.
    """
    return of_same(Same(rows), term, group, months, transition, within)


@lru_cache(maxsize=64)
def of_same(same: Same, term: str, group: str, months: Months | None, transition: str, within: Within) -> Behind:
    """Count a group of a covariate, or everyone: those at risk and the events of a transition, or in ``months``."""
    rows = same.rows.in_transition(transition)
    if within is not None:
        return in_both(rows, term, group, within)
    if months is not None:
        whole = of_same(same, term, group, None, transition, None)
        inside = rows.covariates[term].values == rows.covariates[term].schema.levels.index(group) if group else None
        n, at_risk, events = in_months(rows, months, inside)
        return replace(whole, n=n, rows=at_risk, events=events)
    if not term:
        return Behind("", rows.n, rows.time.size, rows.events, float(rows.time.max()))
    covariate = rows.covariates[term]
    inside = covariate.values == covariate.schema.levels.index(group)
    last = float(rows.time[inside].max()) if inside.any() else math.nan
    return Behind(group, rows.patients_in(inside), int(inside.sum()), int(rows.event[inside].sum()), last)


def in_both(rows: AnalysisRows, term: str, group: str, within: tuple[str, str]) -> Behind:
    """Count the patients of a group, or all, in one level of a second covariate."""
    modifier, level = within
    other = rows.covariates[modifier]
    inside = other.values == other.schema.levels.index(level)
    if group:
        covariate = rows.covariates[term]
        inside &= covariate.values == covariate.schema.levels.index(group)
    last = float(rows.time[inside].max()) if inside.any() else math.nan
    label = f"{group}, {modifier} {level}" if group else f"{modifier} {level}"
    return Behind(label, rows.patients_in(inside), int(inside.sum()), int(rows.event[inside].sum()), last)


def within_of(asked: Estimand, rows: AnalysisRows) -> tuple[tuple[str, str], ...]:
    """Return the levels of a second covariate, (covariate, level), within which a ratio stands; none for most."""
    if not isinstance(asked, HazardRatio) or not asked.modifier:
        return ()
    if not rows.covariates[asked.modifier].schema.categorical:
        return ()
    words = (asked.within, asked.within_versus)
    return tuple((asked.modifier, word) for word in words if word is not None)


def behind(asked: Estimand, rows: AnalysisRows) -> tuple[Behind, ...]:
    """Return who stands behind an estimand: one group, both groups of a contrast, or everyone.

    Examples
    --------
    >>> from escc_bayes import example_cohort
    >>> from escc_bayes.spec.selection import select_rows
    >>> larynx = select_rows(example_cohort("larynx"), "os", ("stage",))
    >>> print(*behind(SurvivalAt(12.0, "stage", "IV"), larynx))
    IV: 11 events in 13, followed to 51.6 months
    """
    within = within_of(asked, rows)
    if within and isinstance(asked, HazardRatio):
        categorical = rows.covariates[asked.term].schema.categorical
        groups = (str(asked.level), str(asked.versus)) if categorical else ("",)
        return tuple(of_group(rows, asked.term, g, None, asked.transition, one) for one in within for g in groups)
    match asked:
        case HazardRatio() if not rows.covariates[asked.term].schema.categorical:
            return (of_group(rows, transition=asked.transition),)
        case HazardRatio(level=level, versus=versus, months=months) if level is not None and versus is not None:
            both = (level, versus)
            first, second = (of_group(rows, asked.term, one, months, asked.transition) for one in both)
            return first, second
        case RMSTDifference(level=level, versus=versus):
            return of_group(rows, asked.term, level), of_group(rows, asked.term, versus)
        case SurvivalAt(group=group) | MedianSurvival(group=group):
            return (of_group(rows, asked.term, group),)
        case _:
            return (of_group(rows),)


def counted(asked: Estimand, rows: AnalysisRows) -> Counts:
    """Return the patients and events behind an estimand, and how far they were followed.

    A hazard ratio comes from everyone in the model, where it changes over time from everyone at risk in its months; a
    difference of two groups has both groups' patients and events, and the shorter follow-up. ``groups`` says each
    group's own.
    """
    found = behind(asked, rows)
    whole = found
    if isinstance(asked, HazardRatio):
        whole = (of_group(rows, months=asked.months, transition=asked.transition),)
    return Counts(
        n=sum(one.n for one in whole),
        rows=sum(one.rows for one in whole),
        events=sum(one.events for one in whole),
        last_follow_up=float(np.min([one.last_follow_up for one in whole])),
        groups="; ".join(str(one) for one in found) if len(found) > 1 else "",
    )


def patients_behind(asked: Estimand, rows: AnalysisRows) -> NDArray[np.bool_] | None:
    """Return who is counted behind an estimand, as a mask (n,); None: everyone."""
    groups = groups_named(asked)
    if isinstance(asked, HazardRatio):
        own = rows.has_states and asked.transition
        return rows.transition_code == rows.transition_names.index(asked.transition) if own else None
    if not groups:
        return None
    covariate = rows.covariates[asked.term]
    codes = [covariate.schema.levels.index(group) for group in groups]
    return np.isin(covariate.values, codes)


def beyond_follow_up(asked: Estimand, numbers: tuple[float, float, float], rows: AnalysisRows) -> str:
    """Say which of value, lower and upper limit of a modelled estimand looks further than its group was followed."""
    match asked:
        case HazardRatio():
            return ""
        case MedianSurvival():
            group = behind(asked, rows)[0]
            return median_words(numbers, group)
        case SurvivalAt(time=reach) | RMSTDifference(until=reach):
            short = [one.whose for one in behind(asked, rows) if reach > one.last_follow_up]
            return f"beyond {' and '.join(short)}: extrapolated" if short else ""


def median_words(numbers: tuple[float, float, float], group: Behind) -> str:
    """Say which of a median and its limits lies beyond the follow-up of its group."""
    names = ("median", "lower limit", "upper limit")
    far = [name for name, number in zip(names, numbers, strict=True) if number > group.last_follow_up]
    return f"{' and '.join(far)} beyond {group.whose}: extrapolated" if far else ""
