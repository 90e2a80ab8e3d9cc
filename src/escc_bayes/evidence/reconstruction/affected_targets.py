"""Which targets a change can move; an exchange within a group moves no comparison of that grouping."""

from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.problem import (
    BROKEN_RULES,
    GROUPING_COLUMN,
    LOG_HR,
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
    IntArray,
    Structure,
)
from escc_bayes.evidence.reconstruction.proposals import (
    BEFORE,
    CLASS,
    COLUMNS,
    FIRST_SLOT,
    OUTCOME,
    OUTCOMES,
    SECOND_SLOT,
    WHAT,
    WHICH,
)
from escc_bayes.evidence.reconstruction.working import Working


@inlined
def moved_tasks(structure: Structure, aims: Aims, working: Working, change: IntArray, moved: IntArray) -> int:
    """Write the numbers of the tasks (Q,) that a change can move, ascending; return how many."""
    if change[WHICH] == COLUMNS or change[WHICH] == OUTCOMES:
        row = change[WHAT] + (structure.movable.size if change[WHICH] == OUTCOMES else 0)
        i, j = change[FIRST_SLOT], change[SECOND_SLOT]
        return moved_by_exchange(aims.candidate[row], aims.task, aims.model, working.rows, working.group, i, j, moved)
    if change[WHICH] == OUTCOME:
        return moved_by_outcome(aims.task, working, change, moved)
    return moved_by_values(structure.grouping, aims, change, moved)


@inlined
def moved_by_exchange(
    candidate: IntArray, task: IntArray, model: IntArray, rows: IntArray, group: int, i: int, j: int, moved: IntArray
) -> int:
    """Write the candidates whose groups at the two slots differ; ``group`` the first row of the groupings."""
    count = 0
    for q in candidate:
        if q < 0:
            break
        kind, differs = task[q, TASK_KIND], task[q, TASK_GROUPING] < 0
        if kind in (LOG_HR, WALD_Z):
            number, differs = task[q, TASK_REF], False
            for a in range(model[number, MODEL_SIZE]):
                row = group + model[number, MODEL_COLUMNS + a]
                differs = differs or rows[row, i] != rows[row, j]
        elif not differs:
            row = group + task[q, TASK_GROUPING]
            differs = rows[row, i] != rows[row, j]
        if differs or task[q, TASK_SUBSET] > 0:
            moved[count] = q
            count += 1
    return count


@compiled
def moved_by_outcome(task: IntArray, working: Working, change: IntArray, moved: IntArray) -> int:
    """Write the tasks of the endpoints whose time or event changed at the slot, and those of several endpoints."""
    count, slot = 0, change[FIRST_SLOT]
    for q in range(task.shape[0]):
        kind, e = task[q, TASK_KIND], task[q, TASK_ENDPOINT]
        if (
            kind in (BROKEN_RULES, PROGRESSED)
            or task[q, TASK_SUBSET] > 0
            or working.rows[e, slot] != change[BEFORE + 2 * e]
            or working.rows[working.event + e, slot] != change[BEFORE + 2 * e + 1]
        ):
            moved[count] = q
            count += 1
    return count


@compiled
def moved_by_values(grouping: IntArray, aims: Aims, change: IntArray, moved: IntArray) -> int:
    """Write the tasks with a grouping of the column whose class changed, and the rules of the column."""
    count, column, task = 0, change[WHAT], aims.task
    for q in range(task.shape[0]):
        kind = task[q, TASK_KIND]
        found = kind == BROKEN_RULES and rule_of(aims.rule, column)
        if change[CLASS] == 1 and kind in (LOG_HR, WALD_Z):
            number = task[q, TASK_REF]
            for a in range(aims.model[number, MODEL_SIZE]):
                found = found or grouping[aims.model[number, MODEL_COLUMNS + a], GROUPING_COLUMN] == column
        elif change[CLASS] == 1 and task[q, TASK_GROUPING] >= 0:
            found = grouping[task[q, TASK_GROUPING], GROUPING_COLUMN] == column
        if found:
            moved[count] = q
            count += 1
    return count


@compiled
def rule_of(rule: IntArray, column: int) -> bool:
    """Return whether a rule names the column."""
    for number in range(rule.shape[0]):  # noqa: SIM110 - Numba compiles no generator
        if rule[number, RULE_COLUMN] == column:
            return True
    return False
