"""How far a set of patients is from its targets; after a change only what the change can move is computed again.

A task is what gives several targets at once: a count, a curve, a test or a Cox model; tasks stand in this order.
"""

from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled
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
    BoolArray,
    IntArray,
)
from escc_bayes.evidence.reconstruction.rank_statistics import SE, CoxData, CoxRoom, cox, log_rank
from escc_bayes.evidence.reconstruction.working import Working
from escc_bayes.hazard.piecewise import FloatArray

# Distance, in tolerances, above which a target pulls less the further it is.
FAR = 4.0
# Newton steps of a Cox model end when they are shorter: of a proposal, and of a set of patients that is kept.
ROUGH, EXACT = 0.02, 1e-3


class Values(NamedTuple):
    """Values of the targets (T,), loss (Q,) of each task, Cox estimates (M, P), and which tasks (Q,) are stale.

    ``columns`` (P,) and ``room`` are where Cox models are computed; they hold nothing between two calls.
    """

    value: FloatArray
    loss: FloatArray
    beta: FloatArray
    stale: BoolArray
    columns: IntArray
    room: CoxRoom


@compiled
def refresh(endpoint: IntArray, aims: Aims, working: Working, bound: float, precision: float, values: Values) -> float:
    """Recompute every stale target, until the loss must exceed ``bound``; return the loss, or a lower limit of it.

    Tasks that stay as they are count first, so that a bad change is known by the first one or two that it moves.
    ``endpoint`` (E, 3) of the structure.
    """
    start, loss, stale = aims.task_start, values.loss, values.stale
    total = 0.0
    for task in range(loss.size):
        if not stale[task]:
            total += loss[task]
    for task in range(loss.size):
        if total > bound:
            return total
        if stale[task]:
            if aims.task[task, TASK_KIND] == LOG_RANK:
                values.value[start[task]] = chi_square(aims.test, working, aims.task[task, TASK_REF])
            else:
                fill(endpoint, aims, working, task, precision, values)
            loss[task] = loss_of(values.value, aims.window, start[task], start[task + 1])
            total += loss[task]
    return total


@compiled
def fill(endpoint: IntArray, aims: Aims, working: Working, task: int, precision: float, values: Values) -> None:
    """Recompute the targets of a task that is no test."""
    first, last = aims.task_start[task], aims.task_start[task + 1]
    kind, ref = aims.task[task, TASK_KIND], aims.task[task, TASK_REF]
    if kind == BROKEN_RULES:
        values.value[first] = broken_rules(aims.rule, aims.rule_tick, working)
    elif kind == PROGRESSED:
        values.value[first] = progressed(working.rows, ref, endpoint[ref, WITHIN])
    elif kind < PROGRESSED:
        fill_curve(endpoint, aims, working, ref, first, last, values.value)
    else:
        fill_model(aims, working, first, last, precision, values)


@compiled
def chi_square(test: IntArray, working: Working, number: int) -> float:
    """Return the chi-square of one log-rank test."""
    rows, endpoint = working.rows, test[number, TEST_ENDPOINT]
    group, event = rows[working.group + test[number, TEST_GROUPING]], rows[working.event + endpoint]
    return log_rank(group, event, rows[working.order + endpoint], test[number, TEST_GROUPS])


@compiled
def fill_model(aims: Aims, working: Working, first: int, last: int, precision: float, values: Values) -> None:
    """Write the log hazard ratios and Wald statistics of one Cox model."""
    number = aims.target[first, REF]
    endpoint, size, room = aims.model[number, MODEL_ENDPOINT], aims.model[number, MODEL_SIZE], values.room
    columns, beta = values.columns[:size], values.beta[number, :size]
    for a in range(size):
        columns[a] = working.group + aims.model[number, MODEL_COLUMNS + a]
    data = CoxData(working.rows, working.order + endpoint, working.event + endpoint, columns)
    cox(data, room, beta, precision)
    for target in range(first, last):
        column = int(aims.argument[target, ARG])
        is_ratio = aims.target[target, KIND] == LOG_HR
        values.value[target] = beta[column] if is_ratio else beta[column] / room.vector[SE, column]


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


@compiled
def breaks(kind: int, time: int, event: int, tick: int) -> bool:
    """Return whether an outcome contradicts a rule."""
    if kind == 1:
        return event == 0 or time > tick
    return time < tick and (event == 1 or kind == 2)


@compiled
def loss_of(value: FloatArray, window: FloatArray, first: int, last: int) -> float:
    """Return the sum of weight x distance from the window in units of scale; distances above ``FAR`` count less."""
    total = 0.0
    for k in range(first, last):
        gap = max(window[k, LOW] - value[k], value[k] - window[k, HIGH])
        if gap > 0.0:
            gap /= window[k, SCALE]
            total += window[k, WEIGHT] * (gap if gap <= FAR else FAR * np.sqrt(2.0 * gap / FAR - 1.0))
    return total
