"""What a design asks of estimates at the stop: their bias, error and coverage, naive and median unbiased, by rule.

By integration (``significance/estimation.py``), on the normal estimate that a rule with boundaries on Z rests on.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.trial.design.trial_plan import PlannedRule, TrialPlan
from escc_bayes.trial.significance.estimation import Design, EstimatorQuality, estimators

COLUMNS = ("rule", "hazard_ratio", "estimator", "bias", "median_bias", "rmse", "coverage", "level")
NAIVE, ADJUSTED = "naive", "median_unbiased"
WORDS = {NAIVE: "naive", ADJUSTED: "median unbiased"}


@dataclass(frozen=True, slots=True)
class EstimateAtStop:
    """One estimator of one rule under one hazard ratio; errors are of the log hazard ratio, below 0: too good."""

    rule: str
    hazard_ratio: float
    estimator: str
    bias: float
    median_bias: float
    rmse: float
    coverage: float
    level: float


def estimates_at_stop(plan: TrialPlan) -> tuple[EstimateAtStop, ...]:
    """Return what the design asks of its estimates; none where it does not ask."""
    asked = plan.design.estimation
    if asked is None:
        return ()
    found = []
    for rule in plan.rules:
        stopping = stopping_of(rule)
        if stopping is None:
            continue
        for ratio in asked.hazard_ratios or usual_ratios(plan, rule):
            qualities = estimators(stopping, -math.log(ratio), level=asked.level)
            found += [
                row(rule.rule.name, ratio, name, quality, asked.level)
                for name, quality in zip((NAIVE, ADJUSTED), qualities, strict=True)
            ]
    return tuple(found)


def stopping_of(rule: PlannedRule) -> Design | None:
    """Return the boundaries that stop a rule's trial; None where it has none on Z."""
    normal = rule.on_z
    if normal is None:
        return None
    counted = normal.lower if rule.rule.binding else np.full(normal.lower.size, -np.inf)
    return Design(normal.information, normal.lower, normal.upper, counted)


def usual_ratios(plan: TrialPlan, rule: PlannedRule) -> tuple[float, ...]:
    """Return the planned effect, the rule's null, and the hazard ratio half way between on the log scale."""
    null = rule.null_effect.hr[0]
    if plan.log_ratio is None:
        return (null,)
    effect = math.exp(plan.log_ratio)
    return effect, math.sqrt(effect * null), null


def row(rule: str, ratio: float, name: str, quality: EstimatorQuality, level: float) -> EstimateAtStop:
    """Return one row; an effect is minus the log hazard ratio."""
    return EstimateAtStop(rule, ratio, name, -quality.bias, -quality.median_bias, quality.rmse, quality.coverage, level)


def estimation_sentences(found: tuple[EstimateAtStop, ...]) -> tuple[str, ...]:
    """Say them: factors on the hazard ratio, and coverage."""
    said = []
    for naive, adjusted in zip(found[::2], found[1::2], strict=True):
        parts = "; ".join(
            f"{WORDS[one.estimator]} {math.exp(one.bias):.3f} times the true one (geometric mean), its "
            f"{100.0 * one.level:g} % limits hold it in {one.coverage:.3f} of trials"
            for one in (naive, adjusted)
        )
        said.append(
            f"{naive.rule}: estimates at the stop under a hazard ratio of {naive.hazard_ratio:.3g}: {parts} (normal "
            "approximation)."
        )
    return tuple(said)
