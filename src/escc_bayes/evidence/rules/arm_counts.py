"""One arm, two counts: patients and events of an arm in its curve, in its effect, and where it is said to be allocated.

The same words must carry the same number within one paper: Wilkinson et al. 2024, BMJ Open 14:e084164 (INSPECT-SR).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import NamedTuple

from escc_bayes.data.study import PublishedEstimate, Study
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.counts import ALLOCATED
from escc_bayes.evidence.rules.number_names import is_count, subject
from escc_bayes.evidence.rules.repeated_counts import TIMES

RULE = "repeated"
DEATHS, ANY = frozenset(["deaths", "death", "died", "dead"]), frozenset(["all", "total", "os", "overall", "patients"])
EVERYBODY = frozenset(["all", "all patients", "overall", "total", "everyone", "whole cohort", "entire cohort"])
"""Names that stand for no arm of their own: all patients, all lesions."""
OTHER_PATIENTS = re.compile(r"match|psm|weight|iptw|landmark|subset|per.protocol|evaluable", flags=re.IGNORECASE)


class Printed(NamedTuple):
    """One print of an arm: which arm, of which endpoint and data cut, how many (of how many), and where."""

    arm: str
    endpoint: str
    cutoff: str
    patients: int
    of: int | None
    place: str
    allocated: bool = False


def one_arm_two_counts(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare the patients, then the events, that different entries print of one arm."""
    book = ledger or Ledger()
    patients = [*curve_sizes(study), *effect_sizes(study), *allocated_sizes(study)]
    same_moment = [pair for pair in combinations(patients, 2) if one_population(*pair)]
    yield from differing(study, "patients", same_moment)
    events = [*curve_events(study), *effect_events(study)]
    same_group = [pair for pair in combinations(events, 2) if one_group(*pair)]
    yield from differing(study, "events", same_group)
    all_deaths = list(product(deaths(study), deaths_of_curves(study)))
    yield from differing(study, "deaths", all_deaths)
    book.made(len(same_moment) + len(same_group) + len(all_deaths))


def one_population(one: Printed, other: Printed) -> bool:
    """Whether two prints are of all patients of one arm: allocated, or of one endpoint and data cut."""
    moment = (one.endpoint, one.cutoff) == (other.endpoint, other.cutoff)
    return one.arm == other.arm and one.arm not in EVERYBODY and (one.allocated or other.allocated or moment)


def one_group(one: Printed, other: Printed) -> bool:
    """Whether two prints are of the same patients of an arm, at one moment."""
    moment = (one.arm, one.endpoint, one.cutoff) == (other.arm, other.endpoint, other.cutoff)
    return moment and one.arm not in EVERYBODY and one.of == other.of


def label(words: str) -> str:
    """Return an arm's name for comparison."""
    return " ".join(re.findall(r"[a-z0-9]+", words.casefold()))


def plain(estimate: PublishedEstimate) -> bool:
    """Whether an effect is one of all patients as they were allocated."""
    said = f"{estimate.adjusted} {estimate.adjustment} {estimate.flag} {estimate.coding_note}"
    return not estimate.subgroup and OTHER_PATIENTS.search(said) is None


def sides(estimate: PublishedEstimate) -> Iterator[tuple[str, int | None, int | None]]:
    """Yield name, patients and events of both groups of an effect."""
    yield label(estimate.hazard_of), estimate.n_hazard_of, estimate.events_hazard_of
    yield label(estimate.versus), estimate.n_versus, estimate.events_versus


def curve_sizes(study: Study) -> Iterator[Printed]:
    """Yield the patients of each curve."""
    for curve in study.survivals:
        if curve.n is not None and OTHER_PATIENTS.search(curve.arm) is None:
            yield Printed(label(curve.arm), curve.endpoint, curve.cutoff, curve.n, None, curve.place)


def effect_sizes(study: Study) -> Iterator[Printed]:
    """Yield the patients of each group of an effect."""
    for estimate in filter(plain, study.estimates):
        for arm, n, _ in sides(estimate):
            if arm and n is not None:
                yield Printed(arm, estimate.endpoint, estimate.cutoff, n, None, estimate.place)


def allocated_sizes(study: Study) -> Iterator[Printed]:
    """Yield the patients said to be allocated to an arm that a curve or an effect names."""
    arms = {label(c.arm) for c in study.survivals} | {arm for e in study.estimates for arm, _, _ in sides(e)}
    for number in study.numbers:
        arm = " ".join(subject(number))
        if arm in arms and is_count(number) and ALLOCATED.search(number.quote):
            yield Printed(arm, "", "", int(number.value), None, number.place, allocated=True)


def curve_events(study: Study) -> Iterator[Printed]:
    """Yield the events of each curve."""
    for curve in study.survivals:
        if curve.events is not None:
            yield Printed(label(curve.arm), curve.endpoint, curve.cutoff, curve.events, curve.n, curve.place)


def effect_events(study: Study) -> Iterator[Printed]:
    """Yield the events of each group of an effect."""
    for estimate in filter(plain, study.estimates):
        for arm, n, events in sides(estimate):
            if arm and events is not None:
                yield Printed(arm, estimate.endpoint, estimate.cutoff, events, n, estimate.place)


def deaths(study: Study) -> Iterator[Printed]:
    """Yield the number of patients who died, of all patients and at no stated time."""
    for number in study.numbers:
        named = set(subject(number))
        if (
            named & DEATHS
            and named <= DEATHS | ANY
            and is_count(number)
            and not re.search(TIMES, number.quote.casefold())
        ):
            yield Printed("all patients", "", "", int(number.value), None, number.place)


def deaths_of_curves(study: Study) -> Iterator[Printed]:
    """Yield the events of overall survival of all patients, where the study prints one data cut."""
    curves = [c for c in study.survivals if c.endpoint.casefold() in ("os", "overall survival")]
    whole = [c for c in curves if c.n is not None and c.n == study.n and c.events is not None]
    if len(whole) == 1 and not any(c.cutoff for c in curves):
        yield Printed("all patients", "", "", whole[0].events or 0, None, whole[0].place)


def differing(study: Study, what: str, pairs: Iterable[tuple[Printed, Printed]]) -> Iterator[Finding]:
    """Report pairs of prints that differ, once for each arm and pair of counts.

    Patients of a curve and of an effect may be those who could be analysed: a contradiction only beside an allocation.
    """
    told: set[tuple[str, frozenset[int]]] = set()
    for one, other in pairs:
        counts = (one.arm, frozenset((one.patients, other.patients)))
        if one.patients == other.patients or counts in told:
            continue
        told.add(counts)
        certain = what != "patients" or one.allocated or other.allocated
        severity: Severity = "impossible" if certain else "ask the authors"
        yield Finding(
            study.id,
            RULE,
            severity,
            f"{one.arm}: {one.patients} and {other.patients} {what} are printed.",
            f"{one.patients} is not {other.patients}",
            f"{one.place}, {other.place}",
        )
