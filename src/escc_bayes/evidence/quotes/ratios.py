"""Ratios, their intervals and levels in a sentence: "HR 0.62 (95 % CI 0.45-0.85)", "0.74; 99.1% CI, 0.58 to 0.96"."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.data.measures import Family, family

NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
END = r"(?![\d%]|\.\d| ?%)"
LEVEL = (
    r"(?P<level>\d{2}(?:\.\d+)?) ?% ?-?(?:CI\b|CrI\b|C\.I\.|confidence|credible|interval|HDI\b)[a-z ]*"
    r"(?:[(\[]C\.?I\.?[)\]])?"
)
NAME = (
    r"(?P<measure>(?<![A-Za-z])(?:[a-z]{0,3}HR|[acu]?OR|[acu]?RR)(?=s?(?![A-Za-z]))"
    r"|(?:hazards?|odds|risk|rate)[ -]ratio|relative risk)s?"
)
LIMITS = rf"(?P<low>{NUMBER})(?: ?(?:-|to|~|;) ?|, ?| and )(?P<high>{NUMBER}){END}"
GAP = r"[ ,;:=(\[]*"
WITH_INTERVAL = re.compile(
    rf"(?<![\d.])(?P<value>{NUMBER}){END}{GAP}(?:(?:with )?(?:an? )?{LEVEL}{GAP}(?:of |was |is |from )?{GAP})?{LIMITS}",
    re.IGNORECASE,
)
# Between a name and its value: a few words without a number, "HR[95% CI]: 0.70", "hazard ratio for death was".
BETWEEN = rf"(?:{GAP}{LEVEL}[)\]]*)?(?:[ ,;:=(\[\])]|(?:[A-Za-z][A-Za-z'-]*[ ,:)=]))" + r"{0,12}?"
NAMED = re.compile(rf"{NAME}(?P<between>{BETWEEN})(?P<value>{NUMBER}){END}")
NAMED_LIST = re.compile(rf"{NAME}s? ?[=:] ?(?P<values>{NUMBER}(?:, ?{NUMBER})+){END}(?! ?-)")


class Ratio(NamedTuple):
    """A ratio as printed: its kind if named, value, limits and level; empty text where not printed."""

    kind: Family | None
    value: str
    low: str
    high: str
    level: Decimal | None
    start: int
    end: int


def ratios(text: str) -> tuple[Ratio, ...]:
    """Return the ratios of a plain sentence, in its order; a bare value counts where a level stands with its limits.

    Examples
    --------
    >>> [ratio[:4] for ratio in ratios("22.3 vs 14.9 months; HR 0.51, 95% CI 0.37-0.71")]
    [('HR', '0.51', '0.37', '0.71')]
    >>> [ratio[:5] for ratio in ratios("0.74; 99.1% CI, 0.58 to 0.96; P = 0.002")]
    [(None, '0.74', '0.58', '0.96', Decimal('0.991'))]
    """
    return tuple(sorted(found(text), key=lambda ratio: ratio.start))


def found(text: str) -> Iterator[Ratio]:
    """Yield named ratios, then those that only their interval tells."""
    taken: list[tuple[int, int]] = []
    for name in NAMED.finditer(text):
        at = name.start("value")
        if any(begin <= at < end for begin, end in taken):
            continue
        full = WITH_INTERVAL.match(text, at)
        end = full.end() if full else name.end()
        taken.append((name.start(), end))
        yield ratio_of(family(name["measure"]), name["value"], full, name["level"], (name.start(), end))
    for full in WITH_INTERVAL.finditer(text):
        if full["level"] and not any(full.start() < end and begin < full.end() for begin, end in taken):
            yield ratio_of(None, full["value"], full, None, full.span())


def ratio_of(
    kind: Family | None, value: str, full: re.Match[str] | None, level: str | None, span: tuple[int, int]
) -> Ratio:
    """Return one ratio."""
    said = level or (full["level"] if full else None)
    low, high = (full["low"], full["high"]) if full else ("", "")
    return Ratio(kind, value, low, high, Decimal(said) / 100 if said else None, *span)


def listed(text: str) -> tuple[str, ...]:
    """Return values that are listed behind one name: "HR = 2.254, 0.374"."""
    return tuple(value for found in NAMED_LIST.finditer(text) for value in re.findall(NUMBER, found["values"]))
