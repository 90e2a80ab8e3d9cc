"""Exact random-effects pooling: y_i ~ N(theta_i, s_i), theta_i ~ N(mu, tau), by quadrature over tau alone.

Given tau everything is normal (docs/methods/pooling.md), so the posteriors of mu and of a new study's effect are
mixtures of normals over the nodes of tau. Roever 2020, J Stat Softw 93(6), does the same in R.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from escc_bayes.evidence.pooling.published_effect import EvidenceError
from escc_bayes.evidence.pooling.quadrature import PANEL_WIDTH, graded_nodes
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture, without_negligible
from escc_bayes.spec.prior import HalfNormal, Normal

type MeanPrior = Normal | Literal["flat"]
type LogDensity = Callable[[FloatArray], FloatArray]
# exp(-45) of the highest density is below rounding error of any sum.
LOG_CUTOFF = 45.0
INTEGRAL_TOLERANCE = 1e-10
MOST_HALVINGS = 6


@dataclass(frozen=True, slots=True)
class TauPosterior:
    """Posterior of the between-study standard deviation: summaries and ``level``-interval, equal-tailed."""

    mean: float
    sd: float
    median: float
    lower: float
    upper: float
    level: float


@dataclass(frozen=True, slots=True)
class ExactPool:
    """Posterior of the mean effect ``mu``, of a ``new_study``'s effect, of each study's own effect, and of ``tau``."""

    mu: NormalMixture
    new_study: NormalMixture
    studies: tuple[NormalMixture, ...]
    tau: TauPosterior
    tau_prior: HalfNormal
    mean_prior: MeanPrior


def pool_exact(
    estimates: FloatArray, ses: FloatArray, *, tau_prior: HalfNormal, mean_prior: MeanPrior, level: float
) -> ExactPool:
    """Pool normal estimates.

    Parameters
    ----------
    estimates : (k,) for example log hazard ratios.
    ses : (k,) their standard errors; positive.
    tau_prior : half-normal on the between-study standard deviation.
    mean_prior : normal on mu, or the word "flat".
    level : of the interval for tau.
    """

    def log_density(tau: FloatArray) -> FloatArray:
        return log_tau(tau, estimates, ses, tau_prior, mean_prior)

    nodes = tau_nodes(log_density, min(float(ses.min()), tau_prior.sd), 10.0 * tau_prior.sd)
    tau, weights = nodes.tau, nodes.weights
    means, variances = mean_given_tau(tau, estimates, ses, mean_prior)
    return ExactPool(
        mu=without_negligible(weights, means, np.sqrt(variances)),
        new_study=without_negligible(weights, means, np.sqrt(variances + tau**2)),
        studies=shrunk(tau, weights, estimates, ses, means, variances),
        tau=tau_summary(nodes, log_density, level),
        tau_prior=tau_prior,
        mean_prior=mean_prior,
    )


def mean_given_tau(
    tau: FloatArray, estimates: FloatArray, ses: FloatArray, mean_prior: MeanPrior
) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of mu given each tau, each (n,)."""
    centre, precision = prior_moments(mean_prior)
    inverse = 1.0 / (ses**2 + tau[:, None] ** 2)
    variances = 1.0 / (inverse.sum(axis=1) + precision)
    return variances * (inverse @ estimates + precision * centre), variances


def prior_moments(mean_prior: MeanPrior) -> tuple[float, float]:
    """Return mean and precision of the prior on mu; a flat one has precision zero."""
    return (0.0, 0.0) if isinstance(mean_prior, str) else (mean_prior.mean, mean_prior.sd**-2)


def log_tau(
    tau: FloatArray, estimates: FloatArray, ses: FloatArray, tau_prior: HalfNormal, mean_prior: MeanPrior
) -> FloatArray:
    """Return log p(tau | y) up to a constant, (n,): mu and all theta_i are integrated out in closed form."""
    centre, precision = prior_moments(mean_prior)
    totals = ses**2 + tau[:, None] ** 2
    means, variances = mean_given_tau(tau, estimates, ses, mean_prior)
    misfit = ((estimates - means[:, None]) ** 2 / totals).sum(axis=1) + precision * (means - centre) ** 2
    log_determinant = np.log(totals).sum(axis=1) - np.log(variances)
    value: FloatArray = -0.5 * (misfit + log_determinant + (tau / tau_prior.sd) ** 2)
    return value


@dataclass(frozen=True, slots=True)
class TauNodes:
    """Nodes (n,) over tau and weights (n,), exp(log p - highest) times the steps, and how they were laid."""

    tau: FloatArray
    weights: FloatArray
    highest: float
    scale: float
    width: float


def tau_nodes(log_density: LogDensity, scale: float, upper: float) -> TauNodes:
    """Return nodes that reach to where the posterior has died out, and resolve it.

    ``upper``, ten prior scales, doubles while density is left there; panels are halved until the integral stands still.
    """
    nodes = laid(log_density, scale, upper, PANEL_WIDTH)
    while log_density(nodes.tau[-1:])[0] > nodes.highest - LOG_CUTOFF:
        upper *= 2.0
        nodes = laid(log_density, scale, upper, PANEL_WIDTH)
    for _ in range(MOST_HALVINGS):
        finer = laid(log_density, scale, upper, nodes.width / 2.0)
        change = finer.weights.sum() * math.exp(finer.highest - nodes.highest) / nodes.weights.sum() - 1.0
        if abs(change) < INTEGRAL_TOLERANCE:
            return nodes
        nodes = finer
    raise EvidenceError(
        f"the posterior of tau, highest near {nodes.tau[np.argmax(nodes.weights)]:.3g}, is too narrow to integrate: "
        "studies and prior on tau contradict each other; check the standard errors and the scale of the prior"
    )


def laid(log_density: LogDensity, scale: float, upper: float, width: float) -> TauNodes:
    """Return nodes over [0, ``upper``] with panels of ``width`` and their weights."""
    tau, steps = graded_nodes(upper, scale, width)
    values = log_density(tau)
    highest = float(values.max())
    return TauNodes(tau, steps * np.exp(values - highest), highest, scale, width)


def tau_summary(nodes: TauNodes, log_density: LogDensity, level: float) -> TauPosterior:
    """Return moments and quantiles of tau; each quantile solves P(tau <= q) = p with fresh nodes on [0, q]."""
    total = float(nodes.weights.sum())

    def below(limit: float) -> float:
        tau, steps = graded_nodes(limit, nodes.scale, nodes.width)
        return float(steps @ np.exp(log_density(tau) - nodes.highest)) / total

    def quantile(probability: float) -> float:
        low, high = 1e-12 * nodes.scale, float(nodes.tau[-1])
        return float(brentq(lambda t: below(t) - probability, low, high, rtol=1e-10))

    mean = float(nodes.weights @ nodes.tau) / total
    sd = float(np.sqrt(nodes.weights @ (nodes.tau - mean) ** 2 / total))
    lower, upper = quantile((1.0 - level) / 2.0), quantile((1.0 + level) / 2.0)
    return TauPosterior(mean, sd, quantile(0.5), lower, upper, level)


def shrunk(
    tau: FloatArray,
    weights: FloatArray,
    estimates: FloatArray,
    ses: FloatArray,
    means: FloatArray,
    variances: FloatArray,
) -> tuple[NormalMixture, ...]:
    """Return each study's own effect, drawn towards mu: given tau, share B = s^2 / (s^2 + tau^2) comes from mu."""
    found = []
    for estimate, se in zip(estimates, ses, strict=True):
        share = se**2 / (se**2 + tau**2)
        centre = share * means + (1.0 - share) * estimate
        spread = np.sqrt(share * tau**2 + share**2 * variances)
        found.append(without_negligible(weights, centre, spread))
    return tuple(found)
