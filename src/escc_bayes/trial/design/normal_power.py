"""Power and assurance in closed form: the estimate of the log hazard ratio taken as normal, 1 / variance = d p (1 - p).

A rule on the posterior under a normal prior N(m, s) asks whether the estimate lies below a critical value:

P(theta < c | data) > q   <=>   estimate < [ (c - z_q v)(1/s^2 + I) - m/s^2 ] / I,   v = (1/s^2 + I)^(-1/2).

Spiegelhalter, Abrams & Myles 2004, chapter 6. Assurance: O'Hagan, Stevens & Campbell 2005, Pharm Stat 4:187.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture, blurred
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.significance.boundary_crossing import upper_crossing
from escc_bayes.trial.truth.data_generating import Effect
from escc_bayes.trial.truth.expected_events import average_hazard_ratio

PRIOR_SDS = 8.0
PRIOR_NODES = 96


@dataclass(frozen=True, slots=True, eq=False)
class NormalRule:
    """A rule on Z = -estimate sqrt(information): success above ``upper``, futility below ``lower``; all (looks,)."""

    information: FloatArray
    upper: FloatArray
    lower: FloatArray

    def power(self, log_ratio: float) -> float:
        """Return the probability of success at a log hazard ratio."""
        return float(self.powers(np.array([log_ratio]))[0])

    def powers(self, log_ratios: FloatArray) -> FloatArray:
        """Return the probability of success at each log hazard ratio."""
        return upper_crossing(self.information, self.lower, self.upper, -log_ratios)

    def assurance(self, prior: NormalMixture) -> float:
        """Return the power averaged over a prior on the log hazard ratio."""
        if self.upper.size == 1:
            root = math.sqrt(float(self.information[0]))
            return blurred(prior, 1.0 / root).cdf(-float(self.upper[0]) / root)
        unit, weight = np.polynomial.legendre.leggauss(PRIOR_NODES)
        places, total = PRIOR_SDS * unit, 0.0
        mass = weight * PRIOR_SDS * np.exp(-0.5 * places**2) / math.sqrt(2.0 * math.pi)
        for share, mean, sd in zip(prior.weights.tolist(), prior.means.tolist(), prior.sds.tolist(), strict=True):
            total += share * float(mass @ self.powers(mean + sd * places))
        return total


def normal_rule(
    design: TrialDesign, rule: DecisionRule, boundaries: RulePlan, *, scale: float = 1.0
) -> NormalRule | None:
    """Return the rule on Z, with ``scale`` times the events at every look; None where it has no such form."""
    if not has_normal_form(design, rule):
        return None
    prior, information = design.analysis_prior.log_hr, scale * boundaries.information
    # The boundaries are on the Z of the test's own null, which lies log(margin) sqrt(I) away.
    away = math.log(rule.test.margin) * np.sqrt(information) if rule.test is not None else np.zeros(information.size)
    upper = [criterion.on_z(prior, information, boundaries.upper - away) for criterion in rule.success]
    lower = [criterion.on_z(prior, information, boundaries.lower - away) for criterion in rule.futility]
    stopping = np.minimum.reduce(lower) if lower else np.full(information.size, -np.inf)
    return NormalRule(information, np.maximum.reduce(upper), np.where(boundaries.acting, stopping, -np.inf))


def has_normal_form(design: TrialDesign, rule: DecisionRule) -> bool:
    """Return whether a rule is a boundary on Z.

    It is not with borrowed controls, a mixture as analysis prior, any test but the log-rank test and that of the Cox
    model, or futility by predictive probability or a difference.
    """
    if rule.borrows or not all(criterion.by_normal for criterion in (*rule.success, *rule.futility)):
        return False
    return isinstance(design.analysis_prior.log_hr, Normal) or not rule.hazard_ratios


def planned_log_ratio(design: TrialDesign, effect: Effect) -> float | None:
    """Return the log hazard ratio that one final look sees on average.

    None for an effect that changes with time at several looks or over strata, and where controls switch.
    """
    if is_one_ratio(design, effect):
        return math.log(effect.hr[0])
    if len(design.looks) > 1 or design.strata or design.switching is not None:
        return None
    (control, hazard, d0), (treated, _, d1) = design.arms_under(effect)
    del hazard
    month = design.data_month(design.looks[0], effect)
    return math.log(average_hazard_ratio(month, (control, treated), design.control, effect, (d0, d1)))


def is_one_ratio(design: TrialDesign, effect: Effect) -> bool:
    """Return whether the arms differ by one hazard ratio at all times; switching leaves that true of none."""
    return len(set(effect.ratios)) == 1 and not effect.by_stratum and (design.switching is None or effect.hr[0] == 1.0)


def assurance_limit(design: TrialDesign, rule: DecisionRule) -> float | None:
    """Return the assurance that no number of events can exceed: P(HR < c) under the design prior.

    c is the smallest hazard ratio that a success criterion has as its null. An effect that changes with time but
    never its side is on the right one where the draw is, so c = 1 has a limit then too. None without a design prior,
    for a difference beyond another limit than 0, and with borrowed controls: a drift of theirs, unlike chance,
    does not shrink with the size of the trial.
    """
    if design.believed is None or rule.borrows:
        return None
    if any(null.kind != "hazard_ratio" and not null.without_effect for null in rule.nulls):
        return None
    smallest = min(null.limit if null.kind == "hazard_ratio" else 1.0 for null in rule.nulls)
    one_sided = smallest == 1.0 and bool(np.all(design.effect.shape >= 0.0))
    return design.believed.cdf(math.log(smallest)) if one_sided or is_one_ratio(design, design.effect) else None
