"""When patients were followed no longer: uniform accrual before a data cut, solved from what is printed.

A potential follow-up C is uniform on [a, b]; censored are those with C before their event: density g(c) S(c).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.evidence.arm_level.curve import Curve
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

type Expected = Callable[[FollowUp], float]

GRID = 400
# Shortest as a share of longest follow-up, where the median follow-up is not printed.
SHORTEST = 0.25
# Half the width of follow-up as a share of its median: from nearly one date to nearly from zero on.
NARROW, WIDE = 0.02, 0.98


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Potential follow-up uniform on [``shortest``, ``longest``] months."""

    shortest: float
    longest: float

    def grid(self) -> FloatArray:
        """Return months over which the censored are spread, at the middle of equal parts."""
        edges = np.linspace(self.shortest, self.longest, GRID + 1)
        return np.asarray((edges[1:] + edges[:-1]) / 2.0)

    def censored_share(self, curve: Curve) -> float:
        """Return the share of patients whose follow-up ends before their event."""
        return float(curve.survival(self.grid()).mean())

    def events_by(self, curve: Curve, month: float) -> float:
        """Return the share of patients whose event is seen by a month."""
        return float(1.0 - curve.survival(np.minimum(self.grid(), month)).mean())

    def censored_months(self, curve: Curve, count: int, rng: np.random.Generator) -> FloatArray:
        """Return months of ``count`` censored patients, one drawn in each of ``count`` equal parts of their law."""
        if count == 0:
            return np.zeros(0)
        months = self.grid()
        share = np.concatenate(([0.0], np.cumsum(curve.survival(months))))
        edges = np.linspace(self.shortest, self.longest, GRID + 1)
        drawn = (np.arange(count) + rng.random(count)) / count
        return np.interp(drawn, share / share[-1], edges)


def solve_follow_up(
    curves: tuple[Curve, ...], sizes: tuple[int, ...], events: float | None, median: float | None, default: float
) -> FollowUp:
    """Return the follow-up that gives as many events and the median follow-up; the events alone if not both.

    Parameters
    ----------
    events : of all arms together; None: unknown.
    median : follow-up in months, printed; None: unknown. Papers print the median of the observed times under the same
        words, which is shorter: beside it the events cannot be had, and they decide.
    default : longest follow-up in months where neither is known.
    """
    total = sum(sizes)

    def expected(follow_up: FollowUp) -> float:
        return total - sum(n * follow_up.censored_share(curve) for n, curve in zip(sizes, curves, strict=True))

    around_median = spread(median, expected, events) if median is not None else None
    if around_median is not None:
        return around_median
    if events is None:
        return FollowUp(SHORTEST * default, default)

    def missing(longest: float) -> float:
        return expected(FollowUp(SHORTEST * longest, longest)) - events

    low, high = 0.1 * default, 40.0 * default
    if missing(low) >= 0.0 or missing(high) <= 0.0:
        chosen = low if missing(low) >= 0.0 else high
        return FollowUp(SHORTEST * chosen, chosen)
    longest = root(missing, low, high, relative=1e-9)
    return FollowUp(SHORTEST * longest, longest)


def spread(median: float, expected: Expected, events: float | None) -> FollowUp | None:
    """Return a follow-up around its median, as wide as the events want; half as wide as it can be without them.

    None where no width gives the events.
    """

    def around(width: float) -> FollowUp:
        return FollowUp(median * (1.0 - width), median * (1.0 + width))

    def missing(width: float) -> float:
        return expected(around(width)) - (events or 0.0)

    if events is None:
        return around(0.5)
    if missing(NARROW) * missing(WIDE) >= 0.0:
        return None
    return around(root(missing, NARROW, WIDE, relative=1e-9))
