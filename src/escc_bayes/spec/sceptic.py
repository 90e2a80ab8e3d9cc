"""A sceptic of every effect: the same model with priors that hold hazard ratios beyond 1.8 for unlikely."""

import math
from collections.abc import Callable
from dataclasses import replace

from escc_bayes.spec.evidence_prior import EvidencePrior
from escc_bayes.spec.model import ModelSpec, with_key
from escc_bayes.spec.prior import HalfNormal, Normal
from escc_bayes.spec.structures.protocol import Structure

# A log hazard ratio lies within log(1.8) of 0 with 95 % probability; levels vary about each other with this SD at most.
RARE_RATIO = 1.8
SD_OF_EFFECT = math.log(RARE_RATIO) / 1.959963984540054
SD_OF_LEVELS = 0.2


def sceptical(spec: ModelSpec) -> ModelSpec:
    """Return a specification whose effects are centred on no effect and rarely beyond a hazard ratio of 1.8.

    A prior that is narrower already keeps its width. The baseline stays as it is.

    Examples
    --------
    >>> from escc_bayes.spec.reading import load_spec
    >>> prior = sceptical(load_spec("larynx_piecewise")).effects[0].prior
    >>> prior.mean, round(prior.sd, 3)
    (0.0, 0.3)
    """
    effects = tuple(sceptical_effect(effect) for effect in spec.effects)
    return replace(spec, name=f"{spec.name.split('@')[0]}@sceptic", effects=effects)


def sceptical_effect(effect: Structure) -> Structure:
    """Return an effect with a sceptic's priors; as the effect itself says where no one prior holds its size."""
    own: Callable[[float], Structure] | None = getattr(effect, "sceptical", None)
    if own is not None:
        return own(SD_OF_EFFECT)
    for key in effect.KEYS:
        held = getattr(effect, key)
        if isinstance(held, Normal | EvidencePrior):
            width = held.sd if isinstance(held, Normal) else SD_OF_EFFECT
            effect = with_key(effect, key, Normal(0.0, min(width, SD_OF_EFFECT)))
        elif isinstance(held, HalfNormal):
            effect = with_key(effect, key, HalfNormal(min(held.sd, SD_OF_LEVELS)))
    return effect
