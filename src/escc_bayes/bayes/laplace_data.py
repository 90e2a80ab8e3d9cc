"""What the likelihood sees, collapsed: events and exposure per covariate pattern, and the derivatives on it.

psi = (beta, a): log hazard ratios and log rates of the pieces. With patterns X, events e and exposures E,

    log L = sum_k e_k a_k + sum_j (e'X)_j beta_j - sum_ck E_ck exp(x_c beta + a_k).

A Weibull baseline is the same with one piece, a = b0, and exposures E_c(kappa) = sum over patients of
w [(t/t0)^k - (entry/t0)^k] in place of person-months, k = exp(kappa). Holford 1980, Biometrics 36:299.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.cells import Cells, collapse
from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.baseline import PiecewisePrior, WeibullPrior
from escc_bayes.spec.plan import ModelPlan

# Chebyshev points for the log exposure of a pattern between the smallest and the largest log shape drawn.
POINTS = 40
# Larger products go to OpenBLAS's threads, which cost more CPU than they save on matrices of this shape.
ONE_THREAD = 2**18


@dataclass(frozen=True, slots=True)
class WeibullTimes:
    """Patients behind the patterns of a Weibull model, those with weight above 0.

    Attributes
    ----------
    log_time, log_entry : (n,) log(t / t0), log(entry / t0); -inf for an entry at 0.
    weight : (n,).
    order, starts : patients sorted by pattern, and where each of the c patterns begins.
    events : weighted events.
    event_log_times : sum over events of w log(t / t0).
    constant : minus the sum over events of w log t.
    """

    log_time: FloatArray
    log_entry: FloatArray
    weight: FloatArray
    order: IntArray
    starts: IntArray
    events: float
    event_log_times: float
    constant: float


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Collapsed data with c patterns, p columns and k pieces.

    Attributes
    ----------
    patterns : (c, p) distinct rows of the centred columns.
    exposure : (c, k) person-months; ones for a Weibull baseline.
    column_events, piece_events : (p,) sums of columns over events, (k,) events.
    squares, crossed : (c, p p) products of columns, (c, p k) columns times exposure.
    weibull : the times of a Weibull model; None for piecewise.
    """

    patterns: FloatArray
    exposure: FloatArray
    column_events: FloatArray
    piece_events: FloatArray
    squares: FloatArray
    crossed: FloatArray
    weibull: WeibullTimes | None


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
    return Collapsed(
        patterns=columns,
        exposure=cells.exposure,
        column_events=cells.events.sum(axis=1) @ columns,
        piece_events=cells.events.sum(axis=0),
        squares=(columns[:, :, None] * columns[:, None, :]).reshape(patterns, width * width),
        crossed=(columns[:, :, None] * cells.exposure[:, None, :]).reshape(patterns, width * pieces),
        weibull=times,
    )


def weibull_times(plan: ModelPlan, cells: Cells) -> WeibullTimes:
    """Return times by pattern; every pattern of positive weight has a patient."""
    assert isinstance(plan.baseline, WeibullPrior)
    rows, reference = plan.rows, plan.baseline.reference_time
    order = np.argsort(cells.members, kind="stable")
    weighted = rows.weight * rows.event
    with np.errstate(divide="ignore"):
        log_entry = np.log(rows.entry / reference)
    log_time = np.log(rows.time / reference)
    return WeibullTimes(
        log_time=log_time[order],
        log_entry=log_entry[order],
        weight=rows.weight[order],
        order=order,
        starts=np.searchsorted(cells.members[order], np.arange(len(cells.patterns))),
        events=float(weighted.sum()),
        event_log_times=float(weighted @ log_time),
        constant=-float(weighted @ np.log(rows.time)),
    )


def log_exposures(times: WeibullTimes, log_shape: FloatArray) -> FloatArray:
    """Return log E_c(kappa), (n, c), for log shapes (n,); -inf for a pattern without weight."""
    shape = np.exp(log_shape)[:, None]
    spent = times.weight * (np.exp(shape * times.log_time) - np.exp(shape * times.log_entry))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.add.reduceat(spent, times.starts, axis=1)))


@dataclass(frozen=True, slots=True)
class LogExposures:
    """log E_c(kappa) for kappa in [low, high] as Chebyshev series.

    Attributes
    ----------
    low, high : range of the log shape.
    terms : (40, c) coefficients.
    weighted : (c,) whether the pattern has any weight.
    """

    low: float
    high: float
    terms: FloatArray
    weighted: NDArray[np.bool_]

    def at(self, log_shape: FloatArray) -> FloatArray:
        """Return log exposures (n, c) at log shapes (n,) in the range."""
        position = (log_shape - self.low) / (self.high - self.low) * 2.0 - 1.0
        powers = np.polynomial.chebyshev.chebvander(position, POINTS - 1).astype(np.float64, copy=False)
        return np.where(self.weighted, on_one_thread(powers, self.terms), -np.inf)


def interpolated(times: WeibullTimes, low: float, high: float) -> LogExposures:
    """Return the log exposures between two log shapes, right to about 1e-12.

    log E_c is analytic in kappa; 40 points hold it over any range that a posterior spans. Trefethen 2019,
    Approximation Theory and Approximation Practice, chapter 8.
    """
    high = max(high, low + 1e-6)
    angle = (np.arange(POINTS) + 0.5) * np.pi / POINTS
    at_points = log_exposures(times, low + (high - low) * 0.5 * (1.0 + np.cos(angle)))
    weighted = np.isfinite(at_points[0])
    terms = np.cos(np.outer(np.arange(POINTS), angle)) @ np.where(weighted, at_points, 0.0) * (2.0 / POINTS)
    terms[0] /= 2.0
    return LogExposures(low, high, terms, weighted)


def log_likelihood(
    data: Collapsed, psi: FloatArray, log_shape: FloatArray | None, exposure: FloatArray | None
) -> FloatArray:
    """Return the total log-likelihood (n,) of psi (n, q); Weibull: with log shapes and log exposures (n, c)."""
    columns = data.patterns.shape[1]
    beta, levels = psi[:, :columns], psi[:, columns:]
    gained = beta @ data.column_events + levels @ data.piece_events
    relative = relative_hazards(data, beta, exposure)
    found = gained - (on_one_thread(relative, data.exposure) * np.exp(levels)).sum(axis=1)
    return found if log_shape is None else found + shape_terms(data, log_shape)


def relative_hazards(data: Collapsed, beta: FloatArray, exposure: FloatArray | None) -> FloatArray:
    """Return exp(x_c beta), times the Weibull exposure of the pattern: (n, c)."""
    eta = on_one_thread(beta, data.patterns.T)
    if exposure is not None:
        eta += exposure
    return np.exp(eta, out=eta)


def on_one_thread(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left @ right, in blocks of rows that OpenBLAS multiplies on one thread."""
    rows = max(1, ONE_THREAD // max(1, right.size))
    if left.shape[0] <= rows:
        return left @ right
    found = np.empty((left.shape[0], right.shape[1]))
    for low in range(0, left.shape[0], rows):
        np.matmul(left[low : low + rows], right, out=found[low : low + rows])
    return found


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
    relative, rates = relative_hazards(data, beta, exposure), np.exp(levels)
    by_pattern = relative * on_one_thread(rates, data.exposure.T)
    by_piece = rates * on_one_thread(relative, data.exposure)
    value = beta @ data.column_events + levels @ data.piece_events - by_piece.sum(axis=1)
    if log_shape is not None:
        value = value + shape_terms(data, log_shape)
    by_column = on_one_thread(by_pattern, data.patterns)
    gradient = np.concatenate([data.column_events - by_column, data.piece_events - by_piece], axis=1)
    information = np.zeros((n, q, q))
    information[:, :columns, :columns] = on_one_thread(by_pattern, data.squares).reshape(n, columns, columns)
    crossed = on_one_thread(relative, data.crossed).reshape(n, columns, q - columns) * rates[:, None, :]
    information[:, :columns, columns:] = crossed
    information[:, columns:, :columns] = crossed.transpose(0, 2, 1)
    pieces = np.arange(columns, q)
    information[:, pieces, pieces] = by_piece
    return Derivatives(value, gradient, information)
