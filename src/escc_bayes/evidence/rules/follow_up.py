"""Follow-up against itself and the study's dates: nobody is followed longer than from the first entry to the print.

The minimum is no larger than the median, the median no larger than the maximum; a rate is read within the follow-up.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from escc_bayes.data.published import Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.moments import KEYS
from escc_bayes.evidence.rules.number_names import words
from escc_bayes.evidence.rules.study_dates import Entry, entry_of, printed_at
from escc_bayes.foundation.sentence import counted

RULE = "follow-up"
SLACK, YEAR = 1.0, 12.0
"""Months: a date without its day, a month of 30 or 31 days; a year."""

OWN = frozenset({"follow", "up", "followup", "time", "months"})
"""Words of a follow-up of all patients; any other may be of some of them."""

OF_OTHERS = re.compile(r"meta-?analys|pooled|systematic|network|literature", re.IGNORECASE)
EARLIER = re.compile(
    r"\bfrom (?:the (?:date|time) of )?(?:first |initial )?(?:diagnosis|birth|surgery|onset)", re.IGNORECASE
)
"""Words of a clock that starts before patients enter."""


CALLED = {"min": "shortest", "median": "median", "max": "longest"}


class FollowUp(NamedTuple):
    """One printed follow-up in months: its shortest, median or longest, and where it stands."""

    kind: str
    text: str
    low: float
    high: float
    place: str


def follow_up_and_dates(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare follow-ups with one another and with the study's dates, and the times of rates with both."""
    book = ledger or Ledger()
    printed = list(follow_ups(study))
    book.made(len(printed))
    yield from out_of_order(study, printed)
    yield from beyond_dates(study, printed, book)
    yield from rates_beyond(study, printed, book)


def follow_ups(study: Study) -> Iterator[FollowUp]:
    """Yield the follow-ups that numbers and curves print; those of subgroups and of other times are numbers too."""
    for number in study.numbers:
        named = words(number.name)
        kinds = {KEYS[word] for word in named if word in KEYS} & {"min", "median", "max"}
        if len(kinds) == 1 and set(named) - set(KEYS) <= OWN and {"followup", "follow"} & set(named):
            scale = YEAR if number.unit.casefold().startswith("year") else 1.0
            low, high = interval(number.value, whole="rounded")
            yield FollowUp(kinds.pop(), f"{scale * float(number.value):g}", scale * low, scale * high, number.place)
    for curve in study.survivals:
        if curve.followup_median is not None:
            low, high = interval(curve.followup_median, whole="rounded")
            yield FollowUp("median", f"{curve.followup_median}", low, high, curve.place)


def out_of_order(study: Study, printed: list[FollowUp]) -> Iterator[Finding]:
    """Report a shortest follow-up above a median, and a median above the longest."""
    order = list(CALLED)
    for one in printed:
        for other in printed:
            if order.index(one.kind) < order.index(other.kind) and one.low > other.high:
                yield Finding(
                    study.id,
                    RULE,
                    "impossible",
                    f"The {CALLED[one.kind]} follow-up is {counted(one.text, 'month')}, the {CALLED[other.kind]} "
                    f"{other.text}.",
                    f"{one.text} > {other.text}",
                    f"{one.place}, {other.place}",
                )


def dates(study: Study) -> tuple[Entry | None, int | None]:
    """Return when patients entered and the study was printed; nothing where a clock may start before the entry."""
    texts = (study.population, study.design, *(curve.time_origin for curve in study.survivals))
    quotes = [curve.quote for curve in study.survivals] + [number.quote for number in study.numbers]
    said = " ".join([*texts, *quotes])
    if OF_OTHERS.search(f"{study.design} {study.citation}") or EARLIER.search(said):
        return None, None
    return entry_of(study), printed_at(study)


def beyond_dates(study: Study, printed: list[FollowUp], book: Ledger) -> Iterator[Finding]:
    """Report a follow-up longer than from the first entry to the end of the year of print."""
    entry, end = dates(study)
    if entry is None or end is None:
        return
    for one in printed:
        book.made()
        start, word = (entry.last, "last") if one.kind == "min" else (entry.first, "first")
        if one.low > end - start + SLACK:
            yield Finding(
                study.id,
                RULE,
                "impossible",
                f"The {CALLED[one.kind]} follow-up is {counted(one.text, 'month')}, but at most {end - start} lie "
                f"between the {word} entry and the end of the year in which it was printed.",
                f"entry {entry.said}, printed {study.year}: {one.low:g} > {end - start}",
                one.place,
            )


def rates_beyond(study: Study, printed: list[FollowUp], book: Ledger) -> Iterator[Finding]:
    """Report a rate at a time that nobody was followed to, by the dates or by the longest follow-up."""
    entry, end = dates(study)
    span = None if entry is None or end is None else end - entry.first + SLACK
    longest = max((one.high for one in printed if one.kind == "max"), default=None)
    for curve in study.survivals:
        for mark in curve.landmarks:
            t = float(mark.t)
            book.made(span is not None or longest is not None)
            if span is not None and t > span and entry is not None:
                at = counted(mark.t, "month")
                statement = f"{curve.arm}, {curve.endpoint}: a rate at {at}, but the study lasted {span:g}."
                arithmetic = f"entry {entry.said}, printed {study.year}: {t:g} > {span:g}"
                yield Finding(study.id, RULE, "impossible", statement, arithmetic, curve.place)
            elif longest is not None and t > longest and mark.s > 0:
                statement = (
                    f"{curve.arm}, {curve.endpoint}: a rate at {counted(mark.t, 'month')}, but the longest follow-up "
                    f"is {counted(longest, 'month')}."
                )
                arithmetic = f"{t:g} > {longest:g}; a curve beyond its last patient is unknown"
                yield Finding(study.id, RULE, "ask the authors", statement, arithmetic, curve.place)
