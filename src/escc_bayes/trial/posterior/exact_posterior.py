"""The exact posterior of a log hazard ratio in a piecewise-exponential trial, for thousands of trials at once.

Control hazard lambda_j exp(-s beta), treated lambda_j exp((1 - s) beta), lambda_j ~ Gamma(a_j, b_j) independent: the
baseline integrates out, and with D events and Y person-months per arm and piece

log p(beta | data) = log prior(beta) + beta ((1 - s) d1 - s d0)
                     - sum_j (a_j + D_j) log(b_j + Y0_j exp(-s beta) + Y1_j exp((1 - s) beta)) + constant.

It is log-concave under a normal prior. s = 1/2 treats the arms alike; s = 0 makes lambda the control's hazard, whose
prior then leans on the control. ``docs/methods/exact_posterior.md``.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import logsumexp

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.looks.sufficient_statistics import ArmData

NODES = 30
# The range of integration: this many standard deviations, and farther where the density has not fallen by DROP.
REACH = 9.0
DROP = 32.0
WIDEN = 1.5
NEWTON_STEPS = 50
LONGEST_STEP = 2.0
# The mode only centres the range, and Newton's steps shrink quadratically.
CLOSE = 1e-3
SHARE = {"mean": 0.5, "reference": 0.0}


@dataclass(frozen=True, slots=True)
class GammaBaseline:
    """Gamma prior on the hazard of every piece: ``shape`` events in ``rate`` person-months.

    ``at``: whose hazard it is, "mean" (between the arms) or "reference" (the control's).
    """

    shape: float
    rate: float
    at: str = "mean"


@dataclass(frozen=True, slots=True, eq=False)
class Integral:
    """Of each trial: log of the integral (n,), probabilities below (n, m), mean and second moment (n,) of beta."""

    log_norm: FloatArray
    below: FloatArray
    mean: FloatArray
    square: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LogDensity:
    """The log posterior density of n trials up to constants, under one normal prior N(mean, sd)."""

    slope: FloatArray
    powers: FloatArray
    control: FloatArray
    treated: FloatArray
    baseline: GammaBaseline
    mean: float
    sd: float

    def __call__(self, beta: FloatArray) -> FloatArray:
        """Return the log density at ``beta`` (n, k)."""
        share = SHARE[self.baseline.at]
        down, up = np.exp(-share * beta), np.exp((1.0 - share) * beta)
        total = self.slope[:, None] * beta - 0.5 * ((beta - self.mean) / self.sd) ** 2
        for j in range(self.powers.shape[1]):
            column = slice(j, j + 1)
            exposure = self.control[:, column] * down
            exposure += self.treated[:, column] * up
            exposure += self.baseline.rate
            np.log(exposure, out=exposure)
            exposure *= self.powers[:, column]
            total -= exposure
        return total

    def derivatives(self, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return first and second derivative at ``beta`` (n,)."""
        share = SHARE[self.baseline.at]
        down = self.control * np.exp(-share * beta)[:, None]
        up = self.treated * np.exp((1.0 - share) * beta)[:, None]
        exposure = down + up + self.baseline.rate
        first = ((1.0 - share) * up - share * down) / exposure
        second = ((1.0 - share) ** 2 * up + share**2 * down) / exposure
        gradient = self.slope - (self.powers * first).sum(axis=1) - (beta - self.mean) / self.sd**2
        curvature = -(self.powers * (second - first**2)).sum(axis=1) - 1.0 / self.sd**2
        return gradient, curvature


def log_density(data: ArmData, baseline: GammaBaseline, mean: float, sd: float) -> LogDensity:
    """Return the log density of every trial of ``data``."""
    share = SHARE[baseline.at]
    slope = (1.0 - share) * data.treated_events.sum(axis=1) - share * data.control_events.sum(axis=1)
    powers = baseline.shape + data.control_events + data.treated_events
    return LogDensity(slope, powers, data.control_months, data.treated_months, baseline, mean, sd)


def mode(density: LogDensity) -> tuple[FloatArray, FloatArray]:
    """Return mode and curvature-based standard deviation (n,) by Newton's method; the density is log-concave."""
    beta = np.zeros(density.slope.size)
    for _ in range(NEWTON_STEPS):
        gradient, curvature = density.derivatives(beta)
        step = np.clip(-gradient / curvature, -LONGEST_STEP, LONGEST_STEP)
        beta = beta + step
        if np.all(np.abs(step) < CLOSE):
            break
    return beta, 1.0 / np.sqrt(-density.derivatives(beta)[1])


def reach(density: LogDensity, centre: FloatArray, sd: FloatArray, peak: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends (n,) of the range outside which the density is nothing: fallen by exp(-32) or more."""
    ends = []
    for side in (-1.0, 1.0):
        distance = REACH * sd
        short = peak - density((centre + side * distance)[:, None])[:, 0] < DROP
        while short.any():
            distance = np.where(short, WIDEN * distance, distance)
            short = peak - density((centre + side * distance)[:, None])[:, 0] < DROP
        ends.append(centre + side * distance)
    return ends[0], ends[1]


def integral(density: LogDensity, log_ratios: FloatArray, nodes: int) -> Integral:
    """Integrate by Gauss-Legendre on each side of every decision point, so that no interpolation is needed.

    Parameters
    ----------
    log_ratios : (m,) increasing decision points, or (n, m) where each trial has its own.
    nodes : on each of the m + 1 intervals.
    """
    centre, sd = mode(density)
    peak = density(centre[:, None])[:, 0]
    low, high = reach(density, centre, sd, peak)
    inside = np.clip(log_ratios, low[:, None], high[:, None])
    edges = np.concatenate([low[:, None], inside, high[:, None]], axis=1)
    unit, weight = gauss_legendre(nodes)
    half = np.diff(edges, axis=1)[:, :, None] / 2.0
    beta = ((edges[:, :-1, None] + edges[:, 1:, None]) / 2.0 + half * unit).reshape(low.size, -1)
    height = np.exp(density(beta) - peak[:, None]) * (half * weight).reshape(low.size, -1)
    masses = height.reshape(low.size, -1, nodes).sum(axis=2)
    # A copy, not a view: dividing a cumulative sum by its own last column in place would alias.
    total = masses.sum(axis=1)
    below = np.cumsum(masses[:, :-1], axis=1) / total[:, None]
    mean = (height * beta).sum(axis=1) / total
    return Integral(peak + np.log(total), below, mean, (height * beta**2).sum(axis=1) / total)


@cache
def gauss_legendre(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights on (-1, 1)."""
    return np.polynomial.legendre.leggauss(nodes)


def integrals(
    data: ArmData, prior: NormalMixture, baseline: GammaBaseline, log_ratios: FloatArray, nodes: int
) -> tuple[list[Integral], FloatArray]:
    """Return the integral under each normal of the prior, and the posterior weights (n, k) of the normals."""
    parts = [
        integral(log_density(data, baseline, mean, sd), log_ratios, nodes)
        for mean, sd in zip(prior.means.tolist(), prior.sds.tolist(), strict=True)
    ]
    if len(parts) == 1:
        return parts, np.ones((data.trials, 1))
    log_weights = np.stack([part.log_norm for part in parts], axis=1) + np.log(prior.weights / prior.sds)
    return parts, np.exp(log_weights - logsumexp(log_weights, axis=1, keepdims=True))


def probability_below(
    data: ArmData, prior: NormalMixture, baseline: GammaBaseline, log_ratios: FloatArray, *, nodes: int = NODES
) -> FloatArray:
    """Return P(log hazard ratio < c | data) of every trial.

    Parameters
    ----------
    data : n trials.
    prior : on the log hazard ratio.
    log_ratios : (m,) increasing c, or (n, m) where each trial has its own.
    nodes : Gauss-Legendre nodes on each side; 30 agree with 400 to 1e-10.

    Returns
    -------
    (n, m) probabilities.
    """
    parts, weights = integrals(data, prior, baseline, log_ratios, nodes)
    found = sum(weight[:, None] * part.below for weight, part in zip(weights.T, parts, strict=True))
    return np.asarray(found)


def moments(
    data: ArmData, prior: NormalMixture, baseline: GammaBaseline, *, nodes: int = NODES
) -> tuple[FloatArray, FloatArray]:
    """Return posterior mean and standard deviation (n,) of the log hazard ratio."""
    parts, weights = integrals(data, prior, baseline, np.zeros(1), nodes)
    mean = (weights * np.stack([part.mean for part in parts], axis=1)).sum(axis=1)
    square = (weights * np.stack([part.square for part in parts], axis=1)).sum(axis=1)
    return mean, np.sqrt(square - mean**2)
