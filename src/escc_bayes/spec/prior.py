"""Priors in the words of a statistician, and what each says as a sentence.

A clinical statement such as "hazard ratio 1.0, 97.5 % point 4.0" becomes a normal on the log scale.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.foundation import checks
from escc_bayes.foundation.careful import careful_class
from escc_bayes.foundation.errors import SpecError

# Standard normal 97.5 % point.
Z975 = 1.959963984540054
# On a log scale: what a mean and a standard deviation of a prior may be, and the scale of a half-normal.
MOST_MEAN, LEAST_SD, MOST_SD, MOST_SCALE = 50.0, 1e-6, 100.0, 20.0
# The log hazard ratio of a number is per unit of that number, whose size may be anything.
LEAST_PER_UNIT, MOST_PER_UNIT = 1e-15, 1e15
# Beyond this a hazard ratio is no number to read, or none that a computer holds.
READABLE = 300.0


def refuse_no_prior(name: str, mean: float, sd: float) -> None:
    """Raise ``SpecError`` unless the mean is finite and the standard deviation finite and above 0."""
    if not math.isfinite(mean):
        raise SpecError(f"{name}: mean is {mean}; give a finite number")
    if not 0.0 < sd < math.inf:
        raise SpecError(f"{name}: sd is {sd}; give a finite number above 0")


@careful_class
@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with ``mean`` and ``sd``."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        refuse_no_prior("Normal", self.mean, self.sd)

    def hazard_ratio_words(self) -> str:
        """Say a normal on a log hazard ratio as a median and a 95 % range; one per tiny unit on the log scale."""
        if abs(self.mean) + Z975 * self.sd > READABLE:
            return f"log hazard ratio with mean {self.mean:g} and SD {self.sd:g} (per unit: state scale in the schema)"
        low, high = math.exp(self.mean - Z975 * self.sd), math.exp(self.mean + Z975 * self.sd)
        return f"hazard ratio {math.exp(self.mean):.2f}, 95 % prior interval {low:.2f} to {high:.2f}"


@careful_class
@dataclass(frozen=True, slots=True)
class Location(Normal):
    """A normal on a number that is no log hazard ratio."""


# Where a prior plays no part.
NEUTRAL = Normal(0.0, 1.0)


@careful_class
@dataclass(frozen=True, slots=True)
class HalfNormal:
    """Half-normal on a standard deviation, with scale ``sd``."""

    sd: float

    def __post_init__(self) -> None:
        refuse_no_prior("HalfNormal", 0.0, self.sd)

    def words(self) -> str:
        """Say the median and the 97.5 % point."""
        median, upper = 0.6744898 * self.sd, 2.241403 * self.sd
        return f"half-normal with scale {self.sd:g} (median {median:.2f}, 97.5 % point {upper:.2f})"


@careful_class
@dataclass(frozen=True, slots=True)
class HalfCauchy:
    """Half-Cauchy on a scale, with median ``scale``."""

    scale: float

    def __post_init__(self) -> None:
        refuse_no_prior("HalfCauchy", 0.0, self.scale)


@dataclass(frozen=True, slots=True)
class LogGamma:
    """Independent logarithms of gamma variables of mean 1, over their SD, a parameter called ``scale``.

    The smaller it is, the nearer they are to standard normals.
    """

    scale: str


@careful_class
@dataclass(frozen=True, slots=True)
class Slab:
    """Normal about 0 with ``sd`` on the effects that a shrinking prior lets escape."""

    sd: float

    def __post_init__(self) -> None:
        refuse_no_prior("Slab", 0.0, self.sd)


@dataclass(frozen=True, slots=True)
class Gamma:
    """Gamma on a rate per month: ``shape`` events in ``rate`` person-months."""

    shape: float
    rate: float


@dataclass(frozen=True, slots=True)
class SurvivalStatement:
    """Survival of whom the baseline describes: at month ``at``, ``median`` and 2.5 % point ``lower``."""

    at: float
    median: float
    lower: float

    @property
    def log_hazard_median(self) -> float:
        """Log cumulative hazard at the median."""
        return math.log(-math.log(self.median))

    @property
    def log_hazard_upper(self) -> float:
        """Log cumulative hazard at the lower bound of survival: its 97.5 % point."""
        return math.log(-math.log(self.lower))

    @property
    def log_hazard_sd(self) -> float:
        """SD of the normal on log cumulative hazard that has these two quantiles."""
        return (self.log_hazard_upper - self.log_hazard_median) / Z975


def pair(value: object, where: str) -> tuple[float, float]:
    """Return a list of two numbers."""
    if not isinstance(value, list) or len(value) != 2:
        raise SpecError(f"{where}: expected two numbers [a, b], was given {value!r}")
    return checks.number(value[0], where), checks.number(value[1], where)


def normal_from(value: object, where: str) -> Normal:
    """Return a normal from ``[mean, sd]``; the sd must be above 0."""
    mean, sd = mean_from(value, where)
    return Normal(mean, sd_from(sd, f"{where}, sd", MOST_SD))


def mean_from(value: object, where: str) -> tuple[float, float]:
    """Return ``[mean, sd]`` with a mean that a log hazard ratio can have."""
    mean, sd = pair(value, where)
    if not abs(mean) <= MOST_MEAN:
        raise SpecError(f"{where}: a mean of {mean:g} is beyond any on a log scale; {MOST_MEAN:g} is the most")
    return mean, sd


def sd_from(value: object, where: str, most: float) -> float:
    """Return a standard deviation on a log scale, of a size that a hazard can have."""
    sd = checks.number(value, where, above=0.0)
    if not LEAST_SD <= sd <= most:
        raise SpecError(
            f"{where}: must be from {LEAST_SD:g} to {most:g}, was given {sd:g}; on a log scale 0.5 is much (hazards "
            "that differ by a factor of 1.6), 10 says nothing; the size of a number belongs into scale of the schema"
        )
    return sd


def plain_normal(value: object, where: str) -> Normal:
    """Return the normal of ``{ normal = [mean, sd] }``, the only form allowed."""
    raw = checks.table(value, where)
    checks.refuse_unknown_keys(raw, ("normal",), where)
    if "normal" not in raw:
        raise SpecError(f"{where}: expected {{ normal = [mean, sd] }}, was given {raw!r}")
    return normal_from(raw["normal"], where)


def effect_prior(value: object, where: str) -> Normal:
    """Return the normal on a log hazard ratio that a prior table states.

    Either ``{ normal = [mean, sd] }`` or ``{ hr_median = 1.0, hr_upper = 4.0 }`` (97.5 % point).
    """
    raw = checks.table(value, where)
    checks.refuse_unknown_keys(raw, ("normal", "hr_median", "hr_upper", "evidence"), where)
    if "normal" in raw and len(raw) == 1:
        return normal_from(raw["normal"], where)
    if set(raw) == {"hr_median", "hr_upper"}:
        return clinical_normal(raw, where)
    raise SpecError(
        f"{where}: state a prior as {{ normal = [mean, sd] }} on the log hazard ratio, as "
        f'{{ hr_median = 1.0, hr_upper = 4.0 }}, or as {{ evidence = "rt_added" }}; was given {raw!r}'
    )


def per_unit_prior(value: object, where: str) -> Normal:
    """Return the normal on the log hazard ratio per unit of a number, whose size may be anything."""
    raw = checks.table(value, where)
    if set(raw) != {"normal"}:
        return effect_prior(raw, where)
    mean, sd = mean_from(raw["normal"], where)
    return Normal(mean, checks.number(sd, f"{where}, sd", above=LEAST_PER_UNIT, below=MOST_PER_UNIT))


def clinical_normal(raw: Mapping[str, object], where: str) -> Normal:
    """Return the normal whose median and 97.5 % point, as hazard ratios, are those stated."""
    median = checks.number(raw["hr_median"], f"{where}, hr_median", above=0.0)
    upper = checks.number(raw["hr_upper"], f"{where}, hr_upper", above=0.0)
    if not upper > median:
        raise SpecError(f"{where}: hr_upper ({upper:g}) must be above hr_median ({median:g})")
    sd_from((math.log(upper) - math.log(median)) / Z975, f"{where}, SD of the log hazard ratio", MOST_SD)
    return Normal(math.log(median), math.log(upper / median) / Z975)


def half_normal(value: object, where: str) -> HalfNormal:
    """Return the half-normal of ``{ halfnormal = scale }``."""
    raw = checks.table(value, where)
    checks.refuse_unknown_keys(raw, ("halfnormal",), where)
    if "halfnormal" not in raw:
        raise SpecError(f"{where}: expected {{ halfnormal = scale }}, was given {raw!r}")
    return HalfNormal(sd_from(raw["halfnormal"], f"{where}, halfnormal", MOST_SCALE))


def gamma(value: object, where: str) -> Gamma:
    """Return the gamma of ``{ gamma = [shape, rate] }``, rate in person-months."""
    raw = checks.table(value, where)
    checks.refuse_unknown_keys(raw, ("gamma",), where)
    shape, rate = pair(raw.get("gamma"), where)
    return Gamma(checks.number(shape, where, above=0.0), checks.number(rate, where, above=0.0))


def survival_statement(value: object, where: str) -> SurvivalStatement:
    """Return a clinical statement on survival: ``{ at = 12.0, median = 0.85, lower = 0.60 }``."""
    raw = checks.table(value, where)
    checks.refuse_unknown_keys(raw, ("at", "median", "lower"), where)
    for key in ("at", "median", "lower"):
        if key not in raw:
            raise SpecError(f"{where}: the key '{key}' is missing; write {{ at = 12.0, median = 0.85, lower = 0.60 }}")
    at = checks.number(raw["at"], f"{where}, at", above=0.0)
    median = checks.number(raw["median"], f"{where}, median", above=0.0, below=1.0)
    lower = checks.number(raw["lower"], f"{where}, lower", above=0.0, below=1.0)
    if not lower < median:
        raise SpecError(f"{where}: lower ({lower:g}) must be below median ({median:g})")
    return SurvivalStatement(at, median, lower)
