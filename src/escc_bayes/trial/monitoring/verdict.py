"""The verdict of a look: each rule's boundary at the actual information, its statistic, and whether it is crossed.

A log-rank or Cox test has spent alpha(t) by the events seen, t their share of the final ones; at the final look all of
it. Posterior rules are held against their thresholds. Futility acts at interim looks alone.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtri

from escc_bayes.trial.design.criterion import (
    BetaCriterion,
    ConditionalCriterion,
    Criterion,
    EstimateCriterion,
    FutilityCriterion,
    GainCriterion,
    LogRankCriterion,
    PosteriorCriterion,
    PredictiveCriterion,
)
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_model import orders_of
from escc_bayes.trial.monitoring.interim_posterior import RatioPosterior, posterior_of
from escc_bayes.trial.monitoring.this_look import ThisLook
from escc_bayes.trial.significance.conditional_power import conditional_power_bound
from escc_bayes.trial.significance.measures import Measure

type Kind = Literal["success", "futility"]


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion at this look: what it is held against, what it is, whether it holds; ``words`` of the criterion."""

    words: str
    name: str
    boundary: float
    statistic: float
    above: bool

    @property
    def holds(self) -> bool:
        """Whether the statistic lies beyond the boundary, on the side that counts."""
        return self.statistic > self.boundary if self.above else self.statistic < self.boundary


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's success or futility at this look; ``crossed`` where all its criteria hold."""

    rule: str
    kind: Kind
    criteria: tuple[Judged, ...]

    @property
    def crossed(self) -> bool:
        """Whether all criteria hold."""
        return all(of.holds for of in self.criteria)


def plan_now(rule: DecisionRule, plan: RulePlan, look: ThisLook) -> RulePlan:
    """Return a rule's boundaries with this look at its own information, as the plan's elsewhere."""
    if rule.test is None:
        return plan
    fractions, sharing, alpha = look.fractions, rule.sharing, rule.test.alpha
    if sharing is None or len(fractions) == 1:
        upper = np.append(np.full(len(fractions) - 1, math.inf), float(ndtri(1.0 - alpha)))
    else:
        upper = sharing.boundaries(fractions, alpha)
    lower = np.full(len(fractions), math.inf)
    for criterion in rule.futility:
        bounds = np.full(len(fractions), math.inf)
        if isinstance(criterion, ConditionalCriterion):
            final = float(upper[-1])
            bounds[:-1] = [conditional_power_bound(t, final, criterion.threshold) for t in fractions[:-1]]
        if isinstance(criterion, BetaCriterion) and sharing is not None:
            bounds[:-1] = sharing.with_futility(fractions, alpha, criterion.beta).lower[:-1]
        lower = np.minimum(lower, bounds)
    return replace(plan, upper=upper, lower=lower)


def verdicts_now(
    design: TrialDesign,
    interim: Interim,
    look: ThisLook,
    plans: tuple[RulePlan, ...],
    predictive: Mapping[str, float],
) -> tuple[Verdict, ...]:
    """Return success and, at interim looks, futility of every rule that is judged at this look.

    Parameters
    ----------
    plans : boundaries by rule, at this look's own information.
    predictive : probability of success at the final look by rule, for futility that goes by it.
    """
    if not interim.events or not (look.final or len(design.looks) > 1):
        return ()
    return tuple(
        verdict
        for rule, plan in zip(design.rules, plans, strict=True)
        for verdict in verdicts_of(design, interim, look, rule, plan, predictive.get(rule.name))
    )


def verdicts_of(
    design: TrialDesign,
    interim: Interim,
    look: ThisLook,
    rule: DecisionRule,
    plan: RulePlan,
    predictive: float | None,
) -> Iterator[Verdict]:
    """Yield success and futility of one rule; neither where it is not judged at this look."""
    now = Now(design, interim, rule, plan, look.place, predictive)
    if look.final or not rule.only_final:
        yield Verdict(rule.name, "success", tuple(now.success(criterion) for criterion in rule.success))
    if rule.futility and not look.final:
        found = [now.futility(criterion) for criterion in rule.futility]
        judged = tuple(of for of in found if of is not None)
        if len(judged) == len(found):
            yield Verdict(rule.name, "futility", judged)


@dataclass(frozen=True, slots=True, eq=False)
class Now:
    """What one rule's criteria are held against at this look."""

    design: TrialDesign
    interim: Interim
    rule: DecisionRule
    plan: RulePlan
    place: int
    predictive: float | None

    def said(self, criterion: Criterion | FutilityCriterion) -> str:
        """Return a criterion in words, the ratio named."""
        return criterion.words(f"HR({self.design.arms[1]} vs {self.design.arms[0]})")

    def measured(self, measure: Measure) -> float:
        """Return a measure of the trial."""
        return float(measure.of(orders_of(self.interim, self.design.analysis_prior))[0])

    def ratio(self) -> RatioPosterior:
        """Return the posterior that the rule asks."""
        return posterior_of(
            self.interim, self.design.analysis_prior, self.design.borrowing if self.rule.borrows else None
        )

    def success(self, criterion: Criterion) -> Judged:
        """Return a criterion of success."""
        said = self.said(criterion)
        if isinstance(criterion, PosteriorCriterion):
            return Judged(said, "probability", criterion.threshold, self.ratio().below(criterion.hr), above=True)
        if isinstance(criterion, GainCriterion):
            return Judged(said, "probability", criterion.threshold, self.measured(criterion.measure), above=True)
        if isinstance(criterion, LogRankCriterion):
            return Judged(said, "Z", float(self.plan.upper[self.place]), self.measured(criterion.measure), above=True)
        if isinstance(criterion, EstimateCriterion):
            return Judged(said, "difference", criterion.limit, self.measured(criterion.measure), above=True)
        return Judged(said, "Z", float(ndtri(1.0 - criterion.alpha)), self.measured(criterion.measure), above=True)

    def futility(self, criterion: FutilityCriterion) -> Judged | None:
        """Return a criterion of futility; None for a predictive probability that nobody has computed."""
        said = self.said(criterion)
        if isinstance(criterion, PosteriorCriterion):
            return Judged(said, "probability", criterion.threshold, self.ratio().below(criterion.hr), above=False)
        if isinstance(criterion, GainCriterion):
            return Judged(said, "probability", criterion.threshold, self.measured(criterion.measure), above=False)
        if isinstance(criterion, PredictiveCriterion):
            share = self.predictive
            return None if share is None else Judged(said, "probability", criterion.threshold, share, above=False)
        assert self.rule.test is not None
        return Judged(said, "Z", float(self.plan.lower[self.place]), self.measured(self.rule.test.measure), above=False)
