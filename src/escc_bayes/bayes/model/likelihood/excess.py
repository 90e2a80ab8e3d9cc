"""Events whose hazard a life table explains in part: a head upon sums of exponentials.

With the excess hazard exp(eta) and the expected one h at the month of an event,

    log(h + exp(eta)) = eta + log(1 + M),      M = h exp(-eta),

so that a plan's cells, which know eta and the excess hazard alone, lack log(1 + M) of each event, and the expected
cumulative hazard, which no parameter touches. Dickman, Sloggett, Hills & Hakulinen 2004, Stat Med 23:51.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Excess(Spans):
    """Events (g,), a row each, with their weights, and the weighted expected hazard that everybody has passed.

    Under a Weibull baseline exp(-eta) has the factor 1 / k.

    Examples
    --------
    An excess as large as what is expected: log(h + exp(eta)) = log 2 + eta.

    >>> one = Excess(-np.ones((1, 1)), np.array([0.1]), np.array([0]), np.array([1.0]), 0.0)
    >>> round(float(one.value(np.log([[0.1]]))[0]), 6)
    0.693147
    """

    SHAPE_POWER: ClassVar[int] = -1
    weight: FloatArray
    passed: float

    def of_hazard(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the log-likelihood (n,) and its slope (n, g)."""
        return np.log1p(hazard) @ self.weight - self.passed, self.weight / (1.0 + hazard)

    def information(
        self,
        hazard: FloatArray,
        by_group: FloatArray,  # noqa: ARG002 - the shape of a head
        pull: FloatArray,
    ) -> FloatArray:
        """Return the negative Hessian (n, q, q): negative, since log(1 + exp(-eta)) is convex."""
        of_rows = pull / (1.0 + hazard)
        return np.asarray(-(self.design.T @ (of_rows[:, :, None] * self.design)))
