"""What the variables of a posterior are, in words that travel with them: against whom, per how much, in which unit."""

from collections.abc import Mapping

from escc_bayes.estimand.contrast import contrasts_of
from escc_bayes.estimand.estimand import contrast_words
from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.structures.protocol import Crossing
from escc_bayes.spec.whom import part_of, whom

FOLLOW_UP = {"long_name": "follow-up to event or censoring", "unit": "months"}


def said_of(plan: ModelPlan) -> Mapping[str, Mapping[str, str]]:
    """Return the attributes of the variables that are made of parameters."""
    against = "; ".join(word for block in plan.design.blocks for word in coefficient_words(block, plan.design))
    described = ", of ".join(filter(None, (whom(plan), part_of(plan))))
    return {
        "beta": {"long_name": "log hazard ratio of each coefficient", "against": against},
        "HR": {"long_name": "hazard ratio of each coefficient", "against": against},
        "log_rate": {"long_name": f"log hazard of {described} in each piece", "unit": "log events per month"},
        "shape": {"long_name": "Weibull shape k of H(t) = exp(b0) (t / reference_time)^k"},
        "b0": {"long_name": f"log cumulative hazard of {described} at the reference month of the specification"},
    }


def coefficient_words(block: Block, design: Design) -> list[str]:
    """Say of each coefficient whom it compares with whom, or per how many units of a number."""
    if block.full:
        return [f"{label}: against the mean of all levels" for label in block.labels]
    if block.coding.crossing is not None:
        return [f"{label}: {word}" for label, word in zip(block.labels, part_words(block.coding.crossing), strict=True)]
    asked = sorted(contrasts_of(block, design), key=lambda one: one.months or (0.0, 0.0))
    if len(asked) != block.coding.size:
        return [f"{label}: against the reference" for label in block.labels]
    return [f"{label}: {contrast_words(one)}" for label, one in zip(block.labels, asked, strict=True)]


def part_words(crossing: Crossing) -> list[str]:
    """Say of each column of an effect that differs with a modifier what its coefficient is."""
    plain, other = "against the reference", crossing.modifier
    if crossing.common:
        return [f"{plain}, common to all" if level is None else "over the common effect" for _, level in crossing.parts]
    if not crossing.levels:
        at = f"{plain}, at {other} {crossing.center:g}"
        return [
            at if level is None else f"ratio of hazard ratios per {crossing.scale:g} of {other}"
            for _, level in crossing.parts
        ]
    at = f"{plain}, in {other} {crossing.levels[0]}"
    return [at if level is None else f"over that in {other} {crossing.levels[0]}" for _, level in crossing.parts]
