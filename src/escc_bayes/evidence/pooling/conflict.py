"""Does a new estimate contradict the prior? Predictive tail probabilities (Box 1980, J R Stat Soc A 143:383).

Before the estimate is seen, it is the prior blurred by its own standard error. ``tail`` asks how far out it lies,
``box`` how low its predictive density is; for one normal both are the two-sided P value of the standardised distance.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture, blurred, log_density, support, updated

SUPPORT_SDS = 10.0
GRID_POINTS = 4001


@dataclass(frozen=True, slots=True)
class PriorDataConflict:
    """A new estimate against a prior.

    Attributes
    ----------
    estimate, se : the new log hazard ratio and its standard error.
    tail : two-sided predictive tail probability.
    box : probability that the prior predictive density is no higher than at the estimate.
    component_weights : weights of the prior's components after the estimate; conflict shows as a robust one that gains.
    posterior : the prior updated by the estimate.
    """

    estimate: float
    se: float
    tail: float
    box: float
    component_weights: tuple[float, ...]
    posterior: NormalMixture

    def words(self, threshold: float) -> str:
        """Say whether the estimate contradicts the prior at ``threshold``, such as 0.05."""
        verdict = "contradicts" if self.box < threshold else "does not contradict"
        return (
            f"The new estimate (hazard ratio {np.exp(self.estimate):.2f}) {verdict} the prior at {threshold:g}: "
            f"predictive tail probability {self.tail:.3f}, Box {self.box:.3f}."
        )


def prior_data_conflict(prior: NormalMixture, estimate: float, se: float) -> PriorDataConflict:
    """Compare a new log hazard ratio with a prior that did not use it."""
    predictive = blurred(prior, se)
    below = predictive.cdf(estimate)
    posterior = updated(prior, estimate, se)
    return PriorDataConflict(
        estimate=estimate,
        se=se,
        tail=2.0 * min(below, 1.0 - below),
        box=box_probability(predictive, estimate),
        component_weights=tuple(float(w) for w in posterior.weights),
        posterior=posterior,
    )


def box_probability(predictive: NormalMixture, observed: float) -> float:
    """Return the probability of values whose density is at most that at ``observed``."""
    level = float(log_density(predictive, np.array([observed]))[0])
    inside = 0.0
    for low, high in pairwise(crossings(predictive, level)):
        if log_density(predictive, np.array([(low + high) / 2.0]))[0] > level:
            inside += predictive.cdf(high) - predictive.cdf(low)
    return min(1.0, max(0.0, 1.0 - inside))


def crossings(predictive: NormalMixture, level: float) -> list[float]:
    """Return in order where the log density crosses ``level``, with the ends of the range."""
    values, _ = support(predictive, SUPPORT_SDS, GRID_POINTS)
    above = log_density(predictive, values) > level
    turns: FloatArray = np.flatnonzero(above[1:] != above[:-1]).astype(np.float64)
    found = [float(values[0])]
    for index in turns.astype(int):
        found.append(
            float(
                brentq(
                    lambda x: float(log_density(predictive, np.array([x]))[0]) - level,
                    float(values[index]),
                    float(values[index + 1]),
                )
            )
        )
    return [*found, float(values[-1])]
