"""The exposure of each covariate pattern under a Weibull baseline, as a function of the shape.

E_c(kappa) = sum over rows of w [(stop/t0)^k - (start/t0)^k], k = exp(kappa), for every node and every draw. With many
rows the sum is taken once: log times are binned, and within a bin (t/t0)^k = exp(k L_b) exp(k d), |d| at most half
a bin, is its Taylor series in k d, whose coefficients are moments of d. Cost then follows bins and patterns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.at_risk import AtRisk
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Chebyshev points for the log exposure of a pattern between the smallest and the largest log shape drawn: the fewest
# of these whose last terms are below ENOUGH.
POINTS = (12, 20, 40)
ENOUGH = 1e-12
# Width of a bin of log times, and terms of the Taylor series: up to shape STEEPEST k |d| is at most 1/2, and what the
# series leaves out is below 0.5^13 / 13! = 2e-14 of a row's own (t/t0)^k.
BIN, TERMS, STEEPEST = 0.125, 13, 8.0
# From so many rows on, and so many times more than there are bins and patterns, moments are cheaper than rows.
MANY, TIMES_MORE = 20_000, 2
# Rows times shapes that are raised to a power at once.
AT_ONCE = 2**21


@dataclass(frozen=True, slots=True)
class Moments:
    """Binned log times: E_c(k) = sum_b exp(k L_b) sum_j k^j M_jbc.

    Attributes
    ----------
    centre : (b,) L_b.
    moments : (13 b, c) M: sums of w d^j / j!, those of entries subtracted; j varies slowest.
    """

    centre: FloatArray
    moments: FloatArray

    def exposures(self, shape: FloatArray) -> FloatArray:
        """Return E_c(k), (n, c), for shapes (n,) up to ``STEEPEST``."""
        powers = shape[:, None] ** np.arange(TERMS)
        features = powers[:, :, None] * np.exp(shape[:, None] * self.centre)[:, None, :]
        return np.asarray(on_one_thread(features.reshape(shape.size, -1), self.moments))


@dataclass(frozen=True, slots=True)
class WeibullTimes:
    """Rows at risk behind the patterns of a Weibull model.

    Attributes
    ----------
    log_time, log_entry : (n,) log(stop / t0), log(start / t0); -inf for a start at 0.
    weight : (n,).
    members : (n,) the pattern of each row.
    patterns : number of patterns c.
    events : weighted events.
    event_log_times : sum over events of w log(t / t0).
    constant : minus the sum over events of w log t.
    moments : of many rows with few patterns; None: rows are added up one by one.
    """

    log_time: FloatArray
    log_entry: FloatArray
    weight: FloatArray
    members: IntArray
    patterns: int
    events: float
    event_log_times: float
    constant: float
    moments: Moments | None


def weibull_times(at_risk: AtRisk, members: IntArray, patterns: int, reference: float) -> WeibullTimes:
    """Return the times of rows at risk by pattern; every pattern of positive weight has a row."""
    weight, weighted = at_risk.weight, at_risk.weight * at_risk.event
    with np.errstate(divide="ignore"):
        log_entry = np.log(at_risk.start / reference)
    log_time = np.log(at_risk.stop / reference)
    return WeibullTimes(
        log_time=log_time,
        log_entry=log_entry,
        weight=weight,
        members=members,
        patterns=patterns,
        events=float(weighted.sum()),
        # Summed, not multiplied as vectors: a long product wakes OpenBLAS's threads, which then wait at full speed.
        event_log_times=float((weighted * log_time).sum()),
        constant=-float((weighted * np.log(at_risk.stop)).sum()),
        moments=moments_of(log_time, log_entry, weight, members, patterns),
    )


def moments_of(
    log_time: FloatArray, log_entry: FloatArray, weight: FloatArray, members: IntArray, patterns: int
) -> Moments | None:
    """Return the binned log times where that is cheaper than rows, else None."""
    late = np.isfinite(log_entry)
    lowest = min(float(log_time.min()), float(log_entry[late].min(initial=np.inf)))
    bins = int((float(log_time.max()) - lowest) / BIN) + 1
    if log_time.size < max(MANY, TIMES_MORE * bins * patterns):
        return None
    centre: FloatArray = lowest + BIN * (np.arange(bins, dtype=np.float64) + 0.5)
    found = sums(log_time, weight, members, centre, patterns)
    if late.any():
        found -= sums(log_entry[late], weight[late], members[late], centre, patterns)
    return Moments(centre, found)


def sums(logs: FloatArray, weight: FloatArray, members: IntArray, centre: FloatArray, patterns: int) -> FloatArray:
    """Return the sums of w d^j / j! in every bin and pattern, (13 b, c)."""
    bins = centre.size
    place = ((logs - (centre[0] - 0.5 * BIN)) / BIN).astype(np.int64).clip(0, bins - 1)
    apart = logs - centre[place]
    cell = place * patterns + members
    found = np.empty((TERMS, bins * patterns))
    term = weight
    for j in range(TERMS):
        found[j] = np.bincount(cell, weights=term, minlength=bins * patterns)
        term = term * apart / (j + 1)
    return found.reshape(TERMS * bins, patterns)


def log_exposures(times: WeibullTimes, log_shape: FloatArray) -> FloatArray:
    """Return log E_c(kappa), (n, c), for log shapes (n,); -inf for a pattern without weight."""
    shape = np.exp(log_shape)
    found = np.empty((shape.size, times.patterns))
    by_moments = np.zeros(shape.size, dtype=np.bool_) if times.moments is None else shape <= STEEPEST
    if times.moments is not None:
        found[by_moments] = times.moments.exposures(shape[by_moments])
    one_by_one = np.flatnonzero(~by_moments)
    rows = max(1, AT_ONCE // times.weight.size)
    for low in range(0, one_by_one.size, rows):
        part = one_by_one[low : low + rows]
        found[part] = exposures_of_rows(times, shape[part])
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(found))


def exposures_of_rows(times: WeibullTimes, shape: FloatArray) -> FloatArray:
    """Return E_c(k), (n, c), row by row."""
    spent = times.weight * (np.exp(shape[:, None] * times.log_time) - np.exp(shape[:, None] * times.log_entry))
    each = [np.bincount(times.members, weights=row, minlength=times.patterns) for row in spent]
    return np.array(each).reshape(shape.size, times.patterns)


@dataclass(frozen=True, slots=True)
class LogExposures:
    """log E_c(kappa) for kappa in [low, high] as Chebyshev series.

    Attributes
    ----------
    low, high : range of the log shape.
    terms : (points, c) coefficients.
    weighted : (c,) whether the pattern has any weight.
    """

    low: float
    high: float
    terms: FloatArray
    weighted: NDArray[np.bool_]

    def of_shapes(self, log_shape: FloatArray) -> FloatArray:
        """Return log exposures (n, c) at log shapes (n,) in the range."""
        position = (log_shape - self.low) / (self.high - self.low) * 2.0 - 1.0
        powers = np.polynomial.chebyshev.chebvander(position, len(self.terms) - 1).astype(np.float64, copy=False)
        return np.where(self.weighted, on_one_thread(powers, self.terms), -np.inf)


def interpolated(times: WeibullTimes, low: float, high: float) -> LogExposures:
    """Return the log exposures between two log shapes, right to about 1e-12.

    log E_c is analytic in kappa; 40 points hold it over any range that a posterior spans. Trefethen 2019,
    Approximation Theory and Approximation Practice, chapter 8.
    """
    high = max(high, low + 1e-6)
    for points in POINTS:
        found = series(times, low, high, points)
        if np.abs(found.terms[-2:]).max() < ENOUGH:
            break
    return found


def series(times: WeibullTimes, low: float, high: float, points: int) -> LogExposures:
    """Return the Chebyshev series through so many points."""
    angle = (np.arange(points) + 0.5) * np.pi / points
    at_points = log_exposures(times, low + (high - low) * 0.5 * (1.0 + np.cos(angle)))
    weighted = np.isfinite(at_points[0])
    terms = np.cos(np.outer(np.arange(points), angle)) @ np.where(weighted, at_points, 0.0) * (2.0 / points)
    terms[0] /= 2.0
    return LogExposures(low, high, terms, weighted)
