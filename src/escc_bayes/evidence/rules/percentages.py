"""Percentages against counts: GRIM, which fractions of whole patients can print so.

Brown & Heathers 2017, Soc Psychol Personal Sci 8:363 (for means of whole numbers; a percentage is one).
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.quotes.grouped import beside, sizes_in
from escc_bayes.evidence.quotes.quote import read_quote
from escc_bayes.evidence.rules.number_names import is_count, is_percentage, stands, subject, words
from escc_bayes.evidence.rules.partitions import ARM_NOUNS, CASES, SEX, groups, partitions, within
from escc_bayes.foundation.sentence import counted

RULE = "percentages"
NO_SHARE = frozenset(
    [
        "os",
        "pfs",
        "dfs",
        "efs",
        "rfs",
        "lrfs",
        "dmfs",
        "lrc",
        "survival",
        "incidence",
        "cumulative",
        "mean",
        "median",
        "sd",
        "power",
        "alpha",
        "weight",
        "loss",
        "change",
        "difference",
        "reduction",
        "dose",
        "ci",
        "lower",
        "upper",
        "i2",
        "level",
    ]
)
"""Words of percentages that are no count over a number of patients."""

LARGEST_STUDY = 1_000_000
"""Where no size is printed, the patients of whom a percentage may be."""

type Entry = PublishedEstimate | PublishedSurvival | PublishedNumber


class Pair(NamedTuple):
    """A count and the percentage beside it; ``of`` is a printed denominator, ``counted`` the place of the count."""

    patients: int
    percent: str
    of: int | None
    entry: Entry
    counted: str


def percentages_against_counts(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each count with the percentage beside it, lone percentages with all counts, classes with 100 %."""
    book = ledger or Ledger()
    seen: set[tuple[int, str, int | None]] = set()
    wholes = wholes_of_classes(study)
    for found in (*quoted_pairs(study), *named_pairs(study)):
        if (found.patients, found.percent, found.of) not in seen:
            book.made()
            seen.add((found.patients, found.percent, found.of))
            yield from pair(study, found, wholes.get(found.counted, frozenset()))
    paired = {percent for _, percent, _ in seen}
    for number in shares(study):
        if str(number.value) not in paired:
            book.made()
            yield from lone(study, number)
    yield from classes_against_hundred(study)


def shares(study: Study) -> list[PublishedNumber]:
    """Return the percentages that are counts over numbers of patients."""
    return [number for number in study.numbers if is_percentage(number) and not NO_SHARE & set(words(number.name))]


def quoted_pairs(study: Study) -> Iterator[Pair]:
    """Yield count, percentage and printed denominator from quotes such as "7 cases (8.9%)" or "82.3% (65/79)"."""
    entries: tuple[Entry, ...] = (*study.survivals, *study.numbers, *study.estimates)
    for entry in entries:
        own = str(entry.value) if isinstance(entry, PublishedNumber) else ""
        for found in read_quote(entry.quote).shares:
            place = entry.place if str(found.patients) == own else ""
            yield Pair(found.patients, found.percent, found.of, entry, place)


def named_pairs(study: Study) -> Iterator[Pair]:
    """Yield a count and a percentage of one subject: ``male_n`` and ``male_percent``, or units that say so."""
    prints: dict[tuple[tuple[str, ...], str], list[PublishedNumber]] = {}
    for number in study.numbers:
        if is_count(number):
            prints.setdefault((subject(number), stands(number)), []).append(number)
    for number in shares(study):
        counts = prints.get((subject(number), stands(number)), [])
        if len(counts) == 1:
            yield Pair(int(counts[0].value), str(number.value), None, number, counts[0].place)


def wholes_of_classes(study: Study) -> dict[str, frozenset[int]]:
    """Return, for the place of each count, the wholes that it and other classes sum to: percentages are of these."""
    found: dict[str, frozenset[int]] = {}
    for partition in partitions(study, [number for number in study.numbers if is_count(number)]):
        classes = [prints[0] for prints in partition.levels.values()]
        alone = all(len(prints) == 1 for prints in partition.levels.values())
        if alone and sum(number.value for number in classes) == partition.whole.n:
            for number in classes:
                found[number.place] = found.get(number.place, frozenset()) | {partition.whole.n}
    return found


def own_group(study: Study, entry: Entry) -> int | None:
    """Return the size of the arm that the name of a percentage is about: of arm a for ``male_arm_a_percent``."""
    if not isinstance(entry, PublishedNumber):
        return None
    counts = [(subject(number), int(number.value)) for number in study.numbers if is_count(number)]
    arms = [(named, n) for named, n in counts if named[0] in ARM_NOUNS]
    arms += [(named, n) for named, n, *_ in groups(study)]
    about = subject(entry)
    sizes = {n for named, n in arms if named != about and within(named, about)}
    return sizes.pop() if len(sizes) == 1 else None


def size_beside(found: Pair) -> int | None:
    """Return the size of the group that the sentence prints beside a count: "arm A (n = 40): 30 patients"."""
    text = read_quote(found.entry.quote).text
    told = beside([share for share in read_quote(text).shares if share.of is None], sizes_in(text))
    own = {n for share, n in told if (share.patients, share.percent) == (found.patients, found.percent)}
    return own.pop() if len(own) == 1 else None


def denominators(study: Study, entry: Entry) -> list[int]:
    """Return the group sizes that the study prints, the entry's own first."""
    own = [entry.n] if isinstance(entry, PublishedSurvival) else []
    others = [study.n, *(curve.n for curve in study.survivals)]
    others += [n for estimate in study.estimates for n in (estimate.n_hazard_of, estimate.n_versus)]
    others += [int(number.value) for number in study.numbers if is_count(number)]
    others += read_quote(entry.quote).sizes
    return list(dict.fromkeys(n for n in (*own, *others) if n))


def share(count: int, of: int) -> float:
    """Return a percentage."""
    return 100.0 * count / of


def pair(study: Study, found: Pair, wholes: frozenset[int]) -> Iterator[Finding]:
    """Report a count and a percentage that no denominator of the study joins, or only that of another group."""
    printed, entry = interval(found.percent, whole="rounded"), found.entry
    own = own_group(study, found.entry) or size_beside(found)
    known = [found.of] if found.of else denominators(study, entry)
    fitting = [n for n in known if printed.holds(share(found.patients, n))]
    if (
        own
        and not found.of
        and not {own, study.n, *wholes} & set(fitting)
        and share(found.patients, own) > printed.high
    ):
        yield not_its_share(study, found, own, printed)
        return
    if isinstance(entry, PublishedSurvival) and entry.n and found.of is None and fitting and entry.n not in fitting:
        yield swapped(study, found, fitting[0], entry)
    if not known or fitting:
        return
    if not (found.of or wholes or sizes_told(study, entry)):
        if not possible_denominators(found.patients, printed, LARGEST_STUDY):
            yield no_share_at_all(study, found, printed)
        return
    first = found.of or (min(wholes) if wholes else study.n) or known[0]
    yield not_its_share(study, found, first, printed, most=max(known), certain=bool(found.of or wholes))


def sizes_told(study: Study, entry: Entry) -> bool:
    """Whether the study prints any size, so that the largest of its counts bounds the denominators."""
    sized = [study.n, *(curve.n for curve in study.survivals)]
    sized += [n for estimate in study.estimates for n in (estimate.n_hazard_of, estimate.n_versus)]
    arms = any(is_count(number) and subject(number)[0] in ARM_NOUNS for number in study.numbers)
    return arms or any(sized) or bool(read_quote(entry.quote).sizes)


def printed_as(patients: int, percent: str) -> str:
    """Return a count of patients and the percentage that is printed beside it."""
    return f"{counted(patients, 'patient')} {'is' if patients == 1 else 'are'} printed as {percent} %"


def no_share_at_all(study: Study, found: Pair, printed: Interval) -> Finding:
    """Report a count and a percentage that no number of patients whatever joins."""
    statement = f"{printed_as(found.patients, found.percent)}, which no whole number of patients gives."
    first = round(100 * found.patients / sum(printed) * 2)
    near = [n for n in (first - 1, first, first + 1) if n > 0]
    sides = ", ".join(f"{found.patients}/{n} = {share(found.patients, n):.3f} %" for n in near)
    return Finding(study.id, RULE, "impossible", statement, sides, found.entry.place)


def not_its_share(
    study: Study, found: Pair, of: int, printed: Interval, *, most: int | None = None, certain: bool = True
) -> Finding:
    """Report a percentage that is not the count over ``of``; a notice if another number would do."""
    k, p, up_to = found.patients, found.percent, most or of
    possible = possible_denominators(k, printed, up_to)
    fits = f"{k}/n is {p} % for n = {some(possible)}" if possible else f"{k}/n is {p} % for no n up to {up_to}"
    return Finding(
        study.id,
        RULE,
        "ask the authors" if possible and not certain else "impossible",
        f"{printed_as(k, p)}, but {k}/{of} is {share(k, of):.1f} %.",
        f"{k}/{of} = {share(k, of):.2f} %, printed {printed.low:g} to {printed.high:g}; {fits}",
        found.entry.place,
    )


def some(numbers: list[int]) -> str:
    """Return up to six numbers in words."""
    return ", ".join(map(str, numbers[:6])) + (", ..." if len(numbers) > 6 else "")


def swapped(study: Study, found: Pair, of: int, entry: PublishedSurvival) -> Finding:
    """Report a percentage that fits another group's size and not that of its own."""
    own = share(found.patients, entry.n or 1)
    statement = (
        f"{entry.arm}: {printed_as(found.patients, found.percent)}, which fits "
        f"{counted(of, 'patient')}, not its {entry.n}."
    )
    arithmetic = f"{found.patients}/{entry.n} = {own:.2f} %, {found.patients}/{of} = {share(found.patients, of):.2f} %"
    return Finding(study.id, RULE, "notice", statement, arithmetic, entry.place)


def possible_denominators(count: int, printed: Interval, most: int) -> list[int]:
    """Return the first group sizes up to ``most`` for which the count prints so, at most 1,000 of them."""
    least = math.ceil(100.0 * count / printed.high) if printed.high > 0 else most + 1
    last = math.floor(100.0 * count / printed.low) if printed.low > 0 else most
    near = range(max(1, count, least - 1), min(most, last + 1) + 1)
    return [n for n in near[:1000] if printed.holds(share(count, n))]


def lone(study: Study, number: PublishedNumber) -> Iterator[Finding]:
    """Report a percentage that no whole number of patients yields in any group of the study."""
    printed = interval(number.value, whole="rounded")
    known = denominators(study, number)
    if not known or any(whole_number_prints(printed, n) for n in known):
        return
    n = study.n or known[0]
    below = math.floor(printed.low * n / 100)
    yield Finding(
        study.id,
        RULE,
        "ask the authors",
        f"{number.value} % is no fraction of whole patients among {n}, nor of another group size printed.",
        f"{below}/{n} = {share(below, n):.2f} %, {below + 1}/{n} = {share(below + 1, n):.2f} %",
        number.place,
    )


def whole_number_prints(printed: Interval, n: int) -> bool:
    """Whether some count out of ``n`` prints so."""
    return any(
        printed.holds(share(k, n)) for k in {math.floor(printed.low * n / 100), math.ceil(printed.low * n / 100)}
    )


def classes_against_hundred(study: Study) -> Iterator[Finding]:
    """Report percentages of exclusive classes of all patients that exceed 100, or of the two sexes that miss it."""
    for partition in partitions(replace(study, n=100, survivals=()), shares(study)):
        prints = [prints[0] for prints in partition.levels.values()]
        sums = [interval(number.value, whole="rounded") for number in prints]
        low, high = sum(printed.low for printed in sums), sum(printed.high for printed in sums)
        short = partition.what in (SEX, CASES) and high < 100
        if partition.whole.name or not partition.whole.certain or (low <= 100 and not short):
            continue
        sides = " + ".join(str(number.value) for number in prints)
        yield Finding(
            study.id,
            RULE,
            "impossible",
            f"The percentages of the {partition.what} sum to {sum(number.value for number in prints)}.",
            f"{sides} stands for {low:.4g} to {high:.4g}, not 100",
            ", ".join(number.place for number in prints),
        )
