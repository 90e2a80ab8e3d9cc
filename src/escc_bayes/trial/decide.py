"""From simulated patients to decisions: every rule at every look, on the same trials."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.trial.design import TrialDesign, mixture_from
from escc_bayes.trial.exact_posterior import probability_below
from escc_bayes.trial.normal_power import logrank_boundaries
from escc_bayes.trial.ordered import logrank_z, ordered, sufficient
from escc_bayes.trial.rule import Criterion, DecisionRule, LogRankCriterion
from escc_bayes.trial.simulate import Draws, draw, drawn_log_ratios, patients
from escc_bayes.trial.snapshot import look_months, snapshot
from escc_bayes.trial.sufficient import ArmData, BoolArray, joined

TRUTH, NULL, BELIEVED = "truth", "null", "design_prior"


@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """What a look computes: posterior probabilities at ``log_ratios`` (m,), log-rank ``bounds`` (looks,) by rule."""

    log_ratios: FloatArray
    bounds: tuple[FloatArray | None, ...]

    @property
    def logrank(self) -> bool:
        """Whether any rule needs a log-rank test."""
        return any(bound is not None for bound in self.bounds)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What n trials show at one look: ``data`` for the posterior, ``z`` of the log-rank test, and the trial's size."""

    data: ArmData
    z: FloatArray
    month: FloatArray
    enrolled: IntArray
    events: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Of n trials under one rule: ``success``, ``futile``, and the look at which each ``ended``."""

    success: BoolArray
    futile: BoolArray
    ended: IntArray


def criteria_of(design: TrialDesign) -> Criteria:
    """Return what the rules of a design need."""
    ratios = sorted({ratio for rule in design.rules for ratio in rule.hazard_ratios})
    bounds = tuple(logrank_boundaries(design, rule) if rule.alphas else None for rule in design.rules)
    return Criteria(np.array([math.log(ratio) for ratio in ratios]), bounds)


def scenarios(design: TrialDesign) -> tuple[str, ...]:
    """Return the names of the scenarios: the effect, no effect, and what is believed."""
    return (TRUTH, NULL) if design.design_prior is None else (TRUTH, NULL, BELIEVED)


def log_ratio_of(scenario: str, design: TrialDesign, draws: Draws) -> FloatArray:
    """Return the log hazard ratio of each piece of the effect, (n or 1, k + 1).

    A draw from the design prior replaces the strongest piece; the others keep their share of it.
    """
    if scenario == TRUTH:
        return np.log(np.array([design.effect.hr]))
    if scenario == NULL:
        return np.zeros((1, len(design.effect.hr)))
    assert design.design_prior is not None
    drawn = drawn_log_ratios(mixture_from(design.design_prior), draws.effect_unit)
    return drawn[:, None] * design.effect.shape


def evidence_of_block(
    design: TrialDesign, criteria: Criteria, trials: int, seed: Seed, block: int
) -> list[list[Evidence]]:
    """Simulate one block of trials under every scenario; return the evidence by scenario and look."""
    draws = draw(design, trials, seed, block)
    prior = design.analysis_prior
    found = []
    for scenario in scenarios(design):
        seen = patients(design, draws, log_ratio_of(scenario, design, draws))
        looks = []
        for month in look_months(seen, design.looks):
            shot = snapshot(seen, month)
            order = ordered(shot)
            z = logrank_z(order) if criteria.logrank else np.zeros(trials)
            data = sufficient(order, prior.pieces, prior.cuts)
            looks.append(Evidence(data, z, month, shot.enrolled, shot.events))
        found.append(looks)
    return found


def together(parts: list[Evidence]) -> Evidence:
    """Return blocks as one: the posterior of some thousand trials costs little more than that of some hundred."""
    return Evidence(
        joined([part.data for part in parts]),
        np.concatenate([part.z for part in parts]),
        np.concatenate([part.month for part in parts]),
        np.concatenate([part.enrolled for part in parts]),
        np.concatenate([part.events for part in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What criteria are held against at one look: P(log HR < c | data) (n, m) at ``log_ratios`` (m,), Z (n,)."""

    log_ratios: FloatArray
    below: FloatArray
    z: FloatArray


def verdicts(design: TrialDesign, criteria: Criteria, looks: list[Evidence], *, first: int = 0) -> list[Verdicts]:
    """Decide every rule at every look; a trial ends at its first success or futility, or at the last look.

    ``first``: place in the design of the first of ``looks``.
    """
    prior = design.analysis_prior
    shown = [
        Shown(
            criteria.log_ratios,
            probability_below(look.data, prior.mixture, prior.baseline, criteria.log_ratios)
            if criteria.log_ratios.size
            else np.zeros((look.z.size, 0)),
            look.z,
        )
        for look in looks
    ]
    bounds = [bound if bound is None else bound[first:] for bound in criteria.bounds]
    return [ended(rule, bound, shown) for rule, bound in zip(design.rules, bounds, strict=True)]


def ended(rule: DecisionRule, bound: FloatArray | None, looks: list[Shown]) -> Verdicts:
    """Return how every trial ends under one rule; ``bound`` (looks,) is that of its log-rank test."""
    trials, last = looks[0].z.size, len(looks) - 1
    success, futile = np.zeros(trials, dtype=np.bool_), np.zeros(trials, dtype=np.bool_)
    at = np.full(trials, last)
    for k, shown in enumerate(looks):
        going = ~(success | futile)
        bound_here = float(bound[k]) if bound is not None else math.inf
        won = going & all_hold(rule.success, shown, bound_here)
        lost = np.zeros_like(won)
        if rule.futility and k < last:
            lost = going & ~won & all_hold(rule.futility, shown, bound_here)
        success |= won
        futile |= lost
        at[won | lost] = k
    return Verdicts(success, futile, at)


def all_hold(wanted: tuple[Criterion, ...], shown: Shown, bound: float) -> BoolArray:
    """Return whether all criteria hold, for each trial; ``bound`` is that of the log-rank Z."""
    found = np.ones(shown.z.size, dtype=np.bool_)
    for criterion in wanted:
        found &= holds(criterion, shown, bound)
    return found


def holds(criterion: Criterion, shown: Shown, bound: float) -> BoolArray:
    """Return whether one criterion holds, for each trial."""
    if isinstance(criterion, LogRankCriterion):
        return np.asarray(shown.z > bound)
    below = shown.below[:, int(np.argmin(np.abs(shown.log_ratios - math.log(criterion.hr))))]
    return np.asarray(below > criterion.threshold if criterion.above else below < criterion.threshold)
