"""The term of a plan with a cure fraction: who is censored when, who enters late, and the odds of cure."""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.model.likelihood.spans_of_plan import Parts, span_rows
from escc_bayes.bayes.model.likelihood.uncured import Uncured
from escc_bayes.hazard.at_risk import AtRisk, split_at
from escc_bayes.hazard.cells import distinct_rows
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.risk_rows import RiskRows, cut, segment_columns


def rows_to_events(plan: ModelPlan) -> RiskRows:
    """Return the rows at risk from month 0 to each event; of who is censored, with weight 0."""
    rows = plan.rows
    weight = np.where(rows.event > 0.0, rows.weight, 0.0)
    at_risk = replace(rows.at_risk, start=np.zeros(rows.time.size), weight=weight)
    return cut(at_risk, np.arange(rows.time.size), plan.design)


def months_left(plan: ModelPlan) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return rows, months and counts (m,): with their weight who is censored, less it who enters after 0."""
    rows = plan.rows
    censored = np.flatnonzero((rows.event == 0.0) & (rows.weight > 0.0))
    late = np.flatnonzero((rows.entry > 0.0) & (rows.weight > 0.0))
    of = np.concatenate([censored, late])
    month = np.concatenate([rows.time[censored], rows.entry[late]])
    return of, month, np.concatenate([rows.weight[censored], -rows.weight[late]])


def uncured_of(plan: ModelPlan) -> Uncured:
    """Return the term; patients alike, censored or entering at one month, are one group."""
    of, month, weight = months_left(plan)
    distinct, member = distinct_rows(np.column_stack([plan.patterns[of], month]))
    count = np.bincount(member, weights=weight, minlength=len(distinct))
    chosen = np.unique(member, return_index=True)[1]
    own, stop, blank = of[chosen], month[chosen], np.zeros(chosen.size)
    whole = AtRisk(np.arange(own.size), blank, stop, blank, blank, plan.rows.stratum[own])
    split, part_of = split_at(whole, plan.design.segment_ends)
    columns = segment_columns(plan.design, plan.design.centred[own[part_of]], split.stop)
    rows = span_rows(plan, Parts(part_of, split.start, split.stop, split.stratum, columns))
    odds = np.zeros((1, rows.design.shape[1] + 1))
    odds[0, -1] = 1.0
    return Uncured(
        np.concatenate([np.column_stack([rows.design, np.zeros(rows.group.size)]), odds]),
        np.append(rows.months, 1.0),
        np.append(rows.group, count.size),
        count,
        float(plan.rows.weight[plan.rows.entry == 0.0].sum()),
        log_time=None if rows.log_time is None else np.append(rows.log_time, 0.0),
    )
