"""Percentages of one group that fit only the size of the other: exchanged denominators, or exchanged sizes.

GRIM for two groups: 100 k / n with the own and with the other size. Brown & Heathers 2017, Soc Psychol Personal Sci
8:363. A subset of the own group could have the other's size by chance: the share of subset sizes that print so, over
all sizes, is the probability stated, multiplied over percentages.
"""

import math
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from escc_bayes.data.published import PublishedNumber, PublishedSurvival, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.number_names import is_count, is_percentage, subject, words
from escc_bayes.evidence.rules.partitions import within

RULE = "swapped groups"
RARE = 0.05


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
        right = [s for s in found if fits(s, s.group.n)]
        if wrong:
            yield swapped(study, wrong, right, one, other)


def groups(study: Study) -> list[Group]:
    """Return the groups whose sizes the study prints with a curve, an estimate, or a count called as they are."""
    found: dict[tuple[str, ...], Group] = {}
    sized = [(curve.arm, curve.n, curve.place) for curve in study.survivals]
    for estimate in study.estimates:
        if not estimate.subgroup:
            sized.append((estimate.hazard_of, estimate.n_hazard_of, estimate.place))
            sized.append((estimate.versus, estimate.n_versus, estimate.place))
    sized += [
        (" ".join(subject(number)), int(number.value), number.place)
        for number in study.numbers
        if is_count(number) and {"arm", "group", "cohort"} & set(subject(number)[:1]) and len(subject(number)) == 2
    ]
    for name, n, place in sized:
        if name and n and n != study.n and words(name):
            found.setdefault(words(name), Group(name, words(name), n, place))
    return list(found.values())


def shares(study: Study, known: list[Group]) -> Iterator[Share]:
    """Yield counts beside percentages that are about one group and print no denominator of their own."""
    counts = {subject(n): int(n.value) for n in study.numbers if is_count(n)}
    entries: tuple[PublishedSurvival | PublishedNumber, ...] = (*study.survivals, *study.numbers)
    for entry in entries:
        group = own_group(entry, known)
        if group is None:
            continue
        for share in read_quote(entry.quote).shares:
            if share.of is None:
                shown = f"{share.patients} ({share.percent} %)"
                yield Share(group, share.patients, interval(share.percent, whole="rounded"), shown, entry.place)
        if isinstance(entry, PublishedNumber) and is_percentage(entry) and subject(entry) in counts:
            k = counts[subject(entry)]
            if not any(share.patients == k for share in read_quote(entry.quote).shares):
                yield Share(group, k, interval(entry.value, whole="rounded"), f"{k} ({entry.value} %)", entry.place)


def own_group(entry: PublishedSurvival | PublishedNumber, known: list[Group]) -> Group | None:
    """Return the group that an entry is about: a curve's arm, or the one group that a name holds."""
    about = words(entry.arm) if isinstance(entry, PublishedSurvival) else subject(entry)
    held = [group for group in known if within(group.words, about)]
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


def swapped(study: Study, wrong: list[Share], right: list[Share], one: Group, other: Group) -> Finding:
    """Report percentages that fit only the other size: one exchanged denominator, or exchanged sizes."""
    p = 1.0
    for share in wrong:
        p *= min(1.0, chance(share))
    exceeds = any(100.0 * s.patients / s.group.n > s.printed.high for s in wrong)
    severity: Severity = "impossible" if exceeds else "very unlikely" if p <= RARE else "ask the authors"
    both = not right and {share.group for share in wrong} == {one, other}
    listed = "; ".join(f"{s.shown} of {s.group.name}" for s in wrong[:4])
    reading = (
        f"the sizes of {one.name} ({one.n}) and {other.name} ({other.n}) may be exchanged"
        if both
        else (f"it fits {other.n if wrong[0].group is one else one.n} patients and not its {wrong[0].group.n}")
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
