"""The predictive probability of success at the final look, given an interim one, by normal approximation.

The interim posterior of the log hazard ratio enters by its exact mean m and standard deviation s. With information J
still to come and v = (1/s^2 + J)^(-1/2), the final posterior mean is N(m, s^2 - v^2), so that

P(P(theta < c | final data) > q) = Phi((c - z_q v - m) / sqrt(s^2 - v^2)),

and the final log-rank Z follows from Z now and a drift (log(margin) - theta) sqrt(I). All criteria are bounds on the
same future estimate, so several hold together with the smallest of their probabilities. Spiegelhalter, Freedman &
Blackburn 1986, Control Clin Trials 7:8. Completing the patients (``monitor``) is the exact way, one trial at a time.
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import PosteriorCriterion
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan
from escc_bayes.trial.significance.conditional_power import averaged_power


def predictive_success(
    rule: DecisionRule, plan: RulePlan, look: int, mean: FloatArray, sd: FloatArray, z: FloatArray
) -> FloatArray:
    """Return P(success at the final look | data at ``look``) of n trials.

    Parameters
    ----------
    mean, sd : (n,) of the posterior of the log hazard ratio now.
    z : (n,) log-rank Z now; read only where the rule has a log-rank test.
    """
    now, final = float(plan.information[look]), float(plan.information[-1])
    found = [
        posterior_success(criterion, mean, sd, final - now)
        for criterion in rule.success
        if isinstance(criterion, PosteriorCriterion)
    ]
    if rule.test is not None:
        root = math.sqrt(final)
        drift = (math.log(rule.test.margin) - mean) * root
        found.append(np.asarray(averaged_power(z, now / final, float(plan.upper[-1]), drift, sd * root)))
    return np.asarray(np.minimum.reduce(found))


def posterior_success(criterion: PosteriorCriterion, mean: FloatArray, sd: FloatArray, coming: float) -> FloatArray:
    """Return the probability that a posterior criterion will hold after information ``coming``."""
    last = 1.0 / np.sqrt(1.0 / sd**2 + coming)
    gap = math.log(criterion.hr) - ndtri(criterion.threshold) * last - mean
    return np.asarray(ndtr(gap / np.sqrt(sd**2 - last**2)))
