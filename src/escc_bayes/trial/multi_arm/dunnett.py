"""Dunnett's test: the largest of several statistics that share a control, by one integral.

Z_j compares treatment j with the control; under no effect corr(Z_i, Z_j) = b_i b_j with b_j^2 = r_j / (1 + r_j), r_j
patients on treatment j for each control. So Z_j = sqrt(1 - b_j^2) e_j + b_j x with one common x, and

P(max Z_j > z) = integral of phi(x) {1 - prod_j Phi((z - mu_j - b_j x) / sqrt(1 - b_j^2))} dx.

Dunnett 1955, J Am Stat Assoc 50:1096; log-rank statistics: Jung, Kim & Chow 2008, Contemp Clin Trials 29:557.
``docs/methods/multi_arm.md``.
"""

import math

import numpy as np
from scipy.special import log_ndtr, ndtri

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import BoolArray, FloatArray

REACH = 9.0
UNIT, WEIGHT = np.polynomial.legendre.leggauss(96)
NODES = REACH * UNIT
MASS = REACH * WEIGHT * np.exp(-(NODES**2) / 2.0) / math.sqrt(2.0 * math.pi)
# A P value of 1 or 0 is none that a normal quantile knows.
LEAST = 1e-300


def loadings(allocation: tuple[float, ...]) -> FloatArray:
    """Return b_j of every treatment from the parts of control and treatments."""
    ratio = np.array(allocation[1:]) / allocation[0]
    return np.sqrt(ratio / (1.0 + ratio))


def exceeds(z: FloatArray, loads: FloatArray, active: BoolArray, mean: FloatArray | float = 0.0) -> FloatArray:
    """Return P(max over the active Z_j > z), (n,); 1 where none is active.

    Parameters
    ----------
    z : (n,).
    loads : (k,).
    active : (n, k).
    mean : of Z_j, (k,).

    Examples
    --------
    >>> two = np.ones((1, 2), dtype=bool)
    >>> exceeds(np.array([2.2121]), loadings((1.0, 1.0, 1.0)), two).round(5)
    array([0.025])
    """
    shift = z[:, None] - np.broadcast_to(np.asarray(mean, dtype=np.float64), loads.shape)
    at = (shift[:, :, None] - loads[:, None] * NODES) / np.sqrt(1.0 - loads[:, None] ** 2)
    below = np.where(active[:, :, None], log_ndtr(at), 0.0).sum(axis=1)
    found = np.clip(-np.expm1(below) @ MASS, LEAST, 1.0)
    return np.where(active.any(axis=1), found, 1.0)


def normal_score(z: FloatArray, loads: FloatArray, active: BoolArray) -> FloatArray:
    """Return the normal quantile of 1 - P of Dunnett's test, (n,): minus infinity where no arm is active."""
    return np.asarray(-ndtri(exceeds(z, loads, active)))


def critical_value(alpha: float, loads: FloatArray) -> float:
    """Return the z that the largest statistic exceeds with probability ``alpha``."""
    every = np.ones((1, loads.size), dtype=np.bool_)

    def excess(z: float) -> float:
        return float(exceeds(np.array([z]), loads, every)[0]) - alpha

    return root(excess, -REACH, REACH)
