"""Events of one arm, placed so that Kaplan-Meier passes through what is printed, among given censored patients.

Between two printed points n are at risk and c are censored. d events lower survival by a factor between 1 - d / n (all
before the first censoring) and 1 - d / (n - c) (all after the last); where in between is a matter of their order, and
moving the censored changes it in small steps. docs/methods/arm_level.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.data.rounding import Interval
from escc_bayes.evidence.arm_level.curve import Anchor
from escc_bayes.evidence.arm_level.follow_up import FollowUp
from escc_bayes.hazard.piecewise import FloatArray

HALVINGS = 40
STEEPEST = 5.0
MOST_LOST = 6
# Numbers of events to try.
COUNTS = 4
# Nobody has an event before this month.
SHORTEST = 0.1
# How much of a tilt acts between printed points; the rest acts after the last, where nothing is printed.
BETWEEN = 0.3


@dataclass(frozen=True, slots=True)
class Arm:
    """Patients of one arm: months, and 1 = event or 0 = censored; in order of time."""

    time: FloatArray
    event: FloatArray


@dataclass(frozen=True, slots=True)
class Part:
    """What happened between two printed points: event and censoring months, and survival at its end.

    ``gap`` : how far that is from what is printed.
    """

    events: FloatArray
    censored: FloatArray
    survival: float
    gap: float


def arm_through(
    anchors: tuple[Anchor, ...],
    n: int,
    censored: FloatArray,
    tail: float,
    follow_up: FollowUp,
    tilt: float,
    rng: np.random.Generator,
    *,
    fixed: bool = False,
) -> Arm:
    """Return ``n`` patients whose curve passes through the anchors.

    Parameters
    ----------
    censored : (m,) months; n - m patients have the event. A few may be moved between two printed points, or to
        before the next one where no whole number of events gives its survival.
    tail, follow_up : hazard after the last anchor, and until when patients may be followed.
    tilt : events between anchors come later where it is positive, earlier where it is negative.
    fixed : the censored stay where they are; the events move instead.
    """
    left, survival, previous = n, 1.0, 0.0
    waiting = np.sort(censored)
    events: list[FloatArray] = []
    gone: list[FloatArray] = []
    for anchor in anchors:
        inside, waiting = waiting[waiting < anchor.month], waiting[waiting >= anchor.month]
        part, inside, waiting = passed(anchor, previous, left, survival, inside, waiting, tilt, rng, fixed=fixed)
        events.append(part.events)
        gone.append(part.censored)
        left -= part.events.size + inside.size
        survival, previous = part.survival, anchor.month
    events.append(after(previous, left, waiting, tail, follow_up, rng))
    died, lost = np.concatenate(events), np.concatenate([*gone, waiting])
    time = np.concatenate([died, lost])
    event = np.repeat([1.0, 0.0], [died.size, lost.size])
    order = np.lexsort((-event, time))
    return Arm(time[order], event[order])


def passed(
    anchor: Anchor,
    start: float,
    left: int,
    survival: float,
    inside: FloatArray,
    waiting: FloatArray,
    tilt: float,
    rng: np.random.Generator,
    *,
    fixed: bool,
) -> tuple[Part, FloatArray, FloatArray]:
    """Return what happens up to an anchor, the censored inside and those still waiting."""
    for _ in range(MOST_LOST):
        counts = possible_counts(anchor, left, survival, inside.size)
        if counts.size or not waiting.size or fixed:
            break
        inside, waiting = np.append(inside, rng.uniform(start, anchor.month)), waiting[1:]
    # A patient may have to be censored for every event that is left over.
    wanted = round((left - inside.size / 2.0) * (1.0 - anchor.middle / survival))
    most = left - inside.size - waiting.size
    # Those that move the censored least come first.
    nearest = counts[np.argsort(np.abs(counts - wanted), kind="stable")][:COUNTS] if counts.size else [wanted]
    parts: list[Part] = []
    for count in nearest:
        told = int(np.clip(count, 0, max(most, 0)))
        parts.append(part_with(told, anchor, start, left, survival, inside, tilt, rng, fixed=fixed))
        if parts[-1].gap == 0.0:
            break
    return min(parts, key=lambda part: part.gap), inside, waiting


def possible_counts(anchor: Anchor, left: int, survival: float, censored: int) -> FloatArray:
    """Return the whole numbers of events with which survival can end inside the anchor's interval."""
    low, high = allowed(anchor, left, survival, censored)
    least = (left - censored) * (1.0 - high / survival)
    most = left * (1.0 - low / survival)
    return np.arange(np.ceil(max(least, 0.0) - 1e-9), np.floor(most + 1e-9) + 1.0)


def allowed(anchor: Anchor, left: int, survival: float, censored: int) -> Interval:
    """Return where survival may end; at a median, at or below one half by less than the worth of one event.

    Where a rate follows the median at once, whole events must lead from one to the other.
    """
    if not anchor.crossing:
        return anchor.survival
    one_event = 0.5 / max((left - censored) * 0.5 / survival, 1.0)
    least, (low, high) = 0.5 - one_event / (1.0 + 2.0 * one_event) + 1e-6, anchor.survival
    if low <= 0.0:
        return Interval(least, 0.5)
    between = np.floor((0.5 - high) / one_event + 1e-9) * one_event
    return (
        Interval(max(low + between, least), min(high + between, 0.5))
        if high + between > least
        else Interval(least, 0.5)
    )


def part_with(
    count: int,
    anchor: Anchor,
    start: float,
    left: int,
    survival: float,
    inside: FloatArray,
    tilt: float,
    rng: np.random.Generator,
    *,
    fixed: bool,
) -> Part:
    """Return events and censorings in an order that ends inside the anchor's interval, or as near as it can.

    What moves keeps its order: shares of the interval are raised to a power, which is found by halving.
    """
    start = max(start, min(SHORTEST, 0.5 * anchor.month))
    length = anchor.month - start
    shares = ((np.arange(count) + rng.random(count)) / max(count, 1)) ** np.exp(-BETWEEN * tilt)
    base = np.clip(np.sort((inside - start) / length), 1e-9, 1.0 - 1e-9)
    low, high = allowed(anchor, left, survival, inside.size)
    steep, flat, best, nearest = -STEEPEST, STEEPEST, None, np.inf
    for _ in range(HALVINGS if inside.size and count else 1):
        power = (steep + flat) / 2.0 if inside.size and count else 0.0
        events = start + length * (shares ** np.exp(-power) if fixed else shares)
        if anchor.crossing and count:
            events[-1] = anchor.month
        moved = inside if fixed else start + length * base ** np.exp(power)
        end = survival_after(events, moved, left, survival)
        # The event at a median is the one that crosses one half.
        before = survival_after(events[:-1], moved, left, survival) if anchor.crossing else 1.0
        gap = max(low - end, end - high, 0.5 + 1e-9 - before, 0.0)
        if gap < nearest:
            best, nearest = Part(events, moved, end, gap), gap
        if gap == 0.0:
            break
        # A larger power moves the censored before the events, so that fewer are at risk and survival ends lower.
        steep, flat = (power, flat) if end > high + 1e-12 else (steep, power)
    assert best is not None
    return best


def survival_after(events: FloatArray, censored: FloatArray, left: int, survival: float) -> float:
    """Return the Kaplan-Meier estimate after events among ``left`` patients at risk."""
    if not events.size:
        return survival
    at_risk = left - np.arange(events.size) - np.searchsorted(np.sort(censored), np.sort(events), side="left")
    return float(survival * np.prod(1.0 - 1.0 / np.maximum(at_risk, 1)))


def after(
    start: float, left: int, waiting: FloatArray, tail: float, follow_up: FollowUp, rng: np.random.Generator
) -> FloatArray:
    """Return the events after the last anchor: of ``left`` patients, all but those ``waiting`` to be censored.

    Density exp(-tail t) P(C > t): events under a constant hazard among patients still followed.
    """
    count = left - waiting.size
    if count <= 0:
        return np.zeros(0)
    edges = np.linspace(start, max(follow_up.longest, float(waiting.max(initial=0.0)), 1.05 * start + 0.5), 401)
    months = (edges[1:] + edges[:-1]) / 2.0
    first = max(follow_up.shortest, start)
    still = np.clip((follow_up.longest - months) / max(follow_up.longest - first, 1e-6), 1e-3, 1.0)
    law = np.concatenate(([0.0], np.cumsum(np.exp(-tail * (months - start)) * still)))
    return np.interp((np.arange(count) + rng.random(count)) / count, law / law[-1], edges)
