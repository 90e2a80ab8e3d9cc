"""One transition of a plan by itself: its rows, and the columns that act in it, as if it were one endpoint."""

from dataclasses import replace

import numpy as np

from escc_bayes.hazard.piecewise import IntArray
from escc_bayes.spec.design import Block, Design
from escc_bayes.spec.plan import ModelPlan


def one_transition(plan: ModelPlan, name: str) -> ModelPlan:
    """Return the plan of one transition alone; of one endpoint, which has no name, the plan itself.

    Coefficients that act in other transitions too stand in it as if they were its own: counts, crosses and tests of
    rows are right, and a posterior of it would be another model's.

    Examples
    --------
    >>> import escc_bayes as eb
    >>> from escc_bayes.spec.plan import make_plan
    >>> plan = make_plan(eb.load_spec("illness_death"), eb.example_cohort("escc79"))
    >>> one_transition(plan, "progression").design.labels
    ('stage[III]', 'stage[IV]', 'coverage[RPL]')
    """
    if not name:
        return plan
    inside = np.flatnonzero(plan.rows.transition_code == plan.rows.transition_names.index(name))
    own = plan.rows.in_transition(name)
    rows = replace(own, endpoint=name, strata=own.strata if own.within else "", transitions=None)
    return replace(plan, rows=rows, design=design_of(plan.design, name, inside))


def coefficients_in(design: Design, name: str) -> IntArray:
    """Return which of the coefficients of a design act in a transition, in the order of ``design_of``."""
    chosen = [np.zeros(0, dtype=np.int64)]
    for block in design.blocks:
        for within, own in block.parts:
            if name in within:
                first = block.first - block.start + np.arange(own.start, own.stop)
                chosen += [first + span * block.width for span in range(block.coding.size // block.width)]
    return np.concatenate(chosen)


def design_of(design: Design, name: str, inside: np.ndarray) -> Design:
    """Return the columns of the effects that act in a transition, in its rows."""
    blocks: list[Block] = []
    chosen = np.zeros(0, dtype=np.int64)
    start = first = 0
    for block in design.blocks:
        for within, own in block.parts:
            if name not in within:
                continue
            labels = block.coding.labels[own.start - block.start : own.stop - block.start]
            coding = replace(block.coding, labels=labels, ranks=block.coding.ranks[: len(labels)], copies=())
            blocks.append(replace(block, start=start, first=first, within=(), coding=coding))
            chosen = np.append(chosen, np.arange(own.start, own.stop))
            start, first = start + coding.width, first + coding.size
    columns, center = design.columns[np.ix_(inside, chosen)], design.center[chosen]
    return replace(design, columns=columns, center=center, blocks=tuple(blocks), inside=None)
