"""What a report asks of a model: hazard ratios, survival, medians, differences of restricted means."""

from dataclasses import replace

from escc_bayes.estimand.contrast import standard_contrasts
from escc_bayes.estimand.estimand import Estimand, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.spec.one_transition import one_transition
from escc_bayes.spec.plan import ModelPlan

LANDMARKS = (12.0, 24.0, 36.0)


def standard_questions(plan: ModelPlan) -> tuple[Estimand, ...]:
    """Return what a report asks: every hazard ratio; survival, medians and RMST differences of all and of groups.

    Of an illness-death model hazard ratios alone: it has states, and no one survival. Of several endpoints likewise:
    their survival is that of ``survival_questions``.
    """
    found: list[Estimand] = list(standard_contrasts(plan.design))
    if plan.rows.transitions is not None:
        return tuple(found)
    horizon = float(plan.rows.time.max())
    months = tuple(m for m in LANDMARKS if m <= horizon) or (round(horizon / 2.0, 1) or horizon / 2.0,)
    found += [SurvivalAt(month) for month in months]
    found.append(MedianSurvival())
    for block in plan.design.blocks:
        if not block.shown:
            continue
        for term, levels in zip(block.effect.covariates, block.levels, strict=True):
            found += group_questions(plan, term, levels, months)
    return tuple(found)


def survival_questions(plan: ModelPlan) -> tuple[SurvivalAt, ...]:
    """Return survival of all and of groups at each month; of several endpoints that of each."""
    if not plan.rows.marginal:
        return tuple(asked for asked in standard_questions(plan) if isinstance(asked, SurvivalAt))
    each = ((str(name), one_transition(plan, name)) for name in plan.rows.transition_names)
    return tuple(replace(asked, endpoint=name) for name, own in each for asked in survival_questions(own))


def group_questions(plan: ModelPlan, term: str, levels: tuple[str, ...], months: tuple[float, ...]) -> list[Estimand]:
    """Return survival, medians and RMST differences of the groups of one covariate."""
    found: list[Estimand] = [
        SurvivalAt(month, term, level, population)
        for population in ("group", "everyone")
        for level in levels
        for month in months
    ]
    found += [MedianSurvival(term, level) for level in levels]
    covariate = plan.rows.covariates[term]
    ends = {lv: plan.rows.time[covariate.values == covariate.schema.levels.index(lv)].max() for lv in levels}
    for level in levels[1:]:
        until = float(min(max(months), ends[level], ends[levels[0]]))
        found += [RMSTDifference(term, level, levels[0], until, population) for population in ("group", "everyone")]
    return found
