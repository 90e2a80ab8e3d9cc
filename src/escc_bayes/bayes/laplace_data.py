"""What the likelihood sees, collapsed: events and exposure per covariate pattern, and the derivatives on it.

psi = (beta, a): log hazard ratios and log rates of the pieces. With patterns X, events e and exposures E,

    log L = sum_k e_k a_k + sum_j (e'X)_j beta_j - sum_ck E_ck exp(x_c beta + a_k).

A Weibull baseline is the same with one piece, a = b0, and exposures E_c(kappa) = sum over patients of
w [(t/t0)^k - (entry/t0)^k] in place of person-months, k = exp(kappa). Holford 1980, Biometrics 36:299.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.laplace_product import on_one_thread
from escc_bayes.bayes.laplace_weibull import WeibullTimes, weibull_times
from escc_bayes.hazard.cells import collapse
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.plan import ModelPlan

# Products of columns that are held at once. As many patterns as patients (continuous covariates) are taken in blocks.
HELD = 2**21
# Patterns whose hazards are held at once for many draws, so that they stay in the processor's cache.
WIDTH = 1024


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Collapsed data with c patterns, p columns and k pieces.

    Attributes
    ----------
    patterns : (c, p) distinct rows of the centred columns.
    exposure : (c, k) person-months; ones for a Weibull baseline.
    column_events, piece_events : (p,) sums of columns over events, (k,) events.
    blocks : patterns whose derivatives are added up at once.
    products : of the patterns of the one block; None where there are several, each then made when it is needed.
    weibull : the times of a Weibull model; None for piecewise.
    """

    patterns: FloatArray
    exposure: FloatArray
    column_events: FloatArray
    piece_events: FloatArray
    blocks: tuple[slice, ...]
    products: "Products | None"
    weibull: WeibullTimes | None


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


def collapsed(plan: ModelPlan) -> Collapsed:
    """Return the collapsed data of a plan; patients of weight 0 leave no trace."""
    rows = plan.rows
    cuts = plan.baseline.cuts if isinstance(plan.baseline, PiecewisePrior) else np.zeros(0)
    cells = collapse(plan.design.centred, rows.time, rows.event, rows.entry, rows.weight, cuts)
    times = None
    if isinstance(plan.baseline, WeibullPrior):
        times = weibull_times(plan, cells)
        cells = replace(cells, exposure=(cells.exposure > 0.0).astype(np.float64))
    columns, (patterns, pieces) = cells.patterns, cells.exposure.shape
    width = columns.shape[1]
    rows = max(1, HELD // max(1, width * (width + pieces)))
    return Collapsed(
        patterns=columns,
        exposure=cells.exposure,
        column_events=cells.events.sum(axis=1) @ columns,
        piece_events=cells.events.sum(axis=0),
        blocks=tuple(slice(low, min(low + rows, patterns)) for low in range(0, patterns, rows)),
        products=products_of(columns, cells.exposure) if patterns <= rows else None,
        weibull=times,
    )


def log_likelihood(
    data: Collapsed, psi: FloatArray, log_shape: FloatArray | None, exposure: FloatArray | None
) -> FloatArray:
    """Return the total log-likelihood (n,) of psi (n, q); Weibull: with log shapes and log exposures (n, c)."""
    columns = data.patterns.shape[1]
    beta, levels = psi[:, :columns], psi[:, columns:]
    gained = beta @ data.column_events + levels @ data.piece_events
    found = gained - (hazard_spent(data, beta, exposure) * np.exp(levels)).sum(axis=1)
    return found if log_shape is None else found + shape_terms(data, log_shape)


def hazard_spent(data: Collapsed, beta: FloatArray, exposure: FloatArray | None) -> FloatArray:
    """Return sum_c E_ck exp(x_c beta), (n, k): expected in each piece at a rate of 1 of the average patient."""
    found = np.zeros((beta.shape[0], data.exposure.shape[1]))
    for low in range(0, len(data.patterns), WIDTH):
        part = slice(low, low + WIDTH)
        own = None if exposure is None else exposure[:, part]
        found += on_one_thread(relative_hazards(data.patterns[part], beta, own), data.exposure[part])
    return found


def relative_hazards(patterns: FloatArray, beta: FloatArray, exposure: FloatArray | None) -> FloatArray:
    """Return exp(x_c beta), times the Weibull exposure of the pattern, given as its log: (n, c)."""
    eta = on_one_thread(beta, patterns.T)
    if exposure is not None:
        eta += exposure
    return np.exp(eta, out=eta)


def shape_terms(data: Collapsed, log_shape: FloatArray) -> FloatArray:
    """Return the terms of events in the Weibull log-likelihood that depend on the shape alone, (n,)."""
    times = data.weibull
    assert times is not None
    return times.events * log_shape + times.event_log_times * np.exp(log_shape) + times.constant


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Log-likelihood (n,), gradient (n, q) and negative Hessian (n, q, q) in psi."""

    value: FloatArray
    gradient: FloatArray
    information: FloatArray


def derivatives(
    data: Collapsed, psi: FloatArray, log_shape: FloatArray | None, exposure: FloatArray | None
) -> Derivatives:
    """Return the log-likelihood and its derivatives at psi (n, q)."""
    n, q = psi.shape
    columns = data.patterns.shape[1]
    beta, levels = psi[:, :columns], psi[:, columns:]
    rates = np.exp(levels)
    by_column, by_piece, information = np.zeros((n, columns)), np.zeros(levels.shape), np.zeros((n, q, q))
    for block in data.blocks:
        own = None if exposure is None else exposure[:, block]
        for total, part in zip(
            (by_column, by_piece, information), block_sums(data, block, beta, rates, own), strict=True
        ):
            total += part
    value = beta @ data.column_events + levels @ data.piece_events - by_piece.sum(axis=1)
    if log_shape is not None:
        value = value + shape_terms(data, log_shape)
    gradient = np.concatenate([data.column_events - by_column, data.piece_events - by_piece], axis=1)
    pieces = np.arange(columns, q)
    information[:, pieces, pieces] = by_piece
    return Derivatives(value, gradient, information)


def block_sums(
    data: Collapsed, block: slice, beta: FloatArray, rates: FloatArray, exposure: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return expected events by column (n, p) and piece (n, k), and their products (n, q, q), over a block of patterns.

    The products of pieces with themselves are left 0: they are the expected events by piece.
    """
    patterns, months = data.patterns[block], data.exposure[block]
    products = data.products or products_of(patterns, months)
    n, columns, pieces = len(beta), patterns.shape[1], months.shape[1]
    relative = relative_hazards(patterns, beta, exposure)
    by_pattern = relative * on_one_thread(rates, months.T)
    by_piece = rates * on_one_thread(relative, months)
    information = np.zeros((n, columns + pieces, columns + pieces))
    information[:, :columns, :columns] = on_one_thread(by_pattern, products.squares).reshape(n, columns, columns)
    crossed = on_one_thread(relative, products.crossed).reshape(n, columns, pieces) * rates[:, None, :]
    information[:, :columns, columns:] = crossed
    information[:, columns:, :columns] = crossed.transpose(0, 2, 1)
    return on_one_thread(by_pattern, patterns), by_piece, information
