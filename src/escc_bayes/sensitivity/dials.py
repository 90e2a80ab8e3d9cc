"""The priors of a model that can be turned, one effect at a time: mean and SD of a normal, or the scale of an SD.

What is turned is the prior as the model states it: of an ordered effect that of its last level over the first, of a
pooled one that of the mean over its covariates, of levels shrunk towards each other the half-normal on their SD.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from escc_bayes.bayes.refits.requests import RefitRequest, with_prior
from escc_bayes.bayes.refits.table import RefitTable
from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.sensitivity.variants import prior_of
from escc_bayes.spec.design import Block
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import with_priors
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.structures.protocol import Structure

# Refits that are only looked through need few draws: P(HR > 1) is right to 0.01.
DRAWS = 1000
NORMAL, HALF_NORMAL = "normal", "half-normal"


@dataclass(frozen=True, slots=True)
class Dial:
    """A prior that can be turned.

    Attributes
    ----------
    effect : its name in the model.
    terms : covariates whose hazard ratios it is about.
    within : transitions in which it acts; none of one endpoint.
    kind : ``normal``, with mean and SD, or ``half-normal``, with a scale.
    mean, sd : as the model states it; of a half-normal 0 and the scale.
    unit : what 1 is on a log hazard ratio of levels: of a number as much smaller as its prior is.
    """

    effect: str
    terms: tuple[str, ...]
    within: tuple[str, ...]
    kind: str
    mean: float
    sd: float
    unit: float

    @property
    def normal(self) -> bool:
        """Whether it has a mean."""
        return self.kind == NORMAL

    def about(self, asked: HazardRatio) -> bool:
        """Return whether the prior is that of a hazard ratio."""
        return asked.term in self.terms and (not asked.transition or asked.transition in self.within)

    def turned(self, spec: ModelSpec, mean: float, sd: float) -> ModelSpec:
        """Return the model with this prior turned; the mean of a half-normal stays."""
        return with_prior(spec, self.effect, Normal(mean, sd) if self.normal else HalfNormal(sd))


type Point = tuple[Dial, float, float]


def dials_of(subject: Subject) -> tuple[Dial, ...]:
    """Return every prior of a model's effects that can be turned; centres, a nuisance, are left alone."""
    found: dict[str, Dial] = {}
    for block in subject.plan.design.blocks:
        effect = stated(block, subject.spec)
        if not effect.contrasts(block.coding):
            continue
        prior = prior_of(effect)
        scale = next((v for key in effect.KEYS if isinstance(v := getattr(effect, key), HalfNormal)), None)
        if prior is not None:
            unit = prior.sd / math.log(2.0) if block.coding.numeric else 1.0
            dial = Dial(effect.name, effect.covariates, block.within, NORMAL, prior.mean, prior.sd, unit)
        elif scale is not None:
            dial = Dial(effect.name, effect.covariates, block.within, HALF_NORMAL, 0.0, scale.sd, 1.0)
        else:
            continue
        before = found.get(effect.name)
        found[effect.name] = dial if before is None else replace(before, within=(*before.within, *dial.within))
    return tuple(found.values())


def stated(block: Block, spec: ModelSpec) -> Structure:
    """Return the effect that a block comes from: one stated once for several causes has a block for each."""
    return next(e for e in spec.effects if block.effect.name in (e.name, *(f"{e.name}_{c}" for c in block.within)))


def turned_refits(subject: Subject, points: Sequence[Point], tell: Tell | None, part: str) -> RefitTable:
    """Return the refits of a model with one prior turned in each."""
    base = subject.plan
    plans = tuple(with_priors(base, dial.turned(base.spec, mean, sd)) for dial, mean, sd in points)
    labels = tuple((dial.effect, mean, sd) for dial, mean, sd in points)
    request = RefitRequest(("effect", "prior_mean", "prior_sd"), labels, plans, base, "shared")
    return subject.refit(request, tell, part=part, draws=DRAWS)
