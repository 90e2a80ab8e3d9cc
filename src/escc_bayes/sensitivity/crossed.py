"""Two factors crossed: who lies in which cell, which level lies wholly inside a level of the other, and the smallest
standard error that a contrast can have in such a table.

Symbols: D events; p_ab the mean over events of the share of the risk set's hazard in cell (a, b). docs/methods/
information.md derives SE^2 >= R / D: R is the effective resistance between two levels when every cell that holds a
patient is a conductor p_ab from its row to its column. At the maximum of the partial likelihood the margins of p are
those of the events, and the p that conducts best gives the floor.
"""

import math
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

# A share of events that counts as a conductor, and the tolerance of the search for the best table.
LEAST, PRECISION = 1e-9, 1e-10


@dataclass(frozen=True, slots=True)
class Crossed:
    """Patients and events by levels of one factor (rows) and of another (columns).

    Attributes
    ----------
    term, other : names.
    levels, other_levels : those that occur.
    patients, events : (levels, other levels).
    """

    term: str
    other: str
    levels: tuple[str, ...]
    other_levels: tuple[str, ...]
    patients: FloatArray
    events: FloatArray

    def inside(self, level: str) -> str:
        """Return the level of the other factor that holds every patient of a level; empty where several do."""
        held = np.flatnonzero(self.patients[self.levels.index(level)])
        return self.other_levels[int(held[0])] if held.size == 1 else ""

    def carrying(self, level: str, versus: str) -> tuple[FloatArray, FloatArray]:
        """Return patients and events, (2,) each, of both levels in those columns that hold both."""
        pair = [self.levels.index(level), self.levels.index(versus)]
        both = (self.patients[pair] > 0.0).all(axis=0)
        return self.patients[pair][:, both].sum(axis=1), self.events[pair][:, both].sum(axis=1)

    def floor(self, level: str, versus: str) -> float:
        """Return the smallest standard error of the log hazard ratio of two levels, adjusted for the other factor."""
        pair = (self.levels.index(level), self.levels.index(versus))
        total = float(self.events.sum())
        rows = self.events.sum(axis=1)
        if not rows[list(pair)].all():
            return math.inf
        # Where every cell is filled, factors that are independent among the events are best.
        if (self.patients > 0.0).all():
            return math.sqrt(float((1.0 / rows[list(pair)]).sum()))
        if not joined(self.patients > 0.0, pair):
            return math.inf
        return math.sqrt(least_resistance(self.events / total, self.patients > 0.0, pair) / total)


def least_resistance(shares: FloatArray, filled: np.ndarray, pair: tuple[int, int]) -> float:
    """Return the least resistance between two rows of tables with the margins of ``shares``, empty outside ``filled``.

    Resistance is convex in the conductances: no table lies below the tangent plane at the best one found, and the
    lowest point of that plane is returned, so that no rounding makes the floor too high.
    """
    cells = np.argwhere(filled)
    even = fitted(filled.astype(float), shares.sum(axis=1), shares.sum(axis=0))
    begin = 0.5 * (shares + even)[filled]
    margins = margins_of(cells, shares.shape)

    def spread(values: FloatArray) -> FloatArray:
        table = np.zeros(shares.shape)
        table[filled] = values
        return table

    def tangent(values: FloatArray) -> FloatArray:
        return np.asarray(slope(spread(values), pair)[filled])

    # Only a search needs it: a fit, whose report of information asks nothing of it, starts without.
    from scipy.optimize import LinearConstraint, linprog, minimize

    # The stubs of scipy know no slope that is a plain array.
    found = minimize(  # type: ignore[call-overload]
        lambda values: resistance(spread(values), pair),
        begin,
        jac=tangent,
        bounds=[(LEAST, 1.0)] * len(cells),
        constraints=LinearConstraint(margins, margins @ begin, margins @ begin),
        method="SLSQP",
        tol=PRECISION,
    )
    best = found.x if np.isfinite(found.fun) else begin
    lowest = linprog(tangent(best), A_eq=margins, b_eq=margins @ begin, bounds=(0.0, 1.0))
    gap = float(tangent(best) @ best - lowest.fun) if lowest.success else math.inf
    least = float((1.0 / shares.sum(axis=1)[list(pair)]).sum())
    return max(least, resistance(spread(best), pair) - gap)


def margins_of(cells: np.ndarray, shape: tuple[int, ...]) -> FloatArray:
    """Return what a table's margins fix of its cells (c, 2): orthonormal rows (r, c)."""
    rows, columns = (np.arange(size)[:, None] == cells[:, axis] for axis, size in enumerate(shape))
    _, lengths, directions = np.linalg.svd(np.concatenate([rows, columns]).astype(float), full_matrices=False)
    return np.asarray(directions[lengths > 1e-9])


def fitted(table: FloatArray, rows: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the table scaled row by row and column by column to margins (iterative proportional fitting)."""
    for _ in range(500):
        before = table
        for axis, margin in ((1, rows), (0, columns)):
            sums = table.sum(axis=axis, keepdims=True)
            table = table * np.expand_dims(margin, axis) / np.where(sums > 0.0, sums, 1.0)
        if float(np.abs(table - before).max()) <= PRECISION:
            break
    return table


def potentials(table: FloatArray, pair: tuple[int, int]) -> FloatArray:
    """Return the potentials of rows, then columns, when one unit of current goes from one row to another."""
    rows, columns = table.shape
    conductance = np.zeros((rows + columns, rows + columns))
    conductance[:rows, rows:] = table
    conductance += conductance.T
    laplacian = np.diag(conductance.sum(axis=1)) - conductance
    current = np.zeros(rows + columns)
    current[pair[0]], current[pair[1]] = 1.0, -1.0
    return np.asarray(np.linalg.lstsq(laplacian, current, rcond=None)[0])


def resistance(table: FloatArray, pair: tuple[int, int]) -> float:
    """Return the effective resistance between two rows; a chain of cells must join them.

    Examples
    --------
    >>> round(resistance(np.array([[0.2, 0.2], [0.3, 0.3]]), (0, 1)), 6)  # 1 / 0.4 + 1 / 0.6
    4.166667
    """
    at = potentials(table, pair)
    return float(at[pair[0]] - at[pair[1]])


def slope(table: FloatArray, pair: tuple[int, int]) -> FloatArray:
    """Return the derivative of the resistance by each conductance: minus the squared drop of potential along it."""
    at = potentials(table, pair)
    return np.asarray(-((at[: table.shape[0], None] - at[None, table.shape[0] :]) ** 2))


def joined(filled: np.ndarray, pair: tuple[int, int]) -> bool:
    """Return whether a chain of filled cells leads from one row to another."""
    reached = np.zeros(filled.shape[0], dtype=bool)
    reached[pair[0]] = True
    for _ in range(filled.shape[0]):
        reached = filled[:, filled[reached].any(axis=0)].any(axis=1) | reached
    return bool(reached[pair[1]])
