"""P, its sides and the level of an interval as an estimate prints them: by its keys, and by the words of its quote.

The quote has the last word on digits (a key may be padded: 1.000 for a printed 1.00), on "<" and on sides.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.quotes.p_values import PValue, Sides, p_values, sides_said
from escc_bayes.evidence.quotes.quote import Quote, read_quote
from escc_bayes.evidence.quotes.ratios import Ratio
from escc_bayes.evidence.quotes.text import plain

OTHER_QUESTION = re.compile(
    r"interaction|heterogeneity|non-?inferiority|\bfor (?:linear |the )?trend|\bP[- _]?(?:value )?(?:for )?trend"
    r"|(?:\bI ?\^?(?:2|\N{SUPERSCRIPT TWO})|\bI-squared|\bQ) ?= ?[\d.]+ ?%?[,;] ?(?:df ?= ?\d+[,;] ?)?P\b",
    flags=re.IGNORECASE,
)
"""Words beside which a P is not that of the ratio being 1."""

SIDES = re.compile(r"\b(?:1|2|one|two)[- ]?(?:sided|tailed)\b", flags=re.IGNORECASE)
USUAL_LEVEL = 0.95
NOT_SIGNIFICANT = 0.05


class PrintedP(NamedTuple):
    """The values of P behind its print, its sides if said, and the print in words."""

    values: Interval
    sides: Sides | None
    words: str

    @property
    def one_sided(self) -> bool:
        """Whether the print says one-sided."""
        return self.sides == "one"

    @property
    def exact(self) -> bool:
        """Whether P is printed itself and not as a bound."""
        return self.words.startswith("P = ") and self.words != "P = NS"


def p_of(estimate: PublishedEstimate) -> PrintedP | None:
    """Return the printed P of an estimate; None without one, or where it answers another question.

    Examples
    --------
    >>> p_of(PublishedEstimate("e", "x", "OS", "HR", "HR 0.5, one-sided P = 0.02", p=Decimal("0.020")))
    PrintedP(values=Interval(low=0.015, high=0.025), sides='one', words='P = 0.02')
    """
    quote = read_quote(estimate.quote)
    said = f"{estimate.p_text or ''} {estimate.flag} {estimate.coding_note}"
    if OTHER_QUESTION.search(f"{estimate.quote} {said}"):
        return None
    found = own_p(estimate, quote)
    if found is None:
        return None
    outside = sides_said(plain(said))
    return PrintedP(values_of(found), found.sides or (outside[0][1] if outside else None), found.words)


def own_p(estimate: PublishedEstimate, quote: Quote) -> PValue | None:
    """Return the P of an estimate as its quote prints it, else as its keys do."""
    if estimate.p is not None:
        like = [p for p in quote.ps if p.digits != "NS" and Decimal(p.digits.split()[0]) == estimate.p]
        said = {side for _, side in sides_said(quote.text)}
        sides = said.pop() if len(said) == 1 else None
        return like[0] if like else PValue("", f"{estimate.p:f}", sides, 0, 0)
    if estimate.p_text:
        text = SIDES.sub("", plain(estimate.p_text)).strip(" ,;()")
        told = p_values(text) or p_values(f"P {text}")
        like = [
            p for p in quote.ps if told and (p.sign, p.digits.lstrip("0")) == (told[0].sign, told[0].digits.lstrip("0"))
        ]
        return like[0] if like else told[0] if told else None
    own = quote_ratio(estimate, quote)
    alone = len(quote.ps) == 1 and (own is not None or not quote.ratios)
    # Behind another ratio, P is of that one: "PFS (HR 0.60) and OS (HR 0.68; P = 0.002)".
    of_another = alone and own and any(own.end <= other.start < quote.ps[0].start for other in quote.ratios)
    return quote.ps[0] if alone and not of_another else None


def values_of(p: PValue) -> Interval:
    """Return the values behind a printed P; "NS" is at least 0.05."""
    if p.digits == "NS":
        return Interval(NOT_SIGNIFICANT, 1.0)
    power = re.fullmatch(r"(\S+?) ?(?:[x\N{MULTIPLICATION SIGN}] ?10 ?\^? ?|e)-(\d+)", p.digits, flags=re.IGNORECASE)
    digits = str(Decimal(power[1]).scaleb(-int(power[2]))) if power else p.digits
    found = interval(p.sign + digits)
    return Interval(max(found.low, 0.0), min(found.high, 1.0))


def quote_ratio(estimate: PublishedEstimate, quote: Quote) -> Ratio | None:
    """Return the ratio of a quote that is the estimate's, by its value."""
    if estimate.value is None:
        return None
    return next((ratio for ratio in quote.ratios if Decimal(ratio.value) == estimate.value), None)


def level_of(estimate: PublishedEstimate) -> float:
    """Return the level of the interval: printed apart, or in the words "98.2% CI"; else 0.95.

    Examples
    --------
    >>> level_of(PublishedEstimate("e", "x", "OS", "HR", "HR 0.70 (99 % CI 0.44-1.11)"))
    0.99
    """
    return stated_level(estimate) or USUAL_LEVEL


def stated_level(estimate: PublishedEstimate) -> float | None:
    """Return the level that keys or quote state; None where they do not."""
    if estimate.ci_level is not None and estimate.ci_level > 0:
        return float(estimate.ci_level)
    quote = read_quote(estimate.quote)
    own = quote_ratio(estimate, quote)
    said = [own.level] if own is not None and own.level else [r.level for r in quote.ratios if r.level] or levels(quote)
    return float(said[0]) if said and said[0] else None


def levels(quote: Quote) -> list[Decimal]:
    """Return levels that a quote names away from any ratio."""
    found = re.findall(r"(\d{2}(?:\.\d+)?) ?% ?(?:CI\b|confidence|interval)", quote.text)
    return [Decimal(level) / 100 for level in found]
