"""Progression-free survival does not exceed overall survival, nor overall survival that from one cause.

A death ends both, so PFS time <= OS time for every patient and S_PFS(t) <= S_OS(t). Their Kaplan-Meier estimates can
cross by a little where patients are censored and few progress before they die; how often is simulated for the printed
size, follow-up and events (``crossing_simulation.py``, docs/methods/audit.md). Before anybody is censored they cannot.
Deaths of one cause among all: the same patients are at risk and fewer die, so S_CSS(t) >= S_OS(t) exactly. Efron 1967,
5th Berkeley Symp 4:831 (redistribution to the right).
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.endpoints import INCLUDING_DEATH, endpoint
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.crossing_simulation import Asked, share_of_cohorts
from escc_bayes.evidence.rules.curves import least_follow_up, one_group
from escc_bayes.foundation.sentence import counted

RULE = "PFS and OS"
RARE, RARE_MEDIANS = 0.004, 0.01
"""Share of honest cohorts below which a crossing is called very unlikely: at any of the landmarks, of the medians."""

ASSUMED_N = 200
"""Patients where no number is printed."""


class Bound(NamedTuple):
    """Survival at ``t`` months is at most ``s`` (OS) or at least (one cause), printed as ``text``."""

    t: float
    s: float
    text: str


def progression_before_death(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare PFS and its kin with OS, and OS with survival from one cause, of one arm at one data cut-off."""
    book = ledger or Ledger()
    for os in study.survivals:
        if endpoint(os.endpoint) != "OS":
            continue
        for other in study.survivals:
            if not one_group(other, os):
                continue
            if endpoint(other.endpoint) in INCLUDING_DEATH:
                book.made(len(other.landmarks) + (other.median is not None or other.median_reached is False))
                yield from landmarks(study, other, os)
                yield from medians(study, other, os)
            elif endpoint(other.endpoint) == "CSS":
                book.made(len(other.landmarks))
                yield from one_cause(study, other, os)


def bounds(curve: PublishedSurvival) -> list[Bound]:
    """Return what a curve is at most from some month on."""
    above = [Bound(float(mark.t), interval(mark.s).high, f"{mark.s} at {mark.t}") for mark in curve.landmarks]
    if curve.median is not None:
        above.append(Bound(interval(curve.median, whole="rounded").high, 0.5, f"0.5 at its median {curve.median}"))
    return above


def landmarks(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a time at which PFS exceeds what OS was then or before; the share is that of any of the landmarks."""
    looks = sum(any(bound.t <= float(mark.t) for bound in bounds(os)) for mark in pfs.landmarks)
    for mark in pfs.landmarks:
        earlier = [bound for bound in bounds(os) if bound.t <= float(mark.t)]
        lowest = min(earlier, key=lambda bound: (bound.s, -bound.t), default=None)
        excess = 0.0 if lowest is None else interval(mark.s).low - lowest.s
        if lowest is None or excess <= 1e-9:
            continue
        least = least_follow_up(study)
        certain = least is not None and float(mark.t) <= least
        survival = min(max((float(mark.s) + lowest.s) / 2, 0.02), 0.98)
        asked = Asked(size(pfs, os), lowest.t, survival, round(excess, 6), follow_up(pfs, os), alive_after(pfs, os))
        yield crossing(
            study,
            (pfs, os),
            f"{pfs.arm}: {pfs.endpoint} {mark.s} at {counted(mark.t, 'month')} exceeds OS "
            f"{counted(lowest.text, 'month')}",
            f"{mark.s} > {lowest.s:g} beyond rounding",
            None if certain else asked,
            looks,
        )


def medians(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a median PFS that exceeds the median OS, or is not reached although that is."""
    if os.median is None or os.median <= 0:
        return
    latest = interval(os.median, whole="rounded").high
    if pfs.median_reached is False:
        gap, said = (
            math.inf,
            f"{pfs.arm}: median {pfs.endpoint} is not reached, but median OS is {counted(os.median, 'month')}",
        )
        arithmetic = f"S_PFS({os.median}) <= S_OS({os.median}) <= 0.5 in every patient's time"
    elif pfs.median is not None and interval(pfs.median, whole="rounded").low > latest:
        gap = interval(pfs.median, whole="rounded").low - latest
        said = f"{pfs.arm}: median {pfs.endpoint} {pfs.median} exceeds median OS {counted(os.median, 'month')}"
        arithmetic = f"{pfs.median} > {os.median}"
    else:
        return
    least = least_follow_up(study)
    certain = least is not None and latest + (0 if math.isinf(gap) else gap) <= least
    t = float(os.median)
    asked = Asked(size(pfs, os), t, 0.5, round(gap, 6), follow_up(pfs, os), alive_after(pfs, os), medians=True)
    yield crossing(study, (pfs, os), said, arithmetic, None if certain else asked)


def crossing(
    study: Study,
    pair: tuple[PublishedSurvival, PublishedSurvival],
    said: str,
    arithmetic: str,
    asked: Asked | None,
    looks: int = 1,
) -> Finding:
    """Report PFS above OS: impossible before the first censoring, else by how many honest cohorts show as much."""
    places = ", ".join(curve.place for curve in pair)
    if asked is None:
        return Finding(study.id, RULE, "impossible", f"{said}, before anybody can be censored.", arithmetic, places)
    found = min(1.0, looks * share_of_cohorts(asked))
    rare = found <= (RARE_MEDIANS if asked.medians else RARE)
    severity: Severity = "very unlikely" if rare else "ask the authors"
    watched = (
        f"unknown follow-up (at least {'the median' if asked.medians else 'half of it'})"
        if asked.follow_up is None
        else f"a median follow-up of {counted(asked.follow_up, 'month')}"
    )
    events = (
        "progressions from rare to frequent"
        if asked.alive is None
        else f"{100 * asked.alive:.0f} % alive after progression, as printed"
    )
    much = f"{'fewer than ' if rare else ''}{per_cent(found)}"
    statement = f"{said}: {much} of honest cohorts of {asked.n} patients show as much."
    how = f"{arithmetic}; at most {per_cent(found)} of simulated cohorts with {watched} and {events}"
    return Finding(study.id, RULE, severity, statement, how, places, found if rare else None)


def size(one: PublishedSurvival, other: PublishedSurvival) -> int:
    """Return the number of patients, or a large one where it is not printed."""
    return max(one.n or other.n or ASSUMED_N, 2)


def follow_up(one: PublishedSurvival, other: PublishedSurvival) -> float | None:
    """Return the shorter printed median follow-up."""
    watched = [float(curve.followup_median) for curve in (one, other) if curve.followup_median is not None]
    return min(watched, default=None)


def alive_after(pfs: PublishedSurvival, os: PublishedSurvival) -> float | None:
    """Return the share of patients who progressed and live, as the events of both endpoints say."""
    if pfs.events is None or os.events is None:
        return None
    return round(max(pfs.events - os.events, 0) / size(pfs, os), 3)


def one_cause(study: Study, cause: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report survival from one cause below overall survival."""
    for mark in cause.landmarks:
        below = [other for other in os.landmarks if other.t == mark.t and interval(other.s).low > interval(mark.s).high]
        for other in below:
            yield Finding(
                study.id,
                RULE,
                "impossible",
                f"{cause.arm}: {cause.endpoint} {mark.s} is below OS {other.s} at {counted(mark.t, 'month')}.",
                f"fewer deaths among the same patients at risk: {mark.s} >= {other.s} is needed",
                f"{cause.place}, {os.place}",
            )


def per_cent(share: float) -> str:
    """Return a share in words: two digits below 10 %."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
