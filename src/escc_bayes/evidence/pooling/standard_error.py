"""The standard error of a printed log hazard ratio: printed itself, from the interval, or from an exact P value.

Sides and level come from the quote where the keys do not say them. A P value is worth its rounding: where the digits
of HR and P leave the error uncertain by more than a quarter, the widest reading is taken (HR 1.01 with P = 0.80 is not
worth 2,600 events). Parmar 1998, Stat Med 17:2815; docs/methods/pooling.md.
"""

import math
from typing import Literal, NamedTuple

from scipy.special import ndtri

from escc_bayes.data.published import PublishedEstimate
from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.pooling.published_effect import log_hr_from_interval, log_hr_from_p
from escc_bayes.evidence.quotes.estimate import USUAL_LEVEL, PrintedP, level_of, p_of
from escc_bayes.evidence.rules.wald import log_interval, size

UNCERTAIN = 1.25
"""Widest over central standard error above which the widest is taken."""

EDGE = 0.95
"""Share of a rounding interval that is read: digits at its very edge are left out."""


class StandardError(NamedTuple):
    """A standard error, or None; from what it was computed; and what must be said of it, if anything."""

    se: float | None
    source: str
    said: str = ""


def standard_error(e: PublishedEstimate) -> StandardError:
    """Return the standard error of a printed log hazard ratio, and what it was computed from.

    In this order: printed itself, from the interval at its level, from an exact P value (two-sided unless keys or quote
    say one-sided). A lower limit that rounds to 0 gives none, nor does a bound as P < 0.001; a ratio of 1 has none
    from P.
    """
    assert e.value is not None
    if e.se_log_hr is not None:
        return StandardError(float(e.se_log_hr), "printed standard error")
    if e.ci_low and e.ci_high is not None:
        level = level_of(e)
        limits = float(e.ci_low), float(e.ci_high)
        return StandardError(
            log_hr_from_interval(float(e.value), *limits, ci_level=level)[1], f"{100 * level:g} % interval"
        )
    printed = p_of(e)
    p = None if printed is None or not printed.exact else sum(printed.values) / 2.0
    if printed is None or p is None or not 0 < p < 1 or e.value == 1 or e.p == 0:
        return StandardError(None, "neither interval nor exact P value")
    if printed.one_sided and 2 * p >= 1:
        return StandardError(None, "one-sided P value of one half or more")
    return from_p(e, printed, p)


def from_p(e: PublishedEstimate, printed: PrintedP, p: float) -> StandardError:
    """Return the standard error of an exact P value, the widest if rounding leaves it uncertain."""
    sides: Literal["one", "two"] = "one" if printed.one_sided else "two"
    se = log_hr_from_p(float(e.value or 1), p, sides=sides)[1]
    low, high = readings(e, printed, p)
    source = f"exact P value, {sides}-sided"
    if high <= UNCERTAIN * se:
        return StandardError(se, source)
    said = (
        f"HR {e.value} with {printed.words} leaves a standard error of {low:.3f} to {high:.3f} by rounding; the widest "
        "is taken"
    )
    return StandardError(high, f"{source}, widest reading", said)


def readings(e: PublishedEstimate, printed: PrintedP, p: float) -> tuple[float, float]:
    """Return the least and the largest standard error that the digits allow."""
    inner = Interval(*(p + EDGE * (edge - p) for edge in printed.values))
    middle, edges = math.log(float(e.value or 1)), log_interval(e.value)
    effect = size(Interval(*(middle + EDGE * (edge - middle) for edge in edges)))
    tail = 1.0 if printed.one_sided else 2.0
    z_low, z_high = (-float(ndtri(edge / tail)) for edge in (inner.high, inner.low))
    return effect.low / z_high, effect.high / z_low if z_low > 0 else math.inf


__all__ = ["USUAL_LEVEL", "StandardError", "standard_error"]
