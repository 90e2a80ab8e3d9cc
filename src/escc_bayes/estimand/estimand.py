"""What is asked: hazard ratios, survival at a month, medians, differences in restricted mean survival.

``population`` says whose covariates are averaged over: ``group`` = the patients of the group as they are (what a
Kaplan-Meier curve of the group shows), ``everyone`` = all patients analysed, each set to the group (standardised).
"""

from dataclasses import dataclass
from typing import assert_never

from escc_bayes.foundation.errors import EstimandError

POPULATIONS = ("group", "everyone")


@dataclass(frozen=True, slots=True)
class HazardRatio:
    """The hazard of ``level`` over that of ``versus``; for numbers, per ``per`` units.

    Attributes
    ----------
    term : covariate.
    level, versus : levels; ``versus`` absent: the reference.
    per : units of a continuous covariate; absent: its scale.
    """

    term: str
    level: str | None = None
    versus: str | None = None
    per: float | None = None


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """Survival at ``time`` months: of all, or of a ``group`` of ``term``."""

    time: float
    term: str = ""
    group: str = ""
    population: str = "group"

    def __post_init__(self) -> None:
        check_population(self.population)
        if not self.time > 0.0:
            raise EstimandError(f"SurvivalAt: time must be above 0 months, was given {self.time:g}")


@dataclass(frozen=True, slots=True)
class MedianSurvival:
    """Median survival in months: of all, or of a ``group`` of ``term``."""

    term: str = ""
    group: str = ""
    population: str = "group"

    def __post_init__(self) -> None:
        check_population(self.population)


@dataclass(frozen=True, slots=True)
class RMSTDifference:
    """Restricted mean survival time to ``until`` months: ``level`` minus ``versus`` of ``term``."""

    term: str
    level: str
    versus: str
    until: float
    population: str = "group"

    def __post_init__(self) -> None:
        check_population(self.population)
        if not self.until > 0.0:
            raise EstimandError(f"RMSTDifference: until must be above 0 months, was given {self.until:g}")


type Estimand = HazardRatio | SurvivalAt | MedianSurvival | RMSTDifference


def check_population(population: str) -> None:
    """Raise ``EstimandError`` for a population that is neither ``group`` nor ``everyone``."""
    if population not in POPULATIONS:
        raise EstimandError(f"population '{population}' is not possible; one of {', '.join(POPULATIONS)}")


def groups_named(estimand: Estimand) -> tuple[str, ...]:
    """Return the groups that an estimand compares or shows; none for a number, or for all patients."""
    match estimand:
        case HazardRatio() | RMSTDifference():
            return tuple(level for level in (estimand.level, estimand.versus) if level is not None)
        case _:
            return (estimand.group,) if estimand.group else ()


def contrast_words(estimand: Estimand) -> str:
    """Return the contrast or group as tables print it: ``III vs II``, ``per 10``, ``III``, or nothing for all."""
    match estimand:
        case HazardRatio(per=per) if per is not None:
            return f"per {per:g}"
        case HazardRatio() | RMSTDifference():
            return f"{estimand.level} vs {estimand.versus}"
        case SurvivalAt() | MedianSurvival():
            return estimand.group
        case _:
            assert_never(estimand)
