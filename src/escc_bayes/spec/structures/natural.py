"""Natural cubic splines whose coefficients are a straight line and independent curves of unit roughness.

With knots k_1 < .. < k_K, a curve f is cubic between them, straight beyond the first and the last, and twice
continuously differentiable. Columns: u, then N(u) R^-1, where N are natural cubic splines that are 0 at both outer
knots and R'R is their roughness, the integral of f''^2: a sum of squared coefficients of the curves is the roughness.
Green & Silverman 1994, Nonparametric Regression and Generalized Linear Models, chapter 2. docs/methods/spline.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

STRAIGHT = "a straight line there, extrapolated"


@dataclass(frozen=True, slots=True)
class NaturalCurve:
    """A natural cubic spline of a number (value - ``center``) / ``scale``.

    Attributes
    ----------
    center, scale : of the schema.
    knots : (K,) in units of the covariate, the outer ones included.
    shown : two values whose hazard ratio tables show, the first over the second.
    """

    center: float
    scale: float
    knots: tuple[float, ...]
    shown: tuple[float, float]

    @property
    def within(self) -> tuple[float, float]:
        """The outer knots; beyond them the curve is a straight line."""
        return self.knots[0], self.knots[-1]

    @property
    def beyond(self) -> str:
        """What becomes of the curve beyond the outer knots."""
        return STRAIGHT

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the columns (n, K - 1) of values (n,): the number, then the curves."""
        knots = (np.array(self.knots) - self.center) / self.scale
        return natural_columns((values - self.center) / self.scale, knots)


def natural_columns(u: FloatArray, knots: FloatArray) -> FloatArray:
    """Return u and the K - 2 curves of unit roughness at u (n,), for knots (K,).

    Examples
    --------
    >>> natural_columns(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])).round(3)
    array([[ 0.   ,  0.   ],
           [ 1.   , -0.408],
           [ 2.   ,  0.   ],
           [ 3.   ,  0.612]])
    """
    root = np.linalg.cholesky(roughness(knots)).T
    curves: FloatArray = np.linalg.solve(root.T, bent(u, knots).T).T
    return np.column_stack([u, curves])


def bent(u: FloatArray, knots: FloatArray) -> FloatArray:
    """Return natural cubic splines (n, K - 2) that are 0 at the first and the last knot."""
    first, last = knots[0], knots[-1]

    def cubes(at: FloatArray) -> FloatArray:
        above = np.maximum(at[:, None] - knots, 0.0) ** 3
        each = (above[:, :-1] - above[:, -1:]) / (last - knots[:-1])
        return np.asarray(each[:, :-1] - each[:, -1:])

    slope = cubes(np.array([last]))[0] / (last - first)
    return np.asarray(cubes(u) - (u[:, None] - first) * slope)


def roughness(knots: FloatArray) -> FloatArray:
    """Return the integrals of products of second derivatives of ``bent`` (K - 2, K - 2).

    Second derivatives are straight between knots: Simpson's rule is exact for their products.
    """
    last = knots[-1]

    def bends(at: FloatArray) -> FloatArray:
        above = 6.0 * np.maximum(at[:, None] - knots, 0.0)
        each = (above[:, :-1] - above[:, -1:]) / (last - knots[:-1])
        return np.asarray(each[:, :-1] - each[:, -1:])

    width = np.diff(knots)
    middle = bends((knots[:-1] + knots[1:]) / 2.0)
    left, right = bends(knots[:-1]), bends(knots[1:])
    parts = ((left, 1.0), (middle, 4.0), (right, 1.0))
    return np.sum([share / 6.0 * np.einsum("k,ki,kj->ij", width, part, part) for part, share in parts], axis=0)
