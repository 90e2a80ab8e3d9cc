"""Terms that know hazards over spans of time, at one point, in the coordinates w of ``density``.

    M_g = sum over rows m of group g of sign_m exp(A_m w + base_m),

with w = psi, or the scaled latents; of a Weibull baseline its last element is the shape k itself, to a power of which
rows may be multiplied. What the log-likelihood makes of M is the head's (``bayes/model/likelihood/spans``).
"""

import numpy as np

from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


class SpansAt:
    """A term with rows stated in w.

    Parameters
    ----------
    term : of the plan.
    load, offset : psi = load @ linear + offset; None: w holds psi itself.
    """

    def __init__(self, term: Spans, load: FloatArray | None, offset: FloatArray) -> None:
        columns = term.design if load is None else term.design @ load
        shape = [] if term.log_time is None else [term.log_time[:, None]]
        self.term, self.columns = term, np.ascontiguousarray(np.concatenate([columns, *shape], axis=1))
        moved = 0.0 if load is None else term.design @ offset
        # Rows without months are there for groups that spend no time.
        with np.errstate(divide="ignore"):
            self.base = np.log(np.abs(term.months)) + moved
        self.sign, self.group, self.first = np.sign(term.months), term.group, term.first
        self.power = 0 if term.log_time is None else term.SHAPE_POWER

    def add(self, w: FloatArray, by_w: FloatArray) -> float:
        """Return the log-likelihood at w (e,) and add its gradient to ``by_w``."""
        rows = self.sign * np.exp(self.columns @ w + self.base)
        if self.power:
            rows *= w[-1] ** self.power
        value, slope = self.term.of_hazard(np.add.reduceat(rows, self.first)[None])
        pull = slope[0][self.group] * rows
        by_w += pull @ self.columns
        if self.power:
            by_w[-1] += self.power / w[-1] * pull.sum()
        return float(value[0])
