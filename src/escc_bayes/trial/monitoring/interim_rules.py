"""Where the rules of a design stand at an interim look: each criterion now, and the conditional power of each rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.trial.design.criterion import GainCriterion, LogRankCriterion, PosteriorCriterion
from escc_bayes.trial.design.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.design.normal_power import normal_rule, planned_log_ratio
from escc_bayes.trial.design.null_truth import hazard_ratio_of, own_null
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan, events_at_looks, rule_plan
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_model import orders_of
from escc_bayes.trial.monitoring.interim_posterior import posterior_of
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


def standings(design: TrialDesign, interim: Interim) -> tuple[Standing, ...]:
    """Return every posterior and log-rank criterion; other tests are made at the final look alone."""
    found, prior = [], design.analysis_prior
    for rule in design.rules:
        final = float(rule_plan(design, rule).upper[-1])
        ratio = posterior_of(interim, prior, design.borrowing if rule.borrows else None)
        for role, criteria in (("success", rule.success), ("futility", rule.futility)):
            for criterion in criteria:
                said = criterion.words(f"HR({design.arms[1]} vs {design.arms[0]})")
                if isinstance(criterion, PosteriorCriterion):
                    share = ratio.below(criterion.hr)
                    found.append(Standing(rule.name, said, "posterior_probability", share, criterion.threshold, role))
                if isinstance(criterion, GainCriterion):
                    share = float(criterion.measure.of(orders_of(interim, prior))[0])
                    found.append(Standing(rule.name, said, "posterior_probability", share, criterion.threshold, role))
                if isinstance(criterion, LogRankCriterion):
                    z = log_rank_now(interim, prior, criterion)
                    found.append(Standing(rule.name, said, "log_rank_z", z, final, role))
    return tuple(found)


def conditional_powers(
    design: TrialDesign, events: int, z: Mapping[str, float], plans: tuple[RulePlan, ...] | None = None
) -> tuple[ConditionalPower, ...]:
    """Return the conditional power of each rule that is a boundary on Z, under trend, design effect and its null.

    Parameters
    ----------
    events : seen so far; none or all of the final ones leave nothing to condition on.
    z : of the rule's log-rank test now, by rule.
    plans : boundaries by rule with this look at its own information; None: as planned.
    """
    now = plans or tuple(rule_plan(design, rule) for rule in design.rules)
    return tuple(
        found
        for rule, plan in zip(design.rules, now, strict=True)
        for found in powers_of(design, rule, events, z[rule.name], plan)
    )


def powers_of(
    design: TrialDesign, rule: DecisionRule, events: int, z: float, plan: RulePlan
) -> tuple[ConditionalPower, ...]:
    """Return the conditional powers of one rule; none where it has no boundary on Z.

    All on the Z against a hazard ratio of 1: that of a test against a margin lies log(margin) sqrt(I) away.
    """
    normal = normal_rule(design, rule)
    if normal is None:
        return ()
    information, fraction = float(normal.information[-1]), events / events_at_looks(design)[-1]
    if not 0.0 < fraction < 1.0:
        return ()
    root = math.sqrt(information)
    margin = math.log(rule.test.margin) if rule.test is not None else 0.0
    z -= margin * root * math.sqrt(fraction)
    bound = float(normal.upper[-1])
    if rule.test is not None:
        # The final boundary moves with the information of this look.
        moved = float(plan.upper[-1]) - margin * root
        bound = moved if len(rule.success) == 1 else max(bound, moved)
    log_ratio = planned_log_ratio(design, design.effect)
    drifts = {
        "trend": trend_drift(z, fraction),
        "null": -math.log(hazard_ratio_of(own_null(design, rule), design)) * root,
    }
    drifts |= {"design": -log_ratio * root} if log_ratio is not None else {}
    return tuple(
        ConditionalPower(rule.name, name, math.exp(-drift / root), conditional_power(z, fraction, bound, drift))
        for name, drift in drifts.items()
    )
