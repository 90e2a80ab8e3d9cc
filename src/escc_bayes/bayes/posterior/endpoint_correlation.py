"""How the hazard ratios of two endpoints go together: as estimates of the same patients, and as effects.

docs/methods/several_endpoints.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.between import evenly
from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.estimand.contrast import standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.prior import Normal
from escc_bayes.spec.structures.free import Standard

PRIOR_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Together:
    """How one hazard ratio goes together on two endpoints.

    Attributes
    ----------
    asked : on the first endpoint.
    other : the second endpoint.
    drawn : (2, draws) the two log hazard ratios.
    one_for_both : whether one coefficient is for both endpoints.
    effects, prior_effects : (m,) draws of the correlation of the two effects before the data, given how far endpoints
        lie apart, under the posterior and under the prior; none where the model states none.
    """

    asked: HazardRatio
    other: str
    drawn: FloatArray
    one_for_both: bool
    effects: FloatArray
    prior_effects: FloatArray

    @property
    def estimates(self) -> float:
        """Posterior correlation of the two log hazard ratios; NaN where one coefficient is for both."""
        return float("nan") if self.one_for_both else float(np.asarray(np.corrcoef(self.drawn))[0, 1])

    @property
    def difference(self) -> FloatArray:
        """Log of the ratio of the two hazard ratios, first over second, (draws,)."""
        return np.asarray(self.drawn[0] - self.drawn[1])

    @property
    def below_one(self) -> tuple[float, float, float]:
        """Posterior probability that the first, the second, and both hazard ratios are below 1."""
        return on_one_side(self.drawn < 0.0)

    @property
    def above_one(self) -> tuple[float, float, float]:
        """Posterior probability that the first, the second, and both hazard ratios are above 1."""
        return on_one_side(self.drawn > 0.0)


def on_one_side(there: np.ndarray) -> tuple[float, float, float]:
    """Return how often the first, the second, and both are there."""
    return float(there[0].mean()), float(there[1].mean()), float(there.all(axis=0).mean())


def going_together(posterior: Posterior) -> tuple[Together, ...]:
    """Return each contrast that stands on two endpoints."""
    return together_over((posterior,))


def together_over(members: Sequence[Posterior]) -> tuple[Together, ...]:
    """Return the same by the mixture of the members' posteriors, as many draws of each."""
    plan = members[0].plan
    return tuple(of_pair(members, one, other) for one, other in pairs(plan)) if plan.rows.marginal else ()


def pairs(plan: ModelPlan) -> Iterator[tuple[HazardRatio, HazardRatio]]:
    """Yield each hazard ratio with that of another endpoint."""
    asked = {(one.term, one.level, one.versus, one.per, one.transition): one for one in standard_contrasts(plan.design)}
    for first, second in combinations(plan.rows.transition_names, 2):
        for (*what, endpoint), one in asked.items():
            if endpoint == first and (*what, second) in asked:
                yield one, replace(one, transition=second)


def of_pair(members: Sequence[Posterior], one: HazardRatio, other: HazardRatio) -> Together:
    """Return how one hazard ratio goes together with that on another endpoint."""
    plan = members[0].plan
    both = [weights(asked, plan.design) for asked in (one, other)]
    drawn = np.concatenate(evenly([member.coefficients @ np.stack(both, axis=1) for member in members])).T
    block = plan.design.block_of(one.term, one.transition)[0]
    places = [np.flatnonzero(w[block.coefficients]) for w in both]
    effects = prior = np.zeros(0)
    if block.coding.copies and all(place.size == 1 for place in places):
        i, j = (int(place[0]) for place in places)
        effects = np.concatenate(evenly([correlation(block, member.flat, i, j) for member in members]))
        prior = correlation(block, prior_draws(plan, PRIOR_DRAWS, members[0].seed), i, j)
    return Together(one, other.transition, drawn, bool(np.array_equal(both[0], both[1])), effects, prior)


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
