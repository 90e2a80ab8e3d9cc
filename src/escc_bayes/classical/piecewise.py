"""Piecewise-exponential model by maximum likelihood: Poisson regression of events on person-months. Friedman 1982.

Symbols: log rates a_k of the pieces, log hazard ratios beta; mean events m_ik = e_ik exp(a_k + x_i'beta).
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import BoolArray, climb, inverse, running, standardise
from escc_bayes.hazard.piecewise import FloatArray, person_months, piece_of


@dataclass(frozen=True, slots=True)
class PiecewiseFit:
    """Log hazard ratios (p,), their covariance (p, p), and which of them run to infinity."""

    coef: FloatArray
    covariance: FloatArray
    log_likelihood: float
    infinite: BoolArray


def piecewise_mle(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    cuts: FloatArray,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
) -> PiecewiseFit:
    """Fit a piecewise-exponential model with a free rate in every piece.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    cuts : (k,) months; pieces are (start, stop], the last is open.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights.

    Raises
    ------
    CollinearError : a column is constant or a combination of others.

    Examples
    --------
    >>> X, time = np.array([[0.0], [0.0], [1.0], [1.0]]), np.array([4.0, 6.0, 1.0, 1.5])
    >>> fit = piecewise_mle(X, time, np.ones(4), cuts=np.array([]))
    >>> round(float(np.exp(fit.coef[0])), 3)  # (2 / 2.5) / (2 / 10)
    4.0
    """
    columns = standardise(X)
    events, exposure = events_and_exposure(time, event, cuts=cuts, entry=entry, weight=weight)
    pieces = exposure.shape[1]

    def objective(point: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        return likelihood(columns.z, events, exposure, point)

    start = np.concatenate([crude_rates(events, exposure), np.zeros(X.shape[1])])
    top = climb(objective, start, hold=np.empty((start.size, 0)), events=float(events.sum()))
    scale = np.outer(columns.deviation, columns.deviation)
    return PiecewiseFit(
        coef=top.point[pieces:] / columns.deviation,
        covariance=inverse(top.information)[pieces:, pieces:] / scale,
        log_likelihood=top.value,
        infinite=running(top.last_step[pieces:], columns.z),
    )


def events_and_exposure(
    time: FloatArray, event: EventArray, *, cuts: FloatArray, entry: FloatArray | None, weight: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return weighted events and person-months (n, pieces) of the pieces in which anybody is observed."""
    weights = np.ones(time.size) if weight is None else weight
    exposure = person_months(time, cuts, entry) * weights[:, None]
    events = np.zeros_like(exposure)
    events[np.arange(time.size), piece_of(time, cuts)] = np.asarray(event, dtype=np.float64) * weights
    kept = exposure.sum(axis=0) > 0.0
    return events[:, kept], exposure[:, kept]


def crude_rates(events: FloatArray, exposure: FloatArray) -> FloatArray:
    """Return log rates (pieces,) without covariates, finite also where a piece has no event: where to start."""
    return np.asarray(np.log((events.sum(axis=0) + 0.5) / (exposure.sum(axis=0) + 0.5)))


def likelihood(
    z: FloatArray, events: FloatArray, exposure: FloatArray, point: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log-likelihood at (log rates, beta), its gradient and the observed information."""
    pieces = exposure.shape[1]
    log_rate = point[:pieces] + (z @ point[pieces:])[:, None]
    # A step that is much too long overflows here; its likelihood is -inf or NaN and the step is halved.
    with np.errstate(over="ignore", invalid="ignore"):
        expected = exposure * np.exp(log_rate)
        value = float((events * log_rate).sum() - expected.sum())
        residual = events - expected
        gradient = np.concatenate([residual.sum(axis=0), residual.sum(axis=1) @ z])
        crossed = expected.T @ z
        among = z.T @ (expected.sum(axis=1)[:, None] * z)
    information = np.block([[np.diag(expected.sum(axis=0)), crossed], [crossed.T, among]])
    return value, gradient, information
