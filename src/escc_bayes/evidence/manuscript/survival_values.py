"""The values behind a head of survival: medians in months and rates in per cent, each with its limits."""

import re
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.evidence.manuscript.estimates import ratios_of
from escc_bayes.evidence.manuscript.survival_heads import NUMBER, UNIT, WHAT, YEAR, Head
from escc_bayes.evidence.quotes.quote import Quote

LEVEL = r"(?P<level>\d\d(?:\.\d+)?) ?% ?-?(?:CI|confidence interval)[:,=]? ?"
LIMITS = (
    rf"(?:,? ?(?:[(\[] ?(?:{LEVEL})?|{LEVEL.replace('level', 'level2')})(?P<low>{NUMBER}) ?%? ?"
    rf"(?:-|to|,|~) ?(?P<high>{NUMBER}|not reached|NR|NE)\b ?%?)"
)
MONTHS_VALUE = re.compile(
    rf"(?P<value>(?<![\d.-]){NUMBER}|not (?:yet )?(?:been )?reached|(?<![A-Za-z])NR(?![A-Za-z]))"
    rf"(?! ?%)(?!-?(?:year|month))(?: ?(?P<unit>{UNIT})\b)?{LIMITS}?",
    re.I,
)
PERCENT_VALUE = re.compile(rf"(?<![\d.])(?P<value>{NUMBER}) ?%(?! ?-?(?:CI|confidence)){LIMITS}?", re.I)
LISTED = re.compile(rf"(?<![\d.])(?P<value>{NUMBER})(?= ?%?(?:,| and| or| vs| versus)[^.;]*?%)", re.I)
STOP = re.compile(r"; |\b(?:HR|hazard ratio|p ?[=<>])", re.I)


class Value(NamedTuple):
    """A printed value with its limits and where it stands; ``text`` is empty where a median was not reached."""

    text: str
    low: str
    high: str
    start: int
    end: int
    years: bool = False


def reach(quote: Quote, start: int, last: int) -> int:
    """Return where the values behind a head end: at a ratio, a P, a semicolon or another endpoint."""
    ends = [ratio.start for ratio in ratios_of(quote)] + [p.start for p in quote.ps]
    ends += [found.start() for found in re.compile(rf"(?<![A-Za-z]){WHAT}", re.I).finditer(quote.text, start, last)]
    ends += [found.start() for found in STOP.finditer(quote.text, start, last)]
    return min([last, *(end for end in ends if start < end < last)])


def values(quote: Quote, head: Head, last: int) -> list[Value]:
    """Return the values behind a head, as many as belong together."""
    text = quote.text
    if not head.months:
        found = [of_match(match) for match in MONTHS_VALUE.finditer(text, head.end, last)]
        united = re.search(rf"(?<=[\d )]){UNIT}\b", text[head.end : last], re.I)
        return found[:4] if united or any(not one.text for one in found) else []
    found = [of_match(match) for match in PERCENT_VALUE.finditer(text, head.end, last)]
    taken = [(one.start, one.end) for one in found]
    bare = [of_match(match) for match in LISTED.finditer(text, head.end, last)]
    extra = [one for one in bare if not any(start <= one.start < end for start, end in taken)]
    return sorted([*found, *extra], key=lambda one: one.start)


def of_match(match: re.Match[str]) -> Value:
    """Return one value."""
    named = match.groupdict()
    reached = named["value"][:1].isdigit()
    low, high = named.get("low") or "", named.get("high") or ""
    unit = (named.get("unit") or "").casefold()
    return Value(named["value"] if reached else "", low, high, *match.span(), years=unit.startswith("y"))


def median(one: Value) -> dict[str, object]:
    """Return the keys of a median, in months."""
    if not one.text:
        return {"median_reached": False}
    scale = YEAR if one.years else Decimal(1)
    keys = {"median": one.text, "median_ci_low": one.low, "median_ci_high": one.high if one.high[:1].isdigit() else ""}
    return {key: scale * Decimal(text) for key, text in keys.items() if text} | {"median_reached": True}


def mark(months: Decimal, one: Value) -> dict[str, object]:
    """Return one landmark, as a fraction."""
    keys = {"s": one.text, "lo": one.low, "hi": one.high if one.high[:1].isdigit() else ""}
    return {"t": months, **{key: Decimal(text).scaleb(-2) for key, text in keys.items() if text}}
