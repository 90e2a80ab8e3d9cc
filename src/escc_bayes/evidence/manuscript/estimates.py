"""Ratios with their limits and P, and tests with their statistic, as estimates of a study file."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from escc_bayes.evidence.manuscript.endpoint_words import about, mentions
from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.quotes.p_values import PValue
from escc_bayes.evidence.quotes.quote import Quote
from escc_bayes.evidence.quotes.ratios import Ratio
from escc_bayes.evidence.quotes.statistics import CHI

MODEL = re.compile(
    r"(?P<crude>unadjusted|crude|univaria(?:te|ble))|adjusted|multivaria(?:te|ble)"
    r"|independent(?:ly)? (?:predict|prognos|associat)",
    re.IGNORECASE,
)
LOGRANK = re.compile(r"log-?rank", re.I)
MEASURED = re.compile(r"\b(?:medians?|means?|rates?|survival at)\b(?![^;]*\b(?:HR|OR|RR|ratio|risk)\b)", re.IGNORECASE)
"""Words of what is measured; a value behind them is no ratio unless one is named in between."""

COMPARED = re.compile(
    r"(?:survival|OS|PFS|DFS|EFS|RFS|LRFS|DMFS)\b(?:[^.;]|\.(?=\d)){0,80}?\d(?:[^.;]|\.(?=\d)){0,40}? "
    r"(?:v|vs|versus|and)\.? ?\d[^;]*$",
    re.IGNORECASE,
)
"""Two values of survival before a P: it is a test between them."""

LISTING = re.compile(r"[ )\]]*(?:[,;] ?[Pp] ?[=<>]+ ?[\d.]+)?[ )\]]*(?:,|;|and|,? and)?[ (\[]*", re.IGNORECASE)
ENDPOINTS = re.compile(r"[ )]*(?:,|and|, and|or|/)? ?(?:the )?[ (]*", re.IGNORECASE)
"""What stands between ratios, or endpoints, of one list."""

NEAR = 90
"""Letters before a ratio within which a word tells how it was estimated."""


def estimates(quote: Quote, sentence: str, before: str) -> Iterator[Entry]:
    """Yield the ratios of a sentence, each with the P behind it, and tests without a ratio."""
    taken: set[int] = set()
    own = ratios_of(quote)
    shared = listed_endpoints(quote.text, own)
    for place, ratio in enumerate(own):
        end = own[place + 1].start if place + 1 < len(own) else len(quote.text)
        p = p_behind(quote, ratio, end)
        if p is not None:
            taken.add(p.start)
        named = ratio if ratio.kind or place not in shared else ratio._replace(kind=own[place - 1].kind)
        yield of_ratio(quote, named, p, sentence, shared.get(place) or about(quote.text, ratio.start, before))
    for found in CHI.finditer(quote.text):
        p = next((p for p in quote.ps if 0 <= p.start - found.end() <= NEAR), None)
        if p is not None and p.start not in taken:
            taken.add(p.start)
            yield of_test(quote, p, sentence, before, chi=found)
    for p in quote.ps:
        if p.start not in taken and (LOGRANK.search(quote.text) or COMPARED.search(quote.text, 0, p.start)):
            yield of_test(quote, p, sentence, before)


def ratios_of(quote: Quote) -> tuple[Ratio, ...]:
    """Return the ratios of a sentence; a median with limits that nobody calls a ratio is none.

    Examples
    --------
    >>> from escc_bayes.evidence.quotes.quote import read_quote
    >>> ratios_of(read_quote("median PFS was 9.7 (95% CI 6.9-19.6) vs 6.9 months (4.2-9.7)"))
    ()
    """
    return tuple(
        ratio
        for ratio in quote.ratios
        if ratio.kind or may_be_ratio(quote.text[: ratio.start], quote.text[ratio.end :])
    )


def may_be_ratio(before: str, behind: str) -> bool:
    """Whether the words around an unnamed value with limits leave that it is a ratio."""
    return MEASURED.search(before) is None and re.match(r"[ )\]]*(?:months?|years?|vs?\b|versus)", behind) is None


def p_behind(quote: Quote, ratio: Ratio, end: int) -> PValue | None:
    """Return the P behind a ratio and before the next; the only P of the sentence where it stands before."""
    behind = [p for p in quote.ps if ratio.end <= p.start < end]
    if behind:
        return behind[0]
    return quote.ps[0] if len(quote.ps) == len(ratios_of(quote)) == 1 else None


def listed_endpoints(text: str, own: tuple[Ratio, ...]) -> dict[int, str]:
    """Return the endpoints of ratios that stand in one list behind a list of as many endpoints, by their places.

    Examples
    --------
    >>> from escc_bayes.evidence.quotes.quote import read_quote
    >>> quote = read_quote("the HRs for OS and PFS were 0.62 (95% CI 0.48-0.79) and 0.45 (95% CI 0.31-0.64)")
    >>> listed_endpoints(quote.text, ratios_of(quote))
    {0: 'OS', 1: 'PFS'}
    """
    named = mentions(text)
    found: dict[int, str] = {}
    begun = 0
    while begun < len(own):
        end = begun + 1
        while end < len(own) and LISTING.fullmatch(text[own[end - 1].end : own[end].start]):
            end += 1
        before = [mention for mention in named if mention.start < first_value(text, own[begun])][begun - end :]
        joined = all(ENDPOINTS.fullmatch(text[one.end : other.start]) for one, other in pairwise(before))
        if end - begun > 1 and len({mention.name for mention in before}) == end - begun and joined:
            found |= {begun + place: mention.name for place, mention in enumerate(before)}
        begun = end
    return found


def first_value(text: str, ratio: Ratio) -> int:
    """Return where the value of a ratio stands, behind its name."""
    return text.index(ratio.value, ratio.start)


def of_ratio(quote: Quote, ratio: Ratio, p: PValue | None, sentence: str, endpoint: str) -> Entry:
    """Return one ratio as an estimate."""
    measure = ratio.kind or "ratio"
    said = list(MODEL.finditer(quote.text, max(0, ratio.start - NEAR), ratio.start))
    body: dict[str, object] = {
        "effect": f"{measure} {ratio.value}",
        "endpoint": endpoint,
        "measure": measure,
        "value": Decimal(ratio.value),
        **({"ci_low": Decimal(ratio.low), "ci_high": Decimal(ratio.high)} if ratio.low and ratio.high else {}),
        **({"ci_level": ratio.level} if ratio.level else {}),
        **p_keys(p),
        **({"adjusted": True} if said and said[-1]["crude"] is None else {}),
        "quote": sentence,
    }
    limits = f" ({interval_words(ratio)})" if ratio.low else ""
    words = f"{measure} {ratio.value}{limits}{f', {p.words}' if p else ''}, {endpoint}"
    spans = ((ratio.start, ratio.end), *(((p.start, p.end),) if p else ()))
    return Entry("estimate", body, words, spans)


def interval_words(ratio: Ratio) -> str:
    """Return limits and level of a ratio."""
    level = f"{100 * float(ratio.level):g} % " if ratio.level else ""
    return f"{level}interval {ratio.low} to {ratio.high}"


def p_keys(p: PValue | None) -> dict[str, object]:
    """Return a P as keys: a value where it is printed itself, else its words."""
    if p is None:
        return {}
    exact = not p.sign and re.fullmatch(r"\d?\.\d+|[01]", p.digits) is not None
    return {"p": Decimal(p.digits)} if exact else {"p_text": f"{p.sign}{p.digits}"}


def of_test(quote: Quote, p: PValue, sentence: str, before: str, chi: re.Match[str] | None = None) -> Entry:
    """Return a test with its P, and its statistic where printed."""
    endpoint = about(quote.text, chi.start() if chi else p.start, before)
    measure = "logrank" if LOGRANK.search(quote.text) else "test"
    df = int(chi["df"]) if chi and chi["df"] else quote.df
    body: dict[str, object] = {
        "effect": f"{measure}, {p.words}",
        "endpoint": endpoint,
        "measure": measure,
        **({"chi2": Decimal(chi["value"])} if chi else {}),
        **({"groups": df + 1} if df and chi else {}),
        **p_keys(p),
        "quote": sentence,
    }
    statistic = f"chi-square {chi['value']}{f' on {df} df' if df else ''}, " if chi else ""
    spans = ((p.start, p.end), *((chi.span(),) if chi else ()))
    return Entry("estimate", body, f"{measure}: {statistic}{p.words}, {endpoint}", spans)
