"""The MaxCombo test of many trials: the largest of several weighted log-rank Z against their joint normal.

P = 1 - P(all Z_k <= the largest observed). Weights may depend on one another, such as FH(0, 0) = FH(1, 0) + FH(0, 1):
the Z of such a weight is a combination of the others', and bounds the last of them from one side.
Karrison 2016, Stata J 16:678; Genz 1992, J Comput Graph Stat 1:141.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.risk_sets import RiskSets
from escc_bayes.trial.significance.weighted_logrank import Weights, weighted_z

# A rank-1 lattice: multiples of a generating vector, folded. Cools, Kuo & Nuyens 2006, SIAM J Sci Comput 28:2162.
POINTS = 512
GENERATOR = np.array([1.0, 182667.0, 469891.0, 498753.0, 110745.0, 446247.0, 250185.0, 118627.0])
SMALLEST, LARGEST = 1e-15, 1.0 - 1e-15
# A combination of other weights that misses a weight by less than this is that weight.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Structure:
    """Places of the weights that are ``free``, in the order of integration; ``bound``: (place, last free one)."""

    free: tuple[int, ...]
    bound: tuple[tuple[int, int], ...] = ()


def max_combo_z(patients: RiskSets, weights: Weights) -> FloatArray:
    """Return the MaxCombo test of each trial as a Z, (n,): the normal quantile of 1 - P."""
    z, correlation = weighted_z(patients, weights)
    below = orthant(z.max(axis=1), correlation, structure(weights))
    return np.asarray(ndtri(np.clip(below, SMALLEST, LARGEST)))


@cache
def structure(weights: Weights) -> Structure:
    """Return which weights are combinations of which, found on a grid of survival.

    Examples
    --------
    >>> structure(((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)))
    Structure(free=(3, 1, 2), bound=((0, 2),))
    """
    survival = np.linspace(0.02, 0.98, 49)
    curves = np.stack([survival**rho * (1.0 - survival) ** gamma for rho, gamma in weights], axis=1)
    free: list[int] = []
    parts: dict[int, list[int]] = {}
    for place in reversed(range(len(weights))):
        share, *_ = np.linalg.lstsq(curves[:, free], curves[:, place], rcond=None)
        if free and np.abs(curves[:, free] @ share - curves[:, place]).max() < SAME:
            parts[place] = [k for k, of in zip(free, share, strict=True) if abs(of) > SAME]
        else:
            free.append(place)
    # Weights that bind nothing come first; the last free part of a combination is where it acts.
    involved = {k for of in parts.values() for k in of}
    order = [k for k in free if k not in involved] + sorted(involved)
    bound = tuple((place, order.index(max(of, key=order.index))) for place, of in parts.items())
    return Structure(tuple(order), bound)


def orthant(bound: FloatArray, correlation: FloatArray, of: Structure) -> FloatArray:
    """Return P(X_1 <= b, ..., X_K <= b) of n standard normal vectors, (n,), to about 3e-4.

    The lattice is fixed, so the same trial always gives the same number.

    Parameters
    ----------
    bound : (n,) b.
    correlation : (n, K, K).
    """
    rows = factors(correlation, of)
    places = np.modf((np.arange(POINTS)[:, None] + 0.5) * GENERATOR[: len(of.free)] / POINTS)[0]
    places = np.abs(2.0 * places - 1.0)
    total, drawn = np.ones((bound.size, POINTS)), np.zeros((0, bound.size, POINTS))
    for column in range(len(of.free)):
        here = [column] + [len(of.free) + k for k, (_, last) in enumerate(of.bound) if last == column]
        low, high = interval([rows[:, row, : column + 1] for row in here], bound, drawn)
        share = np.maximum(ndtr(high) - ndtr(low), 0.0)
        total *= share
        value = ndtri(np.clip(ndtr(low) + places[:, column] * share, SMALLEST, LARGEST))
        drawn = np.concatenate([drawn, value[None]])
    return np.asarray(total.mean(axis=1))


def interval(rows: list[FloatArray], bound: FloatArray, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where the next coordinate keeps every row below its bound, given those drawn: two (n, points)."""
    low, high = np.full(drawn.shape[1:], -np.inf), np.full(drawn.shape[1:], np.inf)
    for row in rows:
        reached = np.einsum("nk,knp->np", row[:, :-1], drawn) if drawn.size else 0.0
        edge = (bound[:, None] - reached) / row[:, -1:]
        upper = row[:, -1:] > 0.0
        high = np.where(upper, np.minimum(high, edge), high)
        low = np.where(upper, low, np.maximum(low, edge))
    return low, high


def factors(correlation: FloatArray, of: Structure) -> FloatArray:
    """Return rows (n, K, free) that make the Z of independent normals: free weights by Cholesky, then bound ones.

    Trials in which a weight has no variance get independent Z; nothing is compared there.
    """
    usable = np.where(np.diagonal(correlation, axis1=1, axis2=2).min(axis=1)[:, None, None] > 0.5, correlation, 0.0)
    free = list(of.free)
    block = usable[:, free][:, :, free]
    block[:, np.arange(len(free)), np.arange(len(free))] = 1.0 + 1e-12
    root = np.linalg.cholesky(block)
    across = usable[:, free][:, :, [place for place, _ in of.bound]]
    rows = np.linalg.solve(root, across).transpose(0, 2, 1)
    for k, (_, last) in enumerate(of.bound):
        rows[:, k, last] = np.where(np.abs(rows[:, k, last]) > SAME, rows[:, k, last], 1.0)
    return np.concatenate([root, rows], axis=1)
