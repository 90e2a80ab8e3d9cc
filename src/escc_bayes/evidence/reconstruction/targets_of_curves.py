"""Targets of printed curves: landmarks, medians with their limits, follow-up and events."""

from collections.abc import Iterator
from decimal import Decimal

from scipy.special import ndtri

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.layout import ArmLayout, Layout
from escc_bayes.evidence.reconstruction.target import DEFAULT_LEVEL, CurveKey, Key, Target
from escc_bayes.evidence.reconstruction.target_places import endpoint_of, number_of


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
