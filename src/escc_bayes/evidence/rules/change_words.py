"""A ratio against the size of the change that the words beside it say: "49 % lower", "1.5-fold", "twice the risk".

Method: 100 (1 - ratio) % lower or 100 (ratio - 1) % higher is the same number in words; the inverse speaks of the other
group. Nuijten et al. 2016, Behav Res Methods 48:1205 (decision inconsistency), applied to sizes. A risk ratio lies
between 1 and the odds ratio of the same table, and a ratio of cumulative risks between 1 and the hazard ratio, so that
words which may be of such another measure leave a question.
"""

import re
from collections.abc import Iterator

from escc_bayes.data.measures import family
from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.endpoints import FAVOURABLE, INCLUDING_DEATH, SURVIVAL, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.quotes.changes import Change
from escc_bayes.evidence.quotes.quote import read_quote

RULE = "direction in words"
LOOSE, ROUND = 0.011, 0.026
"""Beyond rounding: a percentage cut off and not rounded; one that is given to the next 5 %."""

PER_UNIT = re.compile(r"\b(?:per|each|every|unadjusted|crude|univaria\w+)\b(?! ?cent)", re.IGNORECASE)
OTHER_CONDITIONS = re.compile(
    r"\b(?:cumulative|subgroup)\b|\d[- ](?:year|month|week|day)|\bat \d+ (?:years?|months?|weeks?|days?)", re.IGNORECASE
)
"""Words by which a percentage may be of another ratio than the printed one."""

NEAR = 30
"""Letters around the change within which such words are read."""

CUMULATIVE = re.compile(r"incidence|mortality|death|dying|progression|recurrence|relapse|failure|likel|chance")
OBJECT = re.compile(r"^ ?(?:of|for|from|to)? ?(?:the |an? |any |further )?(?P<what>[a-z -]{3,50})", re.IGNORECASE)
DEATH = re.compile(r"\b(?:deaths?|die|dying|mortality)\b", re.IGNORECASE)
FAILURE = re.compile(r"progress|recurr|relaps|fail|metasta|disease|event", re.IGNORECASE)
ANOTHER_CLAUSE = re.compile(r"[;.]|\b(?:and|but|while|whereas)\b", re.IGNORECASE)
ANY = re.compile(r"^(?:with|in|was|were|is|by|for|among|versus|when|after|compared|than|and)\b|^$", re.IGNORECASE)


def change_against_ratio(study: Study, estimate: PublishedEstimate, said: tuple[Change, ...]) -> Iterator[Finding]:
    """Report changes in words of which none is that of the ratio, of its inverse, or of another ratio of the quote."""
    beside = [interval(ratio.value, whole="rounded") for ratio in read_quote(estimate.quote).ratios]
    ratios = [interval(str(estimate.value), whole="rounded"), *beside]
    if any(fits(one, ratio) for one in said for ratio in ratios):
        return
    first, value = said[0], float(estimate.value or 1)
    severity = how_certain(estimate, first, ratios, len(said))
    change = f"{100 * abs(1 - value):.0f} % {'lower' if value < 1 else 'higher'}"
    turned = any(fits(turn(first), ratio) for ratio in ratios)
    low, high = first.ratios[0]
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{estimate.effect}, {estimate.endpoint}: '{first.words}' stands beside {estimate.measure} {estimate.value}, "
        f"which is {change}{' (the other way round)' if turned else ''}.",
        f"the words say a ratio of {low:.4g} to {high:.4g}, or its inverse; {estimate.value} is "
        f"{100 * (value - 1):+.1f} %, and of the other group {100 * (1 / value - 1):+.1f} %",
        estimate.place,
    )


def fits(one: Change, ratio: Interval, more: float = 0.0) -> bool:
    """Whether a change is that of a ratio, or of its inverse, which speaks of the other group."""
    low, high = ratio.low - more, ratio.high + more
    inverse = Interval(1 / high, 1 / low) if low > 0 else ratio
    return any(said.meets(Interval(low, high)) or said.meets(inverse) for said in one.ratios)


def turn(one: Change) -> Change:
    """Return the change in the other direction: 1 - x for 1 + x."""
    return one._replace(ratios=tuple(Interval(2.0 - said.high, 2.0 - said.low) for said in one.ratios))


def how_certain(estimate: PublishedEstimate, one: Change, ratios: list[Interval], many: int) -> Severity:
    """Return how far the words contradict: impossible unless they may be of another ratio, or rounded twice."""
    round_number = re.search(r"\b\d*[05] ?(?:%|-?per)", one.words) is not None
    if any(fits(one, ratio, ROUND if round_number else LOOSE) for ratio in ratios):
        return "rounding"
    text = read_quote(estimate.quote).text
    near = text[max(0, one.start - NEAR) : one.end + NEAR]
    elsewhere = PER_UNIT.search(text) is not None or OTHER_CONDITIONS.search(near) is not None
    if elsewhere or many > 1 or other_measure(estimate, one, ratios[0]) or other_event(estimate, one):
        return "ask the authors"
    return "impossible"


def other_measure(estimate: PublishedEstimate, one: Change, ratio: Interval) -> bool:
    """Whether the words may be of a risk ratio beside an odds ratio, of cumulative risks beside a hazard ratio, ..."""
    kind, said = family(estimate.measure), one.ratios[0]
    outer = max(ratio.high, 1 / max(ratio.low, 1e-9))
    size = min(max(bound, 1 / max(bound, 1e-9)) for bound in said)
    nearer = size < outer
    if one.noun == "odds":
        return kind != "OR" and not nearer
    if kind == "OR":
        return nearer
    return kind == "HR" and nearer and CUMULATIVE.search(one.noun) is not None


def other_event(estimate: PublishedEstimate, one: Change) -> bool:
    """Whether the words name another event than that of the ratio's endpoint."""
    quote = read_quote(estimate.quote)
    text, behind = quote.text, [ratio.start for ratio in quote.ratios if ratio.start >= one.end]
    at = text.casefold().find(one.noun, one.start) if one.noun else -1
    if at < 0 or (behind and not ANOTHER_CLAUSE.search(text[one.end : min(behind)])):
        return False
    found = OBJECT.match(text[at + len(one.noun) :])
    what = (found["what"] if found else "").strip()
    if CUMULATIVE.search(one.noun) and not one.noun.startswith(("likel", "chance", "incidence")):
        what = one.noun
    name = endpoint(estimate.endpoint)
    if ANY.match(what):
        return False
    if DEATH.search(what):
        return name in SURVIVAL and name not in ("OS", "CSS", *INCLUDING_DEATH)
    if FAILURE.search(what):
        return name in ("OS", *FAVOURABLE)
    shared = stems(what) & stems(f"{estimate.endpoint} {estimate.effect} {estimate.hazard_of} {estimate.versus}")
    return not shared and not (name in FAVOURABLE and "respon" in what)


def stems(text: str) -> set[str]:
    """Return how the longer words of a text begin: leak of leakage."""
    return set(re.findall(r"\b[a-z]{4}", text.casefold()))
