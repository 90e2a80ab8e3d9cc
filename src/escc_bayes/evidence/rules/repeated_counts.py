"""One label with two counts: Results and Discussion, or two sentences, print different numbers of one thing.

Method: the same words must carry the same number within one paper; one of the checks of Wilkinson et al. 2024, BMJ Open
14:e084164 (INSPECT-SR).
"""

import re
from collections.abc import Iterator
from itertools import combinations

from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.number_names import PLACES, is_count, stands

TIMES = r"\b(interim|final|baseline|before|after|update\w*|follow-?up|weeks?|months?|years?|first|second)\b"
GROUPS = r"\b(arms?|groups?|cohorts?|controls?|versus|vs)\b"


def one_label_two_counts(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare prints whose names differ only in where the paper states them."""
    book = ledger or Ledger()
    prints: dict[str, list[PublishedNumber]] = {}
    for number in study.numbers:
        label = re.sub(rf"_({PLACES})(?=_|$)|_(first|second)(?=_n$)", "", number.name)
        prints.setdefault(label, []).append(number)
    for label, entries in prints.items():
        for one, other in combinations(entries, 2):
            book.made()
            if one.value == other.value or one.unit != other.unit:
                continue
            yield Finding(
                study.id,
                "repeated",
                "impossible" if one_moment(one, other) else "ask the authors",
                f"{label} is printed as {one.value} and as {other.value}.",
                f"{one.value} is not {other.value}: '{one.quote}' beside '{other.quote}'",
                f"{one.place}, {other.place}",
            )


def one_moment(one: PublishedNumber, other: PublishedNumber) -> bool:
    """Whether two prints are surely of one thing: by their names, or by mostly the same words of no other time."""
    if any(stands(number) for number in (one, other)):
        return True
    said = [number.quote.casefold() for number in (one, other)]
    times = [set(re.findall(TIMES, quote)) for quote in said]
    if any(re.search(GROUPS, quote) for quote in said):
        return False
    counts = one.name == other.name and is_count(one) and is_count(other)
    return (counts or alike(one, other)) and times[0] == times[1]


def alike(one: PublishedNumber, other: PublishedNumber) -> bool:
    """Whether two quotes are mostly the same words, numbers of patients aside."""
    sides = [set(re.findall(r"[^\W\d_]{2,}|>=? ?\d+", number.quote)) for number in (one, other)]
    return 2 * len(sides[0] & sides[1]) > min(len(side) for side in sides)
