"""The predictive probability of success at the final look, given an interim one, by normal approximation.

The interim posterior of the log hazard ratio enters by its exact mean m and standard deviation s. With information J
still to come and v = (1/s^2 + J)^(-1/2), the final posterior mean is N(m, s^2 - v^2), so that

P(P(theta < c | final data) > q) = Phi((c - z_q v - m) / sqrt(s^2 - v^2)),

and the final log-rank Z follows from Z now and a drift (log(margin) - theta) sqrt(I). All criteria are bounds on the
same future estimate, so several hold together with the smallest of their probabilities. Spiegelhalter, Freedman &
Blackburn 1986, Control Clin Trials 7:8. Completing the patients (``monitor``) is the exact way, one trial at a time.
"""

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.design.criterion import LogRankCriterion, PosteriorCriterion
from escc_bayes.trial.design.judged import Ahead
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.design.rule_plan import RulePlan


def predictive_success(
    rule: DecisionRule, plan: RulePlan, look: int, mean: FloatArray, sd: FloatArray, z: FloatArray
) -> FloatArray:
    """Return P(success at the final look | data at ``look``) of n trials.

    Parameters
    ----------
    mean, sd : (n,) of the posterior of the log hazard ratio now.
    z : (n,) log-rank Z now; read only where the rule has a log-rank test.
    """
    ahead = Ahead(mean, sd, z, float(plan.information[look]), float(plan.information[-1]), float(plan.upper[-1]))
    known = [of.will_hold(ahead) for of in rule.success if isinstance(of, PosteriorCriterion | LogRankCriterion)]
    return np.asarray(np.minimum.reduce(known))
