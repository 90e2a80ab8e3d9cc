"""Cells of rows at risk with terms beside them that know hazards over spans of time."""

from collections.abc import Callable
from dataclasses import dataclass

from escc_bayes.bayes.model.likelihood.protocol import Cells, Counts, Together
from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class WithTerms:
    """Cells and terms, which add up.

    Attributes
    ----------
    cells : of the rows at risk.
    terms : what is known besides.
    """

    cells: Cells
    terms: tuple[Spans, ...]

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
        return Together([self.cells.given(log_shape), *(term.given(log_shape) for term in self.terms)])

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Together]:
        """Return the likelihood of parts of many draws with log shapes (m, 1)."""
        each = [self.cells.along(log_shape), *(term.along(log_shape) for term in self.terms)]
        return lambda part: Together([of(part) for of in each])

    def spent(self, beta: FloatArray) -> FloatArray:
        """Return the expected events of each piece at a rate of 1, (n, k), for beta (n, p): of rows, not of spans."""
        return self.cells.spent(beta)

    def counted(self) -> Counts:
        """Return the rows of the cells; terms have rows of their own."""
        return self.cells.counted()
