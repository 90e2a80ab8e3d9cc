"""Bias, error and coverage of estimates at the stop of a group sequential trial, by integration over where it stops.

Naive: Z / sqrt(I) with its usual limits. Median unbiased: ``stagewise.py``. Outcomes (look, Z) have the
sub-densities of ``boundary_crossing`` beyond the boundaries; no trial is simulated. Whitehead 1986, Biometrika 73:573.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.boundary_crossing import REACH, Going, carried, standardised, start
from escc_bayes.trial.significance.stagewise import as_extreme

# Effects at which the P value function is tabulated, in standard errors of the first look about the truth.
EFFECTS, RANGE = 121, 14.0
# Beyond, a probability is 0 or 1 and its probit no number.
LEAST = 1e-15
# Standard deviations of Z about its mean beyond which no trial ends.
FARTHEST = 8.0


@dataclass(frozen=True, slots=True)
class EstimatorQuality:
    """Of one estimator under one effect: mean and median of its error, root mean square error, coverage of limits."""

    bias: float
    median_bias: float
    rmse: float
    coverage: float


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What stops a trial: ``lower`` and ``upper`` boundary (k,) at ``information`` (k,).

    ``counted`` (k,): the lower boundary that the ordering counts on, that of binding futility; minus infinity: none.
    """

    information: FloatArray
    lower: FloatArray
    upper: FloatArray
    counted: FloatArray

    @property
    def looks(self) -> int:
        """Number of looks."""
        return self.information.size


@dataclass(frozen=True, slots=True, eq=False)
class Stopped:
    """Paths that stop at one look: ``z`` and ``mass`` (m,)."""

    look: int
    information: float
    z: FloatArray
    mass: FloatArray


def estimators(design: Design, effect: float, *, level: float) -> tuple[EstimatorQuality, EstimatorQuality]:
    """Return the quality of the naive and of the median unbiased estimator at a true ``effect``."""
    ends = stops(design, effect)
    naive = [end.z / math.sqrt(end.information) for end in ends]
    adjusted = [median_unbiased(end, design, effect) for end in ends]
    half = float(ndtri(0.5 + level / 2.0))
    centres = [effect * math.sqrt(at) for at in design.information.tolist()]
    usual = [(centre - half, centre + half) for centre in centres]
    stagewise = [covered_by_ordering(design, look, effect, (1.0 - level) / 2.0) for look in range(design.looks)]
    return (
        quality(ends, naive, effect, coverage(design, effect, usual)),
        quality(ends, adjusted, effect, coverage(design, effect, stagewise)),
    )


def quality(ends: list[Stopped], estimates: list[FloatArray], effect: float, covered: float) -> EstimatorQuality:
    """Return how an estimator does, its values given for each of the paths that stop."""
    weight = np.concatenate([end.mass for end in ends])
    error, weight = np.concatenate(estimates) - effect, weight / weight.sum()
    order = np.argsort(error)
    below = np.cumsum(weight[order]) - weight[order] / 2.0
    median = float(np.interp(0.5, below, error[order]))
    return EstimatorQuality(float(weight @ error), median, math.sqrt(float(weight @ error**2)), covered)


def coverage(design: Design, effect: float, intervals: list[tuple[float, float]]) -> float:
    """Return the probability that a trial stops with a Z inside the interval of its look: where its limits hold."""
    going, total, last = start(), 0.0, design.looks - 1
    rows = zip(design.information.tolist(), design.lower.tolist(), design.upper.tolist(), intervals, strict=True)
    for look, (at, low, high, (least, most)) in enumerate(rows):
        for bottom, top in regions(low, high, final=look == last):
            inside = carried(going, at, max(bottom, least), min(top, most), effect)
            total += float(inside.mass.sum())
        going = carried(going, at, low, high, effect)
    return total


def covered_by_ordering(design: Design, look: int, effect: float, tail: float) -> tuple[float, float]:
    """Return the Z at a look between which the stage-wise limits hold the ``effect``: p(effect) in (tail, 1 - tail)."""
    centre = effect * math.sqrt(float(design.information[look]))
    ends = centre - FARTHEST, centre + FARTHEST

    def extreme(z: float) -> float:
        before = design.information[: look + 1], design.counted[:look], design.upper[:look]
        return float(as_extreme(*before, z, np.array([effect]))[0])

    def z_at(probability: float) -> float:
        if extreme(ends[0]) < probability:
            return -math.inf
        if extreme(ends[1]) > probability:
            return math.inf
        return float(brentq(lambda z: extreme(z) - probability, *ends, xtol=1e-9))

    return z_at(1.0 - tail), z_at(tail)


def regions(low: float, high: float, *, final: bool) -> list[tuple[float, float]]:
    """Return where Z ends a trial at a look: beyond the boundaries, anywhere at the final one."""
    return [(-math.inf, math.inf)] if final else [(high, math.inf), (-math.inf, low)]


def stops(design: Design, effect: float) -> list[Stopped]:
    """Return the paths that stop at each look, in each region."""
    going, found, last = start(), [], design.looks - 1
    rows = zip(design.information.tolist(), design.lower.tolist(), design.upper.tolist(), strict=True)
    for look, (at, low, high) in enumerate(rows):
        for bottom, top in regions(low, high, final=look == last):
            ended = carried(going, at, bottom, top, effect)
            if ended.values.size > 1:
                found.append(Stopped(look, at, ended.values, ended.mass))
        going = carried(going, at, low, high, effect)
    return found


def median_unbiased(end: Stopped, design: Design, effect: float) -> FloatArray:
    """Return the median unbiased estimates (m,) of paths that stop at one look."""
    width = RANGE / math.sqrt(float(design.information[0]))
    effects = effect + np.linspace(-width, width, EFFECTS)
    # Probits are nearly straight lines in the effect, so that interpolation is good to 1e-4 standard errors.
    probit = ndtri(np.clip(tail_table(end, design, effects), LEAST, 1.0 - LEAST))
    return np.array([np.interp(0.0, np.maximum.accumulate(of_z), effects) for of_z in probit.T])


def tail_table(end: Stopped, design: Design, effects: FloatArray) -> FloatArray:
    """Return P(an outcome at least as extreme) for each of ``effects`` (q,) and of the stop's Z (m,): (q, m)."""
    going, earlier = start(), np.zeros(effects.size)
    before = (of[: end.look].tolist() for of in (design.information, design.counted, design.upper))
    for at, low, high in zip(*before, strict=True):
        if math.isfinite(high):
            tail = ndtr(-standardised(going, at, high, effects[:, None]))
            earlier += (weighted(going, effects) * tail).sum(axis=1)
        root = math.sqrt(at)
        reach = (min(float(effects.min()), 0.0) * root - REACH, max(float(effects.max()), 0.0) * root + REACH)
        going = carried(going, at, low, high, 0.0, reach=reach)
    weight = weighted(going, effects)
    beyond = [
        (weight * ndtr(-standardised(going, end.information, z, effects[:, None]))).sum(axis=1) for z in end.z.tolist()
    ]
    return np.stack([earlier + of_z for of_z in beyond], axis=1)


def weighted(going: Going, effects: FloatArray) -> FloatArray:
    """Return the mass of the paths under each of ``effects`` (q,), (q, m): exp(d S - d^2 I / 2) times that without."""
    score = going.values * math.sqrt(going.information)
    with np.errstate(divide="ignore"):
        log_mass = np.log(going.mass)
    return np.asarray(np.exp(log_mass + effects[:, None] * score - effects[:, None] ** 2 * going.information / 2.0))
