"""Whom the baseline describes: the average patient, or one at the reference of what is not centred."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from escc_bayes.spec.design import Block, Design
    from escc_bayes.spec.plan import ModelPlan

# Of what a baseline is that is not of all patients and all causes.
CURED, EXCESS, STAYS = "those not cured", "the excess over a life table", "a marker that stays as at time zero"


def whom(plan: "ModelPlan") -> str:
    """Return whom the baseline describes, in words.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> from escc_bayes.spec.plan import make_plan
    >>> whom(make_plan(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx")))
    'the average patient'
    """
    if plan.spec.baseline.at == "reference":
        return "the reference patient"
    held = [
        words for block in plan.design.blocks if block.coding.segments for words in at_reference(block, plan.design)
    ]
    return f"the average patient with {' and '.join(held)}" if held else "the average patient"


def part_of(plan: "ModelPlan") -> str:
    """Return of what part of the deaths or patients the baseline is, in words; empty of all patients and all causes."""
    if plan.spec.cure is not None:
        return CURED
    if plan.spec.background is not None:
        return EXCESS
    return "" if plan.course is None else f"{STAYS}: {plan.course.name}"


def at_reference(block: "Block", design: "Design") -> list[str]:
    """Return where each covariate of an effect stands for the reference patient: ``stage I``, ``age 65``."""
    pairs = zip(block.effect.covariates, block.levels, strict=True)
    return [f"{name} {levels[0] if levels else f'{design.schemas[name].center:g}'}" for name, levels in pairs]
