"""Where the rules of a design stand at an interim look: each criterion now, and the conditional power of each rule."""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.trial.analysis import arm_prior
from escc_bayes.trial.conditional_power import conditional_power, trend_drift
from escc_bayes.trial.criterion import GainCriterion, LogRankCriterion, PosteriorCriterion
from escc_bayes.trial.design import TrialDesign
from escc_bayes.trial.interim import Interim
from escc_bayes.trial.interim_posterior import RatioPosterior
from escc_bayes.trial.measures import Orders
from escc_bayes.trial.normal_power import normal_rule, planned_log_ratio
from escc_bayes.trial.ordered import logrank_z, ordered
from escc_bayes.trial.rule import DecisionRule
from escc_bayes.trial.rule_plan import events_at_looks, rule_plan
from escc_bayes.trial.seen import Snapshot


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


def shot_of(interim: Interim) -> Snapshot:
    """Return interim data as one trial at its look, controls first."""
    place = np.argsort(interim.treated, kind="stable")
    return Snapshot(
        time=interim.time[place][None, :].copy(),
        event=interim.event[place][None, :].copy(),
        month=np.array([interim.month]),
        enrolled=np.array([interim.time.size]),
        events=np.array([interim.events]),
        controls=int(np.count_nonzero(~interim.treated)),
    )


def log_rank_now(interim: Interim) -> float:
    """Return Z of the log-rank test, positive where treatment does better; 0 before the first event."""
    return float(logrank_z(ordered(shot_of(interim)))[0]) if interim.events else 0.0


def standings(design: TrialDesign, interim: Interim, posterior: RatioPosterior, z: float) -> tuple[Standing, ...]:
    """Return every posterior and log-rank criterion; other tests are made at the final look alone."""
    found = []
    for rule in design.rules:
        final = float(rule_plan(design, rule).upper[-1])
        for role, criteria in (("success", rule.success), ("futility", rule.futility)):
            for criterion in criteria:
                if isinstance(criterion, PosteriorCriterion):
                    share = posterior.below(criterion.hr)
                    said = criterion.words(f"HR({design.arms[1]} vs {design.arms[0]})")
                    found.append(Standing(rule.name, said, "posterior_probability", share, criterion.threshold, role))
                if isinstance(criterion, GainCriterion):
                    orders = Orders(ordered(shot_of(interim)), (), arm_prior(design.analysis_prior))
                    share = float(criterion.measure.of(orders)[0])
                    found.append(
                        Standing(
                            rule.name, criterion.words(), "posterior_probability", share, criterion.threshold, role
                        )
                    )
                if isinstance(criterion, LogRankCriterion):
                    found.append(Standing(rule.name, criterion.words(), "log_rank_z", z, final, role))
    return tuple(found)


def conditional_powers(design: TrialDesign, events: int, z: float) -> tuple[ConditionalPower, ...]:
    """Return the conditional power of each rule that is a boundary on Z, under trend, design effect and no effect.

    Parameters
    ----------
    events : seen so far; none or all of the final ones leave nothing to condition on.
    z : of the log-rank test now.
    """
    return tuple(found for rule in design.rules for found in powers_of(design, rule, events, z))


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
