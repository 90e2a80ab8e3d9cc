"""Curves of a number that move in one direction: quadratic B-splines whose coefficients are in order.

With knots k_1 < .. < k_K, sum_j c_j B_j(x) is monotone where c_0 <= c_1 <= .. <= c_m or the other way round (de Boor
1978, A Practical Guide to Splines, chapter 11). With c_j = b (share_1 + .. + share_j) it is b times a weighted mean of
I-splines (Ramsay 1988, Stat Sci 3:425), 0 at the first knot and b at the last. docs/methods/monotone.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

DEGREE = 2


@dataclass(frozen=True, slots=True)
class OrderedCurve:
    """Quadratic B-splines of a number, without the first, which is what the others are compared with.

    Attributes
    ----------
    center : of the schema.
    knots : (K,) in units of the covariate, the outer ones included.
    shown : two values whose hazard ratio tables show, the first over the second.
    """

    center: float
    knots: tuple[float, ...]
    shown: tuple[float, float]

    @property
    def within(self) -> tuple[float, float]:
        """The outer knots; beyond them the hazard stays as it is there."""
        return self.knots[0], self.knots[-1]

    @property
    def beyond(self) -> str:
        """What becomes of the curve beyond the outer knots."""
        return "the hazard is taken as constant there"

    def columns(self, values: FloatArray) -> FloatArray:
        """Return the columns (n, K) of values (n,)."""
        return b_splines(values, np.array(self.knots))[:, 1:]


def b_splines(values: FloatArray, knots: FloatArray) -> FloatArray:
    """Return the K + 1 quadratic B-splines (n, K + 1) of values (n,) on knots (K,); beyond the outer ones those there.

    Examples
    --------
    >>> b_splines(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0]))
    array([[1. , 0. , 0. , 0. ],
           [0. , 0.5, 0.5, 0. ],
           [0. , 0. , 0. , 1. ],
           [0. , 0. , 0. , 1. ]])
    """
    x = np.clip(values, knots[0], knots[-1])
    all_knots = np.concatenate([np.full(DEGREE, knots[0]), knots, np.full(DEGREE, knots[-1])])
    # The piece that x lies in; the last knot belongs to the piece before it.
    piece = np.minimum(np.searchsorted(knots, x, side="right"), knots.size - 1) + DEGREE - 1
    found = np.zeros((x.size, all_knots.size - 1))
    found[np.arange(x.size), piece] = 1.0
    for degree in range(1, DEGREE + 1):
        lower, upper = all_knots[: -degree - 1], all_knots[degree + 1 :]
        rising = ratio(x[:, None] - lower, all_knots[degree:-1] - lower)
        falling = ratio(upper - x[:, None], upper - all_knots[1:-degree])
        found = rising * found[:, :-1] + falling * found[:, 1:]
    return found


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Return a ratio, 0 where what is below is 0: knots that coincide."""
    return np.divide(over, under, out=np.zeros_like(over), where=np.broadcast_to(under > 0.0, over.shape))
