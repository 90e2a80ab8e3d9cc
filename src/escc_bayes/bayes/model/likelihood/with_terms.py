"""Cells of rows at risk with terms beside them, which may know rows of psi that the cells do not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Cells, Counts, Derivatives, Likelihood, Together
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class First:
    """A likelihood of all elements of psi but the last ``besides``."""

    of: Likelihood
    besides: int

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        return self.of.value(psi[:, : -self.besides])

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        found, ahead = self.of.derivatives(psi[:, : -self.besides]), (0, self.besides)
        gradient = np.pad(found.gradient, ((0, 0), ahead))
        return Derivatives(found.value, gradient, np.pad(found.information, ((0, 0), ahead, ahead)))

    def only(self, keep: IntArray) -> "First":
        """Return the likelihood of some of the n values of psi."""
        return First(self.of.only(keep), self.besides)


@dataclass(frozen=True, slots=True)
class WithTerms:
    """Cells and terms, which add up.

    Attributes
    ----------
    cells : of the rows at risk.
    terms : what is known besides.
    besides : the last rows of psi that the terms know and the cells do not.
    """

    cells: Cells
    terms: tuple[Spans, ...]
    besides: int = 0

    def of_cells(self, likelihood: Likelihood) -> Likelihood:
        """Return the likelihood of the cells in the whole psi."""
        return First(likelihood, self.besides) if self.besides else likelihood

    @property
    def width(self) -> int:
        """Hazards of one draw that are held at once."""
        return self.cells.width + sum(term.group.size for term in self.terms)

    @property
    def piece_events(self) -> FloatArray:
        """Events (k,) of each piece that have a month."""
        return self.cells.piece_events

    @property
    def piece_months(self) -> FloatArray:
        """Person-months (k,) of each piece that are no part of a span."""
        return self.cells.piece_months

    def given(self, log_shape: FloatArray | None) -> Together:
        """Return the likelihood at log shapes (n, 1) of a Weibull baseline."""
        return Together([self.of_cells(self.cells.given(log_shape)), *(term.given(log_shape) for term in self.terms)])

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Together]:
        """Return the likelihood of parts of many draws with log shapes (m, 1)."""
        cells, each = self.cells.along(log_shape), [term.along(log_shape) for term in self.terms]
        return lambda part: Together([self.of_cells(cells(part)), *(of(part) for of in each)])

    def spent(self, beta: FloatArray) -> FloatArray:
        """Return the expected events of each piece at a rate of 1, (n, k), for beta (n, p): of rows, not of spans."""
        return self.cells.spent(beta)

    def counted(self) -> Counts:
        """Return the rows of the cells; terms have rows of their own."""
        return self.cells.counted()
