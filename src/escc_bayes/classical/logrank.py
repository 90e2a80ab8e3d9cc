"""Log-rank tests of two or more groups, overall and pairwise. Mantel 1966, Cancer Chemother Rep 50:163.

Symbols: at each event time d events among Y at risk, of whom Y_g are in group g; with strata, observed minus expected
and its variance are summed over the strata, so that patients are compared within them. docs/methods/logrank.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from escc_bayes.classical.km import EventArray, at_risk_weight
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# An eigenvalue of the variance this much below the largest belongs to a contrast that the data cannot test.
RANK = 1e-10


@dataclass(frozen=True, slots=True)
class LogRank:
    """``observed`` and ``expected`` events: one value for each group code that occurs, in increasing order.

    Without a testable difference (one group, no event) ``df`` is 0 and ``p_value`` NaN.
    """

    chi2: float
    df: int
    p_value: float
    observed: FloatArray
    expected: FloatArray


@dataclass(frozen=True, slots=True)
class PairwiseLogRank:
    """Group code ``first`` against ``second``, on the patients of these two groups alone."""

    first: int
    second: int
    chi2: float
    p_value: float
    p_holm: float


def logrank(
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
) -> LogRank:
    """Test whether the groups share one hazard, with the hypergeometric variance, as R's ``survdiff``.

    Parameters
    ----------
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    group : (n,) codes; a code without patients does not count.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights: a weight of 2 is the row given twice.
    strata : (n,) codes within which patients are compared, as R's ``strata()``; None: all with all.

    Returns
    -------
    ``df`` is the rank of the variance: a group with nobody at risk at any event adds none.

    Examples
    --------
    >>> test = logrank(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), np.array([0, 0, 1, 1]))
    >>> round(test.chi2, 3), test.df
    (2.882, 1)
    """
    found = tally(time, event, group, entry=entry, weight=weight, strata=strata)
    chi2, df = quadratic_form(found.observed - found.expected, found.variance, scale=found.scale)
    return LogRank(chi2, df, upper_tail(chi2, df), found.observed, found.expected)


@dataclass(frozen=True, slots=True)
class Tally:
    """Observed and expected events (g,) of each group code that occurs, the variance (g, g) of their difference.

    ``scale`` is the size of the variance without regard to groups: what rounding is measured against.
    """

    observed: FloatArray
    expected: FloatArray
    variance: FloatArray
    scale: float


def tally(
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
) -> Tally:
    """Return what log-rank tests are made of, summed over strata; arguments as for ``logrank``."""
    weight = np.ones(time.size) if weight is None else weight
    died = np.asarray(event, dtype=bool)
    codes, member = np.unique(group, return_inverse=True)
    observed, expected = np.zeros(codes.size), np.zeros(codes.size)
    variance, scale = np.zeros((codes.size, codes.size)), 0.0
    for rows in members_of(strata, time.size):
        late = None if entry is None else entry[rows]
        counts = _counts(time[rows], died[rows], member[rows], codes.size, late, weight[rows])
        observed += counts[0].sum(axis=0)
        parts = _expected(counts[0].sum(axis=1), counts[1])
        expected, scale, variance = expected + parts[0], scale + parts[1], variance + parts[2]
    return Tally(observed, expected, variance, scale)


def members_of(strata: IntArray | None, patients: int) -> list[IntArray]:
    """Return the rows of each stratum; of everybody without strata."""
    if strata is None:
        return [np.arange(patients)]
    order = np.argsort(strata, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(strata[order])) + 1)


def _counts(
    time: FloatArray, died: EventArray, member: IntArray, groups: int, entry: FloatArray | None, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return events and weight at risk (k, g) at each event time of one stratum."""
    times = np.unique(time[died])
    events = np.zeros((times.size, groups))
    np.add.at(events, (np.searchsorted(times, time[died]), member[died]), weight[died])
    at_risk = np.column_stack(
        [
            at_risk_weight(time[mine], times, entry=None if entry is None else entry[mine], weight=weight[mine])
            for mine in (member == code for code in range(groups))
        ]
    )
    return events, at_risk


def pairwise(
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
) -> tuple[PairwiseLogRank, ...]:
    """Test each pair of groups, with Holm's correction over the pairs; arguments as for ``logrank``.

    Examples
    --------
    >>> pairs = pairwise(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.ones(5), np.array([0, 0, 1, 1, 2]))
    >>> [(pair.first, pair.second) for pair in pairs]
    [(0, 1), (0, 2), (1, 2)]
    """
    died = np.asarray(event, dtype=bool)

    def test(rows: NDArray[np.bool_]) -> LogRank:
        late, own = (None if values is None else values[rows] for values in (entry, weight))
        within = None if strata is None else strata[rows]
        return logrank(time[rows], died[rows], group[rows], entry=late, weight=own, strata=within)

    return each_pair(group, test)


def each_pair(group: IntArray, test: Callable[[NDArray[np.bool_]], LogRank]) -> tuple[PairwiseLogRank, ...]:
    """Test each pair of groups with Holm's correction; ``test`` takes a mask (n,) of the patients compared."""
    pairs = list(combinations([int(code) for code in np.unique(group)], 2))
    tests = [test(np.isin(group, pair)) for pair in pairs]
    adjusted = holm(np.array([test.p_value for test in tests]))
    return tuple(
        PairwiseLogRank(first, second, test.chi2, test.p_value, float(p))
        for (first, second), test, p in zip(pairs, tests, adjusted, strict=True)
    )


def holm(p: FloatArray) -> FloatArray:
    """Adjust p-values by Holm's step-down rule; a NaN stays NaN and does not count.

    Holm 1979, Scand J Stat 6:65.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order]))
    return adjusted


def _expected(events: FloatArray, at_risk: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    """Return expected events (g,), the variance's size and the variance (g, g) from d (k,) and Y_g (k, g)."""
    total = at_risk.sum(axis=1)
    share = at_risk / total[:, None]
    # The last patient at risk has the event with certainty: no variance, and no division by zero.
    spread = np.divide(events * (total - events), total - 1, out=np.zeros_like(total), where=total > 1)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return events @ share, float(spread.sum()), variance


def quadratic_form(difference: FloatArray, variance: FloatArray, *, scale: float) -> tuple[float, int]:
    """Return d'V^-1 d and its degrees of freedom, over directions with more variance than rounding."""
    values, vectors = np.linalg.eigh(variance)
    testable = values > RANK * scale
    contrasts = difference @ vectors[:, testable]
    return float(np.sum(contrasts**2 / values[testable])), int(testable.sum())


def upper_tail(chi2: float, df: int) -> float:
    """Return P(chi-squared with ``df`` degrees of freedom > ``chi2``); NaN when nothing could be tested."""
    return float(chdtrc(df, chi2)) if df > 0 else float("nan")
