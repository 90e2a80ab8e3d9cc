"""Whose count a share is: the size or the name of the group that stands beside it in the sentence.

"arm A (n = 40): 30 patients (50.0 %), arm B (n = 60): 20 (50.0 %)" gives 30 to the group of 40 and 20 to that of 60; so
does "30 (50.0 %) in arm A (n = 40) and 20 (50.0 %) in arm B (n = 60)". Where the order does not tell, nothing is given.
"""

from collections.abc import Sequence
from typing import NamedTuple

from escc_bayes.evidence.quotes.shares import Share, shares
from escc_bayes.evidence.quotes.statistics import SIZE


class Anchor[T](NamedTuple):
    """Where a group stands in a sentence."""

    start: int
    end: int
    group: T


def beside[T](found: Sequence[Share], anchors: Sequence[Anchor[T]]) -> list[tuple[Share, T]]:
    """Return each share with the group beside it: each before its shares, each behind its share, or one after another.

    Examples
    --------
    >>> text = "A (n = 40): 30 (75 %); B (n = 60): 20 (33 %)"
    >>> [(share.patients, n) for share, n in beside(shares(text), sizes_in(text))]
    [(30, 40), (20, 60)]
    """
    if not found or not anchors:
        return []
    order = "".join(kind for _, kind in sorted([(s.start, "s") for s in found] + [(a.start, "a") for a in anchors]))
    if "aa" in order:
        apart = order == "a" * len(anchors) + "s" * len(found) and len(anchors) == len(found)
        return [(s, a.group) for s, a in zip(found, anchors, strict=True)] if apart else []
    if order.startswith("a"):
        return [(s, [a for a in anchors if a.start < s.start][-1].group) for s in found]
    if "ss" in order or len(anchors) != len(found):
        return []
    return [(s, a.group) for s, a in zip(found, anchors, strict=True)]


def sizes_in(text: str) -> list[Anchor[int]]:
    """Return the group sizes of a plain sentence, "n = 40", that are no counts of a share."""
    taken = shares(text)
    return [
        Anchor(found.start(), found.end(), int(found["n"] or found["bare"]))
        for found in SIZE.finditer(text)
        if not any(share.start <= found.start() < share.end for share in taken)
    ]
