"""Which targets a change can move; an exchange within a group moves no comparison of that grouping."""

from typing import NamedTuple

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
    GROUPING_BLOCK,
    GROUPING_COLUMN,
    LOG_HR,
    LOG_RANK,
    MODEL_COLUMNS,
    MODEL_SIZE,
    PROGRESSED,
    RULE_COLUMN,
    TASK_ENDPOINT,
    TASK_GROUPING,
    TASK_KIND,
    TASK_REF,
    TASK_SUBSET,
    WALD_Z,
    Aims,
    BoolArray,
    IntArray,
    Structure,
)
from escc_bayes.evidence.reconstruction.working import Working


class Reach(NamedTuple):
    """Endpoints (E,) and groupings (G,) of which a change moves something; an outcome moves every grouping."""

    endpoint: BoolArray
    grouping: BoolArray


@compiled
def mark_stale(
    structure: Structure, aims: Aims, working: Working, change: IntArray, reach: Reach, stale: BoolArray
) -> None:
    """Write ``reach``, and which tasks (Q,) a change can move."""
    task, which = aims.task, change[WHICH]
    mark_endpoints(working, change, reach.endpoint)
    mark_groupings(structure.grouping, working, change, reach.grouping)
    for q in range(stale.size):
        kind, endpoint, grouping = task[q, TASK_KIND], task[q, TASK_ENDPOINT], task[q, TASK_GROUPING]
        if kind == LOG_RANK:
            stale[q] = reach.endpoint[endpoint] and reach.grouping[grouping]
        elif kind in (LOG_HR, WALD_Z):
            stale[q] = reach.endpoint[endpoint] and model_moves(aims.model, task[q, TASK_REF], reach.grouping)
        elif kind < PROGRESSED:
            stale[q] = curve_moves(which, reach, endpoint, grouping, task[q, TASK_SUBSET])
        elif kind == PROGRESSED:
            stale[q] = which == OUTCOME
        else:
            stale[q] = rules_move(structure.block, aims.rule, change)


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
def curve_moves(which: int, reach: Reach, endpoint: int, grouping: int, subset: int) -> bool:
    """Return whether a change can move a curve; one of those who progressed depends on every endpoint."""
    if subset > 0 and which in (OUTCOME, OUTCOMES):
        return True
    return reach.endpoint[endpoint] and (reach.grouping[grouping] if grouping >= 0 else which == OUTCOME)


@compiled
def model_moves(model: IntArray, number: int, groupings: BoolArray) -> bool:
    """Return whether a change can move a Cox model whose endpoint it moves."""
    for a in range(model[number, MODEL_SIZE]):  # noqa: SIM110 - Numba compiles no generator
        if groupings[model[number, MODEL_COLUMNS + a]]:
            return True
    return False
