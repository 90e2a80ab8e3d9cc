"""Counts that must sum: levels to the whole, parts to their parent, and no part larger than its whole.

Elementary; one of the checks of Wilkinson et al. 2024, BMJ Open 14:e084164 (INSPECT-SR).
"""

import math
import re
from collections.abc import Iterator
from itertools import product

from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.number_names import is_count, subject
from escc_bayes.evidence.rules.partitions import (
    ARMS,
    CASES,
    RESPONSE,
    ROMAN,
    SEX,
    SITES,
    STAGES,
    Partition,
    partitions,
    totals,
)
from escc_bayes.foundation.sentence import counted

RULE = "counts"
RESPONSES = frozenset({"cr", "pr", "sd", "pd"})
UNKNOWN = frozenset({"unknown", "missing", "na", "other", "others", "unavailable"})
ALLOCATED = re.compile(r"\b(randomi[sz]|randomly|allocat|assign)", flags=re.IGNORECASE)
ALLOCATED_TO = re.compile(
    r"\b(?:randomi[sz]ed|allocated|assigned) (?:\w+ )?to (?!(?:a |the )?(?:study|treatment|trial)\b)",
    flags=re.IGNORECASE,
)
TWO_ALLOCATIONS = re.compile(r"factorial|second|re-?randomi|twice|maintenance|cross-?over", flags=re.IGNORECASE)
MOST_PICKS = 500


def counts_that_sum(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the classes of each covariate, and itemised parts, with what they divide."""
    book = ledger or Ledger()
    counts = [number for number in study.numbers if is_count(number)]
    for partition in partitions(study, counts):
        book.made()
        yield from classes_against_whole(study, partition, counts)
    yield from parts(study, counts, book)
    yield from allocated_beyond(study, counts, book)


def classes_against_whole(study: Study, partition: Partition, counts: list[PublishedNumber]) -> Iterator[Finding]:
    """Compare every way to pick one print per class with the number of patients divided."""
    levels, whole = partition.levels, partition.whole
    known = {whole.n} if whole.name else totals(study, counts) | {whole.n}
    if math.prod(len(prints) for prints in levels.values()) > MOST_PICKS:
        return
    picks = list(product(*levels.values()))
    fits = any(total(pick) == whole.n for pick in picks)
    unknown = {int(number.value) for number in counts if UNKNOWN & set(subject(number))}
    for pick in picks:
        found = total(pick)
        if found in known or whole.n - found in unknown:
            continue
        certain = partition.what != SITES and (fits or found > max(known) or exhaustive(study, partition, pick))
        if certain or found > max(known) or may_be_short(partition):
            yield unequal(study, partition, pick, severity="impossible" if certain else "ask the authors", fits=fits)


def exhaustive(study: Study, partition: Partition, pick: tuple[PublishedNumber, ...]) -> bool:
    """Whether no patient can be outside the classes: two sexes, "the remaining", randomised arms, stages named."""
    if not partition.whole.certain:
        return False
    quotes = " ".join(number.quote for number in pick)
    if partition.what == STAGES:
        named = re.search(r"stages? (I{1,3}|IV)\s*(?:-|to|–)\s*(I{1,3}|IV)\b", study.population)
        ends = [ROMAN[end.casefold()] for end in named.groups()] if named else []
        whole_scale = bool(ends) and all(r in partition.levels for r in ROMAN if ends[0] <= ROMAN[r] <= ends[1])
    else:
        whole_scale = partition.what in (SEX, CASES)
    allocated = partition.what == ARMS and ALLOCATED.search(f"{quotes} {study.design}") is not None
    return (
        whole_scale
        or allocated
        or re.search(r"\b(remaining|the rest)\b", quotes) is not None
        or one_sentence(pick, partition.whole.n)
    )


def one_sentence(pick: tuple[PublishedNumber, ...], n: int) -> bool:
    """Whether one sentence prints the whole and all its classes, and speaks of nobody unknown."""
    quotes = {number.quote for number in pick}
    (sentence, *others) = quotes
    if others or UNKNOWN & set(re.findall(r"[a-z]+", sentence.casefold())):
        return False
    printed = re.findall(r"(?<![\d.])\d+(?![\d.]*\s*%)(?!\.\d)", sentence)
    return {str(n), *(str(number.value) for number in pick)} <= set(printed)


def may_be_short(partition: Partition) -> bool:
    """Whether a sum below the whole deserves a word: all classes are printed and are about all patients."""
    if partition.what == RESPONSE:
        return partition.whole.certain and set(partition.levels) >= RESPONSES
    return partition.whole.certain


def unequal(
    study: Study, partition: Partition, pick: tuple[PublishedNumber, ...], *, severity: Severity, fits: bool
) -> Finding:
    """Report classes that do not sum to what they divide."""
    whole, found = partition.whole, total(pick)
    sides = " + ".join(str(number.value) for number in pick)
    of = f"{whole.name} has" if whole.name else "the study has"
    return Finding(
        study.id,
        RULE,
        severity,
        f"The {classes(partition.what)} sum to {found}, but {of} {counted(whole.n, 'patient')}.",
        f"{sides} = {found}, not {whole.n}" + ("; another print of one level makes the sum fit" if fits else ""),
        ", ".join([number.place for number in pick] + ([whole.place] if whole.place else [])),
    )


def classes(what: str) -> str:
    """Return what the classes are called in a sentence."""
    return what if what.endswith("s") and len(what) > 3 else f"{what}s" if what == "grade" else f"classes of {what}"


def total(pick: tuple[PublishedNumber, ...]) -> int:
    """Return the sum of counts."""
    return sum(int(number.value) for number in pick)


def parts(study: Study, counts: list[PublishedNumber], book: Ledger) -> Iterator[Finding]:
    """Compare ``<parent>_<part>_n`` with ``<parent>_n``: none larger, and "the remaining" completes the whole."""
    for parent in counts:
        stem = re.fullmatch(r"(.+?)_n(?:_[a-z]+)?", parent.name)
        if stem is None:
            continue
        own = re.compile(rf"{re.escape(stem[1].removesuffix('s'))}_(?!n(_|$)).+_n", flags=re.IGNORECASE)
        members = [number for number in counts if own.fullmatch(number.name) and number is not parent]
        book.made(len(members))
        yield from (larger(study, part, parent) for part in members if part.value > parent.value)
        rest = next((part for part in members if "remaining" in part.quote and "_with_" not in part.name), None)
        itemised = [part for part in members if rest and last_word(part) == last_word(rest)]
        if len(itemised) > 1 and total(tuple(itemised)) != parent.value:
            sides = " + ".join(str(part.value) for part in itemised)
            yield Finding(
                study.id,
                RULE,
                "impossible",
                f"The parts of {parent.name} = {parent.value} sum to {total(tuple(itemised))}.",
                f"{sides} = {total(tuple(itemised))}, not {parent.value}, though one is called the remaining",
                ", ".join(entry.place for entry in (parent, *itemised)),
            )


def allocated_beyond(study: Study, counts: list[PublishedNumber], book: Ledger) -> Iterator[Finding]:
    """Report two groups allocated that together exceed every whole; more of them may be of two allocations."""
    groups = [number for number in counts if ALLOCATED_TO.search(number.quote)]
    if study.n is None or not one_allocation(study, groups):
        return
    book.made()
    whole = max(totals(study, counts))
    if total(tuple(groups)) <= whole:
        return
    sides = " + ".join(str(group.value) for group in groups)
    yield Finding(
        study.id,
        RULE,
        "impossible" if len(groups) == 2 else "ask the authors",
        f"The groups allocated hold {total(tuple(groups))} patients, the study {whole}.",
        f"{sides} = {total(tuple(groups))} > {whole}",
        ", ".join(group.place for group in groups),
    )


def one_allocation(study: Study, groups: list[PublishedNumber]) -> bool:
    """Whether counts are of different groups, no word of two names the same, of one allocation."""
    named = [set(subject(number)) for number in groups]
    said = " ".join([study.design, *(number.quote for number in groups)])
    return len(groups) > 1 and not set.intersection(*named) and TWO_ALLOCATIONS.search(said) is None


def last_word(number: PublishedNumber) -> str:
    """Return what kind of part a count is: ``mets`` in ``stage_IV_nodal_mets_n``."""
    return number.name.removesuffix("_n").rsplit("_", maxsplit=1)[-1]


def larger(study: Study, part: PublishedNumber, parent: PublishedNumber) -> Finding:
    """Report a part that is larger than its whole; names alone are no proof that it is a part."""
    said = re.search(r"\bof (them|whom|these|those)\b", part.quote)
    return Finding(
        study.id,
        RULE,
        "impossible" if said else "ask the authors",
        f"{part.name} = {part.value} is larger than {parent.name} = {parent.value}, of which it is a part.",
        f"{part.value} > {parent.value}",
        f"{part.place}, {parent.place}",
    )
