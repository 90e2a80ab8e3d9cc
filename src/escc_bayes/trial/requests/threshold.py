"""The threshold of a posterior rule that holds a type I error at the worst of a declared set of nulls.

Each trial under each null gives one number: the highest P(HR < c | data) at the looks it reaches while all else holds.
It succeeds if that number passes the threshold, so the threshold is an order statistic; nothing is simulated twice.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from escc_bayes.foundation.chunks import Progress, Store, run_chunks
from escc_bayes.foundation.scheduler import Arrays, Scheduler
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import PosteriorCriterion
from escc_bayes.trial.design.design import ThresholdRequest, TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.simulation.confidence import most_allowed, upper_limit
from escc_bayes.trial.simulation.decide import TRUTH, Criteria, Evidence, criteria_of, is_futile, shown, succeeds
from escc_bayes.trial.simulation.outcomes import evidence_in_chunks

COLUMNS = ("rule", "null", "threshold", "type_one_error", "upper_limit", "sure_threshold", "sure_upper_limit", "trials")
NEVER = -1.0


@dataclass(frozen=True, slots=True)
class NullError:
    """One null: type I error at the solved threshold and its 95 % upper limit; the limit at the sure threshold."""

    null: str
    type_one_error: float
    upper_limit: float
    sure_upper_limit: float


@dataclass(frozen=True, slots=True)
class SolvedThreshold:
    """Of one rule.

    Attributes
    ----------
    threshold : its simulated type I error is at most ``error`` under every null.
    sure : so is the upper 95 % confidence limit of each.
    """

    rule: str
    criterion: PosteriorCriterion
    error: float
    threshold: float
    sure: float
    nulls: tuple[NullError, ...]
    trials: int


def solved_threshold(
    design: TrialDesign,
    *,
    seed: Seed,
    scheduler: Scheduler,
    store: Store | None = None,
    progress: Progress | None = None,
) -> SolvedThreshold | None:
    """Solve the threshold that a design asks for; None where it asks for none."""
    asked = design.threshold
    if asked is None:
        return None
    rule = next(rule for rule in design.rules if rule.name == asked.rule)
    work = partial(null_statistics, asked.nulls, rule, asked.trials, seed)
    found = run_chunks(work, len(asked.nulls), scheduler=scheduler, store=store, progress=progress)
    statistics = [arrays["statistic"] for arrays in found]
    return solved(asked, rule, statistics)


def null_statistics(nulls: tuple[TrialDesign, ...], rule: DecisionRule, trials: int, seed: Seed, place: int) -> Arrays:
    """Return the number of each trial under one null, (trials,)."""
    null = replace(nulls[place], rules=(rule,))
    criteria = criteria_of(planned(null))
    parts = [statistic(null, criteria, looks) for looks in evidence_in_chunks(null, criteria, TRUTH, trials, seed)]
    return {"statistic": np.concatenate(parts)}


def statistic(design: TrialDesign, criteria: Criteria, looks: list[Evidence]) -> FloatArray:
    """Return the highest probability of the rule's first posterior criterion on the way of each trial, (n,).

    Looks count until futility stops the trial, and where the rule's other criteria hold.
    """
    rule, plan = design.rules[0], criteria.plans[0]
    solving = first_posterior(rule)
    others = replace(rule, success=tuple(c for c in rule.success if c is not solving))
    last = len(looks) - 1
    highest = np.full(looks[0].events.size, NEVER)
    going = np.ones(highest.size, dtype=np.bool_)
    for k, look in enumerate(looks):
        seen = shown(design, criteria, look, borrows=rule.borrows)
        counts = going & succeeds(others, plan, seen, k, final=k == last)
        np.maximum(highest, seen.below(solving.hr), out=highest, where=counts)
        if plan.acting[k] and k < last:
            going &= ~is_futile(rule, plan, seen, k)
    return highest


def first_posterior(rule: DecisionRule) -> PosteriorCriterion:
    """Return the criterion whose threshold is solved: the first that asks for a large P(HR < c)."""
    return next(c for c in rule.success if isinstance(c, PosteriorCriterion) and c.above)


def solved(asked: ThresholdRequest, rule: DecisionRule, statistics: list[FloatArray]) -> SolvedThreshold:
    """Return the thresholds from the numbers of all trials under each null."""
    plain = max(at_most(values, int(asked.error * values.size)) for values in statistics)
    sure = max(at_most(values, most_allowed(values.size, asked.error)) for values in statistics)
    nulls = []
    for null, values in zip(asked.nulls, statistics, strict=True):
        count, sure_count = (int(np.count_nonzero(values > bound)) for bound in (plain, sure))
        trials = values.size
        limits = upper_limit(count, trials), upper_limit(sure_count, trials)
        nulls.append(NullError(null.name, count / trials, *limits))
    return SolvedThreshold(rule.name, first_posterior(rule), asked.error, plain, sure, tuple(nulls), asked.trials)


def at_most(values: FloatArray, count: int) -> float:
    """Return the smallest bound that at most ``count`` of ``values`` exceed; 1 where not even none may.

    Examples
    --------
    >>> at_most(np.array([0.2, 0.9, 0.5, 0.7]), 1)
    0.7
    """
    if count < 0:
        return 1.0
    if count >= values.size:
        return 0.0
    return max(float(np.partition(values, values.size - 1 - count)[values.size - 1 - count]), 0.0)


def threshold_rows(found: SolvedThreshold) -> list[dict[str, object]]:
    """Return the rows of ``threshold.csv``, one for each null."""
    return [
        {
            "rule": found.rule,
            "null": null.null,
            "threshold": found.threshold,
            "type_one_error": null.type_one_error,
            "upper_limit": null.upper_limit,
            "sure_threshold": found.sure,
            "sure_upper_limit": null.sure_upper_limit,
            "trials": found.trials,
        }
        for null in found.nulls
    ]


def threshold_sentences(found: SolvedThreshold) -> tuple[str, ...]:
    """Say the thresholds, and the worst null."""
    worst = max(found.nulls, key=lambda null: null.type_one_error)
    asked = f"{found.rule}: P(HR < {found.criterion.hr:g} | data) > "
    count = len(found.nulls)
    nulls = "the null" if count == 1 else f"each of {count} nulls"
    return (
        f"{asked}{found.threshold:.4f} has a type I error of at most {found.error:g} under {nulls}, "
        f"{found.trials:,} trials each (worst: {worst.null}, {worst.type_one_error:.4f}; with 95 % confidence "
        f"below {worst.upper_limit:.4f}).",
        f"{asked}{found.sure:.4f} has it with 95 % confidence.",
    )
