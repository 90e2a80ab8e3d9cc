"""What was read at one place of a paper: an entry of a study file, and the words that say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from escc_bayes.evidence.quotes.statistics import ANY_NUMBER

type Kind = Literal["estimate", "survival", "number", "n", "design", "population"]


class Entry(NamedTuple):
    """One entry of a draft: its table, its keys as in a study file, what was read in words, and where it stands."""

    kind: Kind
    body: Mapping[str, object]
    words: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a line of a table, where it stands, and its section."""

    text: str
    where: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one passage says: its entries, and the numbers that entered none of them."""

    passage: Passage
    entries: tuple[Entry, ...]
    unread: tuple[str, ...]


def unread_numbers(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    """Return the numbers of a plain sentence that lie in none of the places read.

    Examples
    --------
    >>> unread_numbers("HR 0.73 after 14 days", [(0, 7)])
    ('14',)
    """
    taken = list(spans)
    return tuple(
        found[0]
        for found in ANY_NUMBER.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in taken)
    )
