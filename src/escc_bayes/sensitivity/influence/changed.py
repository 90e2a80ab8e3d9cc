"""Changed data: patients left out, events recoded; one-step answers from one fit, exact ones by refits.

One step: weighted draws of the fit, each weight times the ratio of the changed to the observed likelihood. For pairs
the ratios multiply, so that all pairs are one product of matrices for each hazard ratio.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.refits.requests import RefitRequest
from escc_bayes.bayes.refits.table import RefitTable
from escc_bayes.bayes.refits.weighted_draws import WeightedDraws
from escc_bayes.estimand.contrast import weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.plan import ModelPlan

REMOVAL, RECODING = "removal", "recoding"
type Set = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refits:
    """How refits of one fit are made: of which plan, which hazard ratios are asked, and who runs the refits."""

    base: ModelPlan
    asked: tuple[HazardRatio, ...]
    run: Callable[[RefitRequest], RefitTable]

    def of(self, plans: Sequence[ModelPlan], names: Sequence[str]) -> RefitTable:
        """Return the refits of plans that vary the base, each under its name."""
        labels = tuple((name,) for name in names)
        return self.run(RefitRequest(("changed",), labels, tuple(plans), self.base, "shared"))


def without_patients(plan: ModelPlan, who: Iterable[int]) -> ModelPlan:
    """Return the plan with patients left out by weight 0 in all their rows: columns, centres and cuts stay."""
    weight = plan.rows.weight.copy()
    weight[np.isin(plan.rows.whose, list(who))] = 0.0
    return replace(plan, rows=replace(plan.rows, weight=weight))


def recoded_events(plan: ModelPlan, who: Iterable[int]) -> ModelPlan:
    """Return the plan with patients' events censored where they were, and censored patients with the event there."""
    event = plan.rows.event.copy()
    event[list(who)] = 1.0 - event[list(who)]
    return replace(plan, rows=replace(plan.rows, event=event))


CHANGES: dict[str, Callable[[ModelPlan, Iterable[int]], ModelPlan]] = {
    REMOVAL: without_patients,
    RECODING: recoded_events,
}


def log_ratios(drawn: WeightedDraws, change: str) -> FloatArray:
    """Return the log ratio of changed to observed likelihood for each patient under each draw, (m, n)."""
    rows = drawn.plan.rows
    if change == REMOVAL:
        return -drawn.log_likelihood
    gained = rows.weight * drawn.hazards.log_hazard_at(drawn.plan.patterns, rows.time)
    return np.asarray(np.where(rows.event > 0.0, -gained, gained))


@dataclass(frozen=True, slots=True)
class OneStep:
    """P(HR > 1) of q hazard ratios after changing one patient (q, n) and two (q, n, n), from the draws of one fit."""

    single: FloatArray
    pair: FloatArray


def one_step(drawn: WeightedDraws, asked: Sequence[HazardRatio], change: str) -> OneStep:
    """Return one-step P(HR > 1) after every change of one and of two patients."""
    logs = log_ratios(drawn, change)
    ratio = np.exp(logs - logs.max(axis=0))
    whole = drawn.weight @ ratio
    weighted = drawn.weight[:, None] * ratio
    total = ratio.T @ weighted
    single, pair = [], []
    for one in asked:
        above = (drawn.coefficients @ weights(one, drawn.plan.design) > 0.0).astype(np.float64)
        single.append((above @ weighted) / whole)
        pair.append((ratio.T * above) @ weighted / total)
    return OneStep(np.array(single), np.array(pair))
