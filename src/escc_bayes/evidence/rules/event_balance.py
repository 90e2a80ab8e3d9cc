"""Survival rates against events, failures and deaths after failure: one patient has one progression and one death.

Each Kaplan-Meier drop carries at least 1/n of the mass, so events by t <= n (1 - S(t)), with equality if nobody was
censored before (Efron 1967, redistribution to the right). Events of the whole follow-up: SE >= 2 / sqrt(events).
"""

import math
from collections.abc import Iterator

from escc_bayes.data.rounding import interval
from escc_bayes.data.study import PublishedNumber, PublishedSurvival, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.implied_events import binary, least_events
from escc_bayes.evidence.rules.wald import se_from_limits, se_from_p

RULE = "event balance"


def events_against_failures(study: Study) -> Iterator[Finding]:
    """Compare events with survival, PFS events with failures, and deaths after failure with all deaths."""
    yield from events_before_landmark(study)
    failures = next((number for number in study.numbers if number.name in ("failures_n", "progressions_n")), None)
    whole = {curve.endpoint: curve for curve in study.survivals if curve.n == study.n and curve.landmarks}
    if failures is None or "PFS" not in whole:
        return
    by_rate, when = events_by(whole["PFS"])
    implied = implied_by_models(study, "PFS")
    if int(failures.value) < min(by_rate, implied or by_rate):
        yield fewer_failures(study, failures, by_rate, when, implied, whole["PFS"])
        yield from deaths_after_failure(study, failures, max(by_rate, implied or 0), whole)


def events_before_landmark(study: Study) -> Iterator[Finding]:
    """Report a curve that falls without any event."""
    for curve in study.survivals:
        lowest = min((landmark.s for landmark in curve.landmarks), default=None)
        if curve.events == 0 and lowest is not None and interval(lowest).high < 1:
            statement = f"{curve.arm}, {curve.endpoint}: no events, yet survival falls to {lowest}."
            yield Finding(study.id, RULE, "contradiction", statement, f"0 events: S(t) = 1, not {lowest}", curve.place)


def events_by(curve: PublishedSurvival) -> tuple[int, float]:
    """Return the events by the last landmark within median follow-up, if nobody was censored before it."""
    limit = float(curve.followup_median) if curve.followup_median is not None else math.inf
    within = [landmark for landmark in curve.landmarks if float(landmark.t) <= limit]
    last = max(within or list(curve.landmarks), key=lambda landmark: landmark.t)
    return math.floor((curve.n or 0) * (1.0 - interval(last.s).high)), float(last.t)


def implied_by_models(study: Study, endpoint: str) -> int | None:
    """Return the most events that any hazard ratio of two groups needs for its precision."""
    needed = []
    for estimate in study.estimates:
        if estimate.endpoint == endpoint and estimate.measure == "HR" and binary(study, estimate):
            limits = se_from_limits(estimate)
            se = limits or se_from_p(estimate)
            if se is not None and math.isfinite(se.high):
                needed.append(least_events(se, exact=limits is not None))
    return max(needed, default=None)


def fewer_failures(
    study: Study, failures: PublishedNumber, by_rate: int, when: float, implied: int | None, pfs: PublishedSurvival
) -> Finding:
    """Report fewer failures than PFS events; a contradiction if the precision of a model says so too."""
    count = int(failures.value)
    model = f"; the precision of its hazard ratios needs at least {implied} events" if implied else ""
    return Finding(
        study.id,
        RULE,
        "contradiction" if implied else "notice",
        f"{count} treatment failures, but PFS implies about {by_rate} events by {when:g} months.",
        f"{pfs.n} x (1 - S({when:g})) = {by_rate}{model}; {by_rate} - {count} = {by_rate - count} deaths without "
        "failure",
        f"{failures.place}, {pfs.place}",
    )


def deaths_after_failure(
    study: Study, failures: PublishedNumber, pfs_events: int, whole: dict[str, PublishedSurvival]
) -> Iterator[Finding]:
    """Compare deaths after failure with what all deaths leave once deaths without failure are taken off."""
    if "OS" not in whole:
        return
    last = max(whole["OS"].landmarks, key=lambda landmark: landmark.t)
    deaths = math.ceil((whole["OS"].n or 0) * (1.0 - interval(last.s).low))
    without = pfs_events - int(failures.value)
    left = deaths - without
    for curve in study.survivals:
        if curve.n != int(failures.value) or "after" not in curve.endpoint or not curve.landmarks:
            continue
        end = max(curve.landmarks, key=lambda landmark: landmark.t)
        after = math.floor(curve.n * (1.0 - interval(end.s).high))
        if after > left:
            yield Finding(
                study.id,
                RULE,
                "contradiction",
                f"About {after} deaths among {curve.n} failures by {end.t} months, but all deaths leave about {left}.",
                f"all deaths {whole['OS'].n} x (1 - {last.s}) = {deaths}; without failure "
                f"{pfs_events} - {failures.value} = {without}; after failure "
                f"{curve.n} x (1 - {end.s}) = {after} > {left}",
                f"{curve.place}, {whole['OS'].place}, {failures.place}",
            )
