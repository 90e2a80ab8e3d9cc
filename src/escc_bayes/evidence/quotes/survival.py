"""Rates and medians of survival in a sentence: "2-year OS 62 % (95 % CI 57-67)", "median OS was 12.1 months"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

NUMBER = r"\d+(?:\.\d+)?"
TIME = rf"(?P<time>{NUMBER})[- ]?(?P<unit>months?|mo\b|m\b|years?|yrs?|y\b)"
WHAT = (
    r"(?P<what>(?:[A-Za-z]+[- ](?:[a-z]+[- ])?free )?survival|m?(?:OS|PFS|DFS|EFS|RFS|FFS|TTF|LRFS|DMFS|CSS)"
    r"|(?:local|locoregional|loco-regional|distant|disease) control)"
)
PERCENT = rf"(?P<percent>{NUMBER}) ?%(?! ?-?(?:C\.?I|confidence|credible))"
LIMITS = (
    rf"(?:[ ,;(\[]*(?P<level>\d\d(?:\.\d+)?) ?% ?CI[:,=]? ?(?P<low>{NUMBER}) ?%? ?(?:-|to|,|~) ?(?P<high>{NUMBER}))?"
)
FILL = r"(?:[ ,:=(]|rates?\b|was|were|of|at|is|estimates?|reached|the){0,8}"
RATES = (
    re.compile(
        rf"{TIME}[ -](?:the )?(?:overall |actuarial |estimated |cumulative )?{WHAT}{FILL}{PERCENT}{LIMITS}", re.I
    ),
    re.compile(rf"{WHAT}(?: rates?)?(?: was| of)? (?:at )?{TIME}{FILL}{PERCENT}{LIMITS}", re.I),
    re.compile(rf"{WHAT}{FILL}{PERCENT}(?: at) {TIME}", re.I),
)
SEVERAL = re.compile(
    rf"(?P<times>(?:(?:{NUMBER})[- ]?(?:months?|years?|yrs?|yr)?,? ?(?:and )?){{2,6}})"
    rf" (?P<what>[A-Za-z -]{{2,40}}?)(?: rates?)?"
    rf"(?: rates?)? (?:was|were|of) (?P<percents>(?:{NUMBER} ?%?,? ?(?:and )?){{2,6}})",
    re.I,
)
MEDIAN = re.compile(
    rf"(?:median (?:overall |estimated )?{WHAT}|m(?P<short>OS|PFS|DFS|EFS))(?: time)?(?:[ ,:=]|was|of"
    rf"|is|reached|the){{0,5}}"
    rf"(?P<median>{NUMBER}) ?(?:months?|mo\b|m\b)",
    re.I,
)


class Rate(NamedTuple):
    """A printed rate: of what, in per cent, at how many months, with limits where printed."""

    what: str
    months: float
    percent: str
    low: str
    high: str


class Median(NamedTuple):
    """A printed median in months."""

    what: str
    months: str


def in_months(time: str, unit: str) -> float:
    """Return a time in months."""
    return float(time) * (12.0 if unit.casefold().startswith("y") else 1.0)


def rates(text: str) -> tuple[Rate, ...]:
    """Return the rates of a plain sentence.

    Examples
    --------
    >>> rates("2-year OS 62 % (95 % CI 57-67)")[0]
    Rate(what='OS', months=24.0, percent='62', low='57', high='67')
    >>> [rate[1:3] for rate in rates("1-year, 2-year, and 3-year OS rates were 85.7%, 62.3%, and 56.2%")]
    [(12.0, '85.7'), (24.0, '62.3'), (36.0, '56.2')]
    """
    several = tuple(rate for found in SEVERAL.finditer(text) for rate in in_order(found))
    return several or tuple(rate for form in RATES for found in form.finditer(text) for rate in one(found))


def one(found: re.Match[str]) -> Iterator[Rate]:
    """Yield the one rate of a match."""
    limits = found.groupdict()
    months = in_months(found["time"], found["unit"])
    yield Rate(found["what"], months, found["percent"], limits.get("low") or "", limits.get("high") or "")


def in_order(found: re.Match[str]) -> Iterator[Rate]:
    """Yield as many rates as times, where a sentence lists both."""
    unit = re.findall(r"[a-z]+", found["times"].replace("and", ""), re.I)
    times, percents = re.findall(NUMBER, found["times"]), re.findall(NUMBER, found["percents"])
    if unit and "%" in found["percents"] and len(times) == len(percents):
        for time, percent in zip(times, percents, strict=True):
            yield Rate(found["what"].strip(), in_months(time, unit[-1]), percent, "", "")


def medians(text: str) -> tuple[Median, ...]:
    """Return the medians of a plain sentence.

    Examples
    --------
    >>> medians("mOS of 17.7 months and a 3-year OS rate of 29.7%")
    (Median(what='OS', months='17.7'),)
    """
    return tuple(Median(found["what"] or found["short"], found["median"]) for found in MEDIAN.finditer(text))
