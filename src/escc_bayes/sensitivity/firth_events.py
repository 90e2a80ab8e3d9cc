"""Firth's penalty for a parametric baseline, as half events added to the data: the maximum is then finite.

With rates of pieces (or of a Weibull at its shape) events are Poisson, and the score of Jeffreys' penalty on the log
hazard ratios is that of data with h / 2 more events in each patient and piece: h the leverage of the whole model less
that of the baseline alone. Firth 1993, Biometrika 80:27; Heinze & Schemper 2001, Biometrics 57:114.
docs/methods/attribution.md.
"""

import numpy as np

from escc_bayes.classical.newton import climb, inverse, standardise
from escc_bayes.classical.piecewise import crude_rates, likelihood
from escc_bayes.hazard.piecewise import FloatArray

ROUNDS, SETTLED = 200, 1e-9


def firth_events(X: FloatArray, events: FloatArray, exposure: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log hazard ratios (p,) under Firth's penalty, and the events (n, k) that it adds.

    Parameters
    ----------
    X : (n, p) columns.
    events, exposure : (n, k) events and person-months of each patient in each piece, weighted.

    Raises
    ------
    CollinearError : a column is constant or a combination of others.
    """
    columns = standardise(X)
    z, pieces = columns.z, exposure.shape[1]
    point = np.concatenate([crude_rates(events, exposure), np.zeros(X.shape[1])])
    extra = np.zeros_like(exposure)
    for _ in range(ROUNDS):
        before, extra = extra, 0.5 * leverages(z, exposure, point, pieces)
        point = maximum(z, events + extra, exposure, point)
        if np.abs(extra - before).max() < SETTLED:
            break
    return point[pieces:] / columns.deviation, extra


def maximum(z: FloatArray, events: FloatArray, exposure: FloatArray, start: FloatArray) -> FloatArray:
    """Return the point (log rates, effects) of maximum likelihood."""
    hold = np.empty((start.size, 0))
    return climb(lambda at: likelihood(z, events, exposure, at), start, hold=hold, events=float(events.sum())).point


def leverages(z: FloatArray, exposure: FloatArray, point: FloatArray, pieces: int) -> FloatArray:
    """Return the leverage (n, k) of each patient and piece, less that of the rates of the pieces alone."""
    expected = exposure * np.exp(point[:pieces] + (z @ point[pieces:])[:, None])
    by_piece = expected.sum(axis=0)
    # The part of z that the rates do not explain, within each piece.
    centre = (expected.T @ z) / by_piece[:, None]
    among = np.einsum("ik,ip,iq->pq", expected, z, z) - np.einsum("k,kp,kq->pq", by_piece, centre, centre)
    apart = z[:, None, :] - centre[None]
    return np.asarray(expected * np.einsum("ikp,pq,ikq->ik", apart, inverse(among), apart))
