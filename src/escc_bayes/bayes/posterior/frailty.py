"""How far the levels of a random intercept lie apart, and where each lies: centres, pairs, clusters.

Of each level the factor on the hazard, exp(sd z), over that of the median level (normal) or of the mean (gamma), where
the baseline is. docs/methods/frailty.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior.between import evenly, over_words, variance_parts
from escc_bayes.bayes.posterior.drawn import Drawn
from escc_bayes.data.ensemble import RECONSTRUCTIONS
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.design import Block
from escc_bayes.spec.prior import LogGamma
from escc_bayes.spec.transitions import in_words

PRIOR_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Frailty:
    """The levels of one random intercept.

    Attributes
    ----------
    term : the covariate.
    transition : in which the intercepts stand, where there are several of its own; "" of one endpoint.
    gamma : whether factors are gamma with mean 1; else their logarithms are normal.
    sd : (members, draws) of the factor (gamma) or of its logarithm (normal).
    prior_sd : (m,) draws of the same under the prior.
    labels : of the levels.
    factors : (levels, draws) on the hazard of each, over all members.
    shares : of the variance of the log factor of each level, what lies between members; 0 of one.
    """

    term: str
    transition: str
    gamma: bool
    sd: FloatArray
    prior_sd: FloatArray
    labels: tuple[str, ...]
    factors: FloatArray
    shares: tuple[float, ...]

    @property
    def of(self) -> str:
        """What the SD is of."""
        return "the factor on the hazard, whose mean is 1" if self.gamma else "the log hazard"

    def sentence(self, level: float, kind: str = RECONSTRUCTIONS) -> str:
        """Say how far levels lie apart beside the prior, and what that means."""
        tail = (1.0 - level) / 2.0
        low, middle, high = np.quantile(self.sd, [tail, 0.5, 1.0 - tail])
        prior_low, prior, prior_high = np.quantile(self.prior_sd, [tail, 0.5, 1.0 - tail])
        within = f", {in_words(self.transition)}" if self.transition else ""
        over = over_words(len(self.sd), variance_parts(self.sd).share, "it", kind)
        return (
            f"Frailty of {self.term}{within}: SD between its {len(self.labels)} levels "
            f"{middle:.2f} ({100 * level:g} % credible interval {low:.2f} to {high:.2f}){over}, of {self.of}; prior "
            f"median {prior:.2f} ({prior_low:.2f} to {prior_high:.2f}). Hazard ratios of the model hold within a level."
        )


def frailties(members: Sequence[Drawn]) -> tuple[Frailty, ...]:
    """Return the random intercepts by one posterior, or by the mixture of an ensemble's; none of most models."""
    blocks = members[0].plan.design.blocks
    return tuple(of_block(block, members) for block in blocks if not block.effect.unshrunk())


def of_block(block: Block, members: Sequence[Drawn]) -> Frailty:
    """Return the intercepts of one effect: its one term, the SD times what is standardised."""
    first, (term,) = members[0], block.terms
    (name,) = term.scales
    by_member = np.stack(evenly([member.flat[name] * member.flat[term.parameter] for member in members]))
    levels = range(by_member.shape[2])
    return Frailty(
        term=block.effect.covariates[0],
        transition=block.within[0] if len(block.within) == 1 else "",
        gamma=any(isinstance(free.prior, LogGamma) for free in block.free),
        sd=np.stack(evenly([member.flat[name][:, 0] for member in members])),
        prior_sd=prior_draws(first.plan, PRIOR_DRAWS, first.seed)[name][:, 0],
        labels=block.coding.levels[0],
        factors=np.exp(by_member.reshape(-1, len(levels))).T,
        shares=tuple(variance_parts(by_member[:, :, level]).share for level in levels),
    )


def frailty_sentences(members: Sequence[Drawn], level: float, kind: str = RECONSTRUCTIONS) -> tuple[str, ...]:
    """Say how far levels lie apart; nothing of most models."""
    return tuple(one.sentence(level, kind) for one in frailties(members))
