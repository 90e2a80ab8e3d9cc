"""Draws from the prior and its log density, parameter by parameter, in numpy."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.model.parameters import free_parameters
from escc_bayes.bayes.numeric.log_gamma import beside_normal
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import mixture
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Gamma, HalfCauchy, HalfNormal, LogGamma, Normal
from escc_bayes.spec.structures.free import FreePrior, Simplex, Standard

LOG_TWO_PI = float(np.log(2.0 * np.pi))
# An SD of a frailty below this leaves its logarithm a normal to more digits than a number has.
LEAST_SD = 1e-7


def parameter_priors(plan: ModelPlan) -> dict[str, tuple[tuple[int, ...], FreePrior]]:
    """Return shape and prior of every free parameter, baseline first."""
    return {free.name: (free.shape, free.prior) for free in free_parameters(plan)}


def prior_draws(plan: ModelPlan, draws: int, seed: Seed) -> dict[str, FloatArray]:
    """Return draws (draws, size) of every free parameter from its prior."""
    found: dict[str, FloatArray] = {}
    for name, (shape, prior) in parameter_priors(plan).items():
        rng, size = generator(seed, "prior", name), (draws, *shape)
        found[name] = (
            log_gammas(found[prior.scale], size, rng) if isinstance(prior, LogGamma) else draw(prior, size, rng)
        )
    return found


def log_gammas(sd: FloatArray, size: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    """Draw logarithms of gamma variables of mean 1 with these SDs (draws, 1), over their SD."""
    shape = 1.0 / np.maximum(sd, LEAST_SD) ** 2
    # A gamma of a small shape underflows: it is one of shape + 1 times a uniform to the power 1 / shape.
    log_uniform = -rng.standard_exponential(size)
    drawn = np.log(rng.gamma(shape + 1.0, size=size)) + log_uniform / shape - np.log(shape)
    return np.asarray(drawn / np.maximum(sd, LEAST_SD))


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
        case LogGamma():
            raise TypeError(f"draws of {prior!r} need those of its scale: log_gammas")
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
    found: dict[str, FloatArray] = {}
    for name, (_, prior) in parameter_priors(plan).items():
        if isinstance(prior, LogGamma):
            sd = values[prior.scale]
            found[name] = log_density(Standard(), values[name]) + beside_normal(sd * values[name], sd)
        else:
            found[name] = log_density(prior, values[name])
    return found


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
        case LogGamma():
            raise TypeError(f"the density of {prior!r} needs its scale: log_prior")
        case _:
            assert_never(prior)
