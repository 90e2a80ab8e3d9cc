"""Why chains failed, as far as patients and columns tell, and whether ``laplace`` would serve instead."""

from dataclasses import replace

import numpy as np

from escc_bayes.bayes.laplace import laplace
from escc_bayes.bayes.sampling.diagnose import Diagnostics
from escc_bayes.bayes.sampling.draws import checked
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.spec.design import Block
from escc_bayes.spec.plan import ModelPlan

# Events for each coefficient below which few events are named.
ENOUGH_EVENTS = 5
# A column whose size is beyond this factor of 1, or that lies this many SDs from where the baseline stands, is named.
LARGE, FAR = 100.0, 10.0
QUICK = laplace.LaplaceSettings(draws=1000, chains=4)


def explained(plan: ModelPlan, found: Diagnostics, seed: Seed) -> Diagnostics:
    """Return the diagnostics of chains with likely causes of their faults and what to use instead.

    Only chains at fault are looked into: a quick fit by ``laplace`` is then made.
    """
    if found.fit_for_use or found.weighted:
        return found
    return replace(found, causes=causes(plan), instead=instead(plan, seed))


def causes(plan: ModelPlan) -> tuple[str, ...]:
    """Return what of patients and columns makes sampling hard, in words."""
    columns, events = plan.design.size, plan.rows.events
    few = f"few events ({events} for {columns} coefficients)" if events < ENOUGH_EVENTS * max(1, columns) else ""
    found = (
        few,
        *(said for block in plan.design.blocks for said in (no_events(block, plan), scale_words(block, plan))),
    )
    return tuple(said for said in found if said)


def likely(plan: ModelPlan) -> str:
    """Return the causes as the end of a message; empty where there are none."""
    found = causes(plan)
    return f"; likely causes: {', '.join(found)}" if found else ""


def no_events(block: Block, plan: ModelPlan) -> str:
    """Name the levels of an effect in which nobody had an event."""
    had = plan.rows.event > 0.0
    empty = []
    for name, levels in zip(block.effect.covariates, block.levels, strict=True):
        covariate = plan.rows.covariates[name]
        codes = {level: covariate.schema.levels.index(level) for level in levels}
        empty += [f"{name} = {level}" for level, code in codes.items() if not (had & (covariate.values == code)).any()]
    return f"no event in {', '.join(empty)}" if empty else ""


def scale_words(block: Block, plan: ModelPlan) -> str:
    """Say where a number is so large, so small or so far from where the baseline stands that its unit is at fault."""
    if not block.coding.numeric:
        return ""
    column = plan.design.columns[:, block.start] - plan.design.center[block.start]
    spread, far = float(column.std()), float(np.abs(column.mean()))
    if 1.0 / LARGE < spread < LARGE and far < FAR * spread:
        return ""
    where = f"SD {spread:.3g}, mean {far:.3g} from where the baseline stands"
    return f"the scale of {block.effect.name} ({where}: state center and scale in the schema)"


def instead(plan: ModelPlan, seed: Seed) -> str:
    """Say whether ``laplace`` is fit for use on a plan."""
    try:
        fit_for_use = checked(plan, laplace.sample(plan, QUICK, stream(seed, "instead"))).fit_for_use
    except SamplingError:
        fit_for_use = False
    return "use --engine laplace, which is fit for use here" if fit_for_use else ""
