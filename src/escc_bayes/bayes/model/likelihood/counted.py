"""The general cell: a row of the design, the events and the person-months of all who share it.

    log L = sum over m of events_m z_m psi - months_m exp(z_m psi)

for right-censored and start-stop rows, delayed entry, strata with baselines of their own, effects that change over
time, transitions: whatever makes log hazards linear in psi. Holford 1980, Biometrics 36:299; Andersen & Gill 1982,
Ann Stat 10:1100.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from escc_bayes.bayes.model.likelihood.product import HELD, WIDTH
from escc_bayes.bayes.model.likelihood.protocol import Counts, Derivatives
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True)
class Counted:
    """Cells (m,) with their rows of the design (m, q), weighted events and person-months.

    Not slotted: products of the design are made once.

    Attributes
    ----------
    design : (m, q) Z: what multiplies coefficients and log rates; the last ``pieces`` columns say the piece.
    events, months : (m,).
    pieces : log rates among psi.

    Examples
    --------
    >>> cells = Counted(np.array([[1.0]]), np.array([3.0]), np.array([10.0]), pieces=1)
    >>> cells.derivatives(np.log([[0.3]])).gradient.round(12) + 0.0  # the rate 3 / 10 is the mode
    array([[0.]])
    """

    design: FloatArray
    events: FloatArray
    months: FloatArray
    pieces: int

    @cached_property
    def gain(self) -> FloatArray:
        """Sums of the design over events, (q,)."""
        return np.asarray(self.events @ self.design)

    @property
    def width(self) -> int:
        """Hazards of one draw that are held at once."""
        return min(self.months.size, WIDTH)

    @property
    def piece_events(self) -> FloatArray:
        """Events (k,) of each piece."""
        return self.gain[self.gain.size - self.pieces :]

    @property
    def piece_months(self) -> FloatArray:
        """Person-months (k,) of each piece."""
        return np.asarray(self.months @ self.design[:, self.design.shape[1] - self.pieces :])

    def given(self, _: FloatArray | None) -> "Counted":
        """Return itself: its months depend on no shape."""
        return self

    def along(self, _: FloatArray | None) -> Callable[[slice], "Counted"]:
        """Return itself for any draws."""
        return lambda _: self

    def only(self, _: IntArray) -> "Counted":
        """Return itself: it is the same at all values of psi."""
        return self

    def expected(self, psi: FloatArray, part: slice) -> FloatArray:
        """Return the expected events (n, m) of a part of the cells."""
        eta = on_one_thread(psi, self.design[part].T)
        np.exp(eta, out=eta)
        eta *= self.months[part]
        return eta

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) of psi (n, q)."""
        found = psi @ self.gain
        for low in range(0, self.months.size, WIDTH):
            found -= self.expected(psi, slice(low, low + WIDTH)).sum(axis=1)
        return np.asarray(found)

    def spent(self, beta: FloatArray) -> FloatArray:
        """Return the expected events of each piece at a rate of 1, (n, k), for beta (n, p)."""
        p = beta.shape[1]
        found = np.zeros((beta.shape[0], self.pieces))
        for low in range(0, self.months.size, WIDTH):
            part = slice(low, low + WIDTH)
            relative = np.exp(on_one_thread(beta, self.design[part, :p].T)) * self.months[part]
            found += on_one_thread(relative, self.design[part, p:])
        return found

    @cached_property
    def triangle(self) -> tuple[IntArray, IntArray]:
        """Places (q (q + 1) / 2,) of the upper triangle of a (q, q) matrix."""
        return np.triu_indices(self.design.shape[1])

    def squares(self, part: slice) -> FloatArray:
        """Return products of the design's columns, upper triangle, of a part of the cells."""
        first, second = self.triangle
        return self.design[part][:, first] * self.design[part][:, second]

    @cached_property
    def blocks(self) -> tuple[tuple[slice, FloatArray | None], ...]:
        """Cells whose derivatives are added up at once, with their products where one block holds them all."""
        held = max(1, HELD // max(1, self.triangle[0].size))
        if self.months.size <= held:
            whole = slice(0, self.months.size)
            return ((whole, self.squares(whole)),)
        return tuple((slice(low, low + held), None) for low in range(0, self.months.size, held))

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        n, q = psi.shape
        value, gradient = psi @ self.gain, np.broadcast_to(self.gain, (n, q)).copy()
        upper = np.zeros((n, self.triangle[0].size))
        for part, squares in self.blocks:
            expected = self.expected(psi, part)
            value -= expected.sum(axis=1)
            gradient -= on_one_thread(expected, self.design[part])
            upper += on_one_thread(expected, self.squares(part) if squares is None else squares)
        information = np.empty((n, q, q))
        first, second = self.triangle
        information[:, first, second] = upper
        information[:, second, first] = upper
        return Derivatives(value, gradient, information)

    def counted(self) -> Counts:
        """Return the cells without their events, which the gain sums up."""
        return Counts(self.design, self.months, self.gain)
