"""Restricted mean survival time is an area under a curve of height at most 1: it cannot exceed its horizon.

Printed landmarks bound the area: survival falls from each to the next. Royston & Parmar 2013, BMC Med Res Methodol
13:152.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.number_names import words
from escc_bayes.foundation.sentence import counted

RULE = "rmst"
MEAN = frozenset({"rmst", "rmstd"})
HORIZON = frozenset({"horizon", "tau", "truncation"})
GAIN = frozenset(
    [
        "gain",
        "difference",
        "diff",
        "delta",
        "rmstd",
        "benefit",
        "lower",
        "upper",
        "ci",
        "low",
        "high",
        "p",
        "ratio",
        "se",
        "sd",
    ]
)
IN_NAME = r"_(?:at_(?P<at>\d+)|(?P<n>\d+)_?(?P<unit>m|mo|months?|y|yr|years?)|(?P<bare>\d{2,3}))(?=_|$)"
IN_QUOTE = (
    r"(\d+)[- ]?(months?|years?)[- ](?:RMST|restricted)"
    r"|\b(?:RMST|restricted mean)\b.{0,60}?(?:at|to|of|within|over|=) (\d+)[- ](months?|years?)"
)


def rmst_within_horizon(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare every number called ``rmst..`` with its horizon, and with the landmarks of its arm."""
    book = ledger or Ledger()
    numbers = [number for number in study.numbers if MEAN & set(words(number.name))]
    horizons = [float(number.value) for number in study.numbers if HORIZON & set(words(number.name))]
    for number in numbers:
        limit = horizon(number, horizons)
        book.made(limit is not None)
        if HORIZON & set(words(number.name)) or limit is None:
            continue
        if interval(abs(number.value), whole="rounded").low > limit:
            statement = (
                f"{number.name} = {counted(number.value, 'month')} exceeds its horizon of {counted(limit, 'month')}."
            )
            yield Finding(study.id, RULE, "impossible", statement, f"{abs(number.value)} > {limit:g}", number.place)
        elif not GAIN & set(words(number.name)):
            yield from area(study, number, limit)
    yield from differences(study, numbers)


def differences(study: Study, numbers: list[PublishedNumber]) -> Iterator[Finding]:
    """Report a difference that is not that of the only two RMST printed."""
    means = [number for number in numbers if not (GAIN | HORIZON) & set(words(number.name))]
    gains = [number for number in numbers if {"difference", "diff", "gain"} & set(words(number.name))]
    if len(means) != 2 or len(gains) != 1 or GAIN & set(words(gains[0].name)) - {"difference", "diff", "gain"}:
        return
    one, other, printed = (interval(number.value, whole="rounded") for number in (*means, gains[0]))
    found = Interval(one.low - other.high, one.high - other.low)
    if not found.meets(printed) and not Interval(-found.high, -found.low).meets(printed):
        statement = (
            f"{gains[0].name} = {gains[0].value}, but {means[0].value} - {means[1].value} is another difference."
        )
        arithmetic = f"{found.low:.3g} to {found.high:.3g} beyond rounding"
        places = ", ".join(number.place for number in (*means, gains[0]))
        yield Finding(study.id, RULE, "impossible", statement, arithmetic, places)


def horizon(number: PublishedNumber, horizons: list[float]) -> float | None:
    """Return the horizon in months: of the number's own name, of its quote, or the largest printed."""
    own = re.search(IN_NAME, number.name)
    if own:
        months = 12.0 if (own["unit"] or "").startswith("y") else 1.0
        return months * float(own["at"] or own["n"] or own["bare"])
    said = re.search(IN_QUOTE, number.quote, flags=re.IGNORECASE)
    if said:
        return float(said[1] or said[3]) * (12.0 if (said[2] or said[4]).startswith("y") else 1.0)
    return max(horizons, default=None)


def area(study: Study, number: PublishedNumber, limit: float) -> Iterator[Finding]:
    """Report an RMST that the landmarks of its arm leave no room for."""
    about = set(words(number.name))
    curves = [
        curve
        for curve in study.survivals
        if curve.landmarks and words(curve.arm) and set(words(curve.arm)) <= about and not curve.cutoff
    ]
    named = [curve for curve in curves if endpoint(curve.endpoint).casefold() in about] or [
        curve for curve in curves if endpoint(curve.endpoint) == "OS"
    ]
    if len(named) != 1 or (not {"os", "pfs", "dfs", "efs", "rfs"} & about and len(curves) > 1):
        return
    bounds, printed = area_bounds(named[0], limit), interval(number.value, whole="rounded")
    if not bounds.meets(printed):
        yield Finding(
            study.id,
            RULE,
            "impossible",
            f"{number.name} = {counted(number.value, 'month')}, but the survival printed for {named[0].arm} allows "
            f"{bounds.low:.2f} to {bounds.high:.2f} by {counted(limit, 'month')}.",
            "area below the curve between the steps through its landmarks",
            f"{number.place}, {named[0].place}",
        )


def area_bounds(curve: PublishedSurvival, limit: float) -> Interval:
    """Return the least and the largest area under a falling curve through the landmarks, until ``limit``."""
    marks = sorted((mark for mark in curve.landmarks if float(mark.t) <= limit), key=lambda mark: mark.t)
    later = [interval(mark.s).low for mark in curve.landmarks if float(mark.t) > limit]
    times = [0.0, *(float(mark.t) for mark in marks), limit]
    highs = [1.0, *(interval(mark.s).high for mark in marks)]
    lows = [*(interval(mark.s).low for mark in marks), max(later, default=0.0)]
    spans = [stop - start for start, stop in pairwise(times)]
    return Interval(
        sum(span * s for span, s in zip(spans, lows, strict=True)),
        sum(span * s for span, s in zip(spans, highs, strict=True)),
    )
