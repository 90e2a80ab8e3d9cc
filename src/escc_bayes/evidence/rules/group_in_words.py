"""Of which group of a ratio a sentence speaks: "low ALC had shorter survival", "shorter with placebo".

Groups are told apart by their own words: those of one that the other lacks, or a negation ("no surgery" beside
"surgery"). The subject before the words of a direction counts; where it names no group, the object behind them does.
"""

import re
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate

FILLERS = frozenset(
    ["the", "a", "an", "of", "in", "and", "or", "with", "for", "to", "group", "arm", "alone", "plus", "added", "no"]
) | {"not", "without", "therapy", "treatment"}
NEGATED = re.compile(r"(?:no|not|non|without|never|absence of)\b", re.IGNORECASE)
NEGATION = re.compile(rf"\b{NEGATED.pattern}[ -]+(?:any )?$", re.IGNORECASE)
OBJECT = re.compile(
    r"^(?: (?!with\b|in\b|for\b|among\b|after\b|without\b)[\w-]+){0,5}? (?:(?:with|in|for|among|after) |(?=without ))"
    r"(?P<who>[^();,.:]{2,60})",
    re.IGNORECASE,
)
END_OF_OBJECT = re.compile(r"\b(?:than|versus|vs|v|compared|relative|rather|whereas|while|and|but)\b", re.IGNORECASE)
COMPARATOR = re.compile(
    r"\b(?:placebo|controls?|observation|alone|standard|usual|conventional|without|untreated|no)\b", re.IGNORECASE
)
NEXT_WORDS = 45
"""How many letters are read behind "favoured" for its group."""


class Named(NamedTuple):
    """+1 if words speak of the first group of a ratio, -1 of the second, 0 if they do not tell.

    ``doubtful`` if, not telling, they may still speak of the second.
    """

    group: int
    doubtful: bool = False


def group_named(estimate: PublishedEstimate, text: str, start: int, end: int, *, follows: bool) -> Named:
    """Return of which group the words from ``start`` to ``end`` speak; ``follows``: it stands behind them."""
    before = text[:start]
    behind = object_of(text[end:])
    subject = text[: end + NEXT_WORDS] if follows else before
    found = of_words(estimate, subject)
    if found.group == 0 and behind:
        of_object = of_words(estimate, behind)
        unknown = not words(behind) & (words(estimate.hazard_of) | words(estimate.versus))
        stated = bool(words(estimate.hazard_of) and words(estimate.versus))
        doubtful = found.doubtful or of_object.doubtful or COMPARATOR.search(behind) is not None
        return of_object if of_object.group else Named(0, doubtful or (stated and unknown))
    return found


def object_of(rest: str) -> str:
    """Return the group behind a direction, up to the words of a comparison.

    Examples
    --------
    >>> object_of(" with placebo (HR 0.63)"), object_of(" survival after surgery than after radiotherapy")
    ('placebo', 'surgery')
    """
    found = OBJECT.match(rest)
    return END_OF_OBJECT.split(found["who"])[0].strip() if found else ""


def of_words(estimate: PublishedEstimate, text: str) -> Named:
    """Return which group some words name."""
    first, second, subject = words(estimate.hazard_of), words(estimate.versus), words(text)
    own, other = first - second, second - first
    if bool(own & subject) != bool(other & subject):
        return Named(1 if own & subject else -1)
    if own or other:
        shared = first & second
        return Named(0, doubtful=bool(shared & subject) and not (own and other))
    return negated(estimate, text)


def negated(estimate: PublishedEstimate, text: str) -> Named:
    """Return which of two groups that differ by a negation alone some words name: "no surgery", "surgery"."""
    sides = [NEGATED.match(side) is not None for side in (estimate.hazard_of, estimate.versus)]
    if sides[0] == sides[1]:
        return Named(0)
    found = [
        NEGATION.search(text[max(0, at.start() - 20) : at.start()]) is not None
        for word in words(estimate.versus)
        for at in re.finditer(rf"\b{re.escape(word)}", text, re.IGNORECASE)
    ]
    if not found or len(set(found)) > 1:
        return Named(0, doubtful=bool(found))
    return Named(1 if found[0] == sides[0] else -1)


def words(text: str) -> set[str]:
    """Return the words that tell groups apart; higher is high, lower is low."""
    found = re.findall(r"[a-z0-9]+", text.casefold())
    return {re.sub(r"^(high|low)er$", r"\1", word) for word in found} - FILLERS
