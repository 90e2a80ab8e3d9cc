"""Kaplan-Meier curves with log-log limits, delayed entry and case weights. Kaplan & Meier 1958, JASA 53:457.

Symbols: S(t) survival, Y at risk (entry < t <= time), d events. docs/methods/kaplan_meier.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from escc_bayes.classical.robust import Followed, Steps, curve_log_variance
from escc_bayes.hazard.piecewise import FloatArray, IntArray

type EventArray = NDArray[np.bool_] | IntArray | FloatArray

# A weighted sum of everyone at risk and one of everyone who dies then differ by rounding alone.
ROUNDING = 1e-12
# R's survival package takes two heights of a curve as equal within the square root of the machine epsilon.
SAME_HEIGHT = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """One row for each distinct exit time (event or censoring), months; no limits (NaN) at S = 0 or 1.

    ``start`` is the month that the curve is conditional on surviving (delayed entry), 0 otherwise.
    """

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray
    survival: FloatArray
    log_std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    level: float
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class CurvePoints:
    """A curve read at chosen months; NaN beyond the last follow-up time."""

    time: FloatArray
    survival: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: FloatArray


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of time in months with its limits; NaN where a curve does not come down to it."""

    value: float
    lower: float
    upper: float


def at_risk_weight(time: FloatArray, grid: FloatArray, *, entry: FloatArray | None, weight: FloatArray) -> FloatArray:
    """Sum the weights of the patients with entry < t <= time, for each t of ``grid``; shape of ``grid``."""
    remaining = _weight_from(time, weight, grid)
    return remaining if entry is None else remaining - _weight_from(entry, weight, grid)


def kaplan_meier(
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    cluster: IntArray | None = None,
    level: float,
) -> KaplanMeier:
    """Estimate the survival curve, with Greenwood or robust standard errors and log-log limits.

    Parameters
    ----------
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights: a weight of 2 is the row given twice.
    cluster : (n,) codes of independent units 0..g-1: the standard errors are then those of the infinitesimal
        jackknife, as R's ``robust = TRUE``; under sampling weights each patient is a unit. None: Greenwood's.
    level : confidence level of the pointwise limits, such as 0.95.

    Returns
    -------
    One row per distinct time, as R's ``survfit(..., conf.type = "log-log", robust = FALSE)``.

    Examples
    --------
    >>> kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([1, 0, 1]), level=0.95).survival.round(3)
    array([0.667, 0.667, 0.   ])
    """
    weight = np.ones(time.size) if weight is None else weight
    times, row = np.unique(time, return_inverse=True)
    events = np.bincount(row, weight * np.asarray(event, dtype=bool), minlength=times.size)
    censored = np.bincount(row, weight, minlength=times.size) - events
    at_risk = at_risk_weight(time, times, entry=entry, weight=weight)
    left = at_risk - events
    left[np.abs(left) <= ROUNDING * at_risk] = 0.0
    survival = np.cumprod(np.divide(left, at_risk, out=np.ones_like(left), where=at_risk > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(events > 0, events / (at_risk * left), 0.0)
    log_variance = np.cumsum(step)
    if cluster is not None:
        patients = followed(time, event, entry, weight)
        log_variance = curve_log_variance(Steps(times, at_risk, events), patients, cluster)
    log_std_error = np.sqrt(log_variance)
    lower, upper = log_log_limits(survival, log_std_error, level)
    return KaplanMeier(times, at_risk, events, censored, survival, log_std_error, lower, upper, level)


def followed(time: FloatArray, event: EventArray, entry: FloatArray | None, weight: FloatArray) -> Followed:
    """Return patients (n,) with events as 0/1 and entry at 0 where none is given."""
    start = np.zeros_like(time) if entry is None else entry
    return Followed(time, np.asarray(event, dtype=np.float64), start, weight)


def log_log_limits(survival: FloatArray, log_std_error: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Return S^exp(+z s) and S^exp(-z s) with s = SE(log S) / |log S|; NaN where S is 0 or 1."""
    inside = (survival > 0) & (survival < 1)
    base = np.where(inside, survival, np.nan)
    spread = ndtri(0.5 + level / 2) * np.where(inside, log_std_error, np.nan) / -np.log(base)
    # A few patients can make the exponent overflow: the lower limit is then 0, as it should be.
    with np.errstate(over="ignore", under="ignore"):
        return base ** np.exp(spread), base ** np.exp(-spread)


def survival_at(curve: KaplanMeier, times: FloatArray) -> CurvePoints:
    """Read the curve at ``times``, a right-continuous step.

    Parameters
    ----------
    curve : from ``kaplan_meier``.
    times : (m,) months, in any order.

    Returns
    -------
    Survival 1 with limits 1 before the first exit time, as R; NaN beyond the last one unless the curve has reached 0,
    where it stays, and before ``start``. ``at_risk`` is the number
    at risk at the next exit time (R's ``n.risk``): with delayed entry it counts patients who enter in
    between, so tables of numbers at risk take ``numbers_at_risk``.

    Examples
    --------
    >>> curve = kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([1, 0, 1]), level=0.95)
    >>> survival_at(curve, np.array([0.5, 1.0, 4.0])).at_risk
    array([3., 3., 0.])
    """
    before = np.searchsorted(curve.time, times, side="right")
    unknown = ((times > curve.time[-1]) & (curve.survival[-1] > 0.0)) | (times < curve.start)

    def read(values: FloatArray) -> FloatArray:
        return np.where(unknown, np.nan, np.concatenate(([1.0], values))[before])

    following = np.searchsorted(curve.time, times, side="left")
    at_risk = np.where(times < curve.start, 0.0, np.concatenate((curve.at_risk, [0.0]))[following])
    return CurvePoints(times, read(curve.survival), read(curve.lower), read(curve.upper), at_risk)


def quantile(curve: KaplanMeier, probability: float = 0.5) -> Quantile:
    """Return the time by which the share ``probability`` has had the event; limits are those of the limits.

    Where the curve runs flat at exactly 1 - probability and then drops, the middle of that stretch is taken,
    as R prints medians. NaN when the curve does not come down so far.

    Examples
    --------
    >>> quantile(kaplan_meier(np.arange(1.0, 5.0), np.ones(4), level=0.95)).value
    2.5
    """
    height = 1.0 - probability
    value, lower, upper = (
        first_below(curve.time, heights, height) for heights in (curve.survival, curve.lower, curve.upper)
    )
    return Quantile(value, lower, upper)


def follow_up(
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    cluster: IntArray | None = None,
    level: float,
    deaths_first: bool = False,
) -> Quantile:
    """Return the median follow-up in months: the Kaplan-Meier median of the censoring time.

    Schemper & Smith 1996, Control Clin Trials 17:343. Parameters as for ``kaplan_meier``; ``deaths_first`` : whether
    those who have the event at a month are gone before others are censored at it. By default they are at risk
    of being censored there, as in R's ``survfit(Surv(time, 1 - event))``.

    Examples
    --------
    >>> follow_up(np.array([1.0, 2.0, 3.0]), np.array([1, 0, 0]), level=0.95).value
    2.5
    """
    seen = ~np.asarray(event, dtype=bool)
    if deaths_first:
        time = np.where(seen, time, np.nextafter(time, -np.inf))
    return quantile(kaplan_meier(time, seen, entry=entry, weight=weight, cluster=cluster, level=level))


def numbers_at_risk(time: FloatArray, entry: FloatArray | None, grid: FloatArray) -> IntArray:
    """Count the patients at risk at each month of ``grid``, shape of ``grid``: the table under a curve.

    At risk means entry < t <= time; a patient who enters at 0 is at risk at 0.

    Examples
    --------
    >>> numbers_at_risk(np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.5]), np.array([0.0, 1.0, 2.0]))
    array([2, 2, 2])
    """
    start = None if entry is None else np.where(entry <= 0, -np.inf, entry)
    return np.rint(at_risk_weight(time, grid, entry=start, weight=np.ones(time.size))).astype(np.int64)


def _weight_from(values: FloatArray, weight: FloatArray, grid: FloatArray) -> FloatArray:
    """Sum the weights of the rows whose value is at least t, for each t of ``grid``."""
    order = np.argsort(values, kind="stable")
    # Summed from the last row backwards, so that the few who are left are added without cancellation.
    remaining = np.concatenate((np.cumsum(weight[order][::-1])[::-1], [0.0]))
    return np.asarray(remaining[np.searchsorted(values[order], grid, side="left")])


def first_below(time: FloatArray, heights: FloatArray, height: float) -> float:
    """Return when a step curve comes down to ``height``: the middle of a stretch at exactly it; NaN if never."""
    reached = np.flatnonzero(heights < height + SAME_HEIGHT)
    if reached.size == 0:
        return float("nan")
    first = reached[0]
    if abs(heights[first] - height) >= SAME_HEIGHT:
        return float(time[first])
    lower = reached[heights[reached] < heights[first] - SAME_HEIGHT]
    return float(time[first] if lower.size == 0 else (time[first] + time[lower[0]]) / 2)
