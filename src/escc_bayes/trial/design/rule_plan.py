"""The boundaries that a rule brings to its looks: of its log-rank test and its futility, at given information."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.judged import Shared
from escc_bayes.trial.design.rule import DecisionRule

# Rounds in which a binding lower boundary and the upper one it moves agree to more digits than anyone reads.
ROUNDS = 60
AGREED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class RulePlan:
    """Of one rule, all (looks,).

    Attributes
    ----------
    upper : the log-rank Z above which it succeeds; infinite without a log-rank test.
    lower : the log-rank Z below which it is futile; infinite where its futility asks for no such bound.
    information : planned, on the log hazard ratio.
    acting : whether its futility is asked at a look.
    """

    upper: FloatArray
    lower: FloatArray
    information: FloatArray
    acting: tuple[bool, ...]

    def since(self, first: int) -> "RulePlan":
        """Return the plan from look ``first`` on."""
        return RulePlan(self.upper[first:], self.lower[first:], self.information[first:], self.acting[first:])


def rule_plan(rule: DecisionRule, fractions: tuple[float, ...], information: FloatArray) -> RulePlan:
    """Return the boundaries of a rule at looks at information ``fractions``, the last 1.

    Futility never acts at the final look. Minima over criteria joined by "and" are what the Z must lie below. Where
    futility is binding each boundary moves the other: they are found in turn until they agree.
    """
    acting = rule.futility_acts(len(fractions))
    shared = Shared(rule.test.alpha if rule.test is not None else math.nan, rule.spending, acting, rule.binding)
    upper = log_rank_boundaries(rule, fractions)
    lower = lower_boundaries(rule, fractions, upper, shared)
    for _ in range(ROUNDS if rule.binding else 0):
        before, upper = upper, log_rank_boundaries(rule, fractions, ended_below(lower, acting))
        lower = lower_boundaries(rule, fractions, upper, shared)
        finite = np.isfinite(upper) & np.isfinite(before)
        if np.abs(upper[finite] - before[finite]).max(initial=0.0) < AGREED:
            break
    return RulePlan(upper, lower, information, acting)


def lower_boundaries(rule: DecisionRule, fractions: tuple[float, ...], upper: FloatArray, shared: Shared) -> FloatArray:
    """Return the log-rank Z below which the rule is futile at each look."""
    found = [criterion.lower_bounds(fractions, upper, shared) for criterion in rule.futility]
    return np.asarray(np.minimum.reduce(found or [np.full(len(fractions), math.inf)]))


def ended_below(lower: FloatArray, acting: tuple[bool, ...]) -> FloatArray:
    """Return the Z below which paths have ended at each look: minus infinity where futility does not act."""
    return np.where(np.array(acting) & np.isfinite(lower), lower, -math.inf)


def log_rank_boundaries(
    rule: DecisionRule, fractions: tuple[float, ...], lower: FloatArray | None = None
) -> FloatArray:
    """Return the upper boundary of the rule's log-rank test at each look; infinite without one, and where none acts.

    ``lower``: a binding boundary of futility; None: as if nobody stopped for futility.
    """
    if rule.test is None:
        return np.full(len(fractions), math.inf)
    if rule.spending is None or len(fractions) == 1:
        return np.append(np.full(len(fractions) - 1, math.inf), float(ndtri(1.0 - rule.test.alpha)))
    return rule.spending.boundaries(fractions, rule.test.alpha, lower)
