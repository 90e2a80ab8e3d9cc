"""How far each of many columns is shrunk, and how many effects that leaves: of effects under a horseshoe.

With d events the data alone know a log hazard ratio per standard deviation to a variance of about 1 / d, and the
posterior mean of one with prior SD s is about (1 - kappa) times what the data say,

    kappa_j = 1 / (1 + d s_j^2),    effective number of effects = sum_j (1 - kappa_j).

Piironen & Vehtari 2017, Electron J Stat 11:5018, sections 2 and 3. docs/methods/horseshoe.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.model.parameters import limited
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan

PRIOR_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The columns of one effect under a horseshoe.

    Attributes
    ----------
    effect : its name.
    terms, labels : covariate and label of each column.
    factors : (draws, columns) kappa: 1 wholly shrunk, 0 not at all.
    prior_factors : the same of draws from the prior.
    """

    effect: str
    terms: tuple[str, ...]
    labels: tuple[str, ...]
    factors: FloatArray
    prior_factors: FloatArray

    @property
    def effects(self) -> FloatArray:
        """Effective number of effects, (draws,)."""
        return np.asarray((1.0 - self.factors).sum(axis=1))

    @property
    def prior_effects(self) -> FloatArray:
        """The same of draws from the prior."""
        return np.asarray((1.0 - self.prior_factors).sum(axis=1))

    def sentence(self, level: float) -> str:
        """Say how many effects there are, and which are shrunk least."""
        tail = (1.0 - level) / 2.0
        low, middle, high = np.quantile(self.effects, [tail, 0.5, 1.0 - tail])
        expected = float(np.median(self.prior_effects))
        kept = 1.0 - self.factors.mean(axis=0)
        first = np.argsort(-kept)[:3]
        named = ", ".join(f"{self.labels[j]} {100 * kept[j]:.0f} %" for j in first)
        return (
            f"{self.effect}: {middle:.1f} of {len(self.labels)} effects (effective number; {100 * level:g} % credible "
            f"interval {low:.1f} to {high:.1f}; prior median {expected:.1f}); kept of what the data say, most: {named}"
        )


def shrunk(posterior: Drawn) -> tuple[Shrunk, ...]:
    """Return how far the columns of each effect under a horseshoe are shrunk; nothing for most models."""
    plan = posterior.plan
    blocks = [block for block in plan.design.blocks if block.coding.shrinkage is not None]
    if not blocks:
        return ()
    prior = prior_draws(plan, PRIOR_DRAWS, posterior.seed)
    return tuple(
        Shrunk(
            block.effect.name,
            block.effect.covariates,
            block.labels,
            factors_of(block, posterior.flat),
            factors_of(block, prior),
        )
        for block in blocks
    )


def shrunk_over(members: Sequence[Drawn]) -> tuple[Shrunk, ...]:
    """Return the same over all members of an ensemble, as many draws of each."""
    return tuple(
        replace(
            of_effect[0],
            factors=np.concatenate([one.factors for one in of_effect]),
            prior_factors=np.concatenate([one.prior_factors for one in of_effect]),
        )
        for of_effect in zip(*(shrunk(member) for member in members), strict=True)
    )


def factors_of(block: Block, values: Mapping[str, FloatArray]) -> FloatArray:
    """Return the shrinkage factors (draws, columns) of an effect."""
    shrinkage, term = block.coding.shrinkage, block.terms[0]
    assert shrinkage is not None
    return np.asarray(1.0 / (1.0 + shrinkage.events * limited(term, values) ** 2))


def shrinkage_sentences(posterior: Drawn, level: float) -> tuple[str, ...]:
    """Say of each effect under a horseshoe how many effects it has."""
    return tuple(one.sentence(level) for one in shrunk(posterior))


def is_shrunk(plan: ModelPlan) -> bool:
    """Return whether a plan has an effect under a horseshoe."""
    return any(block.coding.shrinkage is not None for block in plan.design.blocks)
