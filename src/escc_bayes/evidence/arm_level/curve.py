"""A printed curve as a continuous one: cumulative hazard linear between printed points, one assumed after."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from escc_bayes.data.published import PublishedSurvival
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.hazard.piecewise import FloatArray

# What nobody prints: the hazard after the last printed point, as a multiple of that before it (SD of its logarithm).
TAIL_LOG_SD = 0.15
# Months within which hardly anybody has the event.
NEAR = 0.3
# Survival at the end of follow-up where neither a median nor a rate is printed.
UNKNOWN_END = 0.6


@dataclass(frozen=True, slots=True)
class Anchor:
    """Survival at ``month`` lies in ``survival``; ``crossing``: it first comes down to one half there."""

    month: float
    survival: Interval
    crossing: bool = False

    @property
    def middle(self) -> float:
        """The survival that the print stands for."""
        low = max(self.survival.low, 0.49) if self.crossing else self.survival.low
        return max((low + self.survival.high) / 2.0, 1e-3)


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival exp(-H(t)): H is linear between ``months`` (0 first) and has slope ``tail`` after the last."""

    months: FloatArray
    hazards: FloatArray
    tail: float

    def tilted(self, tilt: float) -> "Curve":
        """Return the curve whose hazard after the last point is exp(-tilt) times as large."""
        return replace(self, tail=self.tail * float(np.exp(-tilt)))

    def survival(self, at: FloatArray) -> FloatArray:
        """Return survival at months."""
        beyond = np.maximum(at - self.months[-1], 0.0)
        return np.asarray(np.exp(-np.interp(at, self.months, self.hazards) - self.tail * beyond))


def anchors_of(curve: PublishedSurvival, rng: np.random.Generator) -> tuple[Anchor, ...]:
    """Return rates and median of a printed curve in the order of time; the median at a month that prints so.

    A median and a rate at nearly the same month must not contradict each other: the median lies before the first rate
    below one half and after the last above it.
    """
    rates = [Anchor(float(mark.t), within(interval(mark.s))) for mark in curve.landmarks if float(mark.t) > 0.0]
    if curve.median is not None:
        low, high = interval(curve.median, whole="rounded")
        above = [a.month for a in rates if a.survival.low > 0.5]
        below = [a.month for a in rates if a.survival.high <= 0.5]
        low, high = max([low, *above]), min([high, *below])
        rates.append(Anchor(float(rng.uniform(low, max(high, low))), Interval(0.0, 0.5), crossing=True))
    return without_contradiction(tuple(sorted(rates, key=lambda a: (a.month, not a.crossing))))


def without_contradiction(anchors: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    """Return the anchors; a median just before a rate below one half ends where that rate is."""
    found = list(anchors)
    for k, (one, following) in enumerate(pairwise(anchors)):
        if one.crossing and following.month - one.month < NEAR:
            low, high = following.survival.low, min(following.survival.high, 0.5)
            found[k] = replace(one, survival=Interval(low, high))
    return tuple(found)


def within(printed: Interval) -> Interval:
    """Return a rate's interval inside 0 and 1."""
    return Interval(max(printed.low, 0.0), min(printed.high, 1.0))


def curve_through(anchors: tuple[Anchor, ...], end: float, rng: np.random.Generator, *, above_half: bool) -> Curve:
    """Return the curve through anchors, with a hazard after the last that is drawn near the one before.

    Parameters
    ----------
    end : months of follow-up.
    above_half : the median was not reached by then.
    """
    months = np.array([0.0, *(a.month for a in anchors)])
    hazards = np.maximum.accumulate(np.array([0.0, *(-np.log(a.middle) for a in anchors)]))
    if months.size == 1:
        return Curve(months, hazards, -np.log(UNKNOWN_END) / end)
    since = max(months[-1] - months[-2], 1e-6)
    steep = (hazards[-1] - hazards[-2]) / since if since > 0.1 * months[-1] else hazards[-1] / months[-1]
    tail = max(steep, 0.2 * hazards[-1] / months[-1]) * float(np.exp(rng.normal(0.0, TAIL_LOG_SD)))
    if above_half and end > months[-1]:
        tail = min(tail, 0.9 * max(np.log(2.0) - hazards[-1], 0.0) / (end - months[-1]))
    return Curve(months, hazards, tail)
