"""The verdict of a look: each rule's boundary at the actual information, its statistic, and whether it is crossed.

A log-rank or Cox test has spent alpha(t) by the events seen, t their share of the final ones; at the final look all of
it. Posterior rules are held against their thresholds. Futility acts at interim looks alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from escc_bayes.trial.design.criterion import Criterion
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.futility import FutilityCriterion
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan, rule_plan
from escc_bayes.trial.design.trial_plan import PlannedRule
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.rule_now import RuleNow
from escc_bayes.trial.monitoring.this_look import ThisLook

type Kind = Literal["success", "futility"]


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
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
    criteria: tuple[JudgedCriterion, ...]

    @property
    def crossed(self) -> bool:
        """Whether all criteria hold."""
        return all(of.holds for of in self.criteria)


def plan_now(planned: PlannedRule, look: ThisLook) -> RulePlan:
    """Return a rule's boundaries with this look at its own information, as the plan's elsewhere."""
    return rule_plan(planned.rule, look.fractions, planned.boundaries.information)


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
    now = RuleNow(design, interim, rule, plan, look.place, predictive)
    if look.final or not rule.only_final:
        yield Verdict(rule.name, "success", tuple(judged(criterion, now) for criterion in rule.success))
    unknown = rule.asks_moments and predictive is None
    if plan.acting[look.place] and not look.final and not unknown:
        yield Verdict(rule.name, "futility", tuple(judged(criterion, now) for criterion in rule.futility))


def judged(criterion: Criterion | FutilityCriterion, now: RuleNow) -> JudgedCriterion:
    """Return one criterion as it stands now."""
    statistic, bound = float(criterion.statistic(now)[0]), criterion.bound(now)
    return JudgedCriterion(now.said(criterion), criterion.statistic_name, bound, statistic, criterion.above)
