"""Survival rates against events, failures and deaths after failure: one patient has one progression and one death.

Symbols: n patients, S the Kaplan-Meier estimate, G that of staying uncensored, F the median follow-up (G >= 1/2 before
F). Events by t are n times the sum of G over the drops of S, exactly: at most n (1 - S(t)), at least half of that for
t <= F. Efron 1967, 5th Berkeley Symp 4:831 (redistribution to the right). Events of the whole follow-up:
SE >= 2 / sqrt(events).
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import Landmark, PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.endpoints import INCLUDING_DEATH, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.curves import least_follow_up
from escc_bayes.evidence.rules.implied_events import binary, least_events, other_error, widest
from escc_bayes.evidence.rules.number_names import is_count, subject
from escc_bayes.evidence.rules.wald import own_hazard_ratio, se_from_limits, se_from_p
from escc_bayes.foundation.sentence import counted

RULE = "event balance"
FAILURES = frozenset(
    [
        "failure",
        "failures",
        "progression",
        "progressions",
        "progressed",
        "relapse",
        "relapses",
        "recurrence",
        "recurrences",
    ]
)
ALL = frozenset({"treatment", "patients", "total", "all", "disease"})
UNSEEN, UNSEEN_OF_PRINTED = 0.15, 0.5
"""Share of the deaths after failure that censoring may hide by a landmark well within the median follow-up: half, but
little of it counts where all deaths, too, are what the rate implies without censoring."""

BEYOND = 0.002
"""Share of honest prints beyond these margins: none of 1,500 (docs/methods/audit.md)."""

WELL_WITHIN = 0.85
"""Share of the median follow-up up to which a landmark after failure is taken."""


class Failures(NamedTuple):
    """Failures printed, PFS events and deaths: printed, or implied by the rates."""

    printed: PublishedNumber
    events: int
    by: str
    at_least: int | None
    deaths: int
    deaths_by: str
    late: bool
    unseen: float = UNSEEN

    @property
    def without(self) -> int:
        """Deaths without failure: PFS events that are no failures."""
        return self.events - int(self.printed.value)


def events_against_failures(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare events with survival, PFS events with failures and deaths, and deaths after failure with all deaths."""
    book = ledger or Ledger()
    for curve in study.survivals:
        book.made(len(curve.landmarks) if curve.events is not None and curve.n else 0)
        yield from events_against_curve(study, curve)
    whole = {endpoint(curve.endpoint): curve for curve in study.survivals if curve.n is not None and curve.n == study.n}
    pfs = next((whole[name] for name in INCLUDING_DEATH if name in whole), None)
    failures = next((number for number in study.numbers if counts_failures(number)), None)
    if failures is None or pfs is None or (pfs.events is None and not pfs.landmarks):
        return
    book.made()
    found = balance(study, failures, pfs, whole.get("OS"))
    after = tuple(deaths_after_failure(study, found, whole.get("OS")))
    if found.without > 0:
        impossible = any(finding.grave for finding in after)
        yield from fewer_failures(study, found, pfs, impossible=impossible)
    yield from after


def counts_failures(number: PublishedNumber) -> bool:
    """Whether a number is the count of all failures."""
    about = set(subject(number))
    return is_count(number) and bool(about & FAILURES) and about <= FAILURES | ALL


def events_against_curve(study: Study, curve: PublishedSurvival) -> Iterator[Finding]:
    """Report fewer events than the fall of survival needs, and a median that so many events must reach."""
    events, n = curve.events, curve.n
    lowest = min(curve.landmarks, key=lambda mark: mark.s, default=None)
    if events is None:
        return
    if n and curve.median_reached is False and 2 * events > n:
        words = f"the median is not reached, yet {events} of {n} patients had the event."
        yield of_curve(study, curve, words, f"S falls by 1/{n} at least at each: S <= 1 - {events}/{n} < 0.5")
    if events == 0 and lowest is not None and interval(lowest.s).high < 1:
        yield of_curve(
            study, curve, f"no events, yet survival falls to {lowest.s}.", f"0 events: S(t) = 1, not {lowest.s}"
        )
    needed = [(least_by(study, curve, mark), mark) for mark in curve.landmarks] if n and events else []
    most, mark = max(needed, key=lambda pair: pair[0], default=(0, None))
    if mark is not None and most > events:
        at = counted(mark.t, "month")
        words = f"survival {mark.s} at {at} needs at least {counted(most, 'event')}, but {events} are printed."
        arithmetic = f"{n} x (1 - {mark.s}), the half of it if only half were followed so long: {most} > {events}"
        yield of_curve(study, curve, words, arithmetic)


def of_curve(study: Study, curve: PublishedSurvival, words: str, arithmetic: str) -> Finding:
    """Report a contradiction within one curve."""
    return Finding(study.id, RULE, "impossible", f"{curve.arm}, {curve.endpoint}: {words}", arithmetic, curve.place)


def least_by(study: Study, curve: PublishedSurvival, mark: Landmark) -> int:
    """Return the fewest events by a landmark: all of n (1 - S) before the first censoring, half before the median."""
    least, fall = least_follow_up(study), (curve.n or 0) * (1.0 - interval(mark.s).high)
    if least is not None and float(mark.t) <= least and endpoint(curve.endpoint) == "OS":
        return math.ceil(fall - 1e-9)
    if curve.followup_median is not None and mark.t <= curve.followup_median:
        return math.ceil(fall / 2.0 - 1e-9)
    return 0


def balance(study: Study, failures: PublishedNumber, pfs: PublishedSurvival, os: PublishedSurvival | None) -> Failures:
    """Return failures, PFS events and deaths; what is not printed is what the rates imply without early censoring."""
    at_least = max((n for n in (implied_by_models(study, pfs.endpoint), pfs.events) if n is not None), default=None)
    if pfs.events is not None:
        events, by = pfs.events, f"{pfs.events} {pfs.endpoint} events are printed"
    else:
        by_rate, when = events_by(pfs)
        events = max(by_rate, at_least or 0)
        by = f"{pfs.endpoint} implies about {counted(by_rate, 'event')} by {counted(when, 'month')}"
    if os is None or (os.events is None and not os.landmarks):
        return Failures(failures, events, by, at_least, pfs.n or 0, counted(pfs.n or 0, "patient"), late=False)
    if os.events is not None:
        return Failures(
            failures,
            events,
            by,
            at_least,
            os.events,
            counted(os.events, "death"),
            late=True,
            unseen=UNSEEN_OF_PRINTED,
        )
    last = max(os.landmarks, key=lambda mark: mark.t)
    deaths = math.ceil((os.n or 0) * (1.0 - interval(last.s).low))
    late = os.followup_median is None or last.t >= os.followup_median
    return Failures(failures, events, by, at_least, deaths, f"all deaths {os.n} x (1 - {last.s}) = {deaths}", late=late)


def events_by(curve: PublishedSurvival) -> tuple[int, float]:
    """Return the events by the last landmark within median follow-up, if nobody was censored before it."""
    limit = float(curve.followup_median) if curve.followup_median is not None else math.inf
    within = [landmark for landmark in curve.landmarks if float(landmark.t) <= limit]
    last = max(within or list(curve.landmarks), key=lambda landmark: landmark.t)
    return math.floor((curve.n or 0) * (1.0 - interval(last.s).high)), float(last.t)


def implied_by_models(study: Study, name: str) -> int | None:
    """Return the most events that any hazard ratio of two groups needs for its precision."""
    needed = []
    for estimate in study.estimates:
        if (
            estimate.endpoint == name
            and own_hazard_ratio(estimate)
            and binary(study, estimate)
            and not estimate.subgroup
        ):
            se = se_from_limits(estimate) or se_from_p(estimate)
            if se is not None and math.isfinite(se.high) and not other_error(estimate):
                needed.append(least_events(widest(estimate, se)))
    return max(needed, default=None)


def fewer_failures(study: Study, found: Failures, pfs: PublishedSurvival, *, impossible: bool) -> Iterator[Finding]:
    """Report deaths without failure that all deaths cannot hold; a notice if rates alone say so, or most deaths are."""
    certain = found.late and found.at_least is not None and found.at_least - int(found.printed.value) > found.deaths
    if not certain and not impossible and (pfs.events is not None or 2 * found.without <= found.deaths):
        return
    likely = impossible and found.at_least is not None
    severity: Severity = "impossible" if certain else "very unlikely" if likely else "ask the authors"
    model = (
        ""
        if found.at_least is None
        else f"; at least {counted(found.at_least, 'event')} by print or by precision of the ratios"
    )
    yield Finding(
        study.id,
        RULE,
        severity,
        f"{found.printed.value} treatment failures, but {found.by}.",
        f"{found.events} - {found.printed.value} = {counted(found.without, 'death')} without failure of "
        f"{found.deaths_by}{model}",
        f"{found.printed.place}, {pfs.place}",
        BEYOND if severity == "very unlikely" else None,
    )


def deaths_after_failure(study: Study, found: Failures, os: PublishedSurvival | None) -> Iterator[Finding]:
    """Compare deaths after failure with what all deaths leave once deaths without failure are taken off."""
    left = found.deaths - found.without
    certain_left = found.deaths - max((found.at_least or 0) - int(found.printed.value), 0)
    for curve in study.survivals:
        if os is None or curve.n != int(found.printed.value) or "after" not in curve.endpoint:
            continue
        limit = math.inf if os.followup_median is None else WELL_WITHIN * float(os.followup_median)
        end = max((mark for mark in curve.landmarks if float(mark.t) <= limit), key=lambda mark: mark.t, default=None)
        after = 0 if end is None else math.floor(curve.n * (1.0 - interval(end.s).high))
        if end is None or after <= max(left, 0) or found.without <= 0:
            continue
        severity: Severity = "ask the authors"
        if found.late and after * (1.0 - found.unseen) > certain_left:
            severity = "very unlikely"
        yield Finding(
            study.id,
            RULE,
            severity,
            f"About {counted(after, 'death')} among {curve.n} failures by {counted(end.t, 'month')}, but all deaths "
            f"leave about {left}.",
            f"{found.deaths_by}; without failure {found.events} - {found.printed.value} = {found.without}; "
            f"after failure {curve.n} x (1 - {end.s}) = {after} > {left}",
            f"{curve.place}, {os.place}, {found.printed.place}",
            BEYOND if severity == "very unlikely" else None,
        )
