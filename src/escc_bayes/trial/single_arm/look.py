"""A look at a running single-arm trial: every rule against its boundary, and the hazard ratio over the reference.

Events D are compared with those expected of the same follow-up under the reference, E, at the mean of its draws: D / E
is the hazard ratio, with exact Poisson limits (Garwood 1936, Biometrika 28:437). ``docs/methods/single_arm.md``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv, ndtri

from escc_bayes.foundation.record import Record, versions
from escc_bayes.foundation.root import root
from escc_bayes.foundation.sentence import counted
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.looks.patients import Snapshot
from escc_bayes.trial.monitoring.interim import SLACK, FollowUp
from escc_bayes.trial.monitoring.look_progress import accrual, progress
from escc_bayes.trial.monitoring.look_result import LookResult
from escc_bayes.trial.single_arm.design import SingleArmDesign
from escc_bayes.trial.single_arm.rules import (
    REACH,
    ArmSeen,
    Criterion,
    Milestone,
    OneSampleLogRank,
    SingleArmPosterior,
)


@dataclass(frozen=True, slots=True, eq=False)
class ArmLook:
    """What a look shows; ``due``: the analysis of the design is reached."""

    design: SingleArmDesign
    seen: FollowUp
    level: float
    due: bool
    findings: tuple[LookResult, ...]
    record: Record


@dataclass(frozen=True, slots=True)
class RuleNow:
    """A rule on the data: ``statistic`` of ``name`` against ``boundary``; ``words`` say the criterion."""

    rule: str
    words: str
    name: str
    statistic: float
    boundary: float
    crossed: bool
    remark: str = ""


def arm_look(design: SingleArmDesign, seen: FollowUp, *, level: float, provenance: str, data_digest: str) -> ArmLook:
    """Look at a running trial of one arm.

    Parameters
    ----------
    level : of every interval.
    provenance, data_digest : of the data.
    """
    due, now = is_due(design, seen), arm_now(design, seen)
    judged = tuple(rule_now(seen, now, rule.name, rule.criterion, due=due) for rule in design.rules)
    findings = [LookResult("look", "", float(due), headline(design, seen, judged, due=due)), *judged_found(judged)]
    findings += ratios(design, now, level)
    findings += progress(design.name, design.patients, design.look.events, seen, provenance)
    findings += accrual(design.accrual, design.patients, seen, None, level)
    if not due and math.isfinite(design.expected_end):
        said = f"The plan expects the analysis in month {design.expected_end:.1f}."
        findings.append(LookResult("final_month_plan", "", design.expected_end, said))
    if provenance != "observed":
        findings[0] = replace(findings[0], words=f"{provenance.upper()} data. {findings[0].words}")
    record = Record(design.digest, data_digest, None, provenance, "monitor", (("month", seen.month),), versions())
    return ArmLook(design, seen, level, due, tuple(findings), record)


def is_due(design: SingleArmDesign, seen: FollowUp) -> bool:
    """Return whether what the analysis waits for has come."""
    look = design.look
    by_events = look.events is not None and seen.events >= look.events
    by_month = look.month is not None and seen.month >= look.month - design.lag - SLACK
    if look.first:
        return by_events or by_month
    if (look.events is not None and not by_events) or (look.month is not None and not by_month):
        return False
    if look.follow_up is None:
        return True
    return seen.entry.size >= design.patients and seen.month >= float(seen.entry.max()) + look.follow_up - SLACK


def arm_now(design: SingleArmDesign, seen: FollowUp) -> ArmSeen:
    """Return the trial as one of many that the rules judge."""
    month, count = np.array([seen.month]), np.array([seen.entry.size])
    shot = Snapshot(seen.time[None, :], seen.event[None, :], month, count, np.array([seen.events]), 0)
    expected = float(design.reference.cumulative(seen.time).sum())
    return ArmSeen(shot, np.array([float(seen.events)]), np.array([expected]))


def rule_now(seen: FollowUp, now: ArmSeen, rule: str, criterion: Criterion, *, due: bool) -> RuleNow:
    """Return a rule on the data so far."""
    if isinstance(criterion, Milestone):
        return milestone_now(seen, now, rule, criterion, due=due)
    crossed = bool(criterion.holds(now)[0])
    if isinstance(criterion, OneSampleLogRank):
        expected = float(now.expected[0])
        z = (expected - seen.events) / math.sqrt(expected) if expected > 0.0 else 0.0
        return RuleNow(rule, criterion.words(), "Z", z, float(ndtri(1.0 - criterion.alpha)), crossed)
    probability = float(criterion.probability(now.events, now.expected)[0])
    return RuleNow(rule, criterion.words(), "probability", probability, criterion.threshold, crossed)


def milestone_now(seen: FollowUp, now: ArmSeen, rule: str, planned: Milestone, *, due: bool) -> RuleNow:
    """Return survival at a month: who is known to pass it, who cannot, who is open; at the patients that there are."""
    entered = seen.entry.size
    others = due and entered != planned.patients
    criterion = replace(planned, patients=entered) if others else planned
    passed = int(np.count_nonzero(seen.time >= criterion.month))
    short = seen.time < criterion.month
    # Events, losses, and those whose news ends although the look is late enough to know.
    late = seen.entry + criterion.month < seen.month - SLACK
    failed = int(np.count_nonzero(short & (seen.event | seen.lost | late)))
    open_ones = max(criterion.patients, entered) - passed - failed
    said = f"{failed} not (event, loss or no news), {open_ones} still open"
    if failed > criterion.patients - criterion.needed:
        said += "; it can no longer succeed"
    elif passed >= criterion.needed and not due:
        said += "; it has succeeded whatever comes"
    if others:
        said += f"; of the {entered} patients that there are, in place of {planned.patients}"
    crossed = bool(criterion.holds(now)[0])
    # Success is that many or more: the boundary lies half a patient below.
    return RuleNow(rule, criterion.words(), "patients known", float(passed), criterion.needed - 0.5, crossed, said)


def headline(design: SingleArmDesign, seen: FollowUp, judged: tuple[RuleNow, ...], *, due: bool) -> str:
    """Say whether the analysis is due, and what succeeds."""
    won = [of.rule for of in judged if of.crossed]
    where = f"(planned at {design.look.words()}) with {counted(seen.events, 'event')}"
    if not due:
        would = f"success of {', '.join(won)}" if won else "no success"
        return f"VERDICT before the analysis {where}: no analysis is due. Were it made now: {would}."
    lost = [of.rule for of in judged if not of.crossed]
    said = [f"SUCCESS of {', '.join(won)}"] if won else []
    said += [f"no success of {', '.join(lost)}"] if lost else []
    return f"VERDICT of the analysis {where}: {'; '.join(said)}."


def judged_found(judged: tuple[RuleNow, ...]) -> Iterator[LookResult]:
    """Yield every rule's boundary, statistic and whether it is crossed."""
    for of in judged:
        yield LookResult("crossed", of.rule, float(of.crossed), judged_words(of), kind="success")
        yield LookResult("boundary", of.rule, of.boundary, "", of.words, kind="success")
        yield LookResult("statistic", of.rule, of.statistic, "", of.words, kind="success")


def judged_words(of: RuleNow) -> str:
    """Say a rule against its boundary."""
    outcome = "CROSSED" if of.crossed else "not crossed"
    if of.name == "patients known":
        return f"{of.rule}: {of.words}. {of.statistic:.0f} known to be without it, {of.remark}: {outcome}."
    digits = 4 if of.name == "probability" else 3
    return (
        f"{of.rule}: {of.words}; {of.name} {of.statistic:.{digits}f}, boundary above {of.boundary:.{digits}f}: "
        f"{outcome}."
    )


def ratios(design: SingleArmDesign, now: ArmSeen, level: float) -> Iterator[LookResult]:
    """Yield events over those expected, and the posterior hazard ratio where the design has a prior."""
    events, expected, tail = float(now.events[0]), float(now.expected[0]), (1.0 - level) / 2.0
    low = float(gammaincinv(events, tail)) / expected if events else 0.0
    high = float(gammaincinv(events + 1.0, 1.0 - tail)) / expected
    said = (
        f"{events:.0f} events, {expected:.1f} expected of the same follow-up under the reference: hazard ratio "
        f"{design.arm} over the reference {events / expected:.3g} ({100 * level:g} % confidence {low:.3g} to "
        f"{high:.3g}, exact). The reference is not randomised and taken as known."
    )
    yield LookResult("hazard_ratio_estimate", "", events / expected, said, "", low, high, level, "confidence")
    yield LookResult("expected_events_reference", "", expected, "")
    if design.prior is None:
        return
    middle, lower, upper = (posterior_ratio(design.prior, design.drift, now, p) for p in (0.5, tail, 1.0 - tail))
    drift = f"; drift of their hazard with SD {design.drift:g}" if design.drift > 0.0 else ""
    said = (
        f"Hazard ratio {design.arm} over concurrent controls: {middle:.3g} ({100 * level:g} % credible {lower:.3g} to "
        f"{upper:.3g}{drift})."
    )
    yield LookResult("hazard_ratio", "", middle, said, "", lower, upper, level, "credible")


def posterior_ratio(prior: Normal, drift: float, now: ArmSeen, probability: float) -> float:
    """Return the hazard ratio that has ``probability`` below it."""

    def excess(log_ratio: float) -> float:
        at = SingleArmPosterior(math.exp(log_ratio), 0.5, prior, drift)
        return float(at.probability(now.events, now.expected)[0]) - probability

    low, high = (prior.mean + side * REACH * prior.sd for side in (-1.0, 1.0))
    return math.exp(root(excess, low, high, absolute=1e-9))
