"""How the hazard ratios of two endpoints go together: as estimates of the same patients, and as effects.

docs/methods/several_endpoints.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.structures.free import Standard


@dataclass(frozen=True, slots=True)
class Together:
    """How one hazard ratio goes together on two endpoints.

    Attributes
    ----------
    asked : on the first endpoint.
    other : the second endpoint.
    estimates : posterior correlation of the two log hazard ratios; NaN where one coefficient is for both.
    effects : (m,) draws of the correlation of the two effects before the data, given how far endpoints lie apart; none
        where the model states none.
    """

    asked: HazardRatio
    other: str
    estimates: float
    effects: FloatArray


def going_together(posterior: Posterior) -> tuple[Together, ...]:
    """Return each contrast that stands on two endpoints."""
    plan = posterior.plan
    if not plan.rows.marginal:
        return ()
    asked = {(one.term, one.level, one.versus, one.per, one.transition): one for one in standard_contrasts(plan.design)}
    found = []
    for first, second in combinations(plan.rows.transition_names, 2):
        for (*what, endpoint), one in asked.items():
            if endpoint == first and (*what, second) in asked:
                found.append(of_pair(posterior, one, replace(one, transition=second)))
    return tuple(found)


def of_pair(posterior: Posterior, one: HazardRatio, other: HazardRatio) -> Together:
    """Return how one hazard ratio goes together with that on another endpoint."""
    plan = posterior.plan
    both = [weights(asked, plan.design) for asked in (one, other)]
    drawn = [posterior.coefficients.reshape(-1, plan.design.size) @ w for w in both]
    same = np.array_equal(both[0], both[1])
    estimates = float("nan") if same else float(np.asarray(np.corrcoef(drawn))[0, 1])
    block = plan.design.block_of(one.term, one.transition)[0]
    places = [np.flatnonzero(w[block.coefficients]) for w in both]
    stated = bool(block.coding.copies) and all(place.size == 1 for place in places)
    effects = correlation(block, posterior.flat, *(int(p[0]) for p in places)) if stated else np.zeros(0)
    return Together(one, other.transition, estimates, effects)


def correlation(block: Block, values: Mapping[str, FloatArray], i: int, j: int) -> FloatArray:
    """Return the prior correlation (m,) of two coefficients of an effect, given draws of its standard deviations."""
    both, first, second = (covariance(block, values, *pair) for pair in ((i, j), (i, i), (j, j)))
    return np.asarray(both / np.sqrt(first * second))


def covariance(block: Block, values: Mapping[str, FloatArray], i: int, j: int) -> FloatArray:
    """Return the prior covariance (m,) of two coefficients: the sum over terms."""
    priors = {free.name: free.prior for free in block.free}
    found = np.zeros(values[block.free[0].name].shape[0])
    for term in block.terms:
        prior = priors[term.parameter]
        assert isinstance(prior, Normal | Standard)
        size = prior.sd if isinstance(prior, Normal) else 1.0
        scale = np.prod([values[name][:, 0] for name in term.scales], axis=0) if term.scales else 1.0
        found = found + float(term.loading[i] @ term.loading[j]) * (size * scale) ** 2
    return found
