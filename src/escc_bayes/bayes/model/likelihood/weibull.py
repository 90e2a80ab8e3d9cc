"""Cells of a Weibull baseline H(t) = exp(b0) (t / t0)^k: months that depend on the shape.

The product form with one piece, a = b0, whose person-months are E_c(kappa) (``exposures``), kappa = log k, plus what
the events say of the shape alone: sum over events of kappa - log t + k log(t / t0).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.model.likelihood.exposures import WeibullTimes, interpolated, log_exposures, weibull_times
from escc_bayes.bayes.model.likelihood.product import Product, product_of
from escc_bayes.bayes.model.likelihood.protocol import Counts
from escc_bayes.hazard.cells import collapse, distinct_rows
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.risk_rows import RiskRows


@dataclass(frozen=True, slots=True)
class WeibullCells:
    """Patterns and the times behind them.

    Attributes
    ----------
    product : with an exposure of 1 for each pattern of any weight.
    times : of the rows at risk.
    risk : the rows.
    reference : t0, months.
    """

    product: Product
    times: WeibullTimes
    risk: RiskRows
    reference: float

    @property
    def width(self) -> int:
        """Hazards of one draw that are held at once: those of all patterns, whose months differ from draw to draw."""
        return len(self.product.patterns)

    @property
    def piece_events(self) -> FloatArray:
        """Events (1,)."""
        return self.product.piece_events

    @property
    def piece_months(self) -> FloatArray:
        """Patterns (1,) that have any weight."""
        return self.product.piece_months

    def given(self, log_shape: FloatArray | None) -> Product:
        """Return the likelihood at log shapes (n, 1)."""
        assert log_shape is not None
        own = log_shape[:, 0]
        return self.product.with_months(log_exposures(self.times, own), self.shape_terms(own))

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Product]:
        """Return the likelihood of parts of many draws with log shapes (m, 1), exposures interpolated between these."""
        assert log_shape is not None
        own = log_shape[:, 0]
        months = interpolated(self.times, float(own.min()), float(own.max()))
        return lambda part: self.product.with_months(months.of_shapes(own[part]), self.shape_terms(own[part]))

    def shape_terms(self, log_shape: FloatArray) -> FloatArray:
        """Return the terms of events that depend on the shape alone, (n,)."""
        times = self.times
        return times.events * log_shape + times.event_log_times * np.exp(log_shape) + times.constant

    def spent(self, beta: FloatArray) -> FloatArray:
        """Raise: a Weibull baseline has no rates of pieces."""
        raise TypeError(f"a Weibull baseline has no rates of pieces, was asked for {beta.shape[0]} draws of them")

    def counted(self) -> Counts:
        """Return a row for each distinct start or stop of a pattern, its last column log(t / t0), which k multiplies.

        Starts count negative months; those that cancel a stop of the same pattern are left out.
        """
        at_risk, columns = self.risk.at_risk, self.risk.columns
        late = at_risk.start > 0.0
        months = np.concatenate([at_risk.stop, at_risk.start[late]])
        weight = np.concatenate([at_risk.weight, -at_risk.weight[late]])
        distinct, member = distinct_rows(np.column_stack([np.concatenate([columns, columns[late]]), months]))
        net = np.bincount(member, weights=weight, minlength=len(distinct))
        distinct, net = distinct[net != 0.0], net[net != 0.0]
        weighted = at_risk.weight * at_risk.event
        log_times = np.log(at_risk.stop / self.reference)
        return Counts(
            np.column_stack([distinct[:, :-1], np.ones(net.size), np.log(distinct[:, -1] / self.reference)]),
            net,
            np.concatenate([weighted @ columns, [self.times.events, weighted @ log_times]]),
            shape_events=(self.times.events,),
            constant=-float(weighted @ np.log(at_risk.stop)),
        )


def weibull_cells(risk: RiskRows, reference: float) -> WeibullCells:
    """Return the cells of rows at risk under a Weibull baseline with its reference month."""
    at_risk = risk.at_risk
    cells = collapse(risk.columns, at_risk.stop, at_risk.event, at_risk.start, at_risk.weight, np.zeros(0))
    product = product_of(replace(cells, exposure=(cells.exposure > 0.0).astype(np.float64)))
    times = weibull_times(at_risk, cells.members, len(cells.patterns), reference)
    return WeibullCells(product, times, risk, reference)
