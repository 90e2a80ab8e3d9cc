"""Medians against the hazard ratio: for constant hazards, HR = median of the reference / median of the other.

Machin, Cheung & Parmar 2006, Survival Analysis, section 2.4. Other shapes are possible, so this is a notice at most.
"""

import math
from collections.abc import Iterator
from itertools import combinations

from escc_bayes.data.rounding import Interval
from escc_bayes.data.study import PublishedEstimate, PublishedSurvival, Study
from escc_bayes.evidence.endpoints import assessor, endpoint
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.wald import log_interval, own_hazard_ratio

TOLERANCE = math.log(1.5)


def medians_against_ratio(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare each hazard ratio of two groups with the ratio of two medians of the same size and data cut-off."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        if estimate.value is None or not own_hazard_ratio(estimate):
            continue
        pairs = [pair for pair in combinations(study.survivals, 2) if belong(estimate, *pair)]
        if len(pairs) == 1:
            book.made()
            yield from compared(study, estimate, *pairs[0])


def belong(estimate: PublishedEstimate, one: PublishedSurvival, other: PublishedSurvival) -> bool:
    """Whether two curves are the two groups of an estimate, by endpoint, cut-off, and names or group sizes."""
    sizes = {estimate.n_hazard_of, estimate.n_versus}
    labels = {estimate.hazard_of.casefold(), estimate.versus.casefold()}
    named = "" not in labels and {one.arm.casefold(), other.arm.casefold()} == labels and not estimate.subgroup
    return (
        endpoint(one.endpoint) == endpoint(other.endpoint) == endpoint(estimate.endpoint)
        and len({who for text in (one.endpoint, other.endpoint, estimate.endpoint) if (who := assessor(text))}) <= 1
        and one.cutoff == other.cutoff == estimate.cutoff
        and one.median is not None
        and other.median is not None
        and (named or (None not in sizes and {one.n, other.n} == sizes))
    )


def log_ratio(over: PublishedSurvival, under: PublishedSurvival) -> Interval:
    """Return the logarithm of the ratio of two medians."""
    a, b = log_interval(over.median), log_interval(under.median)
    return Interval(a.low - b.high, a.high - b.low)


def compared(
    study: Study, estimate: PublishedEstimate, one: PublishedSurvival, other: PublishedSurvival
) -> Iterator[Finding]:
    """Report medians whose ratio is far from the hazard ratio.

    Curves called as the groups of the estimate say which median is whose; others are taken as suits them better.
    """
    ratio = log_interval(estimate.value)
    ways = [log_ratio(one, other), log_ratio(other, one)]
    if estimate.hazard_of and one.arm.casefold() == estimate.hazard_of.casefold():
        ways = ways[1:]
    elif estimate.hazard_of and other.arm.casefold() == estimate.hazard_of.casefold():
        ways = ways[:1]
    gap, chosen = min((ratio.gap(way), way) for way in ways)
    if gap <= TOLERANCE:
        return
    log_hr, from_medians = math.log(float(estimate.value or 1)), (chosen.low + chosen.high) / 2
    shape = log_hr / from_medians if from_medians else math.nan
    yield Finding(
        study.id,
        "medians",
        "notice",
        f"{estimate.effect}, {estimate.endpoint}: medians {one.median} and {other.median} months fit a hazard ratio of "
        f"{math.exp(from_medians):.2f} if hazards are constant, but {estimate.value} is printed.",
        f"ratio of medians = {math.exp(from_medians):.3f}; one Weibull shape that joins both: {shape:.2f}",
        f"{estimate.place}, {one.place}, {other.place}",
    )
