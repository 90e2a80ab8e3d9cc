"""A printed difference of two percentages against the two themselves, and its limits against their counts.

SE of a difference: sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2). Newcombe 1998, Stat Med 17:873.
"""

import math
import re
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate, PublishedNumber, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.number_names import words
from escc_bayes.evidence.rules.wald import normal_quantile

RULE = "rate differences"
NARROW = 0.8
"""Least share of the usual width that any method in use has; Newcombe's and score limits are hardly narrower."""

N = r"\d{1,3}(?:\.\d+)?"
PERCENT = rf"(?<![\d.])(?P<percent>{N}) ?%(?! ?-?(?:CI|confidence|points?))"
PRINTED = re.compile(
    rf"(?:difference|reduction|increase|improvement|gain)s?\b[^.;\d%]{{0,50}}?(?P<value>-?{N}) ?"
    r"(?:%|percentage[- ]points?|per ?cent points?)"
    rf"(?:[ ,;(\[]*(?P<level>\d\d(?:\.\d+)?) ?% ?CI[:,=]? ?(?P<low>-?{N}) ?%? ?(?:-|to|,) ?(?P<high>-?{N}))?",
    re.IGNORECASE,
)
MODELLED = re.compile(
    r"stratif|adjust|weighted|mantel|cochran|model|regression|standardi[sz]|matched|pooled|relative|hazard|risk of",
    re.IGNORECASE,
)
"""Words beside which a difference is not the plain one of two shares, or no difference of shares at all."""


class Share(NamedTuple):
    """A percentage: the values behind it, its count and size where printed, and its words."""

    values: Interval
    n: int | None
    words: str


def differences_against_rates(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each difference of two percentages that one sentence prints with them."""
    book = ledger or Ledger()
    seen: set[str] = set()
    entries: tuple[PublishedEstimate | PublishedNumber, ...] = (*study.estimates, *study.numbers)
    for entry in entries:
        text = read_quote(entry.quote).text
        found = list(PRINTED.finditer(text))
        if entry.quote in seen or len(found) != 1 or not about_difference(entry):
            continue
        seen.add(entry.quote)
        both = shares_of(text, found[0])
        if len(both) != 2:
            continue
        book.made()
        yield from value(study, entry.place, text, found[0], both)


def about_difference(entry: PublishedEstimate | PublishedNumber) -> bool:
    """Whether an entry is of a difference, or of something that its sentence prints beside one."""
    return isinstance(entry, PublishedNumber) or bool({"difference", "rd", "ard"} & set(words(entry.measure)))


def shares_of(text: str, difference: re.Match[str]) -> list[Share]:
    """Return the percentages of a sentence that are neither the difference nor its limits."""
    quote = read_quote(text)
    found: list[Share] = []
    for match in re.finditer(PERCENT, text, re.IGNORECASE):
        if difference.start() <= match.start() < difference.end():
            continue
        own = next(
            (s for s in quote.shares if s.start <= match.start() < s.end and s.percent == match["percent"]), None
        )
        if own is not None and own.of:
            found.append(exactly(own.patients, own.of))
        else:
            found.append(Share(interval(match["percent"], whole="rounded"), None, f"{match['percent']} %"))
    return found


def exactly(patients: int, of: int) -> Share:
    """Return a share whose count and size are printed."""
    percent = 100.0 * patients / of
    return Share(Interval(percent, percent), of, f"{patients}/{of} = {percent:.2f} %")


def value(study: Study, place: str, text: str, found: re.Match[str], both: list[Share]) -> Iterator[Finding]:
    """Report a difference that the two shares do not give, and limits narrower than their counts allow."""
    printed = interval(found["value"], whole="rounded")
    sides = [Interval(a.values.low - b.values.high, a.values.high - b.values.low) for a, b in permutations(both)]
    # A difference of two printed percentages may be of them or of what stands behind; both lie in these intervals.
    if not any(side.meets(printed) for side in sides):
        severity: Severity = "ask the authors" if MODELLED.search(text) else "impossible"
        larger = max(sides, key=lambda side: side.high)
        yield Finding(
            study.id,
            RULE,
            severity,
            f"A difference of {found['value']} percentage points stands beside {both[0].words} and {both[1].words}.",
            f"they differ by {larger.low:.2f} to {larger.high:.2f}"
            + ("" if severity == "impossible" else "; an adjusted difference may be another"),
            place,
        )
    elif found["low"] and all(share.n for share in both):
        yield from limits(study, place, found, both)


def limits(study: Study, place: str, found: re.Match[str], both: list[Share]) -> Iterator[Finding]:
    """Report limits of a difference that are much narrower than its counts allow."""
    level = float(found["level"]) / 100.0
    low, high = (interval(found[key], whole="rounded") for key in ("low", "high"))
    variances = [sum(share.values) / 200 * (1 - sum(share.values) / 200) / (share.n or 1) for share in both]
    usual = 2 * normal_quantile(level) * 100 * math.sqrt(sum(variances))
    if high.high - low.low < NARROW * usual:
        yield Finding(
            study.id,
            RULE,
            "ask the authors",
            f"The limits {found['low']} and {found['high']} of a difference are {high.high - low.low:.1f} wide; counts "
            f"of {both[0].n} and {both[1].n} patients give {usual:.1f}.",
            f"2 z sqrt(p1 (1 - p1) / n1 + p2 (1 - p2) / n2) = {usual:.2f} at {100 * level:g} %",
            place,
        )
