"""Counts that must sum: levels to the whole, parts to their parent, and no part larger than its whole.

Elementary; one of the checks of Wilkinson et al. 2024, BMJ Open 14:e084164 (INSPECT-SR).
"""

import re
from collections.abc import Iterator
from itertools import product

from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.rules.repeated_counts import PLACES

RULE = "counts"
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
RESPONSES = ("cr", "pr", "sd", "pd")


def counts_that_sum(study: Study) -> Iterator[Finding]:
    """Compare stages, responses, numbered groups and itemised parts with their totals."""
    counts = [number for number in study.numbers if number.value == int(number.value)]
    yield from stages(study, counts)
    responses, groups = matching(counts, r"(cr|pr|sd|pd|ne)_n"), matching(counts, r"group(\d)_.*n")
    yield from partition(study, responses, least=len(RESPONSES), what="responses")
    if all(len(prints) == 1 for prints in groups.values()):
        yield from partition(study, groups, least=2, what="numbered groups")
    yield from parts(study, counts)


def matching(counts: list[PublishedNumber], pattern: str) -> dict[str, list[PublishedNumber]]:
    """Return the counts whose name matches, by the first group of the pattern; several prints of one level stay."""
    levels: dict[str, list[PublishedNumber]] = {}
    for number in counts:
        found = re.fullmatch(pattern, number.name, flags=re.IGNORECASE)
        if found:
            levels.setdefault(found[1].upper(), []).append(number)
    return levels


def stages(study: Study, counts: list[PublishedNumber]) -> Iterator[Finding]:
    """Stages I to IV; they are the whole if the population line names their first and last."""
    levels = matching(counts, rf"stage_((?:I{{1,3}}|IV)[A-C]?)_n(?:_(?:{PLACES}))?")
    # Substages stand beside their stage in some papers: count them once.
    levels = {level: prints for level, prints in levels.items() if level in ROMAN or level[:-1] not in levels}
    named = re.search(r"stages? (I{1,3}|IV)\s*(?:-|to|–)\s*(I{1,3}|IV)\b", study.population)
    if named and all(r in levels for r in ROMAN if ROMAN[named[1]] <= ROMAN[r] <= ROMAN[named[2]]):
        yield from partition(study, levels, least=2, what="stages", exhaustive=True)
    else:
        yield from partition(study, levels, least=2, what="stages")


def partition(
    study: Study, levels: dict[str, list[PublishedNumber]], *, least: int, what: str, exhaustive: bool = False
) -> Iterator[Finding]:
    """Compare every way to pick one print per level with the number of patients."""
    if study.n is None or len(levels) < least:
        return
    picks = list(product(*levels.values()))
    fits = any(total(pick) == study.n for pick in picks)
    known = {study.n} | {int(number.value) for number in study.numbers if number.name.startswith("n_")}
    for pick in picks:
        found = total(pick)
        if found in known:
            continue
        severity: Severity = "contradiction" if found > study.n or fits or exhaustive else "notice"
        sides = " + ".join(str(number.value) for number in pick)
        yield Finding(
            study.id,
            RULE,
            severity,
            f"The {what} sum to {found}, but the study has {study.n} patients.",
            f"{sides} = {found}, not {study.n}" + ("; another print of one level makes the sum fit" if fits else ""),
            ", ".join(number.place for number in pick),
        )


def total(pick: tuple[PublishedNumber, ...]) -> int:
    """Return the sum of counts."""
    return sum(int(number.value) for number in pick)


def parts(study: Study, counts: list[PublishedNumber]) -> Iterator[Finding]:
    """Compare ``<parent>_<part>_n`` with ``<parent>_n``: none larger, and "the remaining" completes the whole."""
    for parent in counts:
        stem = re.fullmatch(r"(.+?)_n(?:_[a-z]+)?", parent.name)
        if stem is None:
            continue
        own = re.compile(rf"{re.escape(stem[1].removesuffix('s'))}_(?!n(_|$)).+_n", flags=re.IGNORECASE)
        members = [number for number in counts if own.fullmatch(number.name) and number is not parent]
        yield from (larger(study, part, parent) for part in members if part.value > parent.value)
        rest = next((part for part in members if "remaining" in part.quote and "_with_" not in part.name), None)
        itemised = [part for part in members if rest and last_word(part) == last_word(rest)]
        if len(itemised) > 1 and total(tuple(itemised)) != parent.value:
            sides = " + ".join(str(part.value) for part in itemised)
            yield Finding(
                study.id,
                RULE,
                "contradiction",
                f"The parts of {parent.name} = {parent.value} sum to {total(tuple(itemised))}.",
                f"{sides} = {total(tuple(itemised))}, not {parent.value}, though one is called the remaining",
                ", ".join(entry.place for entry in (parent, *itemised)),
            )


def last_word(number: PublishedNumber) -> str:
    """Return what kind of part a count is: ``mets`` in ``stage_IV_nodal_mets_n``."""
    return number.name.removesuffix("_n").rsplit("_", maxsplit=1)[-1]


def larger(study: Study, part: PublishedNumber, parent: PublishedNumber) -> Finding:
    """Report a part that is larger than its whole; names alone are no proof that it is a part."""
    said = re.search(r"\bof (them|whom|these|those)\b", part.quote)
    return Finding(
        study.id,
        RULE,
        "contradiction" if said else "notice",
        f"{part.name} = {part.value} is larger than {parent.name} = {parent.value}, of which it is a part.",
        f"{part.value} > {parent.value}",
        f"{part.place}, {parent.place}",
    )
