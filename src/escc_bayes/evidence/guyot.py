"""Patients from a figure: times and events that give back a digitised Kaplan-Meier curve and its numbers at risk.

Guyot, Ades, Ouwens & Welton 2012, BMC Med Res Methodol 12:9. Symbols: S_k curve, d_k events, c_k censored, n_k at risk;
d_k = round(n_k (1 - S_k / S^hat)) with S^hat the curve that the events so far give. docs/methods/guyot.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.evidence.curve_units import refuse_other_units
from escc_bayes.evidence.digitised import DigitisedCurve, NumbersAtRisk
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray

PROVENANCE = "reconstructed"
# Months by which what drops at a printed month is put before it.
JUST_BEFORE = 0.01
# A reading so far from what numbers at risk and events allow is no noise.
CONTRADICTION = 0.05
# Patients tried for each change of an event.
TRIED = 24


@dataclass(frozen=True, slots=True)
class ArmFromCurve:
    """One arm's patients, reconstructed, and how well they give back what was printed.

    Attributes
    ----------
    time, event : (n,) months, and 1 = event or 0 = censored; in order of time.
    curve, at_risk : what they were made from.
    reproduced : numbers at risk of the reconstructed patients at ``at_risk.time``.
    largest_gap, gap_at : largest distance between their Kaplan-Meier curve and the digitised one, and its month.
    printed_events : the number of events asked for, if any.
    """

    time: FloatArray
    event: FloatArray
    curve: DigitisedCurve
    at_risk: NumbersAtRisk
    reproduced: IntArray
    largest_gap: float
    gap_at: float
    printed_events: int | None

    @property
    def arm(self) -> str:
        """Label."""
        return self.curve.arm

    @property
    def events(self) -> int:
        """Number of events."""
        return int(self.event.sum())

    def sentences(self) -> tuple[str, ...]:
        """Say how well the print is reproduced, and what was put right before."""
        of = "" if self.printed_events is None else f" ({self.printed_events} printed)"
        missed = [
            f"month {t:g}: {found} for {printed}"
            for t, found, printed in zip(self.at_risk.time, self.reproduced, self.at_risk.count, strict=True)
            if found != printed
        ]
        risk = f"missed at {'; '.join(missed)}" if missed else "all reproduced"
        head = (
            f"RECONSTRUCTED arm {self.arm}: {counted(self.time.size, 'patient')}, "
            f"{counted(self.events, 'event')}{of}; Kaplan-Meier within "
            f"{self.largest_gap:.4f} of the digitised curve (furthest at month {self.gap_at:.1f}); numbers at risk: "
            f"{risk}."
        )
        alone = self.at_risk.time.size == 1 and self.printed_events is None
        unknown = (
            f"{self.arm}: neither numbers at risk after month 0 nor the number of events are known, so nobody was "
            "taken to leave before the end of the curve; the events are as many as they can be"
        )
        torn = (
            f"{self.arm}: the curve and the printed numbers contradict each other by {self.largest_gap:.2f}; the "
            "numbers were kept"
        )
        against = [torn] if self.largest_gap > CONTRADICTION else []
        return (head, *against, *([unknown] if alone else []), *(f"{self.arm}: {note}" for note in self.curve.notes))

    def __repr__(self) -> str:
        return "\n  ".join(self.sentences())


@dataclass(frozen=True, slots=True)
class Knots:
    """The curve with a point added at each printed number at risk; ``first`` is the position of these points."""

    time: FloatArray
    survival: FloatArray
    first: IntArray


@dataclass(frozen=True, slots=True)
class Walk:
    """One pass through some knots: events at each, censored after each, and what is left at the end.

    ``left`` patients are at risk after it, ``height`` is their Kaplan-Meier curve, ``times`` those of the censored.
    """

    events: IntArray
    times: FloatArray
    left: int
    height: float


@careful
def patients_from_curve(curve: DigitisedCurve, at_risk: NumbersAtRisk, *, events: int | None = None) -> ArmFromCurve:
    """Reconstruct the patients of one arm.

    Between two printed numbers at risk the number censored is changed until the next number comes out. After the
    last one it is what gives ``events`` in all, or without them follows the mean rate of censoring so far.

    Parameters
    ----------
    curve : from ``digitised_curve`` or ``read_digitised_curves``.
    at_risk : from ``printed_at_risk`` or ``read_numbers_at_risk``.
    events : the number of events printed for this arm, if any.

    Returns
    -------
    ArmFromCurve with one row for each patient at risk at month 0.

    Raises
    ------
    CohortError : more events than patients.

    Examples
    --------
    >>> from escc_bayes.evidence.digitised import digitised_curve, printed_at_risk
    >>> arm = patients_from_curve(digitised_curve([3.0, 6.0], [0.8, 0.6]), printed_at_risk([0.0, 5.0], [10, 7]))
    >>> arm.time[arm.event == 1].round(1), arm.reproduced
    (array([3., 3., 6., 6.]), array([10,  7]))
    """
    patients = int(at_risk.count[0])
    if events is not None and not 0 <= events <= patients:
        raise CohortError(
            f"arm '{curve.arm}': {events} events cannot happen to {counted(patients, 'patient')} at risk at month 0; "
            "correct one"
        )
    refuse_other_units([(curve, at_risk)], "digitised curve")
    ways = [walked(knots_of(read, at_risk), curve, at_risk, events) for read in readings_of(curve, at_risk)]
    return min(ways, key=missed)


def readings_of(curve: DigitisedCurve, at_risk: NumbersAtRisk) -> tuple[DigitisedCurve, ...]:
    """Return the curve with what it drops at a printed month counted before that month, and as it is, counted after.

    A reading at a printed month shows the events of all the time since the reading before; the number at risk there
    counts who is still in. Readings on a grid are taken as before first, others as they are.
    """
    printed = np.isin(curve.time, at_risk.time[1:])
    if not printed.any():
        return (curve,)
    ahead = np.diff(curve.time, prepend=0.0)
    shift = np.where(printed, np.minimum(JUST_BEFORE, ahead / 2.0), 0.0)
    before = replace(curve, time=curve.time - shift)
    steps = ahead[1:]
    on_a_grid = steps.size > 1 and float(np.median(np.abs(steps - np.median(steps)))) < 1e-6
    return (before, curve) if on_a_grid else (curve, before)


def missed(arm: ArmFromCurve) -> tuple[int, float]:
    """Return by how many patients numbers at risk and events are missed, and how far the curve is off."""
    count = int(np.abs(arm.reproduced - arm.at_risk.count).sum())
    if arm.printed_events is not None:
        count += abs(arm.events - arm.printed_events)
    return count, round(arm.largest_gap, 3)


def walked(knots: Knots, curve: DigitisedCurve, at_risk: NumbersAtRisk, events: int | None) -> ArmFromCurve:
    """Pass through the whole curve; numbers at risk and a printed total of events are kept, whatever is read."""
    walks: list[Walk] = []
    left, height = int(at_risk.count[0]), 1.0
    for i in range(at_risk.time.size - 1):
        walks.append(until_next_number(knots, i, int(at_risk.count[i + 1]), left, height))
        left, height = walks[-1].left, walks[-1].height
    walks.append(after_last_number(knots, walks, at_risk, events, left, height))
    return assembled(knots, walks, curve, at_risk, events)


def knots_of(curve: DigitisedCurve, at_risk: NumbersAtRisk) -> Knots:
    """Return the curve with a point at each month that has a number at risk; flat beyond its last point."""
    time = np.union1d(curve.time, at_risk.time)
    survival = curve.survival[np.searchsorted(curve.time, time, side="right") - 1]
    return Knots(time, survival, np.searchsorted(time, at_risk.time))


def walk(time: FloatArray, survival: FloatArray, end: float, censored: int, left: int, height: float) -> Walk:
    """Pass through knots, with ``censored`` patients spread evenly between the first knot and ``end``.

    Those censored after everyone has left are dropped.
    """
    spread = time[0] + (end - time[0]) * np.arange(1, censored + 1) / (censored + 1)
    leaving = np.bincount(np.searchsorted(time, spread, side="right") - 1, minlength=time.size)
    events = np.zeros(time.size, dtype=np.int64)
    kept: list[float] = []
    begin = 0
    for k, target in enumerate(survival):
        died = min(left, max(0, math.floor(left * (1.0 - target / height) + 0.5))) if height > 0.0 else 0
        if died:
            height *= 1.0 - died / left
        left -= died
        events[k] = died
        gone = min(int(leaving[k]), left)
        kept.extend(spread[begin : begin + gone])
        begin += int(leaving[k])
        left -= gone
    return Walk(events, np.array(kept), left, height)


def until_next_number(knots: Knots, i: int, wanted: int, left: int, height: float) -> Walk:
    """Pass from the i-th number at risk to the next, so that ``wanted`` patients remain.

    The number censored is corrected by what is too many or too few, until it returns; then the nearest pass serves.
    """
    begin, stop = int(knots.first[i]), int(knots.first[i + 1])
    time, survival, end = knots.time[begin:stop], knots.survival[begin:stop], float(knots.time[stop])
    ratio = knots.survival[stop] / survival[0] if survival[0] > 0.0 else 0.0
    tried: dict[int, Walk] = {}
    censored = min(max(0, round(left * ratio) - wanted), left)
    while censored not in tried:
        tried[censored] = walk(time, survival, end, censored, left, height)
        censored = min(max(0, censored + tried[censored].left - wanted), left)
    nearest = min(tried.values(), key=lambda done: abs(done.left - wanted))
    return nearest if nearest.left == wanted else exactly(nearest, time, end, wanted, left, height)


def exactly(near: Walk, time: FloatArray, end: float, wanted: int, left: int, height: float) -> Walk:
    """Return a pass that leaves exactly ``wanted`` patients: the printed number wins over readings.

    Too many are censored at the end; too few are fewer censored, then fewer events, in proportion to those read.
    """
    events, times = near.events, near.times
    if near.left > wanted:
        more = near.left - wanted
        late = end - (end - time[-1]) * np.arange(1, more + 1) / (more + 1.0)
        times = np.sort(np.concatenate([times, late]))
    else:
        times = times[: max(times.size - (wanted - near.left), 0)]
        most = left - wanted - times.size
        read = np.cumsum(near.events)
        if read[-1] > most:
            events = np.diff(np.rint(read * (most / read[-1])).astype(np.int64), prepend=0)
    leaving = np.bincount(np.searchsorted(time, times, side="right") - 1, minlength=time.size)
    at_risk = left - np.concatenate(([0], np.cumsum(events + leaving)[:-1]))
    height *= float(np.prod(1.0 - events / np.maximum(at_risk, 1)))
    return Walk(events, times, wanted, height)


def after_last_number(
    knots: Knots, walks: Sequence[Walk], at_risk: NumbersAtRisk, events: int | None, left: int, height: float
) -> Walk:
    """Pass from the last number at risk to the end of the curve, where those left are censored."""
    inside = slice(int(knots.first[-1]), None)
    time, survival, end = knots.time[inside], knots.survival[inside], float(knots.time[-1])
    if events is None:
        seen = float(at_risk.time[-1])
        rate = sum(before.times.size for before in walks) / seen if seen > 0.0 else 0.0
        return walk(time, survival, end, min(left, round(rate * (end - seen))), left, height)
    wanted = events - sum(int(before.events.sum()) for before in walks)
    if wanted <= 0:
        return walk(time, np.full(time.size, height), end, 0, left, height)
    every = [walk(time, survival, end, censored, left, height) for censored in range(left + 1)]
    return min(every, key=lambda done: (abs(int(done.events.sum()) - wanted), abs(done.height - survival[-1])))


def assembled(
    knots: Knots, walks: Sequence[Walk], curve: DigitisedCurve, at_risk: NumbersAtRisk, events: int | None
) -> ArmFromCurve:
    """Return the patients of all passes, and their distance from the print."""
    died = np.repeat(knots.time, np.concatenate([done.events for done in walks]))
    gone = np.concatenate([*(done.times for done in walks), np.full(walks[-1].left, knots.time[-1])])
    time = np.concatenate([died, gone])
    event = np.repeat([1.0, 0.0], [died.size, gone.size])
    order = np.lexsort((-event, time))
    time, event = time[order], event[order]
    if events is not None:
        event = with_events(time, event, curve, events)
    gap = gap_of(time, event, curve)
    reproduced = np.array([int((time >= t).sum()) for t in at_risk.time])
    for array in (time, event, reproduced):
        array.setflags(write=False)
    furthest = int(gap.argmax())
    return ArmFromCurve(
        time, event, curve, at_risk, reproduced, float(gap[furthest]), float(curve.time[furthest]), events
    )


def gap_of(time: FloatArray, event: FloatArray, curve: DigitisedCurve) -> FloatArray:
    """Return the distance of the patients' Kaplan-Meier curve from every reading."""
    found = kaplan_meier(time, event, level=0.95)
    height = np.concatenate(([1.0], found.survival))[np.searchsorted(found.time, curve.time, side="right")]
    return np.asarray(np.abs(height - curve.survival))


def with_events(time: FloatArray, event: FloatArray, curve: DigitisedCurve, wanted: int) -> FloatArray:
    """Return who had the event so that ``wanted`` had: others leave at the same time, so numbers at risk stay.

    One patient after the other is changed, where the curve stays nearest to its readings (by fourth powers).
    """
    event = event.copy()
    while (gap := int(event.sum()) - wanted) != 0:
        old = 1.0 if gap > 0 else 0.0
        places = np.flatnonzero(event == old)
        places = places[np.unique(np.linspace(0, places.size - 1, min(TRIED, places.size)).round().astype(np.int64))]
        off = []
        for place in places.tolist():
            event[place] = 1.0 - old
            off.append(float((gap_of(time, event, curve) ** 4).sum()))
            event[place] = old
        event[places[int(np.argmin(off))]] = 1.0 - old
    order = np.lexsort((-event, time))
    return event[order]
