"""One label with two counts: Results and Discussion, or two sentences, print different numbers of one thing.

Method: the same words must carry the same number within one paper; one of the checks of Wilkinson et al. 2024, BMJ Open
14:e084164 (INSPECT-SR).
"""

import re
from collections.abc import Iterator
from itertools import combinations

from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding

PLACES = "abstract|methods|results|discussion|text|table|figure"


def one_label_two_counts(study: Study) -> Iterator[Finding]:
    """Compare prints whose names differ only in where the paper states them."""
    prints: dict[str, list[PublishedNumber]] = {}
    for number in study.numbers:
        label = re.sub(rf"_({PLACES})(?=_|$)|_(first|second)(?=_n$)", "", number.name)
        prints.setdefault(label, []).append(number)
    for label, entries in prints.items():
        for one, other in combinations(entries, 2):
            if one.value == other.value or one.unit != other.unit:
                continue
            yield Finding(
                study.id,
                "repeated",
                "contradiction" if re.search(rf"_({PLACES})(_|$)", one.name) or alike(one, other) else "notice",
                f"{label} is printed as {one.value} and as {other.value}.",
                f"{one.value} is not {other.value}: '{one.quote}' beside '{other.quote}'",
                f"{one.place}, {other.place}",
            )


def alike(one: PublishedNumber, other: PublishedNumber) -> bool:
    """Whether two quotes are mostly the same words, numbers of patients aside."""
    sides = [set(re.findall(r"[^\W\d_]{2,}|>=? ?\d+", number.quote)) for number in (one, other)]
    return 2 * len(sides[0] & sides[1]) > min(len(side) for side in sides)
