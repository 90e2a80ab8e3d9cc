"""Ordered effects in backend ``native``: rows of psi times cumulative shares, and the way back for gradients.

With sticks u_1 .. u_{J-1} of a simplex of J steps the share up to step j is 1 - left_j,

    log left_j = sum over i <= j of log Phi(-u_i) / (J - i),        left_J = 0,

the stick breaking of ``coordinates.shares``, under which the simplex is uniform a priori. Sticks are few:
plain numbers are faster here than arrays.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.modes.coordinates import LOG_SQRT_2PI, SQRT2, Coordinates
from escc_bayes.bayes.native.scales import FURTHEST
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a simplex but its last: hyperparameter, steps after it, row of psi, whether it is the first.

    A step to a level without patients has no row: -1.
    """

    hyper: int
    remaining: int
    row: int
    first: bool


def steps_of(coords: Coordinates) -> tuple[Step, ...]:
    """Return the steps of every simplex, in order."""
    return tuple(
        Step(s.first + j, s.steps - 1 - j, s.start + s.ranks.index(j + 1) if j + 1 in s.ranks else -1, j == 0)
        for s in coords.simplexes
        for j in range(s.steps - 1)
    )


class OrderedRows:
    """Rows of psi = factor(u) x line, all simplexes of a plan together.

    Parameters
    ----------
    coords : with at least one simplex.
    """

    def __init__(self, coords: Coordinates) -> None:
        self.steps = steps_of(coords)
        self.loading, self.offset = np.ascontiguousarray(coords.loading), coords.offset
        self.line, self.by_line, self.by_factor = np.empty((3, coords.offset.size))
        self.factor = np.ones(coords.offset.size)
        self.left = [0.0] * len(self.steps)
        self.slope = [0.0] * len(self.steps)

    def psi(self, scaled: FloatArray, hypers: list[float], out: FloatArray) -> None:
        """Write psi (q,) into ``out``, from latents times their SDs (d,) and hyperparameters."""
        log_left = 0.0
        for place, step in enumerate(self.steps):
            u = min(hypers[step.hyper], FURTHEST)
            log_tail = math.log(0.5 * math.erfc(u / SQRT2))
            # d log Phi(-u) / du = - phi(u) / Phi(-u)
            self.slope[place] = -math.exp(-0.5 * u * u - LOG_SQRT_2PI - log_tail) / step.remaining
            log_left = log_tail / step.remaining + (0.0 if step.first else log_left)
            self.left[place] = math.exp(log_left)
            if step.row >= 0:
                self.factor[step.row] = 1.0 - self.left[place]
        np.dot(self.loading, scaled, out=self.line)
        self.line += self.offset
        np.multiply(self.line, self.factor, out=out)

    def back(self, by_psi: FloatArray, by_hyper: list[float]) -> FloatArray:
        """Return the gradient by scaled latents (d,) from that by psi (q,) at the last point; add that by sticks."""
        np.multiply(by_psi, self.factor, out=self.by_line)
        np.multiply(by_psi, self.line, out=self.by_factor)
        by_factor = self.by_factor.tolist()
        # A stick acts on its own step and on all later ones of its simplex.
        later = 0.0
        for place in range(len(self.steps) - 1, -1, -1):
            step = self.steps[place]
            if step.row >= 0:
                later -= by_factor[step.row] * self.left[place]
            by_hyper[step.hyper] += later * self.slope[place]
            later = 0.0 if step.first else later
        return np.dot(self.by_line, self.loading)
