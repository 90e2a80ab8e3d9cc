"""A control hazard from published medians: what the median of a new trial's controls may be, given how studies differ.

log median_i ~ N(theta_i, s_i), theta_i ~ N(mu, tau), mu flat, tau half-normal. Given tau the new study's log median is
N(m, v + tau^2), v = 1 / sum w_i, m = v sum w_i y_i, w_i = 1 / (s_i^2 + tau^2), and
log p(tau | y) = -1/2 [sum log(s_i^2 + tau^2) - log v + sum w_i (y_i - m)^2 + (tau / scale)^2]
(``docs/methods/pooling.md``).
Its quantiles, evenly spaced in probability, are the draws: exponential hazards log(2) / median.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.truth.data_generating import PiecewiseControl

DRAWS = 1_000
TAU_NODES = 200
# The half-normal has nothing beyond, and the data never favour so much over it without saying so in its limits.
TAU_REACH = 6.0


@dataclass(frozen=True, slots=True)
class PublishedMedian:
    """A printed median with its confidence limits, months."""

    median: float
    lower: float
    upper: float
    level: float

    @property
    def log_error(self) -> float:
        """Standard error of the log median, by the width of its limits."""
        return math.log(self.upper / self.lower) / (2.0 * float(ndtri((1.0 + self.level) / 2.0)))


def new_log_median(medians: tuple[PublishedMedian, ...], scale: float) -> NormalMixture:
    """Return what the log median of a new study's controls may be.

    Parameters
    ----------
    scale : of the half-normal prior on tau.
    """
    y = np.array([math.log(one.median) for one in medians])
    variances = np.array([one.log_error**2 for one in medians])
    unit, width = np.polynomial.legendre.leggauss(TAU_NODES)
    tau = TAU_REACH * scale * (unit + 1.0) / 2.0
    weight = 1.0 / (variances + tau[:, None] ** 2)
    v = 1.0 / weight.sum(axis=1)
    m = v * (weight @ y)
    misfit = (weight * (y - m[:, None]) ** 2).sum(axis=1)
    log_density = -0.5 * (-np.log(weight).sum(axis=1) - np.log(v) + misfit + (tau / scale) ** 2)
    share = width * np.exp(log_density - log_density.max())
    return NormalMixture(share / share.sum(), m, np.sqrt(v + tau**2))


def pooled_control(medians: tuple[PublishedMedian, ...], scale: float) -> PiecewiseControl:
    """Return exponential control hazards, one for each of evenly spaced quantiles of the new median."""
    believed = new_log_median(medians, scale)
    quantiles: FloatArray = np.array([believed.quantile((k + 0.5) / DRAWS) for k in range(DRAWS)])
    return PiecewiseControl(math.log(2.0) / np.exp(quantiles)[:, None])


def pooled_words(medians: tuple[PublishedMedian, ...], scale: float) -> str:
    """Say what the control hazard rests on."""
    believed = new_log_median(medians, scale)
    middle, low, high = (math.exp(believed.quantile(p)) for p in (0.5, 0.025, 0.975))
    count = f"{len(medians)} published median{'s' if len(medians) > 1 else ''}"
    return (
        f"Control hazard: exponential, from {count}; the median of a new trial's controls is {middle:.1f} months "
        f"(95 % predictive interval {low:.1f} to {high:.1f}; SD between studies half-normal with scale {scale:g} on "
        "the log scale)."
    )
