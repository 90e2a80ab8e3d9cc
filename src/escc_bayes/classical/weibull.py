"""Weibull proportional hazards by maximum likelihood: H(t | x) = exp(b0 + x'beta) (t / t0)^k.

Symbols: t0 ``reference_time``; b0 ``log_cumulative_hazard`` at t0 and x = 0; a = log k ``log_shape``;
u = log(t / t0). With delayed entry and case weights.
Collett 2015, Modelling Survival Data in Medical Research, chapter 5. docs/methods/weibull_mle.md.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import (
    RUNNING,
    BoolArray,
    Maximum,
    Standardised,
    climb,
    inverse,
    running,
    standardise,
)
from escc_bayes.classical.robust import sandwich
from escc_bayes.foundation.errors import InputError
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# A shape beyond this is one that runs to infinity: the cumulative hazard would double within a month in 700.
STEEPEST = 500.0
# Share of the largest information below which a direction is one along which the likelihood rises for ever.
NOTHING_LEFT = 1e-8


@dataclass(frozen=True, slots=True)
class WeibullFit:
    """Estimates; ``covariance`` (2 + p, 2 + p) is ordered (log_cumulative_hazard, log_shape, coef).

    ``infinite`` (p,) marks coefficients without a finite estimate: a level without events. Their value is
    where the iteration stopped and their variance is huge; the others are right. ``endless`` (2 + p,) is then the
    direction of all parameters along which the likelihood rises for ever: a linear predictor that falls along it
    belongs to patients whose hazard is 0 at the maximum. ``settled`` (2 + p, 2 + p) is the covariance across it.
    """

    log_cumulative_hazard: float
    log_shape: float
    coef: FloatArray
    covariance: FloatArray
    log_likelihood: float
    converged: bool
    infinite: BoolArray
    endless: FloatArray
    settled: FloatArray


class NoMaximumError(InputError, ValueError):
    """The likelihood of a Weibull model rises without end along its shape."""

    def __init__(self) -> None:
        super().__init__(
            "the shape runs to infinity: as far as these columns tell, the events fall on one month and nobody is "
            "followed beyond it"
        )


@dataclass(frozen=True, slots=True)
class Spells:
    """Follow-up with u = log(t / t0) at exit and entry; -inf at time 0."""

    z: FloatArray
    log_exit: FloatArray
    log_entry: FloatArray
    events: FloatArray
    weight: FloatArray


def weibull_mle(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    cluster: IntArray | None = None,
    reference_time: float,
) -> WeibullFit:
    """Fit the Weibull model: without delayed entry, R's ``survreg(dist = "weibull")`` in hazard-ratio form.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights: a weight of 2 is the row given twice.
    cluster : (n,) codes of independent units 0..g-1: the covariance is then the sandwich, as R's ``survreg(..,
        robust = TRUE)``; under sampling weights each patient is a unit. None: the inverse of the information.
    reference_time : t0 in months.

    Raises
    ------
    CollinearError : a column is constant or a combination of others; names the columns.
    ValueError : there is no event, or an event at time 0.
    NoMaximumError : the shape runs to infinity.

    Examples
    --------
    >>> time = np.array([2.0, 3.0, 5.0, 8.0])
    >>> fit = weibull_mle(np.empty((4, 0)), time, np.ones(4), reference_time=5.0)
    >>> round(float(np.exp(fit.log_shape)), 3)
    2.123
    """
    died = np.asarray(event, dtype=bool)
    refuse_without_events(time, died)
    weight = np.ones(time.size) if weight is None else weight
    columns = standardise(X)
    spells, centre = spells_of(columns.z, time, died, entry=entry, weight=weight)
    top = climb(
        lambda point: likelihood(spells, point, centre),
        starting_point(spells, X.shape[1]),
        hold=np.empty((X.shape[1] + 2, 0)),
        events=float(spells.events.sum()),
    )
    if not abs(top.last_step[1]) <= RUNNING or not np.exp(top.point[1]) < STEEPEST:
        raise NoMaximumError
    spread = spread_of(top, columns)
    if cluster is not None:
        of_patients = scores(spells, top.point)
        covariance, settled = (sandwich(of_patients @ of, cluster) for of in (spread.covariance, spread.settled))
        spread = replace(spread, covariance=covariance, settled=settled)
    return map_back(top, spread, columns, shift=float(np.log(reference_time)) - centre)


def spells_of(
    z: FloatArray, time: FloatArray, died: BoolArray, *, entry: FloatArray | None, weight: FloatArray
) -> tuple[Spells, float]:
    """Return follow-up on the log scale, counted from the geometric mean event time, and the log of that.

    There b0 and k are hardly correlated.
    """
    centre = float(np.mean(np.log(time[died])))
    start = np.zeros_like(time) if entry is None else entry
    with np.errstate(divide="ignore"):
        log_exit, log_entry = np.log(time) - centre, np.log(np.maximum(start, 0.0)) - centre
    return Spells(z, log_exit, log_entry, weight * died, weight), centre


def refuse_without_events(time: FloatArray, died: BoolArray) -> None:
    """Raise ``ValueError`` when the likelihood has no maximum whatever the covariates are."""
    if not died.any():
        raise ValueError(f"a Weibull model needs at least one event; there is none in {time.size} rows")
    if np.any(time[died] <= 0):
        row = int(np.flatnonzero(died & (time <= 0))[0])
        raise ValueError(f"row {row} has an event at time {time[row]:g}; a Weibull event time must be above 0")


def starting_point(spells: Spells, p: int) -> FloatArray:
    """Return the exponential fit without covariates: events over person-time, log k = 0."""
    exposure = spells.weight @ (np.exp(spells.log_exit) - np.exp(spells.log_entry))
    return np.concatenate(([np.log(spells.events.sum() / exposure), 0.0], np.zeros(p)))


def likelihood(spells: Spells, point: FloatArray, centre: float) -> tuple[float, FloatArray, FloatArray]:
    """Return the log-likelihood at (b0, a, beta), its gradient and the observed information."""
    z, events = spells.z, spells.events
    seen = events > 0
    u = np.where(seen, spells.log_exit, 0.0)
    # A step that is much too long overflows here; its likelihood is -inf or NaN and the step is halved.
    with np.errstate(over="ignore", invalid="ignore"):
        linear, k = point[0] + z @ point[2:], np.exp(point[1])
        at_exit, at_entry = (_moments(linear, k, log_time) for log_time in (spells.log_exit, spells.log_entry))
        H, first, second = (
            spells.weight * (exit_part - entry_part) for exit_part, entry_part in zip(at_exit, at_entry, strict=True)
        )
        value = events @ (point[1] + k * u - u - centre + linear) - H.sum()
        residual = events - H
        gradient = np.concatenate(([residual.sum(), events @ (1 + k * u) - first.sum()], residual @ z))
        design = np.column_stack((np.ones(z.shape[0]), z))
        crossed, among = design.T @ first, design.T @ (H[:, None] * design)
        information = np.insert(np.insert(among, 1, crossed, axis=0), 1, 0.0, axis=1)
        information[[*range(1), *range(2, point.size)], 1] = crossed
        information[1, 1] = (first + second).sum() - k * (events @ u)
    return float(value), gradient, information


def scores(spells: Spells, point: FloatArray) -> FloatArray:
    """Return each patient's weighted part of the gradient at (b0, a, beta), (n, 2 + p)."""
    linear, k = point[0] + spells.z @ point[2:], np.exp(point[1])
    u = np.where(spells.events > 0, spells.log_exit, 0.0)
    (H, first, _), (H_entry, first_entry, _) = (
        _moments(linear, k, log_time) for log_time in (spells.log_exit, spells.log_entry)
    )
    residual = spells.events - spells.weight * (H - H_entry)
    shape = spells.events * (1 + k * u) - spells.weight * (first - first_entry)
    return np.column_stack((residual, shape, residual[:, None] * spells.z))


def _moments(linear: FloatArray, k: float, log_time: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return H, k u H and (k u)^2 H; all 0 at time 0, their limit."""
    ku = k * np.where(np.isneginf(log_time), 0.0, log_time)
    H = np.where(np.isneginf(log_time), 0.0, np.exp(linear + ku))
    return H, ku * H, ku**2 * H


@dataclass(frozen=True, slots=True)
class Spread:
    """``covariance``, ``infinite``, ``endless`` and ``settled`` of a ``WeibullFit``, for standardised columns."""

    covariance: FloatArray
    infinite: BoolArray
    endless: FloatArray
    settled: FloatArray


def spread_of(top: Maximum, columns: Standardised) -> Spread:
    """Return what the information at the maximum says, with and without directions along which there is none left."""
    infinite = running(top.last_step[2:], columns.z)
    size = top.point.size
    flat = endless_directions(top.information) if infinite.any() else np.empty((size, 0))
    across = np.linalg.svd(flat)[0][:, flat.shape[1] :] if flat.size else np.eye(size)
    settled = across @ inverse(across.T @ top.information @ across) @ across.T
    return Spread(inverse(top.information), infinite, flat @ (flat.T @ top.last_step), settled)


def map_back(top: Maximum, spread: Spread, columns: Standardised, *, shift: float) -> WeibullFit:
    """Express the maximum for the columns as given, with t0 at ``shift`` log months from the centre."""
    k, scaled = float(np.exp(top.point[1])), top.point[2:]
    coef = scaled / columns.deviation
    jacobian = np.diag(np.concatenate(([1.0, 1.0], 1.0 / columns.deviation)))
    jacobian[0, 1:] = np.concatenate(([k * shift], -columns.mean / columns.deviation))
    return WeibullFit(
        log_cumulative_hazard=float(top.point[0] + k * shift - columns.mean @ coef),
        log_shape=float(top.point[1]),
        coef=coef,
        covariance=jacobian @ spread.covariance @ jacobian.T,
        log_likelihood=top.value,
        converged=top.settled and not spread.infinite.any(),
        infinite=spread.infinite,
        endless=jacobian @ spread.endless,
        settled=jacobian @ spread.settled @ jacobian.T,
    )


def endless_directions(information: FloatArray) -> FloatArray:
    """Return orthonormal directions (2 + p, q) in which nothing is left of the information where Newton stopped."""
    values, vectors = np.linalg.eigh(information)
    return np.asarray(vectors[:, values <= NOTHING_LEFT * values.max()])
