"""Given Z at an interim look: the probability of success at the final one, for a known effect or averaged over one.

With Z_1 at fraction t of the final information, Z_final = sqrt(t) Z_1 + (gain), the gain N(drift (1 - t), 1 - t),
drift the effect times sqrt(final information). Lachin 2005, Stat Med 24:2747; Spiegelhalter et al. 1986, CCT 7:8.
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray


def conditional_power(z: float, fraction: float, final_bound: float, drift: float) -> float:
    """Return P(Z_final > bound | Z_1 = z, drift).

    Examples
    --------
    >>> round(conditional_power(0.5, 0.5, 1.9811302, 0.0), 6)
    0.010675
    """
    expected = z * math.sqrt(fraction) + drift * (1.0 - fraction)
    return float(ndtr((expected - final_bound) / math.sqrt(1.0 - fraction)))


def trend_drift(z: float, fraction: float) -> float:
    """Return the drift that the interim data show: z / sqrt(t)."""
    return z / math.sqrt(fraction)


def conditional_power_bound(fraction: float, final_bound: float, threshold: float) -> float:
    """Return the Z at which conditional power under the trend is ``threshold``: futility lies below.

    Under the trend Z_final is expected at z / sqrt(t).

    Examples
    --------
    >>> bound = conditional_power_bound(0.5, 1.96, 0.2)
    >>> round(conditional_power(bound, 0.5, 1.96, trend_drift(bound, 0.5)), 12)
    0.2
    """
    return math.sqrt(fraction) * (final_bound + float(ndtri(threshold)) * math.sqrt(1.0 - fraction))


def averaged_power(
    z: FloatArray, fraction: float, final_bound: float, centre: FloatArray, spread: FloatArray
) -> FloatArray:
    """Return the predictive power P(Z_final > bound | Z_1 = z), the drift now believed to be N(centre, spread)."""
    rest = 1.0 - fraction
    expected = z * math.sqrt(fraction) + centre * rest
    return np.asarray(ndtr((expected - final_bound) / (rest + rest**2 * spread**2) ** 0.5))
