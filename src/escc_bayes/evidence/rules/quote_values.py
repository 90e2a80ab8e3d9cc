"""The value in the file against the value in its own quote: a digit turned round in one of the two.

Method: the same print must carry the same digits wherever it is copied; one of the checks of Wilkinson et al. 2024, BMJ
Open 14:e084164 (INSPECT-SR). Compared is only what the reader of quotes takes for the same thing: a ratio of the same
kind, P, chi-square, a median or a rate of the same endpoint, "n = 45", "50 deaths".
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from escc_bayes.data.measures import family
from escc_bayes.data.published import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.endpoints import endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.quote import Quote, read_quote
from escc_bayes.evidence.quotes.ratios import Ratio
from escc_bayes.evidence.rules.number_names import is_count, is_percentage

RULE = "file and quote"
LIMIT = re.compile(r"(?:[<>]=?|grades?|stages?|at least|up to|over|under|more than|less than) ?\d", re.IGNORECASE)
"""A number that may stand beside a value without being it."""

EVENTS = re.compile(
    r"(?<![\d.])(\d+) (?:\w+ ){0,2}?(?:deaths|events|died|progressions|relapses|recurrences)\b", re.IGNORECASE
)


def values_against_quotes(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the keys of every entry with what its own quote prints."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        yield from reported(study, estimate.place, of_estimate(estimate, read_quote(estimate.quote), book))
    for curve in study.survivals:
        yield from reported(study, curve.place, of_curve(curve, read_quote(curve.quote), book))
    for number in study.numbers:
        yield from reported(study, number.place, of_number(number, read_quote(number.quote), book))


type Difference = tuple[str, str, str, Severity]


def reported(study: Study, place: str, differences: Iterable[Difference]) -> Iterator[Finding]:
    """Report each key that its quote prints differently."""
    for key, given, printed, severity in differences:
        near = key != "ci_level" and near_enough(given, printed)
        said = f"{key} = {given} in the file, but its quote prints {printed}."
        yield Finding(study.id, RULE, "rounding" if near else severity, said, f"{given} is not {printed}", place)


def near_enough(given: str, printed: str) -> bool:
    """Whether two prints differ by one unit of the last digit, as a tie that was rounded twice does."""
    prints = [part.removesuffix(" %") for part in printed.split(" and ")]
    try:
        scale = 100 if printed.endswith("%") else 1
        gaps = [
            abs(scale * Decimal(given) - Decimal(part)).scaleb(-int(Decimal(part).as_tuple().exponent))
            for part in prints
        ]
    except (ArithmeticError, ValueError):
        return False
    return "." in prints[0] and min(gaps) <= 1


def same(given: Decimal, printed: str) -> bool:
    """Whether a value is its print, or one with more digits that rounds to it."""
    try:
        if given == Decimal(printed):
            return True
        return finer(given, printed) and interval(printed, whole="rounded").holds(float(given))
    except ArithmeticError:
        return False


def finer(given: Decimal, printed: str) -> bool:
    """Whether a value has more decimals than its print."""
    exponents = [value.as_tuple().exponent for value in (given, Decimal(printed))]
    return isinstance(exponents[0], int) and isinstance(exponents[1], int) and exponents[0] < exponents[1]


def among(given: Decimal, prints: Iterable[str]) -> bool:
    """Whether one of the prints is the value."""
    return any(same(given, printed) for printed in prints)


def of_estimate(estimate: PublishedEstimate, quote: Quote, book: Ledger) -> Iterator[Difference]:
    """Yield the keys of an estimate that its quote prints differently."""
    kind = family(estimate.measure)
    ratios = [ratio for ratio in quote.ratios if None in (kind, ratio.kind) or ratio.kind == kind]
    values = [*(ratio.value for ratio in ratios), *quote.listed]
    if estimate.value is not None and values:
        book.made()
        own = [ratio for ratio in ratios if same(estimate.value, ratio.value)]
        if own:
            yield from of_limits(estimate, own, book)
        elif not among(estimate.value, values) and not among(estimate.value, quote.numbers):
            turned = any(
                interval(v, whole="rounded").holds(1 / float(estimate.value)) for v in values if estimate.value > 0
            )
            yield "value", str(estimate.value), " and ".join(values), "ask the authors" if turned else "impossible"
            if len(ratios) == 1:
                yield from of_limits(estimate, ratios, book)
    elif estimate.value is not None and any("." in printed for printed in quote.numbers):
        book.made()
        if not among(estimate.value, quote.numbers) and not quote.ps and not quote.chis:
            yield "value", str(estimate.value), " and ".join(quote.numbers), "ask the authors"
    exact = [p.digits for p in quote.ps if p.digits != "NS"]
    if estimate.p is not None and exact:
        book.made()
        if not among(estimate.p, [digits.split()[0] for digits in exact]) and "e" not in "".join(exact):
            yield "p", str(estimate.p), " and ".join(p.words for p in quote.ps), "impossible"
    if estimate.chi2 is not None and quote.chis:
        book.made()
        if not among(estimate.chi2, quote.numbers):
            yield "chi2", str(estimate.chi2), " and ".join(chi.value for chi in quote.chis), "impossible"


def of_limits(estimate: PublishedEstimate, ratios: list[Ratio], book: Ledger) -> Iterator[Difference]:
    """Yield limits and level that the quote of the same ratio prints differently."""
    for key, given, prints in (
        ("ci_low", estimate.ci_low, [ratio.low for ratio in ratios if ratio.low]),
        ("ci_high", estimate.ci_high, [ratio.high for ratio in ratios if ratio.high]),
        ("ci_level", estimate.ci_level, [str(ratio.level) for ratio in ratios if ratio.level]),
    ):
        if given is not None and prints:
            book.made()
            if not among(given, prints):
                yield key, str(given), " and ".join(prints), "impossible"


def of_curve(curve: PublishedSurvival, quote: Quote, book: Ledger) -> Iterator[Difference]:
    """Yield the keys of a curve that its quote prints differently."""
    name = endpoint(curve.endpoint)
    own = [m.months for m in quote.medians if endpoint(m.what) == name] or [m.months for m in quote.medians]
    if curve.median is not None and own:
        book.made()
        if not among(curve.median, own) and not among(curve.median, quote.numbers):
            yield "median", str(curve.median), " and ".join(own), "impossible"
    percents = quote.numbers
    for mark in curve.landmarks:
        rates = [
            rate for rate in quote.rates if abs(rate.months - float(mark.t)) < 0.5 and of_endpoint(rate.what, name)
        ]
        if not rates:
            continue
        book.made()
        if not among(100 * mark.s, percents):
            yield (
                f"s at {mark.t} months",
                str(mark.s),
                " and ".join(f"{rate.percent} %" for rate in rates),
                "impossible",
            )
        for key, given, limits in (("lo", mark.lo, [r.low for r in rates]), ("hi", mark.hi, [r.high for r in rates])):
            if given is not None and all(limits) and not among(100 * given, percents):
                yield f"{key} at {mark.t} months", str(given), " and ".join(f"{v} %" for v in limits), "impossible"
    counted = EVENTS.findall(quote.text)
    if curve.events is not None and counted:
        book.made()
        if str(curve.events) not in quote.numbers:
            yield "events", str(curve.events), " and ".join(counted), "impossible"
    if curve.n is not None and quote.sizes:
        book.made()
        if str(curve.n) not in quote.numbers:
            yield "n", str(curve.n), " and ".join(f"n = {n}" for n in quote.sizes), "impossible"


def of_endpoint(what: str, name: str) -> bool:
    """Whether a rate may be of an endpoint: it is called so, or only survival."""
    return endpoint(what) == name or what.casefold().strip() == "survival"


def of_number(number: PublishedNumber, quote: Quote, book: Ledger) -> Iterator[Difference]:
    """Yield a value that is none of the numbers of its quote; certain where the quote prints one, or joins it."""
    if not quote.numbers or number.value == 0:
        return
    book.made()
    scaled = (number.value, 100 * number.value, number.value / 100, number.value / 12, 12 * number.value)
    if any(among(value, quote.numbers) for value in scaled):
        return
    if quote.shares and number.value == sum(share.patients for share in quote.shares):
        return
    shares = [share.percent if is_percentage(number) else str(share.patients) for share in quote.shares]
    joined = shares if is_percentage(number) or is_count(number) else []
    certain = bool(joined) or (len(quote.numbers) == 1 and LIMIT.search(quote.text) is None)
    prints = " and ".join(joined or quote.numbers)
    yield "value", str(number.value), prints, "impossible" if certain else "ask the authors"
