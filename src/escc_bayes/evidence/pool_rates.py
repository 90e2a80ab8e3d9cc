"""Exact random-effects pooling of proportions, such as survival at a landmark: r_i of n_i patients.

r_i ~ Binomial(n_i, expit(theta_i)), theta_i ~ N(mu, tau). Each study's theta_i is integrated by Gauss-Hermite around
its own mode, mu by the trapezoidal rule, tau on graded nodes; no draws (docs/methods/pooling.md).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln, logsumexp

from escc_bayes.evidence.pool_exact import mean_given_tau
from escc_bayes.evidence.quadrature import graded_nodes, hermite
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture, without_negligible
from escc_bayes.spec.prior import HalfNormal, Normal

STUDY_NODES = 12
MEAN_NODES = 33
MEAN_SDS = 7.0
# Half-normal mass beyond six scales is 2e-9; proportions never support tau far beyond their prior.
TAU_SCALES = 6.0
NEWTON_STEPS = 8
PROPORTION_NODES = 40


@dataclass(frozen=True, slots=True)
class RatePool:
    """Posterior of mu, tau and a new study's effect on the logit scale, and of its proportion."""

    mu_mean: float
    mu_sd: float
    new_study: NormalMixture
    tau_mean: float
    tau_sd: float
    proportion_mean: float
    proportion_sd: float

    def proportion_quantile(self, probability: float) -> float:
        """Return a quantile of the proportion in a new study."""
        return float(expit(self.new_study.quantile(probability)))


def pool_rates(count: FloatArray, n: FloatArray, *, tau_prior: HalfNormal, mean_prior: Normal) -> RatePool:
    """Pool proportions ``count`` / ``n``, each (k,); priors are on the logit scale."""
    logits = np.log((count + 0.5) / (n - count + 0.5))
    ses = np.sqrt(1.0 / (count + 0.5) + 1.0 / (n - count + 0.5))
    tau, steps = graded_nodes(TAU_SCALES * tau_prior.sd, min(float(ses.min()), tau_prior.sd))
    centres, variances = mean_given_tau(tau, logits, ses, mean_prior)
    offsets = np.linspace(-MEAN_SDS, MEAN_SDS, MEAN_NODES)
    mu = centres[:, None] + np.sqrt(variances)[:, None] * offsets
    spread = np.broadcast_to(tau[:, None], mu.shape)
    log_posterior = log_joint(mu, spread, count, n, tau_prior, mean_prior)
    weights = (steps * np.sqrt(variances))[:, None] * np.exp(log_posterior - log_posterior.max())
    return summarised(mu, spread, weights / weights.sum())


def log_joint(
    mu: FloatArray, tau: FloatArray, count: FloatArray, n: FloatArray, tau_prior: HalfNormal, mean_prior: Normal
) -> FloatArray:
    """Return log p(mu, tau | counts) up to a constant, in the shape of ``mu``."""
    total: FloatArray = -0.5 * (tau / tau_prior.sd) ** 2 - 0.5 * ((mu - mean_prior.mean) / mean_prior.sd) ** 2
    for r, patients in zip(count, n, strict=True):
        total = total + log_study(mu, tau, float(r), float(patients))
    return total


def log_study(mu: FloatArray, tau: FloatArray, r: float, n: float) -> FloatArray:
    """Return the log marginal likelihood of one study: Gauss-Hermite at the mode of its own effect.

    With theta = mu + tau z the integral over a standard normal z has one mode, found by Newton's method; it also
    holds at tau = 0.
    """
    z = np.zeros_like(mu)
    for _ in range(NEWTON_STEPS):
        p = expit(mu + tau * z)
        step = (tau * (r - n * p) - z) / (1.0 + tau**2 * n * p * (1.0 - p))
        z = z + step
    p = expit(mu + tau * z)
    width = (1.0 + tau**2 * n * p * (1.0 - p)) ** -0.5
    points, weights = hermite(STUDY_NODES)
    shifted = z[..., None] + width[..., None] * points
    theta = mu[..., None] + tau[..., None] * shifted
    log_terms = r * theta - n * np.logaddexp(0.0, theta) - 0.5 * shifted**2 + 0.5 * points**2
    choose = float(gammaln(n + 1.0) - gammaln(r + 1.0) - gammaln(n - r + 1.0))
    found: FloatArray = choose + np.log(width) + logsumexp(log_terms, b=weights, axis=-1)
    return found


def summarised(mu: FloatArray, tau: FloatArray, weights: FloatArray) -> RatePool:
    """Return the pool of nodes (tau, mu) with weights that sum to one."""
    tau_mean, mu_mean = float((weights * tau).sum()), float((weights * mu).sum())
    new_study = without_negligible(weights.ravel(), mu.ravel(), tau.ravel())
    points, shares = hermite(PROPORTION_NODES)
    proportions = expit(new_study.means[:, None] + new_study.sds[:, None] * points)
    mean = float(new_study.weights @ proportions @ shares)
    return RatePool(
        mu_mean=mu_mean,
        mu_sd=float(np.sqrt((weights * (mu - mu_mean) ** 2).sum())),
        new_study=new_study,
        tau_mean=tau_mean,
        tau_sd=float(np.sqrt((weights * (tau - tau_mean) ** 2).sum())),
        proportion_mean=mean,
        proportion_sd=float(np.sqrt(new_study.weights @ (proportions - mean) ** 2 @ shares)),
    )
