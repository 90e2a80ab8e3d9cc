"""What a term of the log-likelihood states: value, gradient and information in psi. Terms add up.

psi = (beta, a): the coefficients of the design, then the log rates of the baseline's pieces, stratum by stratum (of a
Weibull baseline log H at its reference month in place of log rates), then what terms beside the cells know alone: the
log odds of cure. Engines know no other form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Log-likelihood (n,), gradient (n, q) and negative Hessian (n, q, q) in psi (n, q)."""

    value: FloatArray
    gradient: FloatArray
    information: FloatArray

    def __add__(self, other: "Derivatives") -> "Derivatives":
        return Derivatives(
            self.value + other.value, self.gradient + other.gradient, self.information + other.information
        )


class Likelihood(Protocol):
    """A term of the log-likelihood at n values of psi."""

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        ...

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        ...

    def only(self, keep: IntArray) -> Self:
        """Return the term of some of the n values, where it differs between them."""
        ...


@dataclass(frozen=True, slots=True)
class Together:
    """The sum of terms in one psi."""

    parts: Sequence[Likelihood]

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        return np.sum([part.value(psi) for part in self.parts], axis=0)

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        first, *others = (part.derivatives(psi) for part in self.parts)
        return sum(others, first)

    def only(self, keep: IntArray) -> "Together":
        """Return the terms of some of the n values."""
        return Together([part.only(keep) for part in self.parts])


class Cells(Protocol):
    """The rows at risk of a plan, added up, before the shape of a Weibull baseline is known.

    Attributes
    ----------
    width : hazards of one draw that are held at once.
    piece_events, piece_months : (k,) events and person-months of each piece.
    """

    @property
    def width(self) -> int: ...
    @property
    def piece_events(self) -> FloatArray: ...
    @property
    def piece_months(self) -> FloatArray: ...

    def given(self, log_shape: FloatArray | None) -> Likelihood:
        """Return the likelihood at log shapes (n, strata) of a Weibull baseline; None: at rates of pieces."""
        ...

    def along(self, log_shape: FloatArray | None) -> Callable[[slice], Likelihood]:
        """Return the likelihood of parts of many draws with log shapes (m, strata)."""
        ...

    def spent(self, beta: FloatArray) -> FloatArray:
        """Return expected events of each piece at a rate of 1, (n, k), for beta (n, p)."""
        ...

    def counted(self) -> "Counts":
        """Return rows of the design, each with the months that its hazard is multiplied by."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a log-likelihood gain'w - sum over m of months exp(design w) + shape_events'log k + constant.

    Attributes
    ----------
    design : (m, e); of a Weibull baseline its last columns, one for each shape k, are log(t / t0), which k multiplies.
    months : (m,); negative for starts under a Weibull baseline.
    gain : (e,).
    shape_events, constant : weighted events of each shape, and what no parameter touches, of a Weibull baseline.
    """

    design: FloatArray
    months: FloatArray
    gain: FloatArray
    shape_events: tuple[float, ...] = ()
    constant: float = 0.0
