"""Estimates of a trial that stopped at a look: median unbiased, with limits, by stage-wise ordering.

An outcome is more extreme the earlier it crosses the upper boundary and, at one look, the larger its Z. With Z = z at
look k under effect theta, p(theta) = P(upper boundary crossed before k) + P(not stopped before k, Z_k >= z) rises with
theta: p = 1/2 is the median unbiased estimate, p = a/2 and 1 - a/2 are confidence limits, p(0) is the P value.
Fairbanks & Madsen 1982, Biometrika 69:69; Tsiatis, Rosner & Mehta 1984, Biometrics 40:797; Jennison & Turnbull 2000,
chapter 8. ``docs/methods/group_sequential.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.boundary_crossing import upper_crossing

# Standard errors of the first look within which every estimate and limit lies.
WIDEST = 12.0
TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class StagewiseEstimate:
    """Of the effect, in the direction of the upper boundary: median unbiased, limits, and one-sided ``p_value``."""

    estimate: float
    lower: float
    upper: float
    p_value: float


def as_extreme(
    information: FloatArray, lower: FloatArray, upper: FloatArray, z: float, drifts: FloatArray
) -> FloatArray:
    """Return the probability of an outcome at least as extreme as ``z`` at the last look, for each of ``drifts`` (q,).

    Parameters
    ----------
    information : (k,) of all looks up to this one.
    lower, upper : (k - 1,) boundaries of the looks before; the lower one minus infinity unless it was binding.
    """
    return upper_crossing(information, np.append(lower, -np.inf), np.append(upper, z), drifts)


def stagewise_estimate(
    information: FloatArray, lower: FloatArray, upper: FloatArray, z: float, level: float
) -> StagewiseEstimate:
    """Return the estimate of a trial that ends at its last look with ``z``; other parameters as in ``as_extreme``.

    Examples
    --------
    >>> found = stagewise_estimate(np.array([30.0, 60.0]), np.array([-np.inf]), np.array([2.797]), 2.2, 0.95)
    >>> [round(value, 4) for value in (found.estimate, found.lower, found.upper, found.p_value)]
    [0.2821, 0.0269, 0.5359, 0.0152]
    """
    width = WIDEST / math.sqrt(float(information[0]))
    centre = z / math.sqrt(float(information[-1]))

    def at(probability: float) -> float:
        def missing(theta: float) -> float:
            return float(as_extreme(information, lower, upper, z, np.array([theta]))[0]) - probability

        return float(brentq(missing, centre - width, centre + width, xtol=TOLERANCE))

    tail = (1.0 - level) / 2.0
    p_value = float(as_extreme(information, lower, upper, z, np.zeros(1))[0])
    return StagewiseEstimate(at(0.5), at(tail), at(1.0 - tail), p_value)
