"""The product form: patterns of columns by pieces of the baseline, where every pattern meets the same pieces.

With patterns X, events e and person-months E,

    log L = sum_k e_k a_k + sum_j (e'X)_j beta_j - sum_ck E_ck exp(x_c beta + a_k),

so that a draw costs an exponential for each pattern, not for each cell. Holford 1980, Biometrics 36:299.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Counts, Derivatives
from escc_bayes.hazard.cells import Cells
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Products of columns that are held at once. As many patterns as patients (continuous covariates) are taken in blocks.
HELD = 2**21
# Patterns whose hazards are held at once for many draws, so that they stay in the processor's cache.
WIDTH = 1024


@dataclass(frozen=True, slots=True)
class Products:
    """Products of the columns of c patterns: ``squares`` (c, p p); ``crossed`` (c, p k), columns times exposure."""

    squares: FloatArray
    crossed: FloatArray


def products_of(columns: FloatArray, exposure: FloatArray) -> Products:
    """Return the products of columns (c, p) with themselves and with exposure (c, k)."""
    patterns, width = columns.shape
    return Products(
        squares=(columns[:, :, None] * columns[:, None, :]).reshape(patterns, width * width),
        crossed=(columns[:, :, None] * exposure[:, None, :]).reshape(patterns, width * exposure.shape[1]),
    )


@dataclass(frozen=True, slots=True)
class Product:
    """Patterns by pieces: c patterns, p columns and k pieces.

    Attributes
    ----------
    patterns : (c, p) distinct rows of the columns.
    events, exposure : (c, k) events and person-months.
    column_events, piece_events : (p,) sums of columns over events, (k,) events.
    blocks : patterns whose derivatives are added up at once.
    products : of the patterns of the one block; None where there are several, each then made when it is needed.
    log_months : (n, c) log of what multiplies the exposure of each pattern at each of n values of psi; None: nothing.
    added : (n,) what the log-likelihood has besides; None: nothing.
    """

    patterns: FloatArray
    events: FloatArray
    exposure: FloatArray
    column_events: FloatArray
    piece_events: FloatArray
    blocks: tuple[slice, ...]
    products: Products | None
    log_months: FloatArray | None = None
    added: FloatArray | None = None

    @property
    def width(self) -> int:
        """Hazards of one draw that are held at once; all, where the months of patterns differ from draw to draw."""
        return min(len(self.patterns), WIDTH)

    @property
    def piece_months(self) -> FloatArray:
        """Person-months (k,) of each piece."""
        return np.asarray(self.exposure.sum(axis=0))

    def given(self, _: FloatArray | None) -> "Product":
        """Return itself: the months of a piecewise baseline depend on no shape."""
        return self

    def along(self, _: FloatArray | None) -> Callable[[slice], "Product"]:
        """Return itself for any draws."""
        return lambda _: self

    def with_months(self, log_months: FloatArray, added: FloatArray) -> "Product":
        """Return the same with log months (n, c) and a term (n,) for each value of psi."""
        return Product(
            self.patterns,
            self.events,
            self.exposure,
            self.column_events,
            self.piece_events,
            self.blocks,
            self.products,
            log_months,
            added,
        )

    def only(self, keep: IntArray) -> "Product":
        """Return the term of some of the n values of psi."""
        if self.log_months is None or self.added is None:
            return self
        return self.with_months(self.log_months[keep], self.added[keep])

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) of psi (n, q)."""
        columns = self.patterns.shape[1]
        beta, levels = psi[:, :columns], psi[:, columns:]
        gained = beta @ self.column_events + levels @ self.piece_events
        found = gained - (self.spent(beta) * np.exp(levels)).sum(axis=1)
        return found if self.added is None else found + self.added

    def spent(self, beta: FloatArray) -> FloatArray:
        """Return sum_c E_ck exp(x_c beta), (n, k): expected in each piece at a rate of 1 of the average patient."""
        found = np.zeros((beta.shape[0], self.exposure.shape[1]))
        for low in range(0, len(self.patterns), WIDTH):
            part = slice(low, low + WIDTH)
            found += on_one_thread(self.relative_hazards(beta, part), self.exposure[part])
        return found

    def relative_hazards(self, beta: FloatArray, part: slice) -> FloatArray:
        """Return exp(x_c beta), times the months that depend on psi, of a part of the patterns: (n, c)."""
        eta = on_one_thread(beta, self.patterns[part].T)
        if self.log_months is not None:
            eta += self.log_months[:, part]
        return np.exp(eta, out=eta)

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q)."""
        n, q = psi.shape
        columns = self.patterns.shape[1]
        beta, levels = psi[:, :columns], psi[:, columns:]
        rates = np.exp(levels)
        by_column, by_piece, information = np.zeros((n, columns)), np.zeros(levels.shape), np.zeros((n, q, q))
        for block in self.blocks:
            for total, part in zip(
                (by_column, by_piece, information), self.block_sums(block, beta, rates), strict=True
            ):
                total += part
        value = beta @ self.column_events + levels @ self.piece_events - by_piece.sum(axis=1)
        if self.added is not None:
            value = value + self.added
        gradient = np.concatenate([self.column_events - by_column, self.piece_events - by_piece], axis=1)
        pieces = np.arange(columns, q)
        information[:, pieces, pieces] = by_piece
        return Derivatives(value, gradient, information)

    def block_sums(
        self, block: slice, beta: FloatArray, rates: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return expected events by column (n, p) and piece (n, k), and their products (n, q, q), over some patterns.

        The products of pieces with themselves are left 0: they are the expected events by piece.
        """
        patterns, months = self.patterns[block], self.exposure[block]
        products = self.products or products_of(patterns, months)
        n, columns, pieces = len(beta), patterns.shape[1], months.shape[1]
        relative = self.relative_hazards(beta, block)
        by_pattern = relative * on_one_thread(rates, months.T)
        by_piece = rates * on_one_thread(relative, months)
        information = np.zeros((n, columns + pieces, columns + pieces))
        information[:, :columns, :columns] = on_one_thread(by_pattern, products.squares).reshape(n, columns, columns)
        crossed = on_one_thread(relative, products.crossed).reshape(n, columns, pieces) * rates[:, None, :]
        information[:, :columns, columns:] = crossed
        information[:, columns:, :columns] = crossed.transpose(0, 2, 1)
        return on_one_thread(by_pattern, patterns), by_piece, information

    def counted(self) -> Counts:
        """Return a row for each pattern in each piece where it has exposure."""
        pattern, piece = np.nonzero(self.exposure > 0.0)
        design = np.concatenate([self.patterns[pattern], np.eye(self.exposure.shape[1])[piece]], axis=1)
        gain = np.concatenate([self.column_events, self.piece_events])
        return Counts(design, self.exposure[pattern, piece], gain)


def product_of(cells: Cells) -> Product:
    """Return the product form of collapsed rows; patients of weight 0 leave no trace."""
    columns, (patterns, pieces) = cells.patterns, cells.exposure.shape
    width = columns.shape[1]
    held = max(1, HELD // max(1, width * (width + pieces)))
    return Product(
        patterns=columns,
        events=cells.events,
        exposure=cells.exposure,
        column_events=cells.events.sum(axis=1) @ columns,
        piece_events=cells.events.sum(axis=0),
        blocks=tuple(slice(low, min(low + held, patterns)) for low in range(0, patterns, held)),
        products=products_of(columns, cells.exposure) if patterns <= held else None,
    )
