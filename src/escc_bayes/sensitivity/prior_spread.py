"""The prior SD of a contrast: exact where it is normal, by draws where SDs or shares have priors of their own."""

import math

import numpy as np

from escc_bayes.bayes.model.parameters import block_coefficients
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.foundation.seeds import Seed
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block
from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.structures.free import FreePrior

# The SD of so many draws is right to 0.5 %.
DRAWS = 20_000


def prior_sd(plan: ModelPlan, weights: FloatArray, seed: Seed) -> float:
    """Return the prior SD of ``coefficients @ weights``, all of one effect.

    Parameters
    ----------
    weights : (p,) on the coefficients.
    seed : of the draws, where there is no closed form.
    """
    block = next(b for b in plan.design.blocks if weights[b.coefficients].any())
    own = weights[block.coefficients]
    exact = exact_variance(block, own)
    if exact is not None:
        return math.sqrt(exact)
    drawn = prior_draws(plan, DRAWS, seed)
    return float((np.asarray(block_coefficients(block, drawn, np)) @ own).std(ddof=1))


def exact_variance(block: Block, weights: FloatArray) -> float | None:
    """Return the prior variance of a contrast of an effect that is linear in normal parameters; None elsewhere."""
    priors = {free.name: free.prior for free in block.free}
    found = 0.0
    for term in block.terms:
        prior = priors[term.parameter]
        if term.scales or term.shares or not isinstance(prior, Normal | EvidencePrior):
            return None
        found += float(((weights @ term.loading) ** 2).sum()) * prior.sd**2
    return found


def prior_mean(plan: ModelPlan, weights: FloatArray, seed: Seed) -> float:
    """Return the prior mean of ``coefficients @ weights``, all of one effect; arguments as for ``prior_sd``."""
    block = next(b for b in plan.design.blocks if weights[b.coefficients].any())
    own = weights[block.coefficients]
    if exact_variance(block, own) is not None:
        priors = {free.name: free.prior for free in block.free}
        return sum(float((own @ t.loading).sum()) * mean_of(priors[t.parameter]) for t in block.terms)
    drawn = prior_draws(plan, DRAWS, seed)
    return float((np.asarray(block_coefficients(block, drawn, np)) @ own).mean())


def mean_of(prior: FreePrior) -> float:
    """Return the mean of a normal, or of a mixture of normals."""
    assert isinstance(prior, Normal | EvidencePrior)
    return prior.mean
