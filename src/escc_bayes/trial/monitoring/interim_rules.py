"""Where the rules of a design stand at an interim look: each criterion now, and the conditional power of each rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.trial.design.criterion import Criterion, LogRankCriterion
from escc_bayes.trial.design.design import AnalysisPrior
from escc_bayes.trial.design.futility import FutilityCriterion
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.design.trial_plan import PlannedRule, TrialPlan
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_model import orders_of
from escc_bayes.trial.monitoring.rule_now import RuleNow
from escc_bayes.trial.significance.conditional_power import conditional_power, trend_drift
from escc_bayes.trial.significance.measures import LogRankZ


@dataclass(frozen=True, slots=True)
class Standing:
    """One criterion now.

    Attributes
    ----------
    words : the criterion.
    quantity : "posterior_probability" or "log_rank_z".
    value : the probability or the Z.
    bound : what it is held against; of a log-rank test at the final look.
    role : "success" or "futility".
    """

    rule: str
    words: str
    quantity: str
    value: float
    bound: float
    role: str


@dataclass(frozen=True, slots=True)
class ConditionalPower:
    """Probability that a rule holds at the final look if the hazard ratio is ``assumed``: trend, design or null."""

    rule: str
    assumed: str
    hr: float
    probability: float


def log_rank_now(interim: Interim, prior: AnalysisPrior, test: LogRankCriterion | None = None) -> float:
    """Return Z of a rule's log-rank or Cox test, of the plain one without; 0 before the first event.

    Positive where treatment does better than the test's margin.
    """
    measure = LogRankZ() if test is None else test.measure
    return float(measure.of(orders_of(interim, prior))[0]) if interim.events else 0.0


def standings(plan: TrialPlan, interim: Interim) -> tuple[Standing, ...]:
    """Return every posterior and log-rank criterion; other tests are made at the final look alone."""
    final, stand = len(plan.looks) - 1, []
    for planned in plan.rules:
        rule = planned.rule
        now = RuleNow(plan.design, interim, rule, planned.boundaries, final)
        for role, criteria in (("success", rule.success), ("futility", rule.futility)):
            stand += [standing(criterion, now, role) for criterion in criteria if criterion.standing]
    return tuple(stand)


def standing(criterion: Criterion | FutilityCriterion, now: RuleNow, role: str) -> Standing:
    """Return where one criterion stands."""
    value, bound = float(criterion.statistic(now)[0]), criterion.bound(now)
    return Standing(now.rule.name, now.said(criterion), criterion.standing, value, bound, role)


def conditional_powers(
    plan: TrialPlan, events: int, z: Mapping[str, float], boundaries: tuple[RulePlan, ...] | None = None
) -> tuple[ConditionalPower, ...]:
    """Return the conditional power of each rule that is a boundary on Z, under trend, design effect and its null.

    Parameters
    ----------
    events : seen so far; none or all of the final ones leave nothing to condition on.
    z : of the rule's log-rank test now, by rule.
    boundaries : by rule with this look at its own information; None: as planned.
    """
    now = boundaries or tuple(planned.boundaries for planned in plan.rules)
    return tuple(
        power
        for planned, of_rule in zip(plan.rules, now, strict=True)
        for power in powers_of(plan, planned, events, z[planned.rule.name], of_rule)
    )


def powers_of(
    plan: TrialPlan, planned: PlannedRule, events: int, z: float, boundaries: RulePlan
) -> tuple[ConditionalPower, ...]:
    """Return the conditional powers of one rule; none where it has no boundary on Z.

    All on the Z against a hazard ratio of 1: that of a test against a margin lies log(margin) sqrt(I) away.
    """
    rule, normal = planned.rule, planned.on_z
    if normal is None:
        return ()
    information, fraction = float(normal.information[-1]), events / plan.events[-1]
    if not 0.0 < fraction < 1.0:
        return ()
    root = math.sqrt(information)
    margin = math.log(rule.test.margin) if rule.test is not None else 0.0
    z -= margin * root * math.sqrt(fraction)
    bound = float(normal.upper[-1])
    if rule.test is not None:
        # The final boundary moves with the information of this look.
        moved = float(boundaries.upper[-1]) - margin * root
        bound = moved if len(rule.success) == 1 else max(bound, moved)
    log_ratio = plan.log_ratio
    drifts = {
        "trend": trend_drift(z, fraction),
        "null": -math.log(planned.null_effect.hr[0]) * root,
    }
    drifts |= {"design": -log_ratio * root} if log_ratio is not None else {}
    return tuple(
        ConditionalPower(rule.name, name, math.exp(-drift / root), conditional_power(z, fraction, bound, drift))
        for name, drift in drifts.items()
    )
