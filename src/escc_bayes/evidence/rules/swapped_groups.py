"""Percentages of one group that fit only the size of the other: exchanged denominators, or exchanged sizes.

GRIM for two groups: 100 k / n with the own and with the other size. Brown & Heathers 2017, Soc Psychol Personal Sci
8:363. A subset of the own group could have the other's size by chance: the share of subset sizes that print so, over
all sizes, is the probability stated, multiplied over percentages.
"""

import math
import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from escc_bayes.data.published import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.grouped import Anchor, beside, sizes_in
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.quotes.shares import Share as Printed
from escc_bayes.evidence.rules.number_names import is_count, is_percentage, subject, words
from escc_bayes.evidence.rules.partitions import within
from escc_bayes.foundation.sentence import counted

RULE = "swapped groups"
RARE = 0.05
NOUNS = frozenset({"arm", "group", "cohort"})
SCALES = frozenset({"stage", "grade", "class", "type", "score", "level", "ecog"})
SUBSET = re.compile(
    r"\b(?:evaluable|assess\w*|available|known|missing|tested|those|among|treated|biops\w+)\b", re.IGNORECASE
)
"""Words of a part of a group, of which its percentages may be."""

type Entry = PublishedSurvival | PublishedNumber | PublishedEstimate


class Group(NamedTuple):
    """One group: its name, the words of it, its size and where that stands."""

    name: str
    words: tuple[str, ...]
    n: int
    place: str


class Share(NamedTuple):
    """A count and a percentage of one group."""

    group: Group
    patients: int
    printed: Interval
    shown: str
    place: str
    of_a_part: bool = False


def percentages_of_the_other_group(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare every percentage of a group with its own and with the other group's size."""
    book = ledger or Ledger()
    known = groups(study)
    for one, other in combinations(known, 2):
        if one.n == other.n:
            continue
        found = [share for share in shares(study, known) if share.group in (one, other)]
        book.made(len(found))
        wrong = [s for s in found if not fits(s, s.group.n) and fits(s, other.n if s.group is one else one.n)]
        wrong = [s for s in wrong if study.n is None or not fits(s, study.n)]
        right = [s for s in found if fits(s, s.group.n)]
        if wrong:
            yield swapped(study, wrong, right, (one, other), len(known) - 1)


def groups(study: Study) -> list[Group]:
    """Return the groups whose sizes the study prints with a curve, an estimate, or a count called as they are."""
    found: dict[tuple[str, ...], Group] = {}
    sized = [(curve.arm, curve.n, curve.place) for curve in study.survivals]
    for estimate in study.estimates:
        if not estimate.subgroup:
            sized.append((estimate.hazard_of, estimate.n_hazard_of, estimate.place))
            sized.append((estimate.versus, estimate.n_versus, estimate.place))
    sized += [(" ".join(subject(number)), int(number.value), number.place) for number in study.numbers if sizes(number)]
    for name, n, place in sized:
        if name and n and n != study.n and words(name):
            found.setdefault(words(name), Group(name, words(name), n, place))
    printed = {group.n for group in found.values()}
    entries: tuple[Entry, ...] = (*study.survivals, *study.numbers, *study.estimates)
    for entry in entries:
        for anchor in sizes_in(read_quote(entry.quote).text):
            if anchor.group not in (study.n, *printed):
                printed.add(anchor.group)
                found[(str(anchor.group),)] = Group(f"the group of {anchor.group}", (), anchor.group, entry.place)
    return list(found.values())


def sizes(number: PublishedNumber) -> bool:
    """Whether a number is the size of a group: called an arm's, or printed as "chemotherapy (n = 40)"."""
    about, quote = subject(number), read_quote(number.quote)
    if not is_count(number) or len(about) > 2:
        return False
    return (bool(NOUNS & set(about[:1])) and len(about) == 2) or (
        quote.sizes == (int(number.value),) and not quote.shares
    )


def shares(study: Study, known: list[Group]) -> Iterator[Share]:
    """Yield counts beside percentages that are about one group and print no denominator of their own."""
    counts = {subject(n): int(n.value) for n in study.numbers if is_count(n)}
    entries: tuple[Entry, ...] = (*study.survivals, *study.numbers, *study.estimates)
    for entry in entries:
        quote = read_quote(entry.quote)
        lone = tuple(share for share in quote.shares if share.of is None)
        part = SUBSET.search(quote.text) is not None
        group = None if isinstance(entry, PublishedEstimate) else own_group(entry, known)
        if len(lone) > 1 and parts_of_one_whole(lone):
            continue
        told = in_quote(quote.text, lone, known) or ([(share, group) for share in lone] if group else [])
        for share, of in told:
            shown = f"{share.patients} ({share.percent} %)"
            yield Share(of, share.patients, interval(share.percent, whole="rounded"), shown, entry.place, part)
        if group and isinstance(entry, PublishedNumber) and is_percentage(entry) and subject(entry) in counts:
            k = counts[subject(entry)]
            if not any(share.patients == k for share in quote.shares):
                shown = f"{k} ({entry.value} %)"
                yield Share(group, k, interval(entry.value, whole="rounded"), shown, entry.place, part)


def parts_of_one_whole(found: tuple[Printed, ...]) -> bool:
    """Whether shares are of their own sum: "of 60 responders, 24 (40 %) in arm A and 36 (60 %) in arm B"."""
    whole = sum(share.patients for share in found)
    return whole > 0 and all(
        interval(share.percent, whole="rounded").holds(100.0 * share.patients / whole) for share in found
    )


def in_quote(text: str, found: tuple[Printed, ...], known: list[Group]) -> list[tuple[Printed, Group]]:
    """Return the shares of a sentence with the groups beside them: by the sizes it prints, else by their names."""
    if sized := sizes_in(text):
        by_size = {n: [group for group in known if group.n == n] for _, _, n in sized}
        return [(share, by_size[n][0]) for share, n in beside(found, sized) if len(by_size[n]) == 1]
    anchors = [
        Anchor(match.start(), match.end(), group)
        for group in known
        if NOUNS & set(group.words)
        for match in re.finditer(rf"\b{r'[ -]'.join(group.words)}\b", text, re.IGNORECASE)
    ]
    return beside(found, sorted(anchors, key=lambda anchor: anchor.start))


def own_group(entry: PublishedSurvival | PublishedNumber, known: list[Group]) -> Group | None:
    """Return the group that an entry is about: a curve's arm, or the one group that a name holds."""
    about = words(entry.arm) if isinstance(entry, PublishedSurvival) else subject(entry)
    held = [group for group in known if within(group.words, about)]
    if not held and not SCALES & set(about):
        held = [group for group in known if within(tuple(w for w in group.words if w not in NOUNS), about)]
    longest = max((len(group.words) for group in held), default=0)
    best = [group for group in held if len(group.words) == longest]
    other = isinstance(entry, PublishedSurvival) or (len(best) == 1 and best[0].words != about)
    return best[0] if best and other else None


def fits(share: Share, n: int) -> bool:
    """Whether a count over ``n`` prints so."""
    return share.patients <= n and share.printed.holds(100.0 * share.patients / n)


def chance(share: Share) -> float:
    """Return the share of subset sizes of the own group, or of anything as large, that print so."""
    k, (low, high) = share.patients, share.printed
    most = max(share.group.n, k, 1)
    sizes = most - max(k, 1) + 1
    if low <= 0 or high <= 0:
        return 1.0
    fitting = min(math.floor(100.0 * k / low), most) - max(math.ceil(100.0 * k / high), k, 1) + 1
    return min(1.0, max(fitting, 1) / sizes)


def swapped(study: Study, wrong: list[Share], right: list[Share], pair: tuple[Group, Group], others: int) -> Finding:
    """Report percentages that fit only the other size (of so many others): one exchanged denominator, or both sizes."""
    p, (one, other) = float(others), pair
    for share in wrong:
        p *= min(1.0, chance(share))
    exceeds = any(100.0 * s.patients / s.group.n > s.printed.high for s in wrong)
    severity: Severity = "impossible" if exceeds else "very unlikely" if p <= RARE else "ask the authors"
    if all(s.of_a_part for s in wrong):
        severity = "ask the authors"
    both = not right and {share.group for share in wrong} == {one, other}
    listed = "; ".join(f"{s.shown} of {s.group.name}" for s in wrong[:4])
    fits = counted(other.n if wrong[0].group is one else one.n, "patient")
    reading = (
        f"the sizes of {one.name} ({one.n}) and {other.name} ({other.n}) may be exchanged"
        if both
        else f"it fits {fits} and not its {wrong[0].group.n}"
    )
    first = wrong[0]
    theirs = other.n if first.group is one else one.n
    return Finding(
        study.id,
        RULE,
        severity,
        f"{listed}: {reading}.",
        f"{first.patients}/{first.group.n} = {100 * first.patients / first.group.n:.2f} %, "
        f"{first.patients}/{theirs} = {100 * first.patients / theirs:.2f} %",
        ", ".join(dict.fromkeys([*(share.place for share in wrong), one.place, other.place])),
        p if severity == "very unlikely" else None,
    )
