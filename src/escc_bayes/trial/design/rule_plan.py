"""The boundaries that a rule brings to its looks: of its log-rank test and its futility, at given information."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.rule import DecisionRule


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


def rule_plan(rule: DecisionRule, fractions: tuple[float, ...], information: FloatArray) -> RulePlan:
    """Return the boundaries of a rule at looks at information ``fractions``, the last 1.

    Futility never acts at the final look. Minima over criteria joined by "and" are what the Z must lie below.
    """
    upper = log_rank_boundaries(rule, fractions)
    alpha = rule.test.alpha if rule.test is not None else math.nan
    lower = [criterion.lower_bounds(fractions, upper, rule.spending, alpha) for criterion in rule.futility]
    return RulePlan(upper, np.minimum.reduce(lower or [np.full(len(fractions), math.inf)]), information)


def log_rank_boundaries(rule: DecisionRule, fractions: tuple[float, ...]) -> FloatArray:
    """Return the upper boundary of the rule's log-rank test at each look; infinite without one, and where none acts."""
    if rule.test is None:
        return np.full(len(fractions), math.inf)
    if rule.spending is None or len(fractions) == 1:
        return np.append(np.full(len(fractions) - 1, math.inf), float(ndtri(1.0 - rule.test.alpha)))
    return rule.spending.boundaries(fractions, rule.test.alpha)
