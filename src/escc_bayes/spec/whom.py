"""Whom the baseline describes: the average patient, or one at the reference of what is not centred."""

from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.plan import ModelPlan


def whom(plan: ModelPlan) -> str:
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


def at_reference(block: Block, design: Design) -> list[str]:
    """Return where each covariate of an effect stands for the reference patient: ``stage I``, ``age 65``."""
    pairs = zip(block.effect.covariates, block.levels, strict=True)
    return [f"{name} {levels[0] if levels else f'{design.schemas[name].center:g}'}" for name, levels in pairs]
