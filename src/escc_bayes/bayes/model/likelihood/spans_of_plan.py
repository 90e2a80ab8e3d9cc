"""The terms of a plan beside its cells: events between two months, survivors of other sources, expected hazards."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.excess import Excess
from escc_bayes.bayes.model.likelihood.passed import Passed
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.bayes.model.likelihood.survivors import Survivors
from escc_bayes.hazard.at_risk import AtRisk, split_at
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.piecewise import FloatArray, IntArray, piece_of
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.external import drifting
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows, risk_rows, rows_between, segment_columns


def terms_of(plan: ModelPlan) -> tuple[Spans, ...]:
    """Return the terms of a plan beside its rows at risk; none where every event has its month."""
    between = bool((plan.rows.apart & (plan.rows.weight > 0.0)).any())
    return (
        *((passed_of(plan),) if between else ()),
        *((survivors_of(plan),) if plan.spec.external else ()),
        *((excess_of(plan),) if plan.spec.background is not None else ()),
    )


@dataclass(frozen=True, slots=True)
class ExpectedEvents:
    """Events that a life table expects too: rows at risk ``of`` the risk rows, and the hazard (m,) at each."""

    risk: RiskRows
    of: IntArray
    hazard: FloatArray
    passed: float


def expected_events(plan: ModelPlan) -> ExpectedEvents:
    """Return the events of weight above 0 with an expected hazard, and the expected hazard that all have passed."""
    known, rows = plan.expected, plan.rows
    assert known is not None
    expected, profile = known
    risk = risk_rows(rows, plan.design)
    event = np.flatnonzero((risk.at_risk.event > 0.0) & (risk.at_risk.weight > 0.0))
    hazard = expected.rate(profile[risk.of[event]], risk.at_risk.stop[event])
    until, before = (expected.cumulative_at(profile, month[None])[0] for month in (rows.time, rows.entry))
    there = hazard > 0.0
    return ExpectedEvents(risk, event[there], hazard[there], float(rows.weight @ (until - before)))


def excess_of(plan: ModelPlan) -> Excess:
    """Return the part of events that a life table explains."""
    found = expected_events(plan)
    own, columns = found.risk.at_risk, found.risk.columns[found.of]
    weight, stop = own.weight[found.of], own.stop[found.of]
    group = np.arange(found.of.size)
    if isinstance(plan.baseline, WeibullPrior):
        design = -np.column_stack([columns, np.ones(group.size)])
        log_time = -np.log(stop / plan.baseline.reference_time)
        return Excess(design, found.hazard * stop, group, weight, found.passed, log_time=log_time)
    design = -np.concatenate([columns, pieces_at(plan, stop, own.stratum[found.of])], axis=1)
    return Excess(design, found.hazard, group, weight, found.passed)


def pieces_at(plan: ModelPlan, months: FloatArray, stratum: IntArray) -> FloatArray:
    """Return which piece of a piecewise baseline, stratum by stratum, months (m,) lie in: 0 or 1, (m, pieces)."""
    assert isinstance(plan.baseline, PiecewisePrior)
    piece = stratum * plan.baseline.pieces + piece_of(months, plan.baseline.cuts)
    return np.asarray(np.eye(plan.baseline.copies * plan.baseline.pieces)[piece])


def passed_of(plan: ModelPlan) -> Passed:
    """Return the events between two months, those alike in one group."""
    risk = rows_between(plan.rows, plan.design)
    own = risk.at_risk
    counted = np.flatnonzero(own.weight > 0.0)
    # A patient's parts lie one below the other; patients with equal parts are one group of so many.
    patients = np.unique(risk.of[counted])
    key = np.column_stack([plan.patterns, plan.rows.last_free, plan.rows.time])[patients]
    _, member = distinct_rows(key)
    groups, chosen = np.unique(member, return_index=True)
    failed = np.bincount(member, weights=plan.rows.weight[patients])
    place = np.full(plan.rows.time.size, -1)
    place[patients[chosen]] = groups
    kept = counted[place[risk.of[counted]] >= 0]
    order = kept[np.argsort(place[risk.of[kept]], kind="stable")]
    parts = Parts(place[risk.of[order]], own.start[order], own.stop[order], own.stratum[order], risk.columns[order])
    rows = span_rows(plan, parts)
    return Passed(rows.design, rows.months, rows.group, np.zeros(groups.size), failed, log_time=rows.log_time)


def survivors_of(plan: ModelPlan) -> Survivors:
    """Return the counts of survivors, standardised over the patterns of who each is about."""
    external, share = plan.spec.external, plan.external_shares
    distinct, member = distinct_rows(plan.patterns)
    own = np.stack([np.bincount(member, weights=one, minlength=len(distinct)) for one in share])
    needed = np.flatnonzero(own.any(axis=0))
    row = np.unique(member, return_index=True)[1][needed]
    ends = np.array([month for one in external for month in (one.start, one.stop)])
    of, stop = np.tile(row, ends.size), np.repeat(ends, row.size)
    blank = np.zeros(of.size)
    whole = AtRisk(np.arange(of.size), blank, stop, blank, blank, plan.rows.stratum[of])
    # A start at 0 has a hazard of 0: a row without months, since every group has rows.
    split, part_of = split_at(whole, plan.design.segment_ends)
    columns = segment_columns(plan.design, plan.design.centred[of[part_of]], split.stop)
    rows = span_rows(plan, Parts(part_of, split.start, split.stop, split.stratum, columns))
    # Two ends of every pattern for each count: the study's drift multiplies all of its hazards.
    drift = np.repeat(drifting(external), 2 * row.size, axis=0)[rows.group]
    alive = np.array([float(one.alive) for one in external])
    dead = np.array([float(one.at_risk - one.alive) for one in external])
    design = np.concatenate([rows.design, drift], axis=1)
    return Survivors(design, rows.months, rows.group, own[:, needed], alive, dead, log_time=rows.log_time)


@dataclass(frozen=True, slots=True)
class Parts:
    """Stretches (m,) of time with one coefficient each: the group of each, its ends, stratum and columns."""

    group: IntArray
    start: FloatArray
    stop: FloatArray
    stratum: IntArray
    columns: FloatArray


@dataclass(frozen=True, slots=True)
class SpanRows:
    """What a ``Spans`` holds before its head."""

    design: FloatArray
    months: FloatArray
    group: IntArray
    log_time: FloatArray | None


def span_rows(plan: ModelPlan, parts: Parts) -> SpanRows:
    """Return the rows of spans under the baseline of a plan."""
    if isinstance(plan.baseline, WeibullPrior):
        return weibull_rows(parts, plan.baseline.reference_time)
    cuts = plan.baseline.cuts
    blank = np.zeros(parts.group.size)
    whole = AtRisk(np.arange(parts.group.size), parts.start, parts.stop, blank, blank, parts.stratum)
    split, of = split_at(whole, cuts)
    design = np.concatenate([parts.columns[of], pieces_at(plan, split.stop, split.stratum)], axis=1)
    return SpanRows(design, split.stop - split.start, parts.group[of], None)


def weibull_rows(parts: Parts, reference: float) -> SpanRows:
    """Return a row for each stop and, with a minus, for each start: a span is (t / t0)^k at the one less the other."""
    month = np.column_stack([parts.stop, parts.start]).ravel()
    sign = np.where(month > 0.0, np.tile([1.0, -1.0], parts.group.size), 0.0)
    of = np.repeat(np.arange(parts.group.size), 2)
    design = np.concatenate([parts.columns[of], np.ones((of.size, 1))], axis=1)
    return SpanRows(design, sign, parts.group[of], np.log(np.where(month > 0.0, month, reference) / reference))
