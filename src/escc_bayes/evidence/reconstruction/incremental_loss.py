"""What a change does to the loss, and what is kept of it: only what the change can move is computed again.

An exchange between two patients moves a log-rank test by the deaths between them, and a Cox model by about one Newton
step; what this suggests is computed in full only where the change may stand.
"""

from escc_bayes.evidence.reconstruction.cached_cox import STEP, exchanged_model, keep_model
from escc_bayes.evidence.reconstruction.cached_logrank import exchanged_test, keep_test
from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.loss import breaks, chi_square, fill, fill_model, loss_of, model_data
from escc_bayes.evidence.reconstruction.problem import (
    ARG,
    BROKEN_RULES,
    GROUPING_BLOCK,
    KIND,
    LOG_HR,
    LOG_RANK,
    MODEL_COLUMNS,
    MODEL_ENDPOINT,
    MODEL_SIZE,
    RULE_COLUMN,
    RULE_EACH,
    RULE_ENDPOINT,
    RULE_KIND,
    TASK_KIND,
    TASK_REF,
    TEST_ENDPOINT,
    TEST_GROUPING,
    TEST_GROUPS,
    WALD_Z,
    Aims,
    IntArray,
    Structure,
)
from escc_bayes.evidence.reconstruction.proposals import COLUMNS, FIRST_SLOT, OUTCOMES, SECOND_SLOT, WHAT, WHICH
from escc_bayes.evidence.reconstruction.working import Working
from escc_bayes.evidence.reconstruction.workspace import Workspace

# Newton steps of a Cox model end when they are shorter: at first, where a change is no exchange; and to stand.
ROUGH, EXACT = 0.02, 1e-3
# Groups of a test that is kept between changes.
MOST_GROUPS = 3


@inlined
def judged(
    structure: Structure,
    aims: Aims,
    working: Working,
    count: int,
    loss: float,
    bound: float,
    workspace: Workspace,
) -> float:
    """Return the loss after a change, or a lower limit of it above ``bound``; ``loss`` before the change.

    Tests come first, then the log hazard ratios that one step from the estimates before suggests (exchanges only),
    then Cox models.
    """
    task, moved, trial, total = aims.task, workspace.moved, workspace.trial, loss
    change, exchange = workspace.change, is_exchange(workspace.change)
    for s in range(count):
        total -= workspace.now.loss[moved[s]]
    models = count
    for s in range(count):
        q = moved[s]
        kind = task[q, TASK_KIND]
        if kind in (LOG_HR, WALD_Z):
            models = s
            break
        if kind == LOG_RANK and exchange:
            trial.value[aims.task_start[q]] = chi_square_after(aims.test, working, task[q, TASK_REF], workspace)
        elif kind == BROKEN_RULES and exchange:
            trial.value[aims.task_start[q]] = workspace.now.value[aims.task_start[q]] + rules_after(
                aims.rule, aims.rule_tick, structure.block, working, change
            )
        else:
            fill(structure.endpoint, aims, working, q, EXACT, workspace)
        trial.loss[q] = loss_of(trial.value, aims.window, aims.task_start[q], aims.task_start[q + 1])
        total += trial.loss[q]
        if total > bound:
            return total
    if models == count:
        return total
    return judged_models(structure, aims, working, models, count, total, bound, workspace)


@inlined
def judged_models(
    structure: Structure,
    aims: Aims,
    working: Working,
    first: int,
    last: int,
    loss: float,
    bound: float,
    workspace: Workspace,
) -> float:
    """Add the losses of the moved Cox models ``first`` to ``last`` to ``loss``, as ``judged`` says."""
    suggested, moved, exchange = loss, workspace.moved, is_exchange(workspace.change)
    for s in range(first, last):
        number = aims.task[moved[s], TASK_REF]
        workspace.trial.beta[number] = workspace.now.beta[number]
        if exchange and workspace.models.inverse[number, 0, 0] > 0.0:
            suggested += suggested_loss(structure, aims, working, moved[s], workspace)
            if suggested > bound:
                return suggested
    total, start = loss, aims.task_start
    for precision in (ROUGH, EXACT):
        if precision == ROUGH and exchange:
            continue
        total = loss
        for s in range(first, last):
            q = moved[s]
            fill_model(aims, working, start[q], start[q + 1], precision, workspace)
            workspace.trial.loss[q] = loss_of(workspace.trial.value, aims.window, start[q], start[q + 1])
            total += workspace.trial.loss[q]
            if total > bound:
                return total
    return total


@inlined
def is_exchange(change: IntArray) -> bool:
    """Return whether two patients exchange columns or outcomes."""
    return change[WHICH] == COLUMNS or change[WHICH] == OUTCOMES


@inlined
def write_place(working: Working, change: IntArray, endpoint: int, place: IntArray) -> None:
    """Write the positions of the two slots of an exchange on one endpoint, the earlier first, and the slots there."""
    i, j = change[FIRST_SLOT], change[SECOND_SLOT]
    p, q = working.rows[working.place + endpoint, i], working.rows[working.place + endpoint, j]
    if p > q:
        p, q, i, j = q, p, j, i
    place[0], place[1], place[2], place[3] = p, q, i, j


@inlined
def chi_square_after(test: IntArray, working: Working, number: int, workspace: Workspace) -> float:
    """Return the chi-square of one log-rank test after an exchange."""
    groups, place, kept = test[number, TEST_GROUPS], workspace.place, workspace.tests
    write_place(working, workspace.change, test[number, TEST_ENDPOINT], place)
    row = working.group + test[number, TEST_GROUPING]
    # The exchange has been made: what each position had before is what the other has now.
    a, b = working.rows[row, place[3]], working.rows[row, place[2]]
    if groups <= MOST_GROUPS and a >= 0 and b >= 0:
        place[2], place[3] = a, b
        found = exchanged_test(kept.before[number], kept.risk[number], kept.total[number], place, groups)
        if found >= 0.0:
            return found
    return chi_square(test, working, number)


@inlined
def suggested_loss(structure: Structure, aims: Aims, working: Working, task: int, workspace: Workspace) -> float:
    """Take one Newton step from the estimate before an exchange; return the loss of the log hazard ratios there."""
    change = workspace.change
    number, model, columns, swapped = aims.task[task, TASK_REF], aims.model, workspace.columns, workspace.swapped
    size, step = model[number, MODEL_SIZE], workspace.models.room[STEP]
    for a in range(size):
        grouping = model[number, MODEL_COLUMNS + a]
        columns[a] = working.group + grouping
        swapped[a] = int(change[WHICH] == OUTCOMES or structure.grouping[grouping, GROUPING_BLOCK] == change[WHAT])
    write_place(working, change, model[number, MODEL_ENDPOINT], workspace.place)
    exchanged_model(working.rows, columns[:size], swapped, workspace.place, workspace.models, number, step)
    total, value, beta = 0.0, workspace.trial.value, workspace.trial.beta[number]
    for a in range(size):
        beta[a] += step[a]
    for target in range(aims.task_start[task], aims.task_start[task + 1]):
        if aims.target[target, KIND] == LOG_HR:
            column = int(aims.argument[target, ARG])
            value[target] = beta[column]
            total += loss_of(value, aims.window, target, target + 1)
    return total


@inlined
def rules_after(rule: IntArray, rule_tick: IntArray, block: IntArray, working: Working, change: IntArray) -> float:
    """Return how many patients more contradict a rule after an exchange between two of them; ``block`` (C,)."""
    rows, i, j, found = working.rows, change[FIRST_SLOT], change[SECOND_SLOT], 0.0
    for number in range(rule.shape[0]):
        column, endpoint = rule[number, RULE_COLUMN], rule[number, RULE_ENDPOINT]
        if (endpoint if change[WHICH] == OUTCOMES else block[column]) != change[WHAT]:
            continue
        kind, each = rule[number, RULE_KIND], rule[number, RULE_EACH]
        for column_of, sign in ((i, 1.0), (j, -1.0)):
            code, value = rows[working.code + column, column_of], rows[working.value + column, column_of]
            tick = each * value if each > 0 else rule_tick[number, code]
            if tick >= 0:
                event = working.event + endpoint
                found += sign * int(breaks(kind, rows[endpoint, i], rows[event, i], tick))
                found -= sign * int(breaks(kind, rows[endpoint, j], rows[event, j], tick))
    return found


@inlined
def settle(aims: Aims, working: Working, count: int, workspace: Workspace) -> float:
    """Let ``count`` moved tasks be as they were tried, and keep what the next exchange needs; return the loss."""
    now, trial, start = workspace.now, workspace.trial, aims.task_start
    for s in range(count):
        task = workspace.moved[s]
        kind, number = aims.task[task, TASK_KIND], aims.task[task, TASK_REF]
        now.loss[task] = trial.loss[task]
        now.value[start[task] : start[task + 1]] = trial.value[start[task] : start[task + 1]]
        if kind == LOG_RANK:
            rows, endpoint = working.rows, aims.test[number, TEST_ENDPOINT]
            group = rows[working.group + aims.test[number, TEST_GROUPING]]
            if aims.test[number, TEST_GROUPS] <= MOST_GROUPS:
                keep_test(
                    group, rows[working.event + endpoint], rows[working.order + endpoint], workspace.tests, number
                )
        elif kind in (LOG_HR, WALD_Z):
            size = aims.model[number, MODEL_SIZE]
            now.beta[number] = trial.beta[number]
            data = model_data(aims.model, number, working, workspace.columns)
            keep_model(data, now.beta[number, :size], workspace.models, number)
    total = 0.0
    for task in range(now.loss.size):
        total += now.loss[task]
    return total


@compiled
def computed(structure: Structure, aims: Aims, working: Working, workspace: Workspace) -> float:
    """Compute every value of the patients as they are; return the loss."""
    for task in range(workspace.moved.size):
        workspace.moved[task] = task
        fill(structure.endpoint, aims, working, task, EXACT, workspace)
    return settle(aims, working, workspace.moved.size, workspace)


@compiled
def weighed(aims: Aims, workspace: Workspace) -> float:
    """Compute the losses anew, after weights have changed; return their sum."""
    now, start, total = workspace.now, aims.task_start, 0.0
    for task in range(now.loss.size):
        now.loss[task] = loss_of(now.value, aims.window, start[task], start[task + 1])
        total += now.loss[task]
    return total
