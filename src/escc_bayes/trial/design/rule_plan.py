"""The boundaries that a rule brings to its looks: of its log-rank test and its futility; the planned information."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import BetaCriterion, ConditionalCriterion, FutilityCriterion
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.significance.closed_forms import information_per_event
from escc_bayes.trial.significance.conditional_power import conditional_power_bound
from escc_bayes.trial.truth.expected_events import expected_events


@dataclass(frozen=True, slots=True, eq=False)
class RulePlan:
    """Of one rule, all (looks,).

    Attributes
    ----------
    upper : the log-rank Z above which it succeeds; infinite without a log-rank test.
    lower : the log-rank Z below which it is futile; infinite where its futility asks for no such bound.
    information : planned, on the log hazard ratio.
    """

    upper: FloatArray
    lower: FloatArray
    information: FloatArray

    def since(self, first: int) -> "RulePlan":
        """Return the plan from look ``first`` on."""
        return RulePlan(self.upper[first:], self.lower[first:], self.information[first:])


def rule_plan(design: TrialDesign, rule: DecisionRule) -> RulePlan:
    """Return the boundaries of a rule, by the planned information fractions."""
    looks = len(design.looks)
    upper = logrank_boundaries(design, rule) if rule.alphas else np.full(looks, np.inf)
    lower = np.minimum.reduce([futility_bounds(design, rule, c) for c in rule.futility] or [np.full(looks, np.inf)])
    information = np.array(events_at_looks(design)) * information_per_event(design.allocation)
    return RulePlan(upper, lower, information)


def events_at_looks(design: TrialDesign) -> tuple[float, ...]:
    """Return the events of each look: as stated, or as expected at its month under the design's effect."""
    arms = design.arms_under(design.effect)
    return tuple(
        float(look.events)
        if look.events is not None and look.month is None and look.follow_up is None
        else sum(expected_events(design.month_of(look, design.effect), *arm) for arm in arms)
        for look in design.looks
    )


def fractions_at_looks(design: TrialDesign) -> tuple[float, ...]:
    """Return the planned share of the final events at each look; the last is 1."""
    events = events_at_looks(design)
    return tuple(count / events[-1] for count in events)


def logrank_boundaries(design: TrialDesign, rule: DecisionRule) -> FloatArray:
    """Return the upper boundary of the rule's log-rank test at each look."""
    fractions = fractions_at_looks(design)
    if len(fractions) == 1 or rule.sharing is None:
        return np.array([float(ndtri(1.0 - rule.alphas[0]))])
    return rule.sharing.boundaries(fractions, rule.alphas[0])


def futility_bounds(design: TrialDesign, rule: DecisionRule, criterion: FutilityCriterion) -> FloatArray:
    """Return the lower boundary of the log-rank Z at each look; infinite where the criterion asks for none.

    It never acts at the final look. Minima over criteria joined by "and" are what the Z must lie below.
    """
    fractions = fractions_at_looks(design)
    found = np.full(len(fractions), math.inf)
    if isinstance(criterion, ConditionalCriterion):
        final = float(logrank_boundaries(design, rule)[-1])
        found[:-1] = [conditional_power_bound(t, final, criterion.threshold) for t in fractions[:-1]]
    if isinstance(criterion, BetaCriterion) and rule.sharing is not None:
        found[:-1] = rule.sharing.with_futility(fractions, rule.alphas[0], criterion.beta).lower[:-1]
    return found
