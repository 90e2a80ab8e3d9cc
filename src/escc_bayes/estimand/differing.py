"""What must be known of a hazard ratio in a model whose effect differs with a second covariate, the modifier.

How few patients stand behind it within a level; and, of the modifier's own ratios, at which level of the covariate they
stand. docs/methods/subgroup.md, docs/methods/interaction.md.
"""

import math

from escc_bayes.estimand.behind import Behind, behind, of_group, within_of
from escc_bayes.estimand.estimand import Estimand, HazardRatio, groups_named
from escc_bayes.estimand.estimate import joined_notes
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan
from escc_bayes.spec.thin import FEW_EVENTS

NO_COMMON = "not available: maximum likelihood fits a free effect in each level, and none in common"


def differing_note(asked: Estimand, plan: ModelPlan) -> str:
    """Return what an estimate of a model whose effects differ with a modifier rests on; nothing for most."""
    if isinstance(asked, HazardRatio):
        return joined_notes(few_within(asked, plan), where_it_stands(asked, plan))
    return joined_notes(*(set_to_nobody(block, asked, plan) for block in plan.design.blocks))


def set_to_nobody(block: Block, asked: Estimand, plan: ModelPlan) -> str:
    """Say that a standardised estimate gives patients of a level what nobody of that level has."""
    crossing, empty = block.coding.crossing, empty_when_set(block, asked, plan)
    if crossing is None or not empty:
        return ""
    basis = "the common effect and the prior alone" if crossing.common else "the prior alone"
    return f"everyone is set to it, and nobody is in {' or '.join(empty)}: there it rests on {basis}"


def unset(asked: Estimand, plan: ModelPlan) -> str:
    """Say why maximum likelihood sets nobody to a group: patients of some level would get what none of them has."""
    empty = [label for block in plan.design.blocks for label in empty_when_set(block, asked, plan)]
    return f"not estimable: everyone is set to it, and nobody is in {' or '.join(empty)}" if empty else ""


def empty_when_set(block: Block, asked: Estimand, plan: ModelPlan) -> list[str]:
    """Return the cells without patients that everyone set to a group would fill."""
    crossing, name = block.coding.crossing, block.effect.covariates[0]
    if crossing is None or isinstance(asked, HazardRatio) or asked.population != "everyone":
        return []
    groups, numeric = groups_named(asked), block.coding.numeric
    if asked.term == name and not numeric:
        pairs = [(group, level) for group in groups for level in crossing.levels]
    elif asked.term == crossing.modifier and not numeric:
        pairs = [(own, group) for group in groups for own in block.coding.levels[0]]
    else:
        return []
    cells = [of_group(plan.rows, name, own, within=(crossing.modifier, level)) for own, level in pairs]
    return [one.label for one in cells if one.n == 0]


def few_within(asked: HazardRatio, plan: ModelPlan) -> str:
    """Say that a hazard ratio within a level has no data of its own, or few events."""
    if not within_of(asked, plan.rows):
        return ""
    each = behind(asked, plan.rows)
    nobody = [one.label for one in each if one.n == 0]
    if nobody:
        crossing = plan.design.block_of(asked.term, asked.transition)[0].coding.crossing
        basis = "the common effect and the prior alone" if crossing and crossing.common else "the prior alone"
        return f"NO DATA OF ITS OWN: nobody is in {' or '.join(nobody)}; it rests on {basis}"
    few = [words_of(one) for one in each if one.events < FEW_EVENTS]
    return f"few data: {'; '.join(few)}" if few else ""


def words_of(one: Behind) -> str:
    """Return the events and patients of a group in words."""
    return f"{one.label}: {one.events} event{'' if one.events == 1 else 's'} in {one.n} patients"


def where_it_stands(asked: HazardRatio, plan: ModelPlan) -> str:
    """Say at which level, or value, of other covariates a modifier's own hazard ratio stands."""
    return "; ".join(stands(block, asked, plan) for block in modified_by(asked, plan))


def modified_by(asked: HazardRatio, plan: ModelPlan) -> list[Block]:
    """Return the effects that differ with the term of a hazard ratio."""
    return [
        block
        for block in plan.design.blocks
        if block.coding.crossing is not None
        and block.coding.crossing.modifier == asked.term
        and (not asked.transition or asked.transition in block.within)
    ]


def stands(block: Block, asked: HazardRatio, plan: ModelPlan) -> str:
    """Say at which level or value of a covariate a modifier's hazard ratio stands, and in which level nobody has it."""
    name = block.effect.covariates[0]
    if block.coding.numeric:
        return f"at {name} {plan.rows.covariates[name].schema.center:g}: it differs with {name}"
    reference, words = block.coding.levels[0][0], (asked.level, asked.versus)
    nobody = [
        str(word)
        for word in words
        if word is not None and of_group(plan.rows, name, reference, None, asked.transition, (asked.term, word)).n == 0
    ]
    whom = f"among patients with {name} {reference}: it differs with {name}"
    return f"{whom}; NOBODY in {asked.term} {' and '.join(nobody)} has {name} {reference}" if nobody else whom


def untold(asked: HazardRatio, plan: ModelPlan, *, centres: bool) -> str:
    """Say why maximum likelihood has no such hazard ratio; nothing where it has.

    Parameters
    ----------
    plan : classical.
    centres : whether the method takes the centres of a random intercept into account.
    """
    if not asked.modifier:
        return ""
    if asked.modifier in plan.spec.intercepts and not centres:
        return f"not available: this method leaves {asked.modifier} out, and would compare patients of different levels"
    if asked.within is None:
        return NO_COMMON
    if not within_of(asked, plan.rows):
        return ""
    each = behind(asked, plan.rows)
    nobody = [one.label for one in each if one.n == 0]
    if nobody:
        return f"not estimable: nobody is in {' or '.join(nobody)}"
    alike = [one.label for one in each if not differs(asked, one, plan)]
    return f"not estimable: {asked.term} is the same in all of {' and '.join(alike)}" if alike else ""


def differs(asked: HazardRatio, one: Behind, plan: ModelPlan) -> bool:
    """Return whether a number differs between the patients of a level; of a covariate with levels, always."""
    covariate, other = plan.rows.covariates[asked.term], plan.rows.covariates[asked.modifier]
    if covariate.schema.categorical:
        return True
    level = one.label.removeprefix(f"{asked.modifier} ")
    own = covariate.values[other.values == other.schema.levels.index(level)]
    return not math.isclose(float(own.min()), float(own.max()), rel_tol=1e-12)
