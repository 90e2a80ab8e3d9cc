"""Cox score tests at no effect, for many specifications and permutations of outcomes at once.

a_i = d_i - (H(t_i) - H(entry_i)), H the Nelson-Aalen estimate of everybody at risk, is what patient i adds to the score
at hazard ratios of 1. For columns X (centred) and a contrast w, the one-step estimate is w'(X'X)^- X'a, and

    z = w'(X'X)^- X'a / sqrt(s^2 w'(X'X)^- w),   s^2 = sum a_i^2 / (n - 1),

has mean 0 and variance 1 over all permutations of outcomes against covariates. With one column of 0 and 1 it is the
permutation form of the log-rank test. docs/methods/multiverse.md.
"""

import math
from dataclasses import dataclass
from itertools import permutations as every_order

import numpy as np

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Patients whose outcomes are permuted in every possible way: 8! = 40,320.
MOST_PATIENTS_IN_FULL = 8
# Statistics this much below another are the same but for rounding.
SAME = 1e-9


def null_scores(time: FloatArray, event: FloatArray, entry: FloatArray) -> FloatArray:
    """Return d - (H(t) - H(entry)) of each patient, (n,), which sum to 0.

    Parameters
    ----------
    time, event, entry : (n,) months, 0/1, months.

    Examples
    --------
    >>> null_scores(np.array([1.0, 2.0]), np.ones(2), np.zeros(2))
    array([ 0.5, -0.5])
    """
    died = event > 0.0
    times, deaths = np.unique(time[died], return_counts=True)
    at_risk = time.size - np.searchsorted(np.sort(time), times, side="left")
    at_risk = at_risk - (entry.size - np.searchsorted(np.sort(entry), times, side="left"))
    hazard = np.concatenate([[0.0], np.cumsum(deaths / at_risk)])
    passed = hazard[np.searchsorted(times, time, side="right")] - hazard[np.searchsorted(times, entry, side="right")]
    return np.asarray(died - passed)


def orders(n: int, count: int, seed: Seed) -> IntArray:
    """Return orders of n outcomes, (count + 1, n), the observed one first; of few patients every order.

    Examples
    --------
    >>> orders(3, 199, 1).shape, orders(20, 199, 1).shape
    ((6, 3), (200, 20))
    """
    if n <= MOST_PATIENTS_IN_FULL and math.factorial(n) <= math.factorial(MOST_PATIENTS_IN_FULL):
        return np.array(list(every_order(range(n))))
    rng = generator(seed, "permutations")
    drawn = rng.permuted(np.broadcast_to(np.arange(n), (count, n)), axis=1)
    return np.concatenate([np.arange(n)[None], drawn])


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Follow-up of n patients for one endpoint from one landmark; those not at risk after it have ``at_risk`` False."""

    time: FloatArray
    event: FloatArray
    entry: FloatArray
    at_risk: np.ndarray


def permuted_scores(outcomes: Outcomes, whole: np.ndarray, order: IntArray) -> FloatArray:
    """Return the scores of each patient under each order of outcomes, (orders, n); 0 where one takes no part.

    Parameters
    ----------
    outcomes : of every patient.
    whole : (n,) whose covariates are complete; only they are analysed, whichever outcome they are given.
    order : (orders, n) whose outcome each patient is given.
    """
    if whole.all():
        alone = np.zeros(whole.size)
        seen = outcomes.at_risk
        alone[seen] = null_scores(outcomes.time[seen], outcomes.event[seen], outcomes.entry[seen])
        return np.asarray(alone[order])
    found = np.zeros(order.shape)
    for scores, place in zip(found, order, strict=True):
        used = whole & outcomes.at_risk[place]
        given = place[used]
        scores[used] = null_scores(outcomes.time[given], outcomes.event[given], outcomes.entry[given])
    return found


@dataclass(frozen=True, slots=True)
class Projection:
    """What turns scores into statistics of q contrasts: ``rows`` (q, n), ``size`` (q,), and who is analysed (n,)."""

    rows: FloatArray
    size: FloatArray
    whole: np.ndarray


def projection(columns: FloatArray, contrasts: FloatArray, whole: np.ndarray) -> Projection:
    """Return the projection of contrasts.

    Parameters
    ----------
    columns : (m, p) columns of the patients whose covariates are complete.
    contrasts : (q, p) weights on the coefficients.
    whole : (n,) who these m patients are.
    """
    centred = columns - columns.mean(axis=0)
    inverse = np.linalg.pinv(centred.T @ centred, hermitian=True)
    rows = np.zeros((contrasts.shape[0], whole.size))
    rows[:, whole] = contrasts @ inverse @ centred.T
    return Projection(rows, np.sqrt(np.einsum("qi,ij,qj->q", contrasts, inverse, contrasts)), whole)


def statistics(found: Projection, scores: FloatArray) -> FloatArray:
    """Return |z| of each contrast under each order, (q, orders); 0 where a contrast has no variance."""
    spread = np.sqrt((scores**2).sum(axis=1) / max(int(found.whole.sum()) - 1, 1))
    scale = found.size[:, None] * spread
    raw = np.abs(found.rows @ scores.T)
    return np.divide(raw, scale, out=np.zeros_like(raw), where=scale > 0.0)


def p_values(statistic: FloatArray, greatest: FloatArray | None = None) -> FloatArray:
    """Return P values of statistics (q, orders), the first order observed.

    Parameters
    ----------
    greatest : (orders,) maximum over a family, for P values adjusted over it (Westfall & Young, single step); None:
        each statistic against its own distribution.

    Returns
    -------
    (q,) share of all orders, the observed one among them, that reach the observed statistic.
    """
    reference = statistic if greatest is None else greatest[None]
    reached = reference >= statistic[:, :1] * (1.0 - SAME) - SAME
    return np.asarray(reached.mean(axis=1))
