"""Draws from the prior and its log density, parameter by parameter, in numpy."""

from collections.abc import Mapping

import numpy as np
from scipy.special import gammaln

from escc_bayes.bayes.parameters import baseline_shapes, block_shapes, prior_of
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec import mixture
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Gamma, HalfNormal, Normal

type Kind = Normal | EvidencePrior | HalfNormal | Gamma | None
LOG_TWO_PI = float(np.log(2.0 * np.pi))


def parameter_priors(plan: ModelPlan) -> dict[str, tuple[tuple[int, ...], Kind]]:
    """Return shape and prior of every free parameter, baseline first."""
    found = {
        name: (shape, prior_of(name, None, plan.baseline)) for name, shape in baseline_shapes(plan.baseline).items()
    }
    for block in plan.design.blocks:
        for name, shape in block_shapes(block).items():
            found[name] = (shape, prior_of(name, block, plan.baseline))
    return found


def prior_draws(plan: ModelPlan, draws: int, seed: Seed) -> dict[str, FloatArray]:
    """Return draws (draws, size) of every free parameter from its prior."""
    return {
        name: draw(name, prior, (draws, *shape), generator(seed, "prior", name))
        for name, (shape, prior) in parameter_priors(plan).items()
    }


def draw(name: str, prior: Kind, size: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
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
        case Gamma(shape=shape, rate=rate):
            return np.log(rng.gamma(shape, 1.0 / rate, size))
        case None if name.startswith("share_"):
            return rng.dirichlet(np.ones(size[-1]), size[0])
        case None:
            return rng.standard_normal(size)


def log_prior(plan: ModelPlan, values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the log prior density of every free parameter, element by element.

    Parameters
    ----------
    values : (..., size) draws by name.

    Returns
    -------
    Arrays of the shapes of ``values``; a simplex has one density, (...,).
    """
    return {name: log_density(name, prior, values[name]) for name, (_, prior) in parameter_priors(plan).items()}


def log_density(name: str, prior: Kind, x: FloatArray) -> FloatArray:
    """Return the log density of one parameter at ``x``."""
    match prior:
        case Normal(mean=mean, sd=sd):
            return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * LOG_TWO_PI
        case EvidencePrior():
            return mixture.log_density(prior.mixture, x.ravel()).reshape(x.shape)
        case HalfNormal(sd=sd):
            return -0.5 * (x / sd) ** 2 - np.log(sd) + np.log(2.0) - 0.5 * LOG_TWO_PI
        case Gamma(shape=shape, rate=rate):
            # Density of the logarithm of a gamma variable: the Jacobian adds x.
            return np.asarray(shape * np.log(rate) - gammaln(shape) + shape * x - rate * np.exp(x))
        case None if name.startswith("share_"):
            return np.full(x.shape[:-1], gammaln(x.shape[-1]))
        case None:
            return -0.5 * x**2 - 0.5 * LOG_TWO_PI
