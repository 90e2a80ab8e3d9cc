"""Normal mixtures: density, distribution function, quantiles, update by one normal observation.

A pooled posterior is a mixture of normals over the nodes of tau, and the prior made from it is a mixture of a few;
both are ``NormalMixture``. Symbols: weights w_k, means m_k, standard deviations s_k.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr

from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)
# Nodes that carry less than this share of the weight cannot move a probability that anyone reads.
NEGLIGIBLE = 1e-16


@dataclass(frozen=True, slots=True, eq=False)
class NormalMixture:
    """Weights (k,) that sum to one, means (k,) and sds (k,) of normal components; arrays are read-only."""

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    def __post_init__(self) -> None:
        for values in (self.weights, self.means, self.sds):
            values.setflags(write=False)

    @property
    def mean(self) -> float:
        """Mean of the mixture."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Standard deviation of the mixture."""
        return math.sqrt(float(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def density(self, values: FloatArray) -> FloatArray:
        """Return the density at ``values`` (n,)."""
        return np.exp(log_density(self, values))

    def cdf(self, value: float) -> float:
        """Return the probability at or below ``value``."""
        return float(self.weights @ ndtr((value - self.means) / self.sds))

    def quantile(self, probability: float) -> float:
        """Return the value that ``probability`` lies below."""
        return quantile(self, probability)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the equal-tailed credible interval."""
        return self.quantile((1.0 - level) / 2.0), self.quantile((1.0 + level) / 2.0)


def mixture_of(components: Iterable[tuple[float, float, float]]) -> NormalMixture:
    """Return the mixture of (weight, mean, sd) triples; weights are scaled to sum to one.

    Examples
    --------
    >>> mixture_of([(3.0, 0.0, 1.0), (1.0, 2.0, 1.0)]).mean
    0.5
    """
    weights, means, sds = (np.array(column, dtype=np.float64) for column in zip(*components, strict=True))
    return NormalMixture(weights / weights.sum(), means, sds)


def components_of(mixture: NormalMixture) -> tuple[tuple[float, float, float], ...]:
    """Return (weight, mean, sd) of each component as plain numbers."""
    return tuple(zip(mixture.weights.tolist(), mixture.means.tolist(), mixture.sds.tolist(), strict=True))


def without_negligible(weights: FloatArray, means: FloatArray, sds: FloatArray) -> NormalMixture:
    """Return the mixture of the components that matter, weights scaled to sum to one."""
    keep = weights > NEGLIGIBLE * weights.sum()
    return NormalMixture(weights[keep] / weights[keep].sum(), means[keep], sds[keep])


def log_components(mixture: NormalMixture, values: FloatArray) -> FloatArray:
    """Return log(w_k N(x; m_k, s_k)), (n, k)."""
    z = (values[:, None] - mixture.means) / mixture.sds
    return np.log(mixture.weights) - 0.5 * z**2 - np.log(mixture.sds) - LOG_SQRT_2PI


def log_density(mixture: NormalMixture, values: FloatArray) -> FloatArray:
    """Return the log density at ``values`` (n,)."""
    found: FloatArray = logsumexp(log_components(mixture, values), axis=1)
    return found


def quantile(mixture: NormalMixture, probability: float) -> float:
    """Return the value that ``probability`` lies below, by bracketed root finding."""
    low = float((mixture.means - 38.0 * mixture.sds).min())
    high = float((mixture.means + 38.0 * mixture.sds).max())
    return root(lambda x: mixture.cdf(x) - probability, low, high, absolute=1e-13, relative=1e-14)


def updated(mixture: NormalMixture, estimate: float, se: float) -> NormalMixture:
    """Return the posterior after one estimate that is normal with standard error ``se``."""
    predictive = blurred(mixture, se)
    log_weights = log_components(predictive, np.array([estimate]))[0]
    variances = 1.0 / (1.0 / mixture.sds**2 + 1.0 / se**2)
    means = variances * (mixture.means / mixture.sds**2 + estimate / se**2)
    return NormalMixture(np.exp(log_weights - logsumexp(log_weights)), means, np.sqrt(variances))


def blurred(mixture: NormalMixture, se: float) -> NormalMixture:
    """Return the distribution of a draw plus independent normal noise of standard error ``se``."""
    return NormalMixture(mixture.weights, mixture.means, np.hypot(mixture.sds, se))


def support(mixture: NormalMixture, sds: float, points: int) -> tuple[FloatArray, FloatArray]:
    """Return equally spaced values that reach ``sds`` beyond every component, and the distance between them.

    On such a grid sums of smooth densities are integrals to rounding error (trapezoidal rule, both ends at zero).
    """
    low = float((mixture.means - sds * mixture.sds).min())
    high = float((mixture.means + sds * mixture.sds).max())
    values = np.linspace(low, high, points)
    return values, np.full(points, values[1] - values[0])
