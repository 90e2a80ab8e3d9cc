"""The priors of a model that can be turned, one effect at a time: mean and SD of a normal, or the scale of an SD.

What is turned is the prior as the model states it: of an ordered effect that of its last level over the first, of a
pooled one that of the mean over its covariates, of levels shrunk towards each other the half-normal on their SD.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.bayes.refits.requests import RefitRequest, with_prior
from escc_bayes.bayes.refits.table import RefitTable
from escc_bayes.sensitivity.subject import Subject, Tell
from escc_bayes.sensitivity.variants import prior_of
from escc_bayes.spec.model import ModelSpec
from escc_bayes.spec.plan import with_priors
from escc_bayes.spec.prior import HalfNormal, Normal

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
    kind : ``normal``, with mean and SD, or ``half-normal``, with a scale.
    mean, sd : as the model states it; of a half-normal 0 and the scale.
    unit : what 1 is on a log hazard ratio of levels: of a number as much smaller as its prior is.
    """

    effect: str
    terms: tuple[str, ...]
    kind: str
    mean: float
    sd: float
    unit: float

    @property
    def normal(self) -> bool:
        """Whether it has a mean."""
        return self.kind == NORMAL

    def turned(self, spec: ModelSpec, mean: float, sd: float) -> ModelSpec:
        """Return the model with this prior turned; the mean of a half-normal stays."""
        return with_prior(spec, self.effect, Normal(mean, sd) if self.normal else HalfNormal(sd))


type Point = tuple[Dial, float, float]


def dials_of(subject: Subject) -> tuple[Dial, ...]:
    """Return every prior of a model's effects that can be turned; centres, a nuisance, are left alone."""
    found = []
    for block in subject.plan.design.blocks:
        effect = block.effect
        if not effect.contrasts(block.coding):
            continue
        prior = prior_of(effect)
        scale = next((v for key in effect.KEYS if isinstance(v := getattr(effect, key), HalfNormal)), None)
        if prior is not None:
            unit = prior.sd / math.log(2.0) if block.coding.numeric else 1.0
            found.append(Dial(effect.name, effect.covariates, NORMAL, prior.mean, prior.sd, unit))
        elif scale is not None:
            found.append(Dial(effect.name, effect.covariates, HALF_NORMAL, 0.0, scale.sd, 1.0))
    return tuple(found)


def turned_refits(subject: Subject, points: Sequence[Point], tell: Tell | None, part: str) -> RefitTable:
    """Return the refits of a model with one prior turned in each."""
    base = subject.plan
    plans = tuple(with_priors(base, dial.turned(base.spec, mean, sd)) for dial, mean, sd in points)
    labels = tuple((dial.effect, mean, sd) for dial, mean, sd in points)
    request = RefitRequest(("effect", "prior_mean", "prior_sd"), labels, plans, base, "shared")
    return subject.refit(request, tell, part=part, draws=DRAWS)
