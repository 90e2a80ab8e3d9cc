"""Progression-free survival does not exceed overall survival, at any landmark or median.

A death ends both, so PFS time <= OS time for every patient and S_PFS(t) <= S_OS(t). Their Kaplan-Meier estimates can
cross by a little where few patients progress before they die, because a censored patient's mass goes to those at risk:
the tolerance c / sqrt(n) is the most that 6,000 simulated cohorts showed (docs/methods/audit.md). Efron 1967, 5th
Berkeley Symp 4:831 (redistribution to the right).
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from escc_bayes.data.published import PublishedSurvival, Study
from escc_bayes.data.rounding import interval
from escc_bayes.evidence.finding import Finding, Severity
from escc_bayes.evidence.rules.curves import INCLUDING_DEATH, endpoint, one_group

RULE = "PFS and OS"
CROSSING, LATE_CROSSING = 0.12, 1.2
"""Crossing of estimates times sqrt(n): within the median follow-up, and beyond it."""

ASSUMED_N = 200
FEW_PROGRESS = 1.15
"""PFS events / deaths below which the two curves are nearly one, so that their medians may cross."""


class Bound(NamedTuple):
    """Survival at ``t`` months is at least (PFS) or at most (OS) ``s``, printed as ``text``."""

    t: float
    s: float
    text: str


def progression_before_death(study: Study) -> Iterator[Finding]:
    """Compare PFS and OS of the same arm at the same data cut-off."""
    for pfs in study.survivals:
        for os in study.survivals:
            if one_group(pfs, os) and endpoint(pfs.endpoint) in INCLUDING_DEATH and endpoint(os.endpoint) == "OS":
                yield from landmarks(study, pfs, os)
                yield from medians(study, pfs, os)


def landmarks(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a time at which PFS exceeds what OS was then or before."""
    above = [Bound(float(mark.t), interval(mark.s).high, f"{mark.s} at {mark.t}") for mark in os.landmarks]
    if os.median is not None:
        above.append(Bound(interval(os.median, whole="rounded").high, 0.5, f"0.5 at its median {os.median}"))
    for mark in pfs.landmarks:
        earlier = [bound for bound in above if bound.t <= float(mark.t)]
        lowest = min(earlier, key=lambda bound: (bound.s, -bound.t), default=None)
        excess = 0.0 if lowest is None else interval(mark.s).low - lowest.s
        if lowest is not None and excess > 1e-9:
            yield Finding(
                study.id,
                RULE,
                "contradiction" if excess > crossing(pfs, os, float(mark.t)) else "notice",
                f"{pfs.arm}: {pfs.endpoint} {mark.s} at {mark.t} months exceeds OS {lowest.text} months.",
                f"{mark.s} > {lowest.s:g} beyond rounding; estimates may cross by {crossing(pfs, os, lowest.t):.3f}",
                f"{pfs.place}, {os.place}",
            )


def crossing(pfs: PublishedSurvival, os: PublishedSurvival, t: float) -> float:
    """Return by how much two estimates of these sizes may cross."""
    watched = [float(curve.followup_median) for curve in (pfs, os) if curve.followup_median is not None]
    late = bool(watched) and t > min(watched)
    return (LATE_CROSSING if late else CROSSING) / math.sqrt(pfs.n or os.n or ASSUMED_N)


def medians(study: Study, pfs: PublishedSurvival, os: PublishedSurvival) -> Iterator[Finding]:
    """Report a median PFS that exceeds the median OS, or is not reached although that is."""
    if os.median is None:
        return
    places = f"{pfs.place}, {os.place}"
    late = any(curve.followup_median is not None and curve.followup_median < os.median for curve in (pfs, os))
    if pfs.median_reached is False:
        severity: Severity = "notice" if late and nearly_one(pfs, os) else "contradiction"
        statement = f"{pfs.arm}: median {pfs.endpoint} is not reached, but median OS is {os.median} months."
        arithmetic = (
            f"S_PFS({os.median}) <= S_OS({os.median}) <= 0.5 under common follow-up, so median PFS <= {os.median}"
        )
        yield Finding(study.id, RULE, severity, statement, arithmetic, places)
    elif (
        pfs.median is not None and interval(pfs.median, whole="rounded").low > interval(os.median, whole="rounded").high
    ):
        severity = "notice" if nearly_one(pfs, os) else "contradiction"
        statement = f"{pfs.arm}: median {pfs.endpoint} {pfs.median} exceeds median OS {os.median} months."
        yield Finding(study.id, RULE, severity, statement, f"{pfs.median} > {os.median}", places)


def nearly_one(pfs: PublishedSurvival, os: PublishedSurvival) -> bool:
    """Whether the printed events say that few patients progressed before they died."""
    return pfs.events is not None and os.events is not None and pfs.events <= FEW_PROGRESS * os.events
