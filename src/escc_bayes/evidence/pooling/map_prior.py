"""Meta-analytic-predictive prior: a few normals that stand for the exact predictive density of a new study.

The fit minimises the Kullback-Leibler divergence from the exact density by EM on a grid; each step keeps mean and
variance of the exact density. Schmidli et al. 2014, Biometrics 70:1023.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture, log_density

GRID_POINTS = 201
GRID_SDS = 20.0
GRID_BEND = 5.0
MOST_STEPS = 600
# Stop when a step gains less than this in mean log density, in nats.
TOLERANCE = 1e-7
# Keeps far tails, where every component underflows, out of a division by zero.
SMALLEST = 1e-300


@dataclass(frozen=True, slots=True)
class MixtureFit:
    """A normal mixture fitted to an exact density, and how far it is from it.

    Attributes
    ----------
    mixture : the fit, heaviest component first.
    cdf_error : largest difference between the distribution functions.
    density_error : largest difference between the densities, over the highest exact density.
    """

    mixture: NormalMixture
    cdf_error: float
    density_error: float


def fit_mixture(exact: NormalMixture, *, components: int) -> MixtureFit:
    """Fit ``components`` normals to a mixture of many.

    Starts from the exact components, sorted by spread and cut into groups of equal weight, each replaced by the
    normal with its moments.
    """
    values, weights = grid_of(exact)
    fit = grouped(exact, components)
    previous = -np.inf
    for _ in range(MOST_STEPS if components > 1 else 0):
        parts = fit.weights / fit.sds * np.exp(-0.5 * ((values[:, None] - fit.means) / fit.sds) ** 2)
        totals = parts.sum(axis=1) + SMALLEST
        agreement = float(weights @ np.log(totals))
        if agreement - previous < TOLERANCE:
            break
        previous = agreement
        fit = maximised(values, parts * (weights / totals)[:, None])
    order = np.argsort(-fit.weights)
    fit = NormalMixture(fit.weights[order], fit.means[order], fit.sds[order])
    return MixtureFit(fit, *errors(exact, fit, values))


def grid_of(exact: NormalMixture) -> tuple[FloatArray, FloatArray]:
    """Return values and probabilities that stand for the exact density, denser where it is high."""
    u = np.linspace(-1.0, 1.0, GRID_POINTS)
    stretch = np.sinh(GRID_BEND * u) / np.sinh(GRID_BEND)
    values = exact.mean + GRID_SDS * exact.sd * stretch
    weights = exact.density(values) * np.cosh(GRID_BEND * u)
    return values, weights / weights.sum()


def grouped(exact: NormalMixture, components: int) -> NormalMixture:
    """Return one normal for each group of equal weight, in the order of the spreads."""
    order = np.argsort(exact.sds)
    weights = exact.weights[order]
    middles = np.cumsum(weights) - weights / 2.0
    group = np.minimum((components * middles).astype(int), components - 1)
    parts = []
    for k in np.unique(group):
        chosen = order[group == k]
        share = exact.weights[chosen] / exact.weights[chosen].sum()
        part = NormalMixture(share, exact.means[chosen], exact.sds[chosen])
        parts.append((float(exact.weights[chosen].sum()), part.mean, part.sd))
    found = np.array(parts)
    return NormalMixture(found[:, 0], found[:, 1], found[:, 2])


def maximised(values: FloatArray, shares: FloatArray) -> NormalMixture:
    """Return the mixture whose components have the moments of their shares (n, k) of the grid."""
    weights = shares.sum(axis=0)
    means = (shares * values[:, None]).sum(axis=0) / weights
    variances = (shares * (values[:, None] - means) ** 2).sum(axis=0) / weights
    return NormalMixture(weights / weights.sum(), means, np.sqrt(variances))


def errors(exact: NormalMixture, fit: NormalMixture, values: FloatArray) -> tuple[float, float]:
    """Return the largest distance between distribution functions, and between densities over the highest."""
    cdf = max(abs(exact.cdf(float(x)) - fit.cdf(float(x))) for x in values)
    density = np.exp(log_density(exact, values))
    return float(cdf), float(np.abs(density - fit.density(values)).max() / density.max())
