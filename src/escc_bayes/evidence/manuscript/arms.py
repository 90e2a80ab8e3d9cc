"""The groups of a paper by their names and sizes, and which of them a piece of a sentence speaks of."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from escc_bayes.evidence.manuscript.entry import Passage
from escc_bayes.evidence.manuscript.group_sizes import group_label, sized_in_brackets
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.quotes.statistics import SIZE

COMMON = frozenset(
    re.findall(
        r"[a-z]+",
        """a an the of in to for with and or plus group groups arm arms cohort patients therapy treatment combination
        alone who received receiving n versus vs not did had without no only""",
    )
)
COMPARED = re.compile(
    r"(?:compar(?:ed|ing)|efficacy of|trial of|assigned to(?: receive)?|randomi[sz]ed to(?: receive)?) (?:either )?"
    r"(?P<first>[A-Za-z][\w +/-]{2,60}?),? (?:versus|vs\.?|with|or|and) (?P<second>[A-Za-z][\w +/-]{2,60}?)"
    r"(?= (?:in|as|for|among|on|alone|followed)\b|[,.;(]|$)"
)


ALLOCATED = re.compile(
    r"(?<![\d.])(?P<n1>\d{2,5}) (?:patients )?(?:were |was )?(?:allocated|assigned|randomi[sz]ed) to "
    r"(?P<first>[A-Za-z][\w +/-]{1,60}?),? and (?P<n2>\d{2,5}) (?:patients )?"
    r"(?:(?:were |was )?(?:allocated|assigned|randomi[sz]ed) )?to (?P<second>[A-Za-z][\w +/-]{1,60}?)(?=[,.;(]|$)"
)
GROUP = re.compile(r"(?:\b(?:in|for|with) the |\()(?P<label>[A-Za-z][\w+/-]*(?: [\w+/-]+){0,3}?) (?:group|arm)\b")
COUNTED = re.compile(
    r"(?<![\d.])(?P<n1>\d{2,5}) (?:patients )?(?:received|had|underwent|were given|were treated with) "
    r"(?P<first>[A-Za-z][\w +/-]{1,60}?),? and (?P<n2>\d{2,5}) (?:patients )?"
    r"(?:received |had |underwent |were given |were treated with )?(?P<second>[A-Za-z][\w +/-]{1,60}?)(?=[,.;(]|$)"
)


class Arm(NamedTuple):
    """A group of patients: its name, and its size where printed."""

    label: str
    n: int | None = None


def arms_of(passages: Iterable[Passage]) -> tuple[Arm, ...]:
    """Return the groups whose sizes a sentence prints, else those that one counts or compares, or that all name.

    Examples
    --------
    >>> arms_of([Passage("assigned to ICI plus chemotherapy (n = 327) or chemotherapy (n = 332).", "")])
    (Arm(label='ICI plus chemotherapy', n=327), Arm(label='chemotherapy', n=332))
    """
    texts = [read_quote(passage.text).text for passage in passages]
    for text in texts:
        taken = [(share.start, share.end) for share in read_quote(text).shares]
        found = [
            Arm(group_label(text[: match.start()]), int(match["n"] or match["bare"]))
            for match in SIZE.finditer(text)
            if not any(start <= match.start() < end for start, end in taken)
        ]
        named = [arm for arm in found if arm.label and len(arm.label) < 70]
        if len({arm.label for arm in named}) == len(named) > 1:
            return tuple(named)
    for text in texts:
        arms = tuple(Arm(label, n) for label, n, _ in sized_in_brackets(text))
        if arms:
            return arms
    for text in texts:
        both = ALLOCATED.search(text) or COUNTED.search(text)
        if both:
            return Arm(both["first"].strip(), int(both["n1"])), Arm(both["second"].strip(), int(both["n2"]))
    for text in texts:
        pair = COMPARED.search(text)
        if pair:
            return Arm(pair["first"].strip()), Arm(pair["second"].strip())
    said = list(dict.fromkeys(found["label"] for text in texts for found in GROUP.finditer(text)))
    return (Arm(said[0]), Arm(said[1])) if len(said) == 2 else ()


def own_words(arms: Sequence[Arm]) -> list[frozenset[str]]:
    """Return, for each arm, the words of its name that no other arm has."""
    all_words = [frozenset(re.findall(r"[a-z0-9]+", arm.label.casefold())) - COMMON for arm in arms]
    return [
        words - frozenset().union(*(other for j, other in enumerate(all_words) if j != i))
        for i, words in enumerate(all_words)
    ]


def named_in(text: str, arms: Sequence[Arm]) -> list[Arm]:
    """Return the arms that a piece of a sentence names, in its order.

    An arm whose words another has as well ("chemotherapy" beside "ICI plus chemotherapy") is named where its whole name
    stands outside the other's.

    Examples
    --------
    >>> two = (Arm("ICI plus chemotherapy"), Arm("chemotherapy"))
    >>> [arm.label for arm in named_in("in the chemotherapy group and with ICI plus chemotherapy", two)]
    ['chemotherapy', 'ICI plus chemotherapy']
    """
    plain = text.casefold()
    found: list[tuple[int, Arm]] = []
    taken: list[tuple[int, int]] = []
    for arm in sorted(arms, key=lambda one: -len(one.label)):
        for match in re.finditer(rf"(?<![a-z0-9]){re.escape(arm.label.casefold())}(?![a-z0-9])", plain):
            if not any(start <= match.start() < end for start, end in taken):
                taken.append(match.span())
                found.append((match.start(), arm))
                break
    for arm, words in zip(arms, own_words(arms), strict=True):
        if arm not in [one for _, one in found]:
            starts = [match.start() for word in words for match in re.finditer(rf"\b{re.escape(word)}\b", plain)]
            if starts:
                found.append((min(starts), arm))
    return [arm for _, arm in sorted(found, key=lambda pair: pair[0])]
