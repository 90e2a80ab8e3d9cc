"""Survival never rises, and the median is where it passes one half.

Kaplan & Meier 1958, J Am Stat Assoc 53:457: the estimate is a non-increasing step function.
"""

from collections.abc import Iterator
from itertools import pairwise

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import Landmark, PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.curves import one_curve
from escc_bayes.foundation.sentence import counted

RULE = "monotone survival"


def monotone_survival(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the landmarks of each curve with each other and with its median."""
    book = ledger or Ledger()
    for position, curve in enumerate(study.survivals):
        same = [other for other in study.survivals[position:] if one_curve(curve, other)]
        if any(one_curve(curve, other) for other in study.survivals[:position]):
            continue
        book.made(sum(len(other.landmarks) for other in same))
        points = sorted(((mark, other) for other in same for mark in other.landmarks), key=lambda point: point[0].t)
        for early, late in pairwise(points):
            yield from falling(study, *early, *late)
        for median in same:
            for marks in same:
                yield from median_side(study, median, marks)


def falling(
    study: Study, early: Landmark, first: PublishedSurvival, late: Landmark, second: PublishedSurvival
) -> Iterator[Finding]:
    """Report survival that rises, or two values at one time."""
    twice = early.t == late.t and not interval(late.s).meets(interval(early.s))
    if twice or interval(late.s).low > interval(early.s).high:
        verb = "is" if twice else "rises from"
        at = counted(late.t, "month")
        statement = f"{first.endpoint} {verb} {early.s} at {early.t} {'and' if twice else 'to'} {late.s} at {at}."
        place = first.place if first is second else f"{first.place}, {second.place}"
        yield Finding(
            study.id, RULE, "impossible", statement, f"{late.s} {'is not' if twice else '>'} {early.s}", place
        )


def median_side(study: Study, curve: PublishedSurvival, marks: PublishedSurvival) -> Iterator[Finding]:
    """Report a landmark on the wrong side of one half, given the median of the curve."""
    for landmark in marks.landmarks:
        s = interval(landmark.s)
        wrong = ""
        if curve.median_reached is False and s.high < 0.5:
            wrong = "the median is said not to be reached"
        if curve.median is not None:
            median = interval(curve.median, whole="rounded")
            if float(landmark.t) > median.high and s.low > 0.5:
                wrong = f"the median is {counted(curve.median, 'month')}, so survival is at most 0.5 from then on"
            if float(landmark.t) < median.low and s.high < 0.5:
                wrong = f"the median is {counted(curve.median, 'month')}, so survival is at least 0.5 until then"
        if wrong:
            statement = f"{curve.endpoint} is {landmark.s} at {counted(landmark.t, 'month')}, but {wrong}."
            arithmetic = f"{landmark.s} stands for {s.low:g} to {s.high:g}, on the wrong side of 0.5"
            yield Finding(study.id, RULE, "impossible", statement, arithmetic, marks.place)
