"""Columns of Firth's regression that nearly say the same, in terms of combinations without correlation.

Two such columns may have coefficients of +19 and -19 whose sum alone matters: far out, where the search for limits
looks for other maxima at every step, for minutes. l* is the same function of the linear predictor in any terms, up to a
constant, and a profile over the other columns is one over what they span: with column j last in R of a QR
decomposition, delta = R beta, and beta_j = b is delta_j = R_jj b.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from escc_bayes.classical.firth_search import Objective, Top
from escc_bayes.classical.newton import inverse
from escc_bayes.classical.penalised import Deaths, penalised
from escc_bayes.hazard.piecewise import FloatArray

# Variance inflation of a column from which on it nearly is a combination of others: 0.95 of a correlation of two.
NEARLY = 10.0


@dataclass(frozen=True, slots=True)
class Turned:
    """The penalised likelihood in other terms.

    Attributes
    ----------
    objective, top : of delta.
    there : (p, p) delta = there @ beta.
    unit : delta_j of one unit of beta_j.
    """

    objective: Objective
    top: Top
    there: FloatArray
    unit: float

    def back(self, point: FloatArray) -> FloatArray:
        """Return beta (p,) of a point delta (p,)."""
        return np.asarray(np.linalg.solve(self.there, point))


def turned(deaths: Deaths, objective: Objective, top: Top, j: int) -> Turned:
    """Return the penalised likelihood in the terms in which the profile of coefficient ``j`` is searched.

    Parameters
    ----------
    deaths : of standardised columns.
    objective, top : of them; terms are others only where columns nearly say the same.
    """
    p = top.point.size
    correlation = deaths.z.T @ deaths.z / len(deaths.z)
    if p == 1 or np.diag(inverse(correlation)).max() < NEARLY:
        return Turned(objective, top, np.eye(p), 1.0)
    order = np.append(np.delete(np.arange(p), j), j)
    there = np.zeros((p, p))
    there[np.ix_(order, order)] = np.linalg.cholesky(correlation[np.ix_(order, order)]).T
    back = np.linalg.inv(there)
    own = partial(
        penalised, replace(deaths, z=deaths.z @ back, sums=deaths.sums @ back, patterns=deaths.patterns @ back)
    )
    point = there @ top.point
    found = own(point)
    return Turned(own, Top(point, found.value, found.information), there, float(there[j, j]))
