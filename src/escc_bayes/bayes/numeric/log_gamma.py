"""The logarithm of a gamma variable over its SD, beside a standard normal.

With z ~ Gamma(1 / s^2, rate 1 / s^2), of mean 1 and SD s, and t = log(z) / s,

    log p(t | s) = log phi(t) + d,    d = -S(1 / s^2) - (exp(b) - 1 - b - b^2 / 2) / s^2,    b = s t,

S what Stirling's formula lacks of log Gamma. As s falls to 0, so does d: t is standard normal then.
"""

import numpy as np
from scipy.special import digamma, gammaln

from escc_bayes.hazard.piecewise import FloatArray

HALF_LOG_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))
# Below this the exponential is a sum of powers, whose first ones would cancel; above this shape S is its series.
NEAR, TERMS, LARGE = 0.5, 14, 16.0
POWERS = 1.0 / np.cumprod(np.arange(1.0, TERMS + 3.0))[2:]
STIRLING = np.array([1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0])
ODD = np.array([1.0, 3.0, 5.0, 7.0])


def third_order(b: FloatArray) -> FloatArray:
    """Return (exp(b) - 1 - b - b^2 / 2) / b^3.

    Examples
    --------
    >>> third_order(np.array([0.0, 1.0])).round(4)
    array([0.1667, 0.2183])
    """
    near = np.abs(b) < NEAR
    series = np.polynomial.polynomial.polyval(np.where(near, b, 0.0), POWERS)
    far = np.where(near, 1.0, b)
    return np.where(near, series, (np.expm1(far) - far - 0.5 * far * far) / far**3)


def stirling(sd: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return S(a) and a S'(a) at a = 1 / sd^2."""
    square = np.minimum(sd * sd, 1.0 / LARGE)
    series = square[..., None] ** ODD * STIRLING
    value, slope = series.sum(axis=-1), -(series * ODD).sum(axis=-1)
    few = sd * sd > 1.0 / LARGE
    if few.any():
        a = 1.0 / np.where(few, sd * sd, 1.0)
        exact = gammaln(a) - (a - 0.5) * np.log(a) + a - HALF_LOG_TWO_PI
        value = np.where(few, exact, value)
        slope = np.where(few, a * (digamma(a) - np.log(a)) + 0.5, slope)
    return value, slope


def beside_normal(b: FloatArray, sd: FloatArray) -> FloatArray:
    """Return d of each b = log z, at SDs of the frailty that broadcast with b.

    Examples
    --------
    >>> beside_normal(np.array([0.0, 0.5]), np.array([0.5])).round(4)
    array([-0.0208, -0.1157])
    """
    return np.asarray(-stirling(sd)[0] - (b / sd) ** 2 * b * third_order(b))


def with_slopes(b: FloatArray, sd: float) -> tuple[float, FloatArray, float]:
    """Return the sum of d over b (k,), its derivatives by b, and that by log sd where b stays."""
    cubed, square = b * third_order(b), (b / sd) ** 2
    lack, slope = (float(one) for one in stirling(np.asarray(sd)))
    apart = float(square @ cubed)
    return -b.size * lack - apart, -square * (0.5 + cubed), 2.0 * (b.size * slope + apart)
