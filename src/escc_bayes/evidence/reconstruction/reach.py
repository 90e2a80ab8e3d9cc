"""Which targets a change can move; an exchange within a group moves no comparison of that grouping."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from escc_bayes.evidence.reconstruction.changes import (
    BEFORE,
    CLASS,
    COLUMNS,
    FIRST_SLOT,
    OUTCOME,
    OUTCOMES,
    SECOND_SLOT,
    VALUES,
    WHAT,
    WHICH,
)
from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import (
    BROKEN_RULES,
    CURVE_ENDPOINT,
    CURVE_GROUPING,
    CURVE_SUBSET,
    GROUPING_BLOCK,
    GROUPING_COLUMN,
    KIND,
    LOG_RANK,
    MODEL_COLUMNS,
    MODEL_ENDPOINT,
    MODEL_SIZE,
    PROGRESSED,
    REF,
    RULE_COLUMN,
    TEST_ENDPOINT,
    TEST_GROUPING,
    Aims,
    IntArray,
    Structure,
)
from escc_bayes.evidence.reconstruction.working import Working

type BoolArray = NDArray[np.bool_]


class Reach(NamedTuple):
    """Endpoints (E,) and groupings (G,) of which a change moves something; an outcome moves every grouping."""

    endpoint: BoolArray
    grouping: BoolArray


@compiled
def mark_stale(
    structure: Structure, aims: Aims, working: Working, change: IntArray, reach: Reach, stale: BoolArray
) -> None:
    """Write ``reach``, and which tasks (Q,) a change can move."""
    mark_endpoints(working, change, reach.endpoint)
    mark_groupings(structure.grouping, working, change, reach.grouping)
    for task in range(stale.size):
        kind, ref = aims.target[aims.task_start[task], KIND], aims.target[aims.task_start[task], REF]
        if kind == BROKEN_RULES:
            stale[task] = rules_move(structure.block, aims.rule, change)
        elif kind == PROGRESSED:
            stale[task] = change[WHICH] == OUTCOME
        elif kind < PROGRESSED:
            stale[task] = curve_moves(aims.curve, ref, change[WHICH], reach)
        elif kind == LOG_RANK:
            stale[task] = (
                reach.endpoint[aims.test[ref, TEST_ENDPOINT]] and reach.grouping[aims.test[ref, TEST_GROUPING]]
            )
        else:
            stale[task] = model_moves(aims.model, ref, reach)


@compiled
def mark_endpoints(working: Working, change: IntArray, moved: BoolArray) -> None:
    """Write which endpoints a change moves; columns move every one."""
    which, slot = change[WHICH], change[FIRST_SLOT]
    for endpoint in range(moved.size):
        if which == OUTCOMES:
            moved[endpoint] = endpoint == change[WHAT]
        elif which == OUTCOME:
            time, event = change[BEFORE + 2 * endpoint], change[BEFORE + 2 * endpoint + 1]
            moved[endpoint] = (
                working.rows[endpoint, slot] != time or working.rows[working.event + endpoint, slot] != event
            )
        else:
            moved[endpoint] = True


@compiled
def mark_groupings(grouping: IntArray, working: Working, change: IntArray, moved: BoolArray) -> None:
    """Write which groupings (G, 2) a change moves."""
    which, what, i, j = change[WHICH], change[WHAT], change[FIRST_SLOT], change[SECOND_SLOT]
    for g in range(moved.size):
        if which == OUTCOME:
            moved[g] = True
        elif which == VALUES:
            moved[g] = change[CLASS] == 1 and grouping[g, GROUPING_COLUMN] == what
        else:
            row = working.group + g
            moved[g] = (which == OUTCOMES or grouping[g, GROUPING_BLOCK] == what) and (
                working.rows[row, i] != working.rows[row, j]
            )


@compiled
def rules_move(block: IntArray, rule: IntArray, change: IntArray) -> bool:
    """Return whether a change can move the number of patients against a rule; ``block`` (C,) of the columns."""
    if change[WHICH] in (OUTCOMES, OUTCOME):
        return True
    for number in range(rule.shape[0]):
        column = rule[number, RULE_COLUMN]
        if change[WHAT] == (block[column] if change[WHICH] == COLUMNS else column):
            return True
    return False


@compiled
def curve_moves(curve: IntArray, number: int, which: int, reach: Reach) -> bool:
    """Return whether a change can move a curve; one of those who progressed depends on every endpoint."""
    grouping, of_some = curve[number, CURVE_GROUPING], curve[number, CURVE_SUBSET] > 0
    if which in (OUTCOME, OUTCOMES) and of_some:
        return True
    if grouping < 0:
        return which == OUTCOME and reach.endpoint[curve[number, CURVE_ENDPOINT]]
    return reach.endpoint[curve[number, CURVE_ENDPOINT]] and reach.grouping[grouping]


@compiled
def model_moves(model: IntArray, number: int, reach: Reach) -> bool:
    """Return whether a change can move a Cox model."""
    if not reach.endpoint[model[number, MODEL_ENDPOINT]]:
        return False
    for a in range(model[number, MODEL_SIZE]):  # noqa: SIM110 - Numba compiles no generator
        if reach.grouping[model[number, MODEL_COLUMNS + a]]:
            return True
    return False
