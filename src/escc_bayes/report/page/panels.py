"""Which covariates of a model have groups whose curves are shown."""

from escc_bayes.spec.plan import ModelPlan

MOST_GROUPS = 6


def panels(plan: ModelPlan) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each covariate whose groups are drawn, with the groups; numbers, centres and long lists are not."""
    return tuple(
        (term, levels)
        for block in plan.design.blocks
        if block.shown
        for term, levels in zip(block.effect.covariates, block.levels, strict=False)
        if 1 < len(levels) <= MOST_GROUPS
    )
