"""Cells of Weibull baselines of several strata: a level a_s and a shape k_s of its own in each, coefficients in common.

psi = (beta, a_1, .., a_S); the log-likelihood is the sum of those of the strata, each in (beta, a_s) at its own shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Counts, Derivatives, Likelihood, Together
from escc_bayes.bayes.model.likelihood.weibull import WeibullCells, weibull_cells
from escc_bayes.hazard.at_risk import taken
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.risk_rows import RiskRows


@dataclass(frozen=True, slots=True)
class OfStratum:
    """The log-likelihood of one stratum as a term in the psi of all: ``place`` (p + 1,) says where its own stands."""

    own: Likelihood
    place: IntArray

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        return self.own.value(psi[:, self.place])

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        n, q = psi.shape
        found = self.own.derivatives(psi[:, self.place])
        gradient, information = np.zeros((n, q)), np.zeros((n, q, q))
        gradient[:, self.place] = found.gradient
        information[:, self.place[:, None], self.place] = found.information
        return Derivatives(found.value, gradient, information)

    def only(self, keep: IntArray) -> "OfStratum":
        """Return the term of some of the n values of psi."""
        return OfStratum(self.own.only(keep), self.place)


@dataclass(frozen=True, slots=True)
class WeibullStrata:
    """The cells of every stratum, (S,)."""

    strata: tuple[WeibullCells, ...]

    @property
    def width(self) -> int:
        """Hazards of one draw that are held at once."""
        return max(one.width for one in self.strata)

    @property
    def piece_events(self) -> FloatArray:
        """Events (S,)."""
        return np.concatenate([one.piece_events for one in self.strata])

    @property
    def piece_months(self) -> FloatArray:
        """Patterns (S,) that have any weight."""
        return np.concatenate([one.piece_months for one in self.strata])

    def place(self, code: int) -> IntArray:
        """Return where the coefficients and the level of a stratum stand in psi."""
        columns = self.strata[code].product.patterns.shape[1]
        return np.append(np.arange(columns), columns + code)

    def given(self, log_shape: FloatArray | None) -> Together:
        """Return the likelihood at log shapes (n, S)."""
        assert log_shape is not None
        own = ((code, one.given(log_shape[:, [code]])) for code, one in enumerate(self.strata))
        return Together([OfStratum(found, self.place(code)) for code, found in own])

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Together]:
        """Return the likelihood of parts of many draws with log shapes (m, S)."""
        assert log_shape is not None
        each = [one.along(log_shape[:, [code]]) for code, one in enumerate(self.strata)]
        return lambda part: Together([OfStratum(of(part), self.place(code)) for code, of in enumerate(each)])

    def spent(self, beta: FloatArray) -> FloatArray:
        """Raise: a Weibull baseline has no rates of pieces."""
        return self.strata[0].spent(beta)

    def counted(self) -> Counts:
        """Return the rows of every stratum in w = (beta, a_1, .., a_S, k_1, .., k_S)."""
        held = [one.counted() for one in self.strata]
        columns, several = held[0].design.shape[1] - 2, len(held)
        designs, gain = [], np.zeros(columns + 2 * several)
        for code, one in enumerate(held):
            place = np.append(self.place(code), columns + several + code)
            wide = np.zeros((len(one.design), gain.size))
            wide[:, place] = one.design
            designs.append(wide)
            gain[place] += one.gain
        return Counts(
            np.concatenate(designs),
            np.concatenate([one.months for one in held]),
            gain,
            shape_events=tuple(events for one in held for events in one.shape_events),
            constant=sum(one.constant for one in held),
        )


def strata_of(risk: RiskRows, several: int, reference: float) -> WeibullStrata:
    """Return the cells of rows at risk, each in the stratum it is of."""
    stratum = risk.at_risk.stratum
    parts = (np.flatnonzero(stratum == code) for code in range(several))
    return WeibullStrata(tuple(weibull_cells(some_of(risk, inside), reference) for inside in parts))


def some_of(risk: RiskRows, where: IntArray) -> RiskRows:
    """Return some of the rows at risk."""
    return replace(risk, at_risk=taken(risk.at_risk, where), columns=risk.columns[where], of=risk.of[where])
