"""Survival never rises, and the median is where it passes one half.

Kaplan & Meier 1958, J Am Stat Assoc 53:457: the estimate is a non-increasing step function.
"""

from collections.abc import Iterator
from itertools import pairwise

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding

RULE = "monotone survival"


def monotone_survival(study: Study) -> Iterator[Finding]:
    """Compare the landmarks of each curve with each other and with its median."""
    for curve in study.survivals:
        points = sorted(curve.landmarks, key=lambda landmark: landmark.t)
        for early, late in pairwise(points):
            if interval(late.s).low > interval(early.s).high:
                statement = f"{curve.endpoint} rises from {early.s} at {early.t} to {late.s} at {late.t} months."
                yield Finding(study.id, RULE, "contradiction", statement, f"{late.s} > {early.s}", curve.place)
        yield from median_side(study, curve)


def median_side(study: Study, curve: PublishedSurvival) -> Iterator[Finding]:
    """Report a landmark on the wrong side of one half."""
    for landmark in curve.landmarks:
        s = interval(landmark.s)
        wrong = ""
        if curve.median_reached is False and s.high < 0.5:
            wrong = "the median is said not to be reached"
        if curve.median is not None:
            median = interval(curve.median, whole="rounded")
            if float(landmark.t) > median.high and s.low > 0.5:
                wrong = f"the median is {curve.median} months, so survival is at most 0.5 from then on"
            if float(landmark.t) < median.low and s.high < 0.5:
                wrong = f"the median is {curve.median} months, so survival is at least 0.5 until then"
        if wrong:
            statement = f"{curve.endpoint} is {landmark.s} at {landmark.t} months, but {wrong}."
            arithmetic = f"{landmark.s} stands for {s.low:g} to {s.high:g}, on the wrong side of 0.5"
            yield Finding(study.id, RULE, "contradiction", statement, arithmetic, curve.place)
