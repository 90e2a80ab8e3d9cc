"""Percentages against counts: GRIM, which fractions of whole patients can print so.

Brown & Heathers 2017, Soc Psychol Personal Sci 8:363 (for means of whole numbers; a percentage is one).
"""

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedEstimate, PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding

RULE = "percentages"
COUNT = r"(\d+)(?: cases?| patients?)?"
PERCENT = r"(\d{1,3}(?:\.\d+)?)\s*%"
PAIRS = (
    re.compile(rf"(?<![\d.]){COUNT} \({PERCENT}\)"),
    re.compile(rf"(?<![\d.])(?P<percent>\d{{1,3}}(?:\.\d+)?)\s*% \({COUNT}(?:/(?P<of>\d+))?\)"),
)

type Entry = PublishedEstimate | PublishedSurvival | PublishedNumber


def percentages_against_counts(study: Study) -> Iterator[Finding]:
    """Compare each count with the percentage beside it, and each lone percentage with all possible counts."""
    seen: set[tuple[int, str]] = set()
    for count, percent, of, entry in (*quoted_pairs(study), *named_pairs(study)):
        if (count, percent) not in seen:
            seen.add((count, percent))
            yield from pair(study, count, percent, of, entry)
    paired = {percent for _, percent in seen}
    for number in study.numbers:
        if number.name.endswith("_percent") and str(number.value) not in paired:
            yield from lone(study, number)


def quoted_pairs(study: Study) -> Iterator[tuple[int, str, int | None, Entry]]:
    """Yield count, percentage and printed denominator from quotes such as "7 cases (8.9%)" or "82.3% (65/79)"."""
    entries: tuple[Entry, ...] = (*study.survivals, *study.numbers, *study.estimates)
    for entry in entries:
        for found in PAIRS[0].finditer(entry.quote):
            yield int(found[1]), found[2], None, entry
        for found in PAIRS[1].finditer(entry.quote):
            yield int(found[2]), found["percent"], int(found["of"]) if found["of"] else None, entry


def named_pairs(study: Study) -> Iterator[tuple[int, str, int | None, Entry]]:
    """Yield numbers called ``X_n..`` and ``X_percent..``."""
    counts = {re.sub(r"_n(?=_|$)", "", number.name): number for number in study.numbers if "_n" in number.name}
    for number in study.numbers:
        base = re.sub(r"_percent(?=_|$)", "", number.name)
        if base != number.name and base in counts:
            yield int(counts[base].value), str(number.value), None, number


def denominators(study: Study, entry: Entry) -> list[int]:
    """Return the group sizes that the study prints, the entry's own first."""
    own = [entry.n] if isinstance(entry, PublishedSurvival) else []
    others = [study.n, *(curve.n for curve in study.survivals)]
    others += [n for estimate in study.estimates for n in (estimate.n_hazard_of, estimate.n_versus)]
    others += [int(number.value) for number in study.numbers if re.search(r"(^n|_n)(_|$)", number.name)]
    return list(dict.fromkeys(n for n in (*own, *others) if n))


def share(count: int, of: int) -> float:
    """Return a percentage."""
    return 100.0 * count / of


def pair(study: Study, count: int, percent: str, of: int | None, entry: Entry) -> Iterator[Finding]:
    """Report a count and a percentage that no denominator of the study joins."""
    printed = interval(percent, whole="rounded")
    known = [of] if of else denominators(study, entry)
    fitting = [n for n in known if printed.holds(share(count, n))]
    if isinstance(entry, PublishedSurvival) and entry.n and of is None and fitting and entry.n not in fitting:
        yield swapped(study, count, percent, fitting[0], entry)
    if not known or fitting:
        return
    possible = possible_denominators(count, printed, max(known))
    first = of or study.n or known[0]
    implied = (
        f"{percent} % needs {count}/{{{', '.join(map(str, possible)) or 'none'}}} among up to {max(known)} patients"
    )
    yield Finding(
        study.id,
        RULE,
        "notice" if possible and of is None else "contradiction",
        f"{count} patients are printed as {percent} %, but {count}/{first} is {share(count, first):.1f} %.",
        f"{count}/{first} = {share(count, first):.2f} %, printed {printed.low:g} to {printed.high:g}; {implied}",
        entry.place,
    )


def swapped(study: Study, count: int, percent: str, of: int, entry: PublishedSurvival) -> Finding:
    """Report a percentage that fits another group's size and not that of its own."""
    own = share(count, entry.n or 1)
    statement = (
        f"{entry.arm}: {count} patients are printed as {percent} %, which fits {of} patients, not its {entry.n}."
    )
    arithmetic = f"{count}/{entry.n} = {own:.2f} %, {count}/{of} = {share(count, of):.2f} %"
    return Finding(study.id, RULE, "notice", statement, arithmetic, entry.place)


def possible_denominators(count: int, printed: Interval, most: int) -> list[int]:
    """Return all group sizes up to ``most`` for which the count prints so."""
    return [n for n in range(max(1, count), most + 1) if printed.holds(share(count, n))]


def lone(study: Study, number: PublishedNumber) -> Iterator[Finding]:
    """Report a percentage that no whole number of patients yields in any group of the study."""
    printed = interval(Decimal(number.value), whole="rounded")
    known = denominators(study, number)
    if not known or any(whole_number_prints(printed, n) for n in known):
        return
    n = study.n or known[0]
    below = math.floor(printed.low * n / 100)
    yield Finding(
        study.id,
        RULE,
        "notice",
        f"{number.value} % is no fraction of whole patients among {n}, nor of another group size printed.",
        f"{below}/{n} = {share(below, n):.2f} %, {below + 1}/{n} = {share(below + 1, n):.2f} %",
        number.place,
    )


def whole_number_prints(printed: Interval, n: int) -> bool:
    """Whether some count out of ``n`` prints so."""
    return any(
        printed.holds(share(k, n)) for k in {math.floor(printed.low * n / 100), math.ceil(printed.low * n / 100)}
    )
