"""Piecewise-constant hazards. Rates r_k per month on (c_{k-1}, c_k]; last piece open. Friedman 1982, Ann Stat 10:101.

Symbols: ``cuts`` (k,) interior cut points in months; ``log_rates`` (..., k + 1) log events per month.
"""

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]
type IntArray = NDArray[np.int64]
type BoolArray = NDArray[np.bool_]

MONTHS_PER_YEAR = 12.0
# Events expected in a piece below which its survival is taken as a straight line.
FLAT = 1e-5


def piece_of(times: FloatArray, cuts: FloatArray) -> IntArray:
    """Return the piece each time falls in; a time on a cut belongs to the piece that ends there.

    Parameters
    ----------
    times : (n,) months.
    cuts : (k,) strictly increasing interior cut points, in months.

    Returns
    -------
    (n,) piece indices, 0 to k.

    Examples
    --------
    >>> piece_of(np.array([6.0, 6.1]), np.array([6.0, 12.0]))
    array([0, 1])
    """
    return np.searchsorted(cuts, times, side="left")


def person_months(times: FloatArray, cuts: FloatArray, entry: FloatArray | None = None) -> FloatArray:
    """Split each follow-up time at the cut points.

    Parameters
    ----------
    times : (n,) months from time zero to event or censoring; positive.
    cuts : (k,) strictly increasing interior cut points, in months.
    entry : (n,) months from time zero at which observation began; absent: zero.

    Returns
    -------
    (n, k + 1) months each patient was observed in each piece; rows sum to ``times - entry``.

    Examples
    --------
    >>> person_months(np.array([7.0]), np.array([6.0, 12.0]))
    array([[6., 1., 0.]])
    """
    starts = np.concatenate([[0.0], cuts])
    widths = np.diff(np.concatenate([starts, [np.inf]]))
    spent: FloatArray = np.clip(times[:, None] - starts, 0.0, widths)
    if entry is not None:
        spent -= np.clip(entry[:, None] - starts, 0.0, widths)
    return spent


def cumulative_hazard(log_rates: FloatArray, cuts: FloatArray, times: FloatArray) -> FloatArray:
    """Return H(t) = sum over pieces of rate times months spent there.

    Parameters
    ----------
    log_rates : (draws, k + 1) log events per month.
    cuts : (k,) months.
    times : (n,) months.

    Returns
    -------
    (draws, n) cumulative hazards.
    """
    return np.exp(log_rates) @ person_months(times, cuts).T


def cumulative_hazard_at(log_rates: FloatArray, cuts: FloatArray, times: FloatArray) -> FloatArray:
    """Return H at each draw's own times.

    Parameters
    ----------
    log_rates : (draws, k + 1) log events per month.
    cuts : (k,) months.
    times : (draws, n) months.

    Returns
    -------
    (draws, n) cumulative hazards.
    """
    found = np.zeros(times.shape)
    for rate, start, stop in zip(np.exp(log_rates).T, [0.0, *cuts], [*cuts, np.inf], strict=True):
        found += rate[:, None] * (np.clip(times, start, stop) - start)
    return found


def time_at(log_rates: FloatArray, cuts: FloatArray, target: FloatArray) -> FloatArray:
    """Return the time at which the cumulative hazard reaches ``target``: the inverse of H.

    Parameters
    ----------
    log_rates : (draws, k + 1) log events per month.
    cuts : (k,) months.
    target : (draws, n) cumulative hazards, not negative.

    Returns
    -------
    (draws, n) months.
    """
    rates = np.exp(log_rates)
    starts = np.concatenate([[0.0], cuts])
    reached = np.concatenate(
        [np.zeros((rates.shape[0], 1)), np.cumsum(rates[:, :-1] * np.diff(starts), axis=1)], axis=1
    )
    piece = np.zeros(target.shape, dtype=np.int64)
    for k in range(1, reached.shape[1]):
        piece += target >= reached[:, [k]]
    rows = np.arange(rates.shape[0])[:, None]
    months: FloatArray = starts[piece] + (target - reached[rows, piece]) / rates[rows, piece]
    return months


def restricted_mean(
    log_rates: FloatArray, cuts: FloatArray, relative: FloatArray, share: FloatArray, until: FloatArray
) -> FloatArray:
    """Return the integral of sum_i share_i exp(-relative_i x H(t)) over (0, u], for each group and u of ``until``.

    Within a piece survival is exponential, so each piece contributes (S(start) - S(end)) / rate; where rate x width
    is so small that the difference would lose digits, width x (S(start) + S(end)) / 2, right to 1e-11.

    Parameters
    ----------
    log_rates : (draws, k + 1) log events per month.
    cuts : (k,) months.
    relative : (n, draws) hazard ratios against the baseline.
    share : (g, n) what each counts for in each group.
    until : (u,) months, increasing.

    Returns
    -------
    (g, draws, u) months.
    """
    starts = np.union1d(np.concatenate([[0.0], cuts[cuts < until[-1]]]), until[:-1])
    # Kept as they are: a start and its width may add up to a little less than the month asked for.
    ends = np.concatenate([starts[1:], until[-1:]])
    widths = ends - starts
    rates = np.exp(log_rates.T[piece_of(starts + widths / 2.0, cuts)])
    areas = np.empty((widths.size, share.shape[0], relative.shape[1]))
    alive, end, expected = np.ones_like(relative), np.empty_like(relative), np.empty_like(relative)
    for rate, width, area in zip(rates, widths, areas, strict=True):
        np.multiply(relative, rate * width, out=expected)
        np.multiply(alive, np.exp(np.negative(expected, out=end), out=end), out=end)
        np.subtract(alive, end, out=alive)
        if expected.min() > FLAT:
            alive /= expected
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                alive = np.where(expected > FLAT, alive / expected, alive / 2.0 + end)
        np.matmul(share, alive, out=area)
        area *= width
        alive, end = end, alive
    reached = np.cumsum(areas, axis=0)[np.searchsorted(ends, until)]
    return reached.transpose(1, 2, 0)


def event_quantile_cuts(times: FloatArray, events: NDArray[np.bool_], pieces: int) -> FloatArray:
    """Return cuts at quantiles of the event times, so that each piece holds about as many events.

    Parameters
    ----------
    times : (n,) months.
    events : (n,) whether the time is an event.
    pieces : number of pieces wanted; fewer come back when event times are tied.

    Returns
    -------
    (at most pieces - 1,) strictly increasing cut points, each an observed event time.
    """
    at = np.sort(times[events])
    ranks = np.ceil(np.arange(1, pieces) * at.size / pieces).astype(int) - 1
    cuts = np.unique(at[ranks])
    below: FloatArray = cuts[cuts < at[-1]]
    return below


def midpoint_distances(cuts: FloatArray) -> FloatArray:
    """Return the distances between the midpoints of neighbouring pieces, in years.

    The last piece is open: it is taken to be as long as the one before it.

    Examples
    --------
    >>> midpoint_distances(np.array([6.0, 12.0, 24.0]))
    array([0.5 , 0.75, 1.  ])
    """
    widths = np.diff(np.concatenate([[0.0], cuts]))
    widths = np.concatenate([widths, widths[-1:]])
    distances: FloatArray = (widths[:-1] + widths[1:]) / 2.0 / MONTHS_PER_YEAR
    return distances
