"""May an estimate enter a pool? It is audited first, and no study enters twice.

What contradicts itself is refused until somebody accepts it with a reason, which the result repeats. Contradictions of
the same paper that do not touch the estimate are said and let through. One study under two names is known by its DOI,
by its title, or by its digits: the same ratio and the same limits or P.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import starmap

from escc_bayes.data.published import PublishedEstimate, Study
from escc_bayes.data.rounding import Interval, interval
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.pooling.published_effect import EvidenceError


@dataclass(frozen=True, slots=True)
class Trusted:
    """What must be said of an estimate that enters."""

    said: tuple[str, ...]


def trusted(study: Study, estimate: PublishedEstimate, reason: str | None) -> Trusted:
    """Return what must be said of an estimate.

    Raises
    ------
    EvidenceError : the audit finds it impossible or very unlikely, and no ``reason`` accepts it.
    """
    grave = [finding for finding in audit(study) if finding.grave]
    own = [finding for finding in grave if estimate.place in finding.where]
    elsewhere = len(grave) - len(own)
    said = []
    if own and reason is None:
        words = " ".join(f"[{finding.rule}, {finding.severity}] {finding.statement}" for finding in own)
        raise EvidenceError(
            f"study {study.id} contradicts itself at {estimate.place}: {words} Check the print; to pool it all the "
            f'same, say why: --accept {study.id}="reason" (in Python: accepted = {{"{study.id}": "reason"}})'
        )
    if own:
        words = " ".join(f"[{finding.rule}, {finding.severity}] {finding.statement}" for finding in own)
        said.append(f"{study.id} CONTRADICTS ITSELF and was accepted, because: {reason}. {words}")
    if elsewhere:
        prints = "1 print" if elsewhere == 1 else f"{elsewhere} prints"
        said.append(f"{study.id}: the audit finds {prints} elsewhere in the paper impossible or very unlikely.")
    return Trusted(tuple(said))


def once(taken: Sequence[tuple[Study, PublishedEstimate]], accepted: Mapping[str, str]) -> dict[str, str]:
    """Return the studies that repeat an earlier one, with the words that name it; accepted ones are left."""
    repeats: dict[str, str] = {}
    for place, (study, estimate) in enumerate(taken):
        for other, theirs in taken[:place]:
            why = one_study(study, estimate, other, theirs)
            if why and other.id not in repeats and study.id not in accepted and study.id != other.id:
                repeats[study.id] = (
                    f"{study.id} is {other.id} again ({why}), pooled once; if they are two studies, say why: "
                    f'--accept {study.id}="reason".'
                )
    return repeats


def one_study(study: Study, estimate: PublishedEstimate, other: Study, theirs: PublishedEstimate) -> str:
    """Return why two studies are one, or nothing."""
    dois = [plain_doi(one.doi) for one in (study, other)]
    if all(dois):
        return "the same DOI" if dois[0] == dois[1] else ""
    titles = [title(one.citation) for one in (study, other)]
    if titles[0] == titles[1] and len(titles[0]) >= SHORTEST_TITLE:
        return "the same title"
    sizes = {one.n for one in (study, other) if one.n is not None}
    return same_digits(estimate, theirs) if len(sizes) < 2 else ""


SHORTEST_TITLE = 12
"""Letters below which two citations may be the same by chance."""


def plain_doi(doi: str) -> str:
    """Return a DOI without its address.

    Examples
    --------
    >>> plain_doi("https://doi.org/10.1056/NEJMoa2111380.pdf?x=1"), plain_doi("DOI: 10.1/Same")
    ('10.1056/nejmoa2111380', '10.1/same')
    """
    found = re.search(r"10\.\d+/[^\s?#]+", doi.casefold())
    return re.sub(r"(?:\.pdf|/(?:full|abstract|pdf|epdf|fulltext))$", "", found[0].rstrip(".,;/")) if found else ""


def title(citation: str) -> str:
    """Return the letters and digits of a citation."""
    return re.sub(r"[^a-z0-9]+", "", citation.casefold())


def same_digits(one: PublishedEstimate, other: PublishedEstimate) -> str:
    """Return whether two estimates print the same numbers, or one of them those of the other turned round; or nothing.

    Turned round they are the same within rounding: 0.70 (0.50-0.98) is 1.43 (1.02-2.00) of exchanged groups.
    """
    mine, theirs = digits(one), digits(other)
    if len(mine) < 2 or len(mine) != len(theirs):
        return ""
    if mine == theirs:
        return "the same digits"
    other_precision = len(mine) == 3 and decimals(mine) != decimals(theirs)
    if other_precision and all(starmap(rounded, zip(mine, theirs, strict=True))):
        return "the same numbers, rounded"
    exchanged = one.hazard_of.casefold() == other.versus.casefold() != one.versus.casefold()
    if exchanged and len(mine) == 3 and all(starmap(turned_round, zip(mine, (theirs[0], *theirs[:0:-1]), strict=True))):
        return "the same digits, turned round"
    return ""


def decimals(printed: tuple[Decimal, ...]) -> int:
    """Return the decimals of the number printed with the most of them."""
    return max(-int(value.as_tuple().exponent) for value in printed)


def rounded(one: Decimal, other: Decimal) -> bool:
    """Return whether the number with fewer decimals is the other, rounded.

    Examples
    --------
    >>> rounded(Decimal("0.70"), Decimal("0.698")), rounded(Decimal("0.70"), Decimal("0.706"))
    (True, False)
    """
    coarse, fine = sorted((one, other), key=lambda value: -int(value.as_tuple().exponent))
    return abs(coarse - fine) <= Decimal(5).scaleb(int(coarse.as_tuple().exponent) - 1)


def turned_round(one: Decimal, other: Decimal) -> bool:
    """Return whether a printed ratio is one over another, within the rounding of both."""
    here, there = interval(one, whole="rounded"), interval(other, whole="rounded")
    return here.low > 0 and there.low > 0 and Interval(1.0 / here.high, 1.0 / here.low).meets(there)


def digits(e: PublishedEstimate) -> tuple[Decimal, ...]:
    """Return the ratio with its limits, or with its P, as printed."""
    printed = [e.value, e.ci_low, e.ci_high] if e.ci_low is not None else [e.value, e.p]
    return tuple(value for value in printed if value is not None)
