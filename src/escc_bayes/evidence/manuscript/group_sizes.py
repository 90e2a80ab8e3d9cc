"""Sizes of groups in a sentence, and the words that name a group: "(n = 45)" behind it, "(321 patients)", "(325)"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.evidence.manuscript.entry import Entry
from escc_bayes.evidence.quotes.quote import Quote
from escc_bayes.evidence.quotes.statistics import SIZE

ALLOCATING = re.compile(r"\b(?:assigned|allocated|randomi[sz]ed)\b", re.IGNORECASE)
PARTING = re.compile(
    r"\bthan(?: (?:in|for))?(?: the)?(?: (?:those|patients))?(?: (?:with|given|receiving|treated with|who received)\b)?"
    r"|\bcompared\b|[.;:()]|, (?:and|or)? ?"
    r"|\b(?:to receive|receive[ds]?|to|either|versus|vs\.?|or|between|comparing|compared with|underwent|in|into|of|for"
    r"|were|was|the|and)\b"
)
"""What parts the name of a group from the words before it."""

IN_BRACKETS = re.compile(r"(?P<label>[A-Za-z][\w +/-]*?) ?\((?P<n>\d{2,5})(?: patients)?\)")


def group_sizes(quote: Quote, sentence: str) -> Iterator[Entry]:
    """Yield group sizes such as "the CRT group (n = 45)", by the words before them."""
    taken = [(share.start, share.end) for share in quote.shares]
    for found in SIZE.finditer(quote.text):
        if any(start <= found.start() < end for start, end in taken):
            continue
        n, label = found["n"] or found["bare"], group_label(quote.text[: found.start()])
        body = {"name": f"{slug(label)}_n", "value": Decimal(n), "quote": sentence}
        yield Entry("number", body, f"n = {n} of {label or 'a group'}", (found.span(),))
    for label, size, span in sized_in_brackets(quote.text):
        body = {"name": f"{slug(label)}_n", "value": Decimal(size), "quote": sentence}
        yield Entry("number", body, f"n = {size} of {label}", (span,))


def slug(label: str) -> str:
    """Return a group's words as the name of a number."""
    return "_".join(re.findall(r"[a-z0-9]+", label.casefold())[:5]) or "group"


def sized_in_brackets(text: str) -> list[tuple[str, int, tuple[int, int]]]:
    """Return the groups of a sentence that allocates patients and prints the size of two or more in brackets.

    Examples
    --------
    >>> [one[:2] for one in sized_in_brackets("were assigned to RT plus ICI (81 patients) or RT alone (86)")]
    [('RT plus ICI', 81), ('RT alone', 86)]
    """
    if ALLOCATING.search(text) is None:
        return []
    found = list(IN_BRACKETS.finditer(text))
    labels = [group_label(text[: match.end("label")]) for match in found]
    told = len(found) > 1 and all(labels) and len(set(labels)) == len(labels)
    return (
        [(label, int(match["n"]), match.span("n")) for label, match in zip(labels, found, strict=True)] if told else []
    )


def group_label(text: str) -> str:
    """Return the name of a group that ends a text: "randomised to camrelizumab plus chemotherapy" gives its last part.

    Examples
    --------
    >>> group_label("were assigned to receive camrelizumab plus chemotherapy "), group_label("an RT group ")
    ('camrelizumab plus chemotherapy', 'RT')
    """
    parts = PARTING.split(text)
    label = next((part for part in reversed(parts) if part and part.strip()), "").strip()
    return re.sub(r"^(?:an?|the|with) |\s*\b(?:groups?|arms?|cohorts?|patients)$", "", label).strip()
