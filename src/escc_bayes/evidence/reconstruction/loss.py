"""How far a set of patients is from its targets, computed from the patients alone.

A task is what gives several targets at once: a count, a curve, a test or a Cox model; tasks stand in this order.
"""

import numpy as np

from escc_bayes.evidence.reconstruction.cached_cox import try_inverse
from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.curve_statistics import fill_curve
from escc_bayes.evidence.reconstruction.problem import (
    ARG,
    BROKEN_RULES,
    HIGH,
    KIND,
    LOG_HR,
    LOG_RANK,
    LOW,
    MODEL_COLUMNS,
    MODEL_ENDPOINT,
    MODEL_SIZE,
    PROGRESSED,
    REF,
    RULE_COLUMN,
    RULE_EACH,
    RULE_ENDPOINT,
    RULE_KIND,
    SCALE,
    TASK_KIND,
    TASK_REF,
    TEST_ENDPOINT,
    TEST_GROUPING,
    TEST_GROUPS,
    WEIGHT,
    WITHIN,
    Aims,
    IntArray,
    Problem,
    State,
)
from escc_bayes.evidence.reconstruction.rank_statistics import SE, CoxData, cox, log_rank
from escc_bayes.evidence.reconstruction.working import Working, working_from
from escc_bayes.evidence.reconstruction.workspace import Workspace, new_workspace
from escc_bayes.hazard.piecewise import FloatArray

# Distance, in tolerances, above which a target pulls less the further it is.
FAR = 4.0
# Newton steps of a Cox model that is reported end when they are shorter.
PRECISE = 1e-9


def precise_values(problem: Problem, state: State) -> FloatArray:
    """Return the values (T,) of the targets, Cox models to a step of 1e-9 from 0; times in ticks."""
    workspace = new_workspace(problem.structure, problem.aims, state.time.shape[1])
    working = working_from(problem.structure, state)
    for task in range(workspace.moved.size):
        fill(problem.structure.endpoint, problem.aims, working, task, PRECISE, workspace)
    return workspace.trial.value


@compiled
def fill(endpoint: IntArray, aims: Aims, working: Working, task: int, precision: float, workspace: Workspace) -> None:
    """Compute the values and the loss of a task from the patients alone; a Cox model starts from what was tried."""
    first, last = aims.task_start[task], aims.task_start[task + 1]
    kind, ref, value = aims.task[task, TASK_KIND], aims.task[task, TASK_REF], workspace.trial.value
    if kind == LOG_RANK:
        value[first] = chi_square(aims.test, working, ref)
    elif kind == BROKEN_RULES:
        value[first] = broken_rules(aims.rule, aims.rule_tick, working)
    elif kind == PROGRESSED:
        value[first] = progressed(working.rows, ref, endpoint[ref, WITHIN])
    elif kind < PROGRESSED:
        fill_curve(endpoint, aims, working, ref, first, last, value)
    else:
        fill_model(aims, working, first, last, precision, workspace)
    workspace.trial.loss[task] = loss_of(value, aims.window, first, last)


@compiled
def chi_square(test: IntArray, working: Working, number: int) -> float:
    """Return the chi-square of one log-rank test."""
    rows, endpoint = working.rows, test[number, TEST_ENDPOINT]
    group, event = rows[working.group + test[number, TEST_GROUPING]], rows[working.event + endpoint]
    return log_rank(group, event, rows[working.order + endpoint], test[number, TEST_GROUPS])


@inlined
def model_data(model: IntArray, number: int, working: Working, columns: IntArray) -> CoxData:
    """Return where the patients of a Cox model stand; ``columns`` is written."""
    endpoint, size = model[number, MODEL_ENDPOINT], model[number, MODEL_SIZE]
    for a in range(size):
        columns[a] = working.group + model[number, MODEL_COLUMNS + a]
    return CoxData(working.rows, working.order + endpoint, working.event + endpoint, columns[:size])


@inlined
def fill_model(aims: Aims, working: Working, first: int, last: int, precision: float, workspace: Workspace) -> None:
    """Write the log hazard ratios and Wald statistics of one Cox model."""
    number = aims.target[first, REF]
    size = aims.model[number, MODEL_SIZE]
    beta = workspace.trial.beta[number, :size]
    found = cox(model_data(aims.model, number, working, workspace.columns), workspace.room, beta, precision)
    if found:
        try_inverse(workspace.room, workspace.models.tried[number], size)
    else:
        workspace.models.tried[number] = 0.0
    for target in range(first, last):
        column = int(aims.argument[target, ARG])
        is_ratio = aims.target[target, KIND] == LOG_HR
        workspace.trial.value[target] = beta[column] if is_ratio else beta[column] / workspace.room.vector[SE, column]


@compiled
def progressed(rows: IntArray, inner: int, outer: int) -> float:
    """Count the patients whose inner endpoint came before the end of its outer one; rows of times come first."""
    count = 0.0
    for slot in range(rows.shape[1]):
        count += rows[inner, slot] < rows[outer, slot]
    return count


@compiled
def broken_rules(rule: IntArray, rule_tick: IntArray, working: Working) -> float:
    """Count the patients who contradict a rule: 0 no event before, 1 an event by, 2 followed to the tick."""
    rows, count = working.rows, 0.0
    for number in range(rule.shape[0]):
        endpoint, kind, each = rule[number, RULE_ENDPOINT], rule[number, RULE_KIND], rule[number, RULE_EACH]
        code, value = working.code + rule[number, RULE_COLUMN], working.value + rule[number, RULE_COLUMN]
        for slot in range(rows.shape[1]):
            tick = each * rows[value, slot] if each > 0 else rule_tick[number, rows[code, slot]]
            if tick >= 0 and breaks(kind, rows[endpoint, slot], rows[working.event + endpoint, slot], tick):
                count += 1.0
    return count


@inlined
def breaks(kind: int, time: int, event: int, tick: int) -> bool:
    """Return whether an outcome contradicts a rule."""
    if kind == 1:
        return event == 0 or time > tick
    return time < tick and (event == 1 or kind == 2)


@inlined
def loss_of(value: FloatArray, window: FloatArray, first: int, last: int) -> float:
    """Return the sum of weight x distance from the window in units of scale; distances above ``FAR`` count less."""
    total = 0.0
    for k in range(first, last):
        gap = max(window[k, LOW] - value[k], value[k] - window[k, HIGH])
        if gap > 0.0:
            gap /= window[k, SCALE]
            total += window[k, WEIGHT] * (gap if gap <= FAR else FAR * np.sqrt(2.0 * gap / FAR - 1.0))
    return total
