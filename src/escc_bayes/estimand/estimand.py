"""What is asked: hazard ratios, survival at a month, medians, differences in restricted mean survival.

``population`` says whose covariates are averaged over: ``group`` = the patients of the group as they are (what a
Kaplan-Meier curve of the group shows), ``everyone`` = all patients analysed, each set to the group (standardised).
"""

import math
from dataclasses import dataclass, replace
from numbers import Real
from typing import assert_never

from escc_bayes.foundation.errors import EstimandError
from escc_bayes.foundation.kinds import readable, told

POPULATIONS = ("group", "everyone")


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """The hazard of ``level`` over that of ``versus``; for numbers, per ``per`` units.

    Attributes
    ----------
    term : covariate.
    level, versus : levels; ``versus`` absent: the reference.
    per : units of a continuous covariate; absent: its scale.
    at : month at which, where the model lets it change over time.
    months : the months (start, stop] in which it holds, which the model knows from ``at``; None: at all times.
    transition : of an illness-death model: ``progression``, ``death_without_progression`` or
        ``death_after_progression``.
    within : where the model lets it differ with another covariate: in that level of it, or at that value; absent:
        the effect common to all levels, where the model has one.
    within_versus : a ratio of hazard ratios: that ``within`` over that in this level, or at this value.
    modifier : the other covariate, which the model knows.

    Examples
    --------
    >>> contrast_words(HazardRatio("stage", "IV", "I", months=(0.0, 12.0)))
    'IV vs I, months 0 to 12'
    >>> contrast_words(HazardRatio("coverage", "rpl", "none", within="IV", within_versus="II", modifier="stage"))
    'rpl vs none, ratio of HRs, stage IV over II'
    """

    term: str
    level: str | None = None
    versus: str | None = None
    per: float | None = None
    at: float | None = None
    months: tuple[float, float] | None = None
    transition: str = ""
    within: str | None = None
    within_versus: str | None = None
    modifier: str = ""

    def __post_init__(self) -> None:
        check_words("HazardRatio", term=self.term, level=self.level, versus=self.versus, transition=self.transition)
        check_words("HazardRatio", within=self.within, within_versus=self.within_versus, modifier=self.modifier)
        if not self.term:
            raise EstimandError('HazardRatio: term is empty; name a covariate, as in HazardRatio("stage", "III")')
        if self.per is not None:
            check_positive("HazardRatio", "per", self.per, "units of the covariate")
        if self.at is not None:
            check_positive("HazardRatio", "at", self.at, "months")


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """Survival at ``time`` months: of all, or of a ``group`` of ``term``.

    Of several endpoints fitted together that of ``endpoint``.
    """

    time: float
    term: str = ""
    group: str = ""
    population: str = "group"
    endpoint: str = ""

    def __post_init__(self) -> None:
        check_words("SurvivalAt", term=self.term, group=self.group, endpoint=self.endpoint)
        check_group("SurvivalAt", self.term, self.group)
        check_population(self.population)
        check_positive("SurvivalAt", "time", self.time, "months")


@dataclass(frozen=True, slots=True)
class MedianSurvival:
    """Median survival in months: of all, or of a ``group`` of ``term``.

    Of several endpoints fitted together that of ``endpoint``.
    """

    term: str = ""
    group: str = ""
    population: str = "group"
    endpoint: str = ""

    def __post_init__(self) -> None:
        check_words("MedianSurvival", term=self.term, group=self.group, endpoint=self.endpoint)
        check_group("MedianSurvival", self.term, self.group)
        check_population(self.population)


@dataclass(frozen=True, slots=True)
class RMSTDifference:
    """Restricted mean survival time to ``until`` months: ``level`` minus ``versus`` of ``term``.

    Of several endpoints fitted together that of ``endpoint``.
    """

    term: str
    level: str
    versus: str
    until: float
    population: str = "group"
    endpoint: str = ""

    def __post_init__(self) -> None:
        check_words("RMSTDifference", term=self.term, level=self.level, versus=self.versus, endpoint=self.endpoint)
        check_population(self.population)
        check_positive("RMSTDifference", "until", self.until, "months")


type Estimand = HazardRatio | SurvivalAt | MedianSurvival | RMSTDifference


def check_words(estimand: str, **given: object) -> None:
    """Raise ``EstimandError`` where a term or level is no word; a level left out is None."""
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise EstimandError(f"{estimand}: {name} is {told(value)}; give the word in quotes, as in the schema")


def check_group(estimand: str, term: str, group: str) -> None:
    """Raise ``EstimandError`` for a group of no covariate: the answer would be that of all."""
    if group and not term:
        raise EstimandError(f"{estimand}: group '{group}' stands without its covariate; give term and group")


def check_positive(estimand: str, name: str, value: object, unit: str) -> None:
    """Raise ``EstimandError`` unless a value is a finite number above 0."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise EstimandError(f"{estimand}: {name} is {told(value)}; give a number of {unit}")
    found = readable(value)
    if not 0.0 < found < math.inf:
        raise EstimandError(f"{estimand}: {name} must be above 0 {unit}, was given {found:g}")


def check_population(population: object) -> None:
    """Raise ``EstimandError`` for a population that is neither ``group`` nor ``everyone``."""
    if not isinstance(population, str) or population not in POPULATIONS:
        raise EstimandError(f"population {told(population)} is not possible; one of {', '.join(POPULATIONS)}")


def groups_named(estimand: Estimand) -> tuple[str, ...]:
    """Return the groups that an estimand compares or shows; none for a number, or for all patients."""
    match estimand:
        case HazardRatio() | RMSTDifference():
            return tuple(level for level in (estimand.level, estimand.versus) if level is not None)
        case _:
            return (estimand.group,) if estimand.group else ()


def contrast_in(estimand: Estimand) -> str:
    """Return the contrast or group with its transition or endpoint, where it names one: ``III vs II, progression``."""
    return ", ".join(word for word in (contrast_words(estimand), part_of(estimand)) if word)


def part_of(estimand: Estimand) -> str:
    """Return the transition, or the endpoint, of which an estimand is; empty where it names none."""
    return estimand.transition if isinstance(estimand, HazardRatio) else estimand.endpoint


def contrast_words(estimand: Estimand) -> str:
    """Return the contrast or group as tables print it: ``III vs II``, ``per 10``, ``III``, or nothing for all.

    With its months where it changes over time: ``III vs II, months 0 to 12``.
    """
    match estimand:
        case HazardRatio(months=(start, stop)):
            when = f"after month {start:g}" if math.isinf(stop) else f"months {start:g} to {stop:g}"
            return f"{contrast_words(replace(estimand, months=None))}, {when}"
        case HazardRatio(modifier=modifier) if modifier:
            return f"{contrast_words(replace(estimand, modifier=''))}, {within_words(estimand)}"
        case HazardRatio(per=per) if per is not None:
            return f"per {per:g}"
        case HazardRatio() | RMSTDifference():
            return f"{estimand.level} vs {estimand.versus}"
        case SurvivalAt() | MedianSurvival():
            return estimand.group
        case _:
            assert_never(estimand)


def within_words(asked: HazardRatio) -> str:
    """Return where a hazard ratio that differs with a modifier stands: in a level, or common to all; or which ratio."""
    if asked.within is None:
        return f"common over {asked.modifier}"
    if asked.within_versus is None:
        return f"{asked.modifier} {asked.within}"
    return f"ratio of HRs, {asked.modifier} {asked.within} over {asked.within_versus}"
