"""Cumulative hazards over spans of time, each a sum of exponentials in psi.

    M_g = sum over rows m of group g of months_m exp(z_m psi)

Under a Weibull baseline a span is a stop less a start: months_m = sign_m (t_m / t0)^k, so that they depend on the
shape. Terms of the likelihood that know a hazard over a span, and no month of an event, are heads upon these.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Derivatives
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Spans(ABC):
    """Rows (m,) of groups (g,), numbered from 0 and in order, each with at least one row.

    Attributes
    ----------
    design : (m, q) what multiplies psi.
    months : (m,), or (n, m) at each of n values of psi; what the exponential is multiplied by.
    group : (m,) whose rows.
    log_time : (m,) log(t / t0) of a Weibull baseline, whose shape multiplies it; None: months depend on no shape.

    Of a Weibull baseline each row is also multiplied by the shape to the power ``SHAPE_POWER``.
    """

    SHAPE_POWER: ClassVar[int] = 0
    design: FloatArray
    months: FloatArray
    group: IntArray
    log_time: FloatArray | None = field(default=None, kw_only=True)

    @abstractmethod
    def of_hazard(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the log-likelihood (n,) and its slope (n, g) in the cumulative hazards (n, g)."""

    @abstractmethod
    def information(self, hazard: FloatArray, by_group: FloatArray, pull: FloatArray) -> FloatArray:
        """Return the negative Hessian (n, q, q), or its expectation.

        Parameters
        ----------
        hazard, by_group : (n, g) and its gradient (n, g, q).
        pull : (n, m) the cumulative hazard of each row times the slope of the log-likelihood in its group's.
        """

    @property
    def first(self) -> IntArray:
        """The first row of each group, (g,)."""
        return np.flatnonzero(np.diff(self.group, prepend=-1))

    def given(self, log_shape: FloatArray | None) -> Self:
        """Return the term at log shapes (n, 1) of a Weibull baseline."""
        if self.log_time is None or log_shape is None:
            return self
        log_factor = np.exp(log_shape) * self.log_time + self.SHAPE_POWER * log_shape
        return replace(self, months=self.months * np.exp(log_factor), log_time=None)

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Self]:
        """Return the term of parts of many draws with log shapes (m, 1)."""
        return lambda part: self.given(None if log_shape is None else log_shape[part])

    def only(self, keep: IntArray) -> Self:
        """Return the term of some of the n values of psi."""
        return self if self.months.ndim == 1 else replace(self, months=self.months[keep])

    def spent(self, psi: FloatArray) -> FloatArray:
        """Return the cumulative hazard of each row, (n, m)."""
        found = on_one_thread(psi, self.design.T)
        np.exp(found, out=found)
        found *= self.months
        return found

    def of_groups(self, of_rows: FloatArray) -> FloatArray:
        """Return sums over the rows of each group, (n, g, ..), of values (n, m, ..)."""
        return np.add.reduceat(of_rows, self.first, axis=1)

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        return self.of_hazard(self.of_groups(self.spent(psi)))[0]

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        z, rows = self.design, self.spent(psi)
        hazard = self.of_groups(rows)
        value, slope = self.of_hazard(hazard)
        pull = slope[:, self.group] * rows
        by_group = self.of_groups(rows[:, :, None] * z)
        return Derivatives(value, pull @ z, self.information(hazard, by_group, pull))
