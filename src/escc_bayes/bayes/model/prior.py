"""Draws from the prior and its log density, parameter by parameter, in numpy."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.model.parameters import free_parameters
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import mixture
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Gamma, HalfCauchy, HalfNormal, Normal
from escc_bayes.spec.structures.protocol import FreePrior, Simplex, Standard

LOG_TWO_PI = float(np.log(2.0 * np.pi))


def parameter_priors(plan: ModelPlan) -> dict[str, tuple[tuple[int, ...], FreePrior]]:
    """Return shape and prior of every free parameter, baseline first."""
    return {free.name: (free.shape, free.prior) for free in free_parameters(plan)}


def prior_draws(plan: ModelPlan, draws: int, seed: Seed) -> dict[str, FloatArray]:
    """Return draws (draws, size) of every free parameter from its prior."""
    return {
        name: draw(prior, (draws, *shape), generator(seed, "prior", name))
        for name, (shape, prior) in parameter_priors(plan).items()
    }


def draw(prior: FreePrior, size: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """Draw one parameter; gamma priors are on rates, and their logarithm is returned."""
    match prior:
        case Normal(mean=mean, sd=sd):
            return rng.normal(mean, sd, size)
        case EvidencePrior():
            weights, means, sds = np.array(prior.components).T
            which = rng.choice(weights.size, size, p=weights)
            return rng.normal(means[which], sds[which])
        case HalfNormal(sd=sd):
            return np.abs(rng.normal(0.0, sd, size))
        case HalfCauchy(scale=scale):
            return scale * np.abs(rng.standard_cauchy(size))
        case Gamma(shape=shape, rate=rate):
            return np.log(rng.gamma(shape, 1.0 / rate, size))
        case Simplex():
            return rng.dirichlet(np.ones(size[-1]), size[0])
        case Standard():
            return rng.standard_normal(size)
        case _:
            assert_never(prior)


def log_prior(plan: ModelPlan, values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the log prior density of every free parameter, element by element.

    Parameters
    ----------
    values : (..., size) draws by name.

    Returns
    -------
    Arrays of the shapes of ``values``; a simplex has one density, (...,).
    """
    return {name: log_density(prior, values[name]) for name, (_, prior) in parameter_priors(plan).items()}


def log_density(prior: FreePrior, x: FloatArray) -> FloatArray:
    """Return the log density of one parameter at ``x``."""
    match prior:
        case Normal(mean=mean, sd=sd):
            return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * LOG_TWO_PI
        case EvidencePrior():
            return mixture.log_density(prior.mixture, x.ravel()).reshape(x.shape)
        case HalfNormal(sd=sd):
            return -0.5 * (x / sd) ** 2 - np.log(sd) + np.log(2.0) - 0.5 * LOG_TWO_PI
        case HalfCauchy(scale=scale):
            return np.asarray(np.log(2.0 / (np.pi * scale)) - np.log1p((x / scale) ** 2))
        case Gamma(shape=shape, rate=rate):
            # Density of the logarithm of a gamma variable: the Jacobian adds x.
            return np.asarray(shape * np.log(rate) - gammaln(shape) + shape * x - rate * np.exp(x))
        case Simplex():
            return np.full(x.shape[:-1], gammaln(x.shape[-1]))
        case Standard():
            return -0.5 * x**2 - 0.5 * LOG_TWO_PI
        case _:
            assert_never(prior)
