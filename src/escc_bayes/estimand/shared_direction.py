"""What the form of an ordered effect fixes before any data: one direction, and so one probability for all levels."""

from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.spec.design import Design


def shared_direction(asked: HazardRatio, design: Design) -> str:
    """Say that levels of an ordered effect share P(HR > 1); nothing where the effect has one level over the first.

    beta_j = b (share_1 + .. + share_j) with positive shares: every contrast of a later with an earlier level has the
    sign of b, in every draw.
    """
    block, _ = design.block_of(asked.term)
    if block.effect.structure != "ordered" or block.width == 1:
        return ""
    levels, absent = block.levels[0], without_patients(asked.term, design)
    return (
        f"ordered effect: P(HR > 1) is one number for all levels of {asked.term} by construction, and the levels "
        f"between {levels[0]} and {levels[-1]} are no findings of their own{absent}"
    )


def without_patients(term: str, design: Design) -> str:
    """Name the levels between that have no patient and keep their step."""
    block, _ = design.block_of(term)
    declared = design.schemas[term].levels[: block.ranks[-1] + 1]
    absent = [level for level in declared if level not in block.levels[0]]
    return f" (nobody is in {', '.join(absent)}, whose step is kept)" if absent else ""
