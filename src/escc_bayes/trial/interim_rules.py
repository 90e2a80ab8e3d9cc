"""Where the rules of a design stand at an interim look: each criterion now, and the conditional power of each rule."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from escc_bayes.trial.conditional_power import conditional_power, trend_drift
from escc_bayes.trial.criterion import GainCriterion, LogRankCriterion, PosteriorCriterion
from escc_bayes.trial.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.interim import Interim
from escc_bayes.trial.interim_posterior import posterior_of
from escc_bayes.trial.measures import LogRankZ
from escc_bayes.trial.normal_power import normal_rule, planned_log_ratio
from escc_bayes.trial.rule import DecisionRule
from escc_bayes.trial.rule_plan import events_at_looks, rule_plan
from escc_bayes.trial.running import orders_of


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


def log_rank_now(interim: Interim, prior: AnalysisPrior, *, stratified: bool = False) -> float:
    """Return Z of the log-rank test, positive where treatment does better; 0 before the first event."""
    return float(LogRankZ(stratified).of(orders_of(interim, prior))[0]) if interim.events else 0.0


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
                    z = log_rank_now(interim, prior, stratified=criterion.stratified)
                    found.append(Standing(rule.name, said, "log_rank_z", z, final, role))
    return tuple(found)


def stratified_test(rule: DecisionRule) -> bool:
    """Return whether the rule's log-rank test is stratified."""
    return any(isinstance(c, LogRankCriterion) and c.stratified for c in rule.success)


def conditional_powers(design: TrialDesign, events: int, z: Mapping[str, float]) -> tuple[ConditionalPower, ...]:
    """Return the conditional power of each rule that is a boundary on Z, under trend, design effect and no effect.

    Parameters
    ----------
    events : seen so far; none or all of the final ones leave nothing to condition on.
    z : of the log-rank test now, by rule.
    """
    return tuple(found for rule in design.rules for found in powers_of(design, rule, events, z[rule.name]))


def powers_of(design: TrialDesign, rule: DecisionRule, events: int, z: float) -> tuple[ConditionalPower, ...]:
    """Return the conditional powers of one rule; none where it has no boundary on Z."""
    normal = normal_rule(design, rule)
    if normal is None:
        return ()
    information, fraction = float(normal.information[-1]), events / events_at_looks(design)[-1]
    if not 0.0 < fraction < 1.0:
        return ()
    root = math.sqrt(information)
    log_ratio = planned_log_ratio(design, design.effect)
    drifts = {"trend": trend_drift(z, fraction), "null": 0.0}
    drifts |= {"design": -log_ratio * root} if log_ratio is not None else {}
    bound = float(normal.upper[-1])
    return tuple(
        ConditionalPower(rule.name, name, math.exp(-drift / root), conditional_power(z, fraction, bound, drift))
        for name, drift in drifts.items()
    )
