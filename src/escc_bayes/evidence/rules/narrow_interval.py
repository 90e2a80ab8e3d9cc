"""The interval of a rate narrower than its patients allow.

Greenwood's variance is at least S (1 - S) / n, with equality where nobody is censored (Greenwood 1926; Kalbfleisch &
Prentice 2002, section 1.4); a proportion has exactly that. The narrowest of the usual intervals with this variance
(plain, log, log-log, arcsine square root, logit, Wilson) is compared with the print.
"""

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.wald import normal_quantile
from escc_bayes.foundation.sentence import counted

RULE = "narrow interval"
NARROW = 0.85
"""Share of the narrowest usual width below which no method gives a print."""

ONE_SE = 0.6827
ERROR = re.compile(r"\bSE\b|standard error|\+-|\N{PLUS-MINUS SIGN}")
OTHER_ERROR = re.compile(r"weight|iptw|adjust|standardi[sz]|predict|model|bayes|credible|pooled|meta", re.IGNORECASE)
NUMBER = r"\d+(?:\.\d+)?"
AFTER_SHARE = re.compile(
    rf"[ ,;:)(\[]*(?P<level>\d\d(?:\.\d+)?) ?% ?-?(?:CI|confidence interval)[ ,:=(\[]*(?P<low>{NUMBER}) ?%? ?"
    rf"(?:-|to|,|~) ?(?P<high>{NUMBER})",
    re.IGNORECASE,
)


type Entry = PublishedNumber | PublishedEstimate | PublishedSurvival


class Rate(NamedTuple):
    """A rate as printed, its limits, the patients behind it, its level if said, and where it stands."""

    named: str
    s: float
    low: Interval
    high: Interval
    shown: str
    n: int
    level: float | None
    other_error: bool
    place: str


def intervals_of_rates(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the width of every printed interval of a rate with the narrowest that its patients allow."""
    book = ledger or Ledger()
    for rate in (*landmark_rates(study), *proportions(study)):
        book.made()
        width = rate.high.high - rate.low.low
        at_level = narrowest(rate.s, rate.n, rate.level or 0.95)
        if width < NARROW * at_level:
            certain = rate.level is not None or width < NARROW * narrowest(rate.s, rate.n, ONE_SE)
            yield too_narrow(study, rate, width, at_level, certain=certain and not rate.other_error)


def landmark_rates(study: Study) -> Iterator[Rate]:
    """Yield the rates of all curves that have limits and patients."""
    for curve in study.survivals:
        quote = read_quote(curve.quote)
        said = re.search(r"(\d\d(?:\.\d+)?) ?% ?-?(?:CI|confidence)", quote.text)
        stated = float(said[1]) / 100 if said else ONE_SE if ERROR.search(quote.text) else None
        other = OTHER_ERROR.search(f"{curve.quote} {curve.arm}") is not None
        for mark in curve.landmarks:
            if (
                mark.lo is None
                or mark.hi is None
                or not curve.n
                or not mark.lo <= mark.s <= mark.hi
                or not 0 < mark.s < 1
            ):
                continue
            yield Rate(
                f"{curve.arm}, {curve.endpoint} at {counted(mark.t, 'month')}",
                float(mark.s),
                interval(mark.lo),
                interval(mark.hi),
                f"{mark.s} ({mark.lo} to {mark.hi})",
                curve.n,
                stated,
                other,
                curve.place,
            )


def proportions(study: Study) -> Iterator[Rate]:
    """Yield the proportions whose sentence prints count, patients and an interval."""
    seen = set()
    entries: tuple[Entry, ...] = (*study.numbers, *study.estimates, *study.survivals)
    for entry in entries:
        quote = read_quote(entry.quote)
        for share in quote.shares:
            found = AFTER_SHARE.match(quote.text[share.end :])
            if found is None or not share.of or not 0 < share.patients < share.of or (quote.text, share) in seen:
                continue
            seen.add((quote.text, share))
            low, high = (
                Interval(*(v / 100 for v in interval(Decimal(found[key]), whole="rounded"))) for key in ("low", "high")
            )
            shown = f"{share.patients}/{share.of} = {share.percent} % ({found['low']} to {found['high']})"
            level = float(found["level"]) / 100
            yield Rate(
                "a proportion",
                share.patients / share.of,
                low,
                high,
                shown,
                share.of,
                level,
                other_error=False,
                place=entry.place,
            )


def narrowest(s: float, n: int, level: float) -> float:
    """Return the width of the narrowest usual interval of a rate ``s`` of ``n`` patients.

    Examples
    --------
    >>> round(narrowest(0.58, 20, 0.95), 2)
    0.4
    """
    z = normal_quantile(level)
    error = math.sqrt(s * (1.0 - s) / n)
    plain = min(1.0, s + z * error) - max(0.0, s - z * error)
    on_log = min(1.0, s * math.exp(z * error / s)) - s * math.exp(-z * error / s)
    spread = z * error / (s * abs(math.log(s)))
    log_log = s ** math.exp(-spread) - s ** math.exp(spread)
    angle, half = math.asin(math.sqrt(s)), z / (2.0 * math.sqrt(n))
    arcsine = math.sin(min(math.pi / 2, angle + half)) ** 2 - math.sin(max(0.0, angle - half)) ** 2
    odds, step = math.log(s / (1.0 - s)), z * error / (s * (1.0 - s))
    logit = 1.0 / (1.0 + math.exp(-odds - step)) - 1.0 / (1.0 + math.exp(-odds + step))
    wilson = 2.0 * z / (1.0 + z**2 / n) * math.sqrt(s * (1.0 - s) / n + z**2 / (4.0 * n**2))
    return float(min(plain, on_log, log_log, arcsine, logit, wilson))


def too_narrow(study: Study, rate: Rate, width: float, least: float, *, certain: bool) -> Finding:
    """Report an interval that so few patients cannot give."""
    level = f"{100 * (rate.level or 0.95):g} %"
    severity: Severity = "impossible" if certain else "ask the authors"
    return Finding(
        study.id,
        RULE,
        severity,
        f"{rate.named}: {rate.shown} is narrower than {rate.n} patients allow.",
        f"width at most {100 * width:.1f} points; {level} interval of S = {rate.s:.3g} with variance"
        f" S(1-S)/{rate.n}: at least {100 * least:.1f}",
        rate.place,
    )
