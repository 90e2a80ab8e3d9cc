"""Group sizes against the number of patients and events against group sizes: no part exceeds its whole.

Elementary; one of the checks of Wilkinson et al. 2024, BMJ Open 14:e084164 (INSPECT-SR).
"""

from collections.abc import Iterator

from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.number_names import is_count
from escc_bayes.foundation.sentence import counted

RULE = "group sizes"


def group_sizes(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare compared groups with the study, and events with the patients who could have them."""
    book = ledger or Ledger()
    for estimate in study.estimates:
        sizes = [n for n in (estimate.n_hazard_of, estimate.n_versus) if n is not None]
        book.made(study.n is not None and bool(sizes))
        if study.n is not None and sum(sizes) > study.n:
            certain = not estimate.subgroup and only_two_groups(study, estimate)
            sides = " + ".join(str(n) for n in sizes)
            yield Finding(
                study.id,
                RULE,
                "impossible" if certain else "notice",
                f"The groups compared hold {sum(sizes)} patients, the study {study.n}.",
                f"{sides} = {sum(sizes)} > {study.n}",
                estimate.place,
            )
        yield from events_within_groups(study, estimate)
    for curve in study.survivals:
        book.made(curve.n is not None and curve.events is not None)
        if curve.n is not None and curve.events is not None and curve.events > curve.n:
            yield too_many(study, curve.events, curve.n, curve.place)


def only_two_groups(study: Study, estimate: PublishedEstimate) -> bool:
    """Whether no larger whole is in sight: no other groups of this effect, no larger number of patients printed."""
    sizes = (estimate.n_hazard_of or 0) + (estimate.n_versus or 0)
    own = {estimate.hazard_of.casefold(), estimate.versus.casefold()}
    others = [{other.hazard_of.casefold(), other.versus.casefold()} for other in study.estimates]
    labels = own.union(*(pair for pair in others if pair & own))
    arms = {frozenset((other.n_hazard_of, other.n_versus)) for other in study.estimates if not other.subgroup}
    larger = any(int(number.value) >= sizes for number in study.numbers if is_count(number))
    alone = len({other.effect for other in study.estimates}) == 1 or any(
        sum(filter(None, pair)) == study.n for pair in arms if None not in pair
    )
    return alone and len(labels) <= 2 and not larger


def events_within_groups(study: Study, estimate: PublishedEstimate) -> Iterator[Finding]:
    """Compare the events of each group with its size."""
    groups = ((estimate.events_hazard_of, estimate.n_hazard_of), (estimate.events_versus, estimate.n_versus))
    for events, n in groups:
        if events is not None and n is not None and events > n:
            yield too_many(study, events, n, estimate.place)


def too_many(study: Study, events: int, n: int, place: str) -> Finding:
    """Report more events than patients."""
    statement = f"{counted(events, 'patient')} with an event among {counted(n, 'patient')}."
    return Finding(study.id, RULE, "impossible", statement, f"{events} > {n}", place)
