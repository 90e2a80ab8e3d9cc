"""Power of a trial whose events are re-estimated, by one integral over the interim statistic.

Z1 ~ N(delta sqrt(d1), 1), then Z2 ~ N(delta sqrt(d - d1), 1) with d by the rule; delta = -log(hr) sqrt(r) / (1 + r),
r patients on treatment for each control (Schoenfeld 1981, Biometrika 68:316).
"""

import math

import numpy as np
from scipy.special import ndtr

from escc_bayes.trial.reestimation.rule import Reestimation

REACH, NODES = 9.0, 4000
WEIGHTED, UNWEIGHTED, PLANNED = "weighted", "unweighted", "planned"


def power_of(rule: Reestimation, ratio: float, allocation: float, test: str) -> float:
    """Return the power of a test under a hazard ratio; at 1 its type I error.

    Examples
    --------
    >>> rule = Reestimation(120, 240, 400, 2.9626, 1.9686, 0.3, 0.9)
    >>> round(power_of(rule, 1.0, 1.0, "weighted"), 4)
    0.025
    """
    drift = -math.log(ratio) * math.sqrt(allocation) / (1.0 + allocation)
    mean = drift * math.sqrt(rule.interim)
    edges = np.linspace(mean - REACH, mean + REACH, NODES + 1)
    z = (edges[1:] + edges[:-1]) / 2.0
    mass = ndtr(edges[1:] - mean) - ndtr(edges[:-1] - mean)
    events = np.full(z.shape, float(rule.planned)) if test == PLANNED else rule.events(z)
    share = rule.interim / events if test == UNWEIGHTED else np.full(z.shape, rule.fraction)
    needed = (rule.last - np.sqrt(share) * z) / np.sqrt(1.0 - share)
    later = ndtr(drift * np.sqrt(events - rule.interim) - needed)
    return float(mass @ np.where(z > rule.first, 1.0, later))
