"""The hazard ratio of a trial that ends at this look, adjusted for the looks: median unbiased, by stage-wise ordering.

On the Z of the rule's log-rank or Cox test, with information d p (1 - p) at d events, p the share on treatment by
design. The lower boundary counts only where it is binding. ``docs/methods/group_sequential.md``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan, ended_below
from escc_bayes.trial.monitoring.interim import Interim
from escc_bayes.trial.monitoring.interim_rules import log_rank_now
from escc_bayes.trial.monitoring.this_look import ThisLook
from escc_bayes.trial.monitoring.verdict import Verdict
from escc_bayes.trial.significance.closed_forms import information_per_event
from escc_bayes.trial.significance.stagewise import StagewiseEstimate, stagewise_estimate


@dataclass(frozen=True, slots=True)
class Ratios:
    """A hazard ratio and its limits."""

    estimate: float
    lower: float
    upper: float

    def words(self) -> str:
        """Say limits."""
        return f"{self.lower:.3f} to {self.upper:.3f}"


@dataclass(frozen=True, slots=True)
class AdjustedRatio:
    """Of one rule: hazard ratio with limits, the same without adjustment, and the one-sided ``p_value``."""

    rule: str
    adjusted: Ratios
    naive: Ratios
    p_value: float


def adjusted_ratios(
    design: TrialDesign,
    interim: Interim,
    look: ThisLook,
    plans: tuple[RulePlan, ...],
    verdicts: Sequence[Verdict],
    level: float,
) -> tuple[AdjustedRatio, ...]:
    """Return the adjusted estimate of every rule with a log-rank or Cox test whose trial ends at this look.

    It ends where the rule has crossed a boundary, and at the final look. With one look there is nothing to adjust.
    """
    if len(design.looks) == 1 or not look.due or not interim.events:
        return ()
    crossed = {of.rule for of in verdicts if of.crossed}
    return tuple(
        adjusted_ratio(design, interim, look, rule, plan, level)
        for rule, plan in zip(design.rules, plans, strict=True)
        if rule.test is not None and (look.final or rule.name in crossed)
    )


def adjusted_ratio(
    design: TrialDesign, interim: Interim, look: ThisLook, rule: DecisionRule, plan: RulePlan, level: float
) -> AdjustedRatio:
    """Return the adjusted estimate of one rule."""
    assert rule.test is not None
    here, per_event = look.place, information_per_event(design.allocation)
    fractions = np.array(look.fractions[: here + 1])
    information = fractions / fractions[-1] * interim.events * per_event
    z = log_rank_now(interim, design.analysis_prior, rule.test)
    lower = ended_below(plan.lower, plan.acting) if rule.binding else np.full(plan.lower.size, -math.inf)
    found = stagewise_estimate(information, lower[:here], plan.upper[:here], z, level)
    usual = stagewise_estimate(information[-1:], np.zeros(0), np.zeros(0), z, level)
    # Effects are in favour of treatment, against the hazard ratio that the test excludes.
    return AdjustedRatio(
        rule.name, ratios_of(found, rule.test.margin), ratios_of(usual, rule.test.margin), found.p_value
    )


def ratios_of(found: StagewiseEstimate, margin: float) -> Ratios:
    """Return hazard ratios: effects are in favour of treatment, against the ratio that the test excludes."""
    estimate, lower, upper = (margin * math.exp(-effect) for effect in (found.estimate, found.upper, found.lower))
    return Ratios(estimate, lower, upper)


def adjusted_words(found: AdjustedRatio, level: float) -> str:
    """Say an adjusted estimate beside the one without."""
    return (
        f"{found.rule}: hazard ratio adjusted for the looks {found.adjusted.estimate:.3f} ({100.0 * level:g} % "
        f"confidence {found.adjusted.words()}), one-sided P {found.p_value:.4f}: median unbiased, by stage-wise "
        f"ordering on the test's Z. Without adjustment {found.naive.estimate:.3f} ({found.naive.words()})."
    )
