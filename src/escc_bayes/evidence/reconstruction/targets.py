"""What the reconstruction aims at: every printed statistic that the layout gives a place among the columns.

A target knows its printed digits as the interval they stand for, and the tolerance at which it counts as matched.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from scipy.special import chdtri, ndtri

from escc_bayes.data.published import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval, split_sign
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.layout import ArmLayout, Count, EndpointLayout, Layout, ReconstructionError
from escc_bayes.foundation.checks import suggestion

CHI2_TOLERANCE, LOG_HR_TOLERANCE, Z_TOLERANCE = 0.05, 0.02, 0.05
HAZARD_RATIOS, TESTS = ("HR",), ("logrank", "logrank 3 groups")
DEFAULT_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class CurveKey:
    """Whose curve: an endpoint, of some levels of a covariate or of those who progressed."""

    endpoint: str
    covariate: str = ""
    levels: tuple[str, ...] = ()
    subset: int = 0


@dataclass(frozen=True, slots=True)
class TestKey:
    """Which log-rank test: endpoint and the number of a contrast."""

    endpoint: str
    contrast: int


@dataclass(frozen=True, slots=True)
class ModelKey:
    """Which Cox model: endpoint and the numbers of its contrasts."""

    endpoint: str
    contrasts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountKey:
    """A count over patients: of an endpoint, or of the rules (no endpoint)."""

    endpoint: str = ""


type Key = CurveKey | TestKey | ModelKey | CountKey


@dataclass(frozen=True, slots=True)
class Target:
    """One printed statistic.

    Attributes
    ----------
    endpoint, name, printed : for the table.
    key, kind, arg, level : what is computed (``problem``); ``level`` is a normal quantile.
    rounding : values that print so. aim : the value to come near; ``matched`` within ``tolerance`` of it.
    unit : ticks per unit of the value, 100 for months, else 1.
    """

    endpoint: str
    name: str
    printed: str
    key: Key
    kind: int
    rounding: Interval
    aim: float
    tolerance: float
    arg: float = 0.0
    level: float = 0.0
    unit: float = 1.0

    @property
    def allowed(self) -> Interval:
        """Values that count as matched: near the aim, or printing the same."""
        return Interval(
            min(self.aim - self.tolerance, self.rounding.low), max(self.aim + self.tolerance, self.rounding.high)
        )

    def distance(self, value: float) -> float:
        """Return how far a value is from those that count as matched."""
        return max(self.allowed.low - value, value - self.allowed.high, 0.0)


def number_of(count: Count | float, study: Study, where: str) -> Decimal:
    """Return a number, or the printed number of that name."""
    if not isinstance(count, str):
        return Decimal(str(count))
    named = {n.name: n.value for n in study.numbers}
    if count not in named:
        raise ReconstructionError(f"{where}: study {study.id} prints no number '{count}'; {suggestion(count, named)}")
    return named[count]


def targets_of(study: Study, layout: Layout) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Return every target, and a sentence for each printed statistic that the layout gives no place.

    Raises
    ------
    ReconstructionError : the layout names a number that the study does not print, or nothing is left to aim at.
    """
    found: list[Target] = []
    unused: list[str] = []
    for curve in study.survivals:
        here = list(survival_targets(curve, layout, study)) if in_cutoff(curve.cutoff, layout) else []
        found += here
        if not here:
            unused.append(f"{curve.place}: not used, the layout has no such curve")
    for estimate in study.estimates:
        here = list(estimate_targets(estimate, layout, study)) if in_cutoff(estimate.cutoff, layout) else []
        found += here
        if not here:
            unused.append(f"{estimate.place}: not used, the layout has no such contrast of all patients")
    found += count_targets(layout, study)
    if not any(isinstance(t.key, CurveKey) for t in found):
        raise ReconstructionError(
            f"{layout.where}: study {study.id} prints no survival of the endpoints "
            f"{', '.join(e.word for e in layout.endpoints)}; a median or a rate is needed to place times"
        )
    return tuple(dict.fromkeys(found)), tuple(unused)


def in_cutoff(printed: str, layout: Layout) -> bool:
    """Return whether an entry belongs to the data cut that the layout names; entries without one always do."""
    return not layout.cutoff or not printed or layout.cutoff in printed


def endpoint_of(word: str, layout: Layout) -> EndpointLayout | None:
    """Return the endpoint with the study's word."""
    return next((e for e in layout.endpoints if e.word == word), None)


def place_of(curve: PublishedSurvival, layout: Layout, study: Study) -> CurveKey | None:
    """Return whose curve this is; None where the layout has no place for it."""
    for arm in layout.arms:
        if arm.name == curve.arm and arm.endpoint in ("", curve.endpoint):
            return arm_key(arm, curve, layout)
    endpoint = endpoint_of(curve.endpoint, layout)
    if endpoint is None or (curve.n is not None and curve.n != number_of(layout.n, study, f"{layout.where}, n")):
        return None
    return CurveKey(endpoint.name)


def arm_key(arm: ArmLayout, curve: PublishedSurvival, layout: Layout) -> CurveKey | None:
    """Return whose curve an arm is."""
    endpoint = endpoint_of(curve.endpoint, layout)
    name = arm.of or (endpoint.name if endpoint is not None else "")
    subset = 0 if arm.subset == "everyone" else 1 + (arm.clock == "progression")
    return CurveKey(name, arm.covariate, arm.levels, subset) if name else None


def survival_targets(curve: PublishedSurvival, layout: Layout, study: Study) -> Iterator[Target]:
    """Yield landmarks, median with limits, follow-up and events of one printed curve."""
    key = place_of(curve, layout, study)
    if key is None:
        return
    whose = "" if key == CurveKey(key.endpoint) else f", {curve.arm}"
    for landmark in curve.landmarks:
        printed = interval(landmark.s)
        yield Target(
            curve.endpoint,
            f"S({landmark.t}){whose}",
            str(landmark.s),
            key,
            kinds.SURVIVAL,
            printed,
            float(landmark.s),
            half_width(printed),
            arg=float(landmark.t) * kinds.TICKS_PER_MONTH,
        )
    yield from median_targets(curve, key, whose)
    if curve.followup_median is not None:
        yield months(curve, key, f"median follow-up{whose}", kinds.FOLLOW_UP, curve.followup_median)
    if curve.events is not None:
        exact = Interval(curve.events, curve.events)
        yield Target(
            curve.endpoint, f"events{whose}", str(curve.events), key, kinds.EVENTS, exact, float(curve.events), 0.0
        )


def half_width(printed: Interval) -> float:
    """Return half the width of the values that print so."""
    return (printed.high - printed.low) / 2.0


def months(
    curve: PublishedSurvival, key: Key, name: str, kind: int, value: Decimal, arg: float = 0.0, level: float = 0.0
) -> Target:
    """Return a target in months; a whole number of months is rounded, not counted."""
    printed = interval(value, whole="rounded")
    return Target(
        curve.endpoint,
        name,
        str(value),
        key,
        kind,
        printed,
        float(value),
        half_width(printed),
        arg=arg,
        level=level,
        unit=kinds.TICKS_PER_MONTH,
    )


def median_targets(curve: PublishedSurvival, key: CurveKey, whose: str) -> Iterator[Target]:
    """Yield the median and its limits, or that it was not reached."""
    if curve.median_reached is False:
        above = Interval(0.5 + 1e-6, 1.0)
        yield Target(curve.endpoint, f"median{whose}", "not reached", key, kinds.NOT_REACHED, above, 0.75, 0.25 - 1e-6)
    if curve.median is None:
        return
    yield months(curve, key, f"median{whose}", kinds.MEDIAN, curve.median)
    z = float(ndtri((1.0 + DEFAULT_LEVEL) / 2.0))
    arg = 1.0 if is_symmetric(curve) else 0.0
    words = "slope" if arg else "log-log"
    if curve.median_ci_low is not None:
        name = f"median, lower limit ({words}){whose}"
        yield months(curve, key, name, kinds.MEDIAN_LOW, curve.median_ci_low, arg, z)
    if curve.median_ci_high is not None:
        name = f"median, upper limit ({words}){whose}"
        yield months(curve, key, name, kinds.MEDIAN_HIGH, curve.median_ci_high, arg, z)


def is_symmetric(curve: PublishedSurvival) -> bool:
    """Return whether the limits of a median are median -+ one distance: a standard error from the curve's slope."""
    if curve.median is None or curve.median_ci_low is None or curve.median_ci_high is None:
        return False
    middle, low, high = (
        interval(v, whole="rounded") for v in (curve.median, curve.median_ci_low, curve.median_ci_high)
    )
    below = Interval(middle.low - low.high, middle.high - low.low)
    return below.meets(Interval(high.low - middle.high, high.high - middle.low))


def estimate_targets(estimate: PublishedEstimate, layout: Layout, study: Study) -> Iterator[Target]:
    """Yield the statistics of one printed effect."""
    endpoint = endpoint_of(estimate.endpoint, layout)
    if endpoint is None or estimate.subgroup:
        return
    if estimate.measure in TESTS:
        yield from test_targets(estimate, layout, endpoint.name)
    elif estimate.measure in HAZARD_RATIOS and estimate.value is not None:
        yield from ratio_targets(estimate, layout, study, endpoint)


def test_targets(estimate: PublishedEstimate, layout: Layout, endpoint: str) -> Iterator[Target]:
    """Yield the chi-square of a log-rank test, from itself or from its P value."""
    groups = estimate.groups or (3 if "3" in estimate.measure else None)
    for number, contrast in enumerate(layout.contrasts):
        if contrast.effect != estimate.effect or groups not in (None, len(contrast.groups)):
            continue
        key, count = TestKey(endpoint, number), len(contrast.groups)
        name = f"log-rank chi2, {contrast.effect}, {count} groups"
        if estimate.chi2 is not None:
            printed, aim, words = interval(estimate.chi2), float(estimate.chi2), str(estimate.chi2)
        else:
            found = quantiles(estimate, partial(chi2_quantile, count - 1))
            if found is None:
                return
            printed, aim, words = found
        yield Target(estimate.endpoint, name, words, key, kinds.LOG_RANK, printed, aim, CHI2_TOLERANCE)
        return


def chi2_quantile(df: int, p: float) -> float:
    """Return the chi-square whose upper tail is ``p``."""
    return float(chdtri(df, p))


def quantiles(estimate: PublishedEstimate, of: Callable[[float], float]) -> tuple[Interval, float, str] | None:
    """Return the interval, the centre and the words of a statistic that only its P value gives."""
    if estimate.p is not None and 0 < estimate.p < 1:
        printed = interval(estimate.p)
        return Interval(of(printed.high), of(max(printed.low, 1e-12))), of(float(estimate.p)), f"P {estimate.p}"
    if estimate.p_text.startswith(("<", "≤")) if estimate.p_text else False:
        bound = of(float(split_sign(str(estimate.p_text))[1]))
        return Interval(bound, math.inf), bound * 1.3, f"P {estimate.p_text}"
    return None


def model_of(
    estimate: PublishedEstimate, layout: Layout, study: Study, endpoint: EndpointLayout
) -> tuple[ModelKey, int] | None:
    """Return the Cox model of a hazard ratio and its column: all adjusted effects of one endpoint share a model.

    None where the layout has no such contrast, or a level that no contrast of the model names: its patients would
    count as the reference.
    """
    ratio = {c.effect: k for k, c in enumerate(layout.contrasts) if c.hazard_ratio}
    if estimate.effect not in ratio:
        return None
    if estimate.adjusted is not True:
        alone = (ratio[estimate.effect],)
        return (ModelKey(endpoint.name, alone), 0) if all_named(layout, alone) else None
    together = [
        ratio[other.effect]
        for other in study.estimates
        if other.endpoint == estimate.endpoint
        and other.adjusted is True
        and other.measure in HAZARD_RATIOS
        and other.effect in ratio
        and other.value is not None
        and not other.subgroup
        and in_cutoff(other.cutoff, layout)
    ]
    columns = tuple(dict.fromkeys(together))
    if not all_named(layout, columns):
        return None
    return ModelKey(endpoint.name, columns), columns.index(ratio[estimate.effect])


def all_named(layout: Layout, contrasts: tuple[int, ...]) -> bool:
    """Return whether the contrasts of a model name every level of their covariates."""
    named: dict[str, set[str]] = {}
    for number in contrasts:
        contrast = layout.contrasts[number]
        named.setdefault(contrast.covariate, set()).update(level for group in contrast.groups for level in group)
    return all(set(layout.covariate(name).levels) <= levels for name, levels in named.items())


def ratio_targets(
    estimate: PublishedEstimate, layout: Layout, study: Study, endpoint: EndpointLayout
) -> Iterator[Target]:
    """Yield a log hazard ratio and its Wald z, from the interval or else from the P value."""
    place = model_of(estimate, layout, study, endpoint)
    if place is None or estimate.value is None:
        return
    key, column = place
    printed = interval(estimate.value, whole="rounded")
    log_printed = Interval(math.log(printed.low), math.log(printed.high))
    log_hr = math.log(float(estimate.value))
    adjusted = "adjusted" if len(key.contrasts) > 1 else "unadjusted"
    name = f"{estimate.effect}, {adjusted}"
    yield Target(
        estimate.endpoint,
        f"log HR, {name}",
        str(estimate.value),
        key,
        kinds.LOG_HR,
        log_printed,
        log_hr,
        LOG_HR_TOLERANCE,
        arg=column,
    )
    found = wald_z(estimate, log_hr, log_printed)
    if found is not None:
        wald, aim, words = found
        yield Target(estimate.endpoint, f"Wald z, {name}", words, key, kinds.WALD_Z, wald, aim, Z_TOLERANCE, arg=column)


def wald_z(estimate: PublishedEstimate, log_hr: float, printed: Interval) -> tuple[Interval, float, str] | None:
    """Return the Wald statistic that a hazard ratio's interval, or its P value, stands for."""
    sign = 1.0 if log_hr >= 0.0 else -1.0
    if estimate.ci_low and estimate.ci_high is not None:
        level = float(estimate.ci_level or DEFAULT_LEVEL)
        quantile = float(ndtri((1.0 + level) / 2.0))
        low, high = interval(estimate.ci_low, whole="rounded"), interval(estimate.ci_high, whole="rounded")
        widths = [math.log(high.low / low.high), math.log(high.high / max(low.low, 1e-9))]
        zs = [2.0 * quantile * value / width for value in printed for width in widths]
        aim = 2.0 * quantile * log_hr / math.log(float(estimate.ci_high / estimate.ci_low))
        return Interval(min(zs), max(zs)), aim, f"{estimate.ci_low}-{estimate.ci_high}"
    found = quantiles(estimate, lambda p: float(ndtri(1.0 - p / 2.0)))
    if found is None:
        return None
    wald, aim, words = found
    ends = sorted((sign * wald.low, sign * wald.high))
    return Interval(*ends), sign * aim, words


def count_targets(layout: Layout, study: Study) -> Iterator[Target]:
    """Yield the number of failures of an endpoint, and that nobody contradicts a rule."""
    for endpoint in layout.endpoints:
        if endpoint.failures == "":
            continue
        value = number_of(endpoint.failures, study, f"{layout.where}, endpoints.{endpoint.name}, failures")
        exact = Interval(float(value), float(value))
        yield Target(
            endpoint.word, "failures", str(value), CountKey(endpoint.name), kinds.PROGRESSED, exact, float(value), 0.0
        )
    if layout.rules:
        none = Interval(0.0, 0.0)
        yield Target("", "patients against a rule", "0", CountKey(), kinds.BROKEN_RULES, none, 0.0, 0.0)
