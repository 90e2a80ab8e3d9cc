"""Posterior of a difference of survival or of restricted means, every arm with hazards of its own, for many trials.

Hazards lambda_aj ~ Gamma(a + D_aj, b + Y_aj), independent over arms a and pieces j: nothing is in proportion.
They are drawn on one rank-1 lattice whose coordinates all run through the same N numbers, so that gamma quantiles are
tabulated once for each event count. With differences D_i of mean m and SD s over the lattice,

P(D > c) = mean of Phi((m + sqrt(1 - h^2) (D_i - m) - c) / (h s)):

a kernel of width h s about draws shrunk so far that mean and variance stay. West 1993, JRSS B 55:409. It is exact for
a normal D whatever h, and takes the steps out of the counting: errors are about 0.001 in the middle and a third of
that at 0.975. ``docs/methods/trial_rules.md``.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from scipy.special import gammaincinv, ndtr

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.trial.looks.risk_sets import RiskSets, piece_ends, reduced_at
from escc_bayes.trial.looks.sufficient_statistics import ArmData

type Kind = Literal["rmst", "survival"]

# A rank-1 lattice: points i z / N, z chosen one by one so that no two coordinates correlate, nor their squares.
POINTS = 1021
GENERATOR = (
    1,
    631,
    242,
    244,
    573,
    902,
    754,
    887,
    755,
    373,
    774,
    556,
    812,
    248,
    941,
    194,
    391,
    917,
    828,
    437,
    171,
    84,
    558,
    497,
)
MOST_PIECES = len(GENERATOR) // 2
KERNEL = 0.5
# Trials whose draws stay in the processor's second-level cache.
ROWS = 50
SMALLEST = 1e-300


@dataclass(frozen=True, slots=True)
class ArmPrior:
    """Of every arm and piece: ``shape`` events in ``rate`` person-months; pieces as in the trial's own analysis."""

    shape: float
    rate: float
    pieces: int
    cuts: tuple[float, ...] | None


def probability_of_gain(
    patients: RiskSets, prior: ArmPrior, kind: Kind, month: float, limit: float, *, kernel: float = KERNEL
) -> FloatArray:
    """Return P(difference > ``limit`` | data) of every trial, (n,), treatment minus control.

    Parameters
    ----------
    prior : at most 12 pieces.
    kind : of restricted mean survival to ``month`` (months), or of survival at ``month`` (a share).
    """
    stops, edges = piece_ends(patients, prior.pieces, prior.cuts)
    data = reduced_at(patients, stops, edges)
    inner = np.minimum(edges, month)
    width = np.diff(inner, axis=1, prepend=0.0, append=month)
    found = np.empty(data.trials)
    for start in range(0, data.trials, ROWS):
        rows = slice(start, start + ROWS)
        gain = differences(data, prior, kind, width, rows)
        mean, sd = gain.mean(axis=1, keepdims=True), gain.std(axis=1, keepdims=True)
        near = mean + math.sqrt(1.0 - kernel**2) * (gain - mean)
        found[rows] = ndtr((near - limit) / np.maximum(kernel * sd, SMALLEST)).mean(axis=1)
    return found


def differences(data: ArmData, prior: ArmPrior, kind: Kind, width: FloatArray, rows: slice) -> FloatArray:
    """Return treatment minus control at every point of the lattice, (rows, N); ``width`` (n, J): months of pieces."""
    arms = ((data.control_events, data.control_months), (data.treated_events, data.treated_months))
    means = [
        arm_values(events[rows].astype(np.int64), months[rows] + prior.rate, prior.shape, kind, width[rows], arm)
        for arm, (events, months) in enumerate(arms)
    ]
    return means[1] - means[0]


def arm_values(
    events: IntArray, months: FloatArray, shape: float, kind: Kind, width: FloatArray, arm: int
) -> FloatArray:
    """Return survival at the month, or the restricted mean, of one arm at every point of the lattice."""
    trials, pieces = events.shape
    table, order = quantiles(shape, int(events.max(initial=0)) // 64), lattice(2 * pieces)
    survival, area = np.ones((trials, POINTS)), np.zeros((trials, POINTS))
    for piece in range(pieces):
        rate = table[events[:, piece]][:, order[arm * pieces + piece]] / months[:, piece : piece + 1]
        gone = -np.expm1(-rate * width[:, piece : piece + 1])
        if kind == "rmst":
            area += survival * gone / np.maximum(rate, SMALLEST)
        survival *= 1.0 - gone
    return area if kind == "rmst" else survival


@cache
def quantiles(shape: float, block: int) -> FloatArray:
    """Return standard gamma quantiles (events, N) for 0 to 64 (``block`` + 1) - 1 events beside ``shape``."""
    events = np.arange(64 * (block + 1))[:, None]
    unit = (np.arange(POINTS) + 0.5) / POINTS
    found = np.asarray(gammaincinv(shape + events, unit), dtype=np.float64)
    found.setflags(write=False)
    return found


@cache
def lattice(dimensions: int) -> IntArray:
    """Return which of the N numbers each point has in each dimension, (dimensions, N)."""
    found = np.array(GENERATOR[:dimensions], dtype=np.int64)[:, None] * np.arange(POINTS) % POINTS
    found.setflags(write=False)
    return found
