"""What the values of a sentence are of: an endpoint, and medians or the months of its rates.

"median OS", "the 1- and 2-year OS rates", "OS at 12 and 24 months", "the corresponding PFS rates".
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.evidence.endpoints import NAMES, SURVIVAL, endpoint

NUMBER = r"\d+(?:\.\d+)?"
OF_SURVIVAL = "|".join(rf"(?:{NAMES[name]})" for name in SURVIVAL)
ALSO = rf"(?:[ (,]+(?:{OF_SURVIVAL})\)?)?"
WHAT = rf"(?P<what>{OF_SURVIVAL}|(?<!free )(?<!specific )survival(?! of)(?![- ](?:free|benefit)))"
FIRST = rf"(?:(?P<first>{OF_SURVIVAL}){ALSO}(?: rates?)? and (?:{NUMBER}[- ](?:year|month) )?)?"
MEDIAN = re.compile(
    rf"(?<![A-Za-z])(?:median (?:estimated |observed |actuarial |kaplan-meier )?{WHAT}"
    rf"|(?P<short>m(?:OS|PFS|DFS|EFS|RFS))){ALSO}(?![A-Za-z])",
    re.I,
)
UNIT = r"(?:months?|mo|m|years?|yrs?|yr|y)"
TIME = rf"(?:{NUMBER}|one|two|three|five)(?:[- ]?{UNIT}\b)?-?"
TIMES = rf"(?P<times>{TIME}(?:(?:, ?(?:and )?| and |/| ?or ){TIME}){{0,4}})"
RATES = (
    re.compile(rf"(?<![\d.]){TIMES}[ -](?:[a-z]+ ){{0,2}}?{FIRST}{WHAT}{ALSO}(?: rates?| probabilit(?:y|ies))?", re.I),
    re.compile(rf"(?<![A-Za-z]){FIRST}{WHAT}{ALSO}(?: rates?| probabilit(?:y|ies))? (?:was |were )?at {TIMES}", re.I),
    re.compile(rf"(?<![A-Za-z])at {TIMES},? (?:the )?{FIRST}{WHAT}{ALSO}(?: rates?)?", re.I),
)
IN_BRACKETS = re.compile(
    rf"(?<![A-Za-z]){WHAT}{ALSO} ?\((?:median[ ,:]+)?(?={NUMBER} ?(?:months?|mo\b|m\b|vs?\b|versus))", re.I
)
MEDIAN_IN_BRACKETS = re.compile(rf"\((?:median[ ,:]+)(?={NUMBER} ?(?:months?|mo\b|m\b|vs?\b|versus))", re.I)
AFTER_TIME = re.compile(
    rf"(?:,|\band\b|,? whereas|;) (?:the )?{WHAT}{ALSO}(?: rates?)? ?(?:was |were |of )?(?=[(]?{NUMBER} ?%)", re.I
)
"""An endpoint that goes on without a time: "at 24 months, PFS was 57.5 % and OS 75 %"."""

WITH_MEDIANS = re.compile(rf"\bwith (?:an? )?medians? (?:of |at )?(?={NUMBER} ?(?:months?|mo\b|v|and|to))", re.I)
"""Medians behind what a sentence said of an endpoint: "PFS favoured A, with medians of 5.7 and 5.5 months"."""

CORRESPONDING = re.compile(rf"(?:corresponding|respective) {WHAT}{ALSO}(?: rates?)?", re.I)
YEAR = Decimal(12)
SPELLED = {"one": "1", "two": "2", "three": "3", "five": "5"}


class Head(NamedTuple):
    """What values are of: an endpoint, at which months (none: medians), where the words end; ``first`` before it."""

    endpoint: str
    months: tuple[Decimal, ...]
    start: int
    end: int
    first: str = ""


def heads_of(text: str) -> list[Head]:
    """Return what a sentence gives medians or rates of, in its order."""
    found = [Head(name_of(match["what"] or match["short"][1:]), (), *match.span()) for match in MEDIAN.finditer(text)]
    for match in IN_BRACKETS.finditer(text):
        if not any(head.start < match.end() and match.start() < head.end for head in found):
            found.append(Head(name_of(match["what"]), (), *match.span()))
    for form in RATES:
        for match in form.finditer(text):
            months = times_of(match["times"])
            if months and not any(head.start < match.end() and match.start() < head.end for head in found):
                first = name_of(match["first"]) if match["first"] else ""
                found.append(Head(name_of(match["what"]), months, *match.span(), first=first))
    return sorted([*found, *more_heads(text, found)], key=lambda head: head.start)


def more_heads(text: str, found: Sequence[Head]) -> Iterator[Head]:
    """Yield heads that rest on what stands before: "OS was longer (median, 13 v 11 months", "the corresponding PFS"."""
    for match in (*MEDIAN_IN_BRACKETS.finditer(text), *WITH_MEDIANS.finditer(text)):
        named = list(re.finditer(rf"(?<![A-Za-z]){WHAT}", text[: match.start()], re.I))
        if named and not any(head.start < match.end() and match.start() < head.end for head in found):
            yield Head(name_of(named[-1]["what"]), (), *match.span())
    for match in CORRESPONDING.finditer(text):
        before = [head for head in found if head.end <= match.start() and head.months]
        if before:
            yield Head(name_of(match["what"]), before[-1].months, *match.span())
    for match in AFTER_TIME.finditer(text):
        before = [head for head in found if head.end <= match.start()]
        free = not any(head.start < match.end() and match.start("what") < head.end for head in found)
        if free and before and len(before[-1].months) == 1 and "%" in text[before[-1].end : match.start()]:
            yield Head(name_of(match["what"]), before[-1].months, *match.span())


def name_of(words: str) -> str:
    """Return the endpoint that words name; "survival" alone is overall survival."""
    return "OS" if words.casefold() == "survival" else endpoint(words)


def times_of(text: str) -> tuple[Decimal, ...]:
    """Return the months that a list of times names, by the unit that stands last.

    Examples
    --------
    >>> times_of("1- and 2-year"), times_of("12 months")
    ((Decimal('12'), Decimal('24')), (Decimal('12'),))
    """
    units = re.findall(rf"(?:(?<=\d)|(?<=\W)|(?<=one|two)){UNIT}\b", re.sub(r"\band\b|\bor\b", ",", text), re.I)
    if not units:
        return ()
    scale = YEAR if units[-1].casefold().startswith("y") else Decimal(1)
    words = re.findall(rf"{NUMBER}|one|two|three|five", text, re.I)
    return tuple(scale * Decimal(SPELLED.get(word.casefold(), word)) for word in words)
