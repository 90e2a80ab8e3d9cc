"""A ratio against the words beside it: "better", "increased risk"; "49 % lower" by ``change_words.py``.

Method: "increased risk" beside a ratio below 1, and "better survival" beside a hazard ratio above 1 of the group that
is called so, deny it. Nuijten et al. 2016, Behav Res Methods 48:1205 (decision inconsistency), applied to direction. A
sentence that may speak of the other group leaves a question.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from escc_bayes.data.measures import family
from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.endpoints import FAVOURABLE, SURVIVAL, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.changes import changes
from escc_bayes.evidence.quotes.quote import Quote, read_quote
from escc_bayes.evidence.rules.change_words import change_against_ratio
from escc_bayes.evidence.rules.group_in_words import group_named

RULE = "direction in words"
NOUN = r"(?:risk|hazard|odds|incidence|mortality|death|progression|recurrence|relapse)(?![- ]free)"
FEWER = r"(?:lower(?:ed|ing)?|reduc\w*|decreas\w*|less|fewer|smaller|declin\w*|cut)"
MORE = r"(?:higher|increas\w*|greater|more|elevat\w*|excess|rais\w*)"
# Words of the events themselves, and words of how patients do.
EVENTS = tuple(
    (
        sign,
        re.compile(
            rf"\b{change}\b(?: the)?(?: \w+){{0,2}}? {NOUN}|{NOUN} (?:\w+ ){{0,4}}?(?:was|were|is) (?:\w+ )?{change}\b",
            re.I,
        ),
    )
    for sign, change in ((-1, FEWER), (1, MORE))
)
PROTECTS = re.compile(r"\bprotect(?:ive|ed|s) (?:effect |factor )?(?:against|from|for)\b|\bprotective\b", re.IGNORECASE)
FARES = (
    (
        -1,
        re.compile(r"\b(?:better|improv\w*|longer|superior|prolong\w*|favou?r(?:able|ed|s|ing)|benefi\w*)\b", re.I),
    ),
    (
        1,
        re.compile(
            r"\b(?:worse\w*|poor(?:er)?|shorter|inferior|unfavou?rable|adverse(?! event)|detriment\w*"
            r"|harm\w*|dismal)\b",
            re.I,
        ),
    ),
)
NOT = re.compile(r"\b(?:no|not|neither|nor|without|did not|failed to)\b", re.IGNORECASE)
FAVOURS = re.compile(r"favou?r|benefi", re.IGNORECASE)
"""Words whose group follows: "favoured placebo"."""

OF_A_TEST = re.compile(r"\d (?:for|of|testing|test of|test for)(?: the| a)? (?:\w+ )?$", re.IGNORECASE)
"""What a P is for, "one-sided P = 0.03 for benefit", says no direction of the ratio."""

OTHER = re.compile(
    r"\b(?:than|versus|vs|compared|relative to|reference|respectively|whereas|while|but|group|arm"
    r"|patients (?:with|who|in))\b",
    re.I,
)


class Said(NamedTuple):
    """A direction in words: +1 for more events, -1 for fewer; the words, and where they begin."""

    sign: int
    words: str
    start: int


def ratio_against_words(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each ratio with the direction and the percentage that its quote says in words."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        if family(estimate.measure) is None or estimate.value is None or estimate.value <= 0:
            continue
        quote = read_quote(estimate.quote)
        if quote.listed:
            continue
        if told := changes(quote.text):
            book.made()
            yield from change_against_ratio(study, estimate, told)
            continue
        if len(quote.ratios) > 1:
            continue
        directions = tuple(said(quote, endpoint(estimate.endpoint)))
        if len({one.sign for one in directions}) == 1:
            book.made()
            yield from denied(study, estimate, quote, directions[0])


def said(quote: Quote, name: str) -> Iterator[Said]:
    """Yield directions in words; how patients fare is read for endpoints whose event is known as bad or good."""
    text = quote.text
    polarity = 1 if name in SURVIVAL else -1 if name in FAVOURABLE else 0
    for sign, form in EVENTS:
        for found in form.finditer(text):
            if not NOT.search(text[max(0, found.start() - 25) : found.end()]):
                yield Said(sign, found[0], found.start())
    for found in PROTECTS.finditer(text) if polarity >= 0 else ():
        if not NOT.search(text[max(0, found.start() - 25) : found.end()]):
            yield Said(-1, found[0], found.start())
    for sign, form in FARES if polarity else ():
        for found in form.finditer(text):
            before = text[max(0, found.start() - 30) : found.start()]
            if not NOT.search(before) and not OF_A_TEST.search(before):
                yield Said(sign * polarity, found[0], found.start())


def denied(study: Study, estimate: PublishedEstimate, quote: Quote, one: Said) -> Iterator[Finding]:
    """Report a ratio on the other side of 1 than the words; a question where they may speak of the other group."""
    value = interval(str(estimate.value), whole="rounded")
    side = 1 if value.low > 1 else -1 if value.high < 1 else 0
    favours = FAVOURS.match(one.words) is not None
    about, doubtful = group_named(estimate, quote.text, one.start, one.start + len(one.words), follows=favours)
    if side == 0 or (side == one.sign and about >= 0) or (side != one.sign and about < 0):
        return
    sure = about != 0 or not (favours or doubtful or OTHER.search(quote.text))
    severity: Severity = "impossible" if sure else "ask the authors"
    who = estimate.hazard_of if about > 0 else estimate.versus if about < 0 else ""
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: '{one.words}'{f' of {who}' if who else ''} stands beside "
        f"{estimate.measure} {estimate.value} of {estimate.hazard_of or 'its group'}, which says the opposite.",
        f"{estimate.value} {'>' if side > 0 else '<'} 1: '{estimate.quote}'",
        estimate.place,
    )
