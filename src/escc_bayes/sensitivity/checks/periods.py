"""Hazard ratios of two periods, cut at the median event time, by Cox and by the model itself.

Early: follow-up ends at the cut. Late: who is still followed, from the cut on. A hazard ratio that is one for all time
is the same in both but for chance.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.spec.plan import ModelPlan


def cut_month(plan: ModelPlan) -> float:
    """Return the median event time, in months."""
    return float(np.median(plan.rows.time[plan.rows.event > 0.0]))


def early(plan: ModelPlan, at: float) -> ModelPlan:
    """Return the plan with everybody's follow-up ended at a month; who enters later has weight 0."""
    rows = plan.rows
    seen = rows.entry < at
    time = np.where(seen, np.minimum(rows.time, at), rows.time)
    event = np.where(seen & (rows.time <= at), rows.event, 0.0)
    return with_rows(plan, time, event, rows.entry, np.where(seen, rows.weight, 0.0))


def late(plan: ModelPlan, at: float) -> ModelPlan:
    """Return the plan from a month on; whose follow-up has ended has weight 0."""
    rows = plan.rows
    seen = rows.time > at
    entry = np.where(seen, np.maximum(rows.entry, at), rows.entry)
    return with_rows(plan, rows.time, np.where(seen, rows.event, 0.0), entry, np.where(seen, rows.weight, 0.0))


def with_rows(plan: ModelPlan, time: np.ndarray, event: np.ndarray, entry: np.ndarray, weight: np.ndarray) -> ModelPlan:
    """Return the plan with other follow-up; columns, centres and baseline stay."""
    return replace(plan, rows=replace(plan.rows, time=time, event=event, entry=entry, weight=weight))
