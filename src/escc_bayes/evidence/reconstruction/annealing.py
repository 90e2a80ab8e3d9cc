"""Simulated annealing over sets of patients: one change at a time, accepted by the Metropolis rule, compiled.

A change recomputes only the statistics that it can move. Random numbers are SplitMix64 (Steele, Lea and Flood 2014,
OOPSLA), so that one seed gives the same patients with every version of NumPy and Numba.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from escc_bayes.evidence.reconstruction.problem import (
    BROKEN_RULES,
    LOG_HR,
    PROGRESSED,
    IntArray,
    Problem,
    RandomState,
    State,
)
from escc_bayes.evidence.reconstruction.statistics import compiled, cox, fill_curve, groups_in_order, log_rank
from escc_bayes.hazard.piecewise import FloatArray

# A change that moves everything.
EVERYTHING = -2


class Change(NamedTuple):
    """What a proposal changed: endpoints (E,) 0/1, block and the pair that exchanged it, or a measured column.

    ``column`` is the measured column if a class changed too, else -1.
    """

    moved: IntArray
    block: int
    pair: tuple[int, int]
    column: int
    measured: int


class Found(NamedTuple):
    """Values of the targets (T,), loss (Q,) of each task, and which tasks (Q,) the last change could move."""

    value: FloatArray
    loss: FloatArray
    stale: NDArray[np.bool_]


TRIES = 20
# Close to each other: so many places apart.
REACH = 8
# Distance, in tolerances, above which a target pulls less the further it is.
FAR = 4.0
# Share of the exchanges of columns that are instead changes of a measurement.
VALUE_SHARE = 0.1
# Changes of a time, in ticks: from a third of a month to half a year.
STEPS = np.array([10.0, 40.0, 150.0, 600.0])


@compiled
def uniform(random: RandomState) -> float:
    """Return the next number in [0, 1)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def below(random: RandomState, size: int) -> int:
    """Return a whole number in [0, size)."""
    return int(uniform(random) * size)


@compiled
def sort_again(order: IntArray, times: IntArray) -> None:
    """Sort slots by time in place; nearly sorted input costs little."""
    for i in range(1, order.size):
        slot = order[i]
        j = i - 1
        while j >= 0 and times[order[j]] > times[slot]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = slot


@compiled
def broken_rules(problem: Problem, state: State) -> float:
    """Count the patients who contradict a rule: 0 no event before, 1 an event by, 2 followed to the tick."""
    count = 0.0
    for rule in range(problem.rule_kind.size):
        column, endpoint = problem.rule_column[rule], problem.rule_endpoint[rule]
        kind = problem.rule_kind[rule]
        for slot in range(state.time.shape[1]):
            record = state.record[problem.block[column], slot]
            tick = problem.rule_tick[rule, state.code[column, record]]
            if problem.rule_each[rule] > 0:
                tick = problem.rule_each[rule] * state.value[column, record]
            time, event = state.time[endpoint, slot], state.event[endpoint, slot]
            if tick >= 0 and breaks(kind, time, event, tick):
                count += 1.0
    return count


@compiled
def breaks(kind: int, time: int, event: int, tick: int) -> bool:
    """Return whether an outcome contradicts a rule."""
    if kind == 1:
        return event == 0 or time > tick
    return time < tick and (event == 1 or kind == 2)


@compiled
def refresh(
    problem: Problem, state: State, order: IntArray, change: Change, bound: float, beta: FloatArray, found: Found
) -> float:
    """Recompute every target that a change can move, until the loss must exceed ``bound``.

    Statistics that stay as they are count first, so that a bad change is known by the first one or two that it moves.
    ``beta`` (M, P) holds the last Cox estimates, to start from. ``found`` is written.

    Returns
    -------
    The loss, or a lower limit of it above ``bound``.
    """
    start, curves, tests = problem.task_start, problem.curve_endpoint.size, problem.test_contrast.size
    mark_stale(problem, state, change, found.stale)
    total = 0.0
    for task in range(start.size - 1):
        if not found.stale[task]:
            total += found.loss[task]
    for task in range(start.size - 1):
        if total > bound:
            return total
        if not found.stale[task]:
            continue
        first, last = start[task], start[task + 1]
        if task < curves:
            fill_curve(problem, state, order[problem.curve_endpoint[task]], task, first, last, found.value)
        elif task < curves + tests:
            endpoint, contrast = problem.test_endpoint[task - curves], problem.test_contrast[task - curves]
            column = problem.contrast_column[contrast]
            lut, record = problem.contrast_lut[contrast], state.record[problem.block[column]]
            of = groups_in_order(state.code[column], record, lut, order[endpoint])
            found.value[first] = log_rank(of, state.event[endpoint], order[endpoint], problem.contrast_groups[contrast])
        elif task < curves + tests + problem.model_endpoint.size:
            fill_model(problem, state, order, task - curves - tests, beta, found.value)
        else:
            found.value[first] = counted(problem, state, first)
        found.loss[task] = loss_of(
            found.value[first:last],
            problem.low[first:last],
            problem.high[first:last],
            problem.scale[first:last],
            problem.weight[first:last],
        )
        total += found.loss[task]
    return total


@compiled
def mark_stale(problem: Problem, state: State, change: Change, stale: NDArray[np.bool_]) -> None:
    """Write which tasks a change can move: curves, tests, models, then the counts."""
    every, moved, block = change.block == EVERYTHING, change.moved, change.block
    curves, tests, models = problem.curve_endpoint.size, problem.test_contrast.size, problem.model_endpoint.size
    changed = np.empty(problem.contrast_column.size, dtype=np.bool_)
    for contrast in range(changed.size):
        column = problem.contrast_column[contrast]
        changed[contrast] = every or column == change.column
        if block >= 0 and problem.block[column] == block:
            first, second = state.record[block, change.pair[0]], state.record[block, change.pair[1]]
            lut = problem.contrast_lut[contrast]
            changed[contrast] = lut[state.code[column, first]] != lut[state.code[column, second]]
    for curve in range(curves):
        column = problem.curve_column[curve]
        own = column >= 0 and (column == change.column or (block >= 0 and problem.block[column] == block))
        # A curve of patients with progression depends on the times of both endpoints.
        either = problem.curve_subset[curve] > 0 and moved.any()
        stale[curve] = every or moved[problem.curve_endpoint[curve]] == 1 or own or either
    for test in range(tests):
        stale[curves + test] = moved[problem.test_endpoint[test]] == 1 or changed[problem.test_contrast[test]]
    for model in range(models):
        depends = moved[problem.model_endpoint[model]] == 1
        for a in range(problem.model_size[model]):
            depends = depends or changed[problem.model_contrast[model, a]]
        stale[curves + tests + model] = depends
    rules = every or moved.any() or change.column >= 0
    for rule in range(problem.rule_column.size):
        rules = rules or problem.block[problem.rule_column[rule]] == block
    stale[curves + tests + models :] = rules


@compiled
def fill_model(
    problem: Problem, state: State, order: IntArray, model: int, beta: FloatArray, values: FloatArray
) -> None:
    """Write the log hazard ratios and Wald statistics of one Cox model."""
    endpoint, size = problem.model_endpoint[model], problem.model_size[model]
    x = np.empty((order.shape[1], size))
    for a in range(size):
        contrast = problem.model_contrast[model, a]
        column = problem.contrast_column[contrast]
        lut, record = problem.contrast_lut[contrast], state.record[problem.block[column]]
        x[:, a] = np.maximum(groups_in_order(state.code[column], record, lut, order[endpoint]), 0)
    events = state.event[endpoint][order[endpoint]]
    ses = np.ones(size)
    cox(x, events, beta[model, :size], ses)
    task = problem.curve_endpoint.size + problem.test_contrast.size + model
    for target in range(problem.task_start[task], problem.task_start[task + 1]):
        column = int(problem.arg[target])
        estimate = beta[model, column]
        values[target] = estimate if problem.kind[target] == LOG_HR else estimate / ses[column]


@compiled
def counted(problem: Problem, state: State, target: int) -> float:
    """Return a target that is a count."""
    if problem.kind[target] == BROKEN_RULES:
        return broken_rules(problem, state)
    if problem.kind[target] == PROGRESSED:
        endpoint = problem.ref[target]
        main = problem.within[endpoint]
        return float((state.time[endpoint] < state.time[main]).sum())
    return 0.0


@compiled
def loss_of(value: FloatArray, low: FloatArray, high: FloatArray, scale: FloatArray, weight: FloatArray) -> float:
    """Return the sum of weight x distance from [low, high] in units of scale; distances above ``FAR`` count less."""
    total = 0.0
    for k in range(value.size):
        gap = max(low[k] - value[k], value[k] - high[k])
        if gap > 0.0:
            gap /= scale[k]
            total += weight[k] * (gap if gap <= FAR else FAR * np.sqrt(2.0 * gap / FAR - 1.0))
    return total


@compiled
def taken(state: State, endpoint: int, slot: int, tick: int) -> bool:
    """Return whether another patient has this time."""
    for other in range(state.time.shape[1]):  # noqa: SIM110 - Numba compiles no generator
        if other != slot and state.time[endpoint, other] == tick:
            return True
    return False


@compiled
def set_time(problem: Problem, state: State, endpoint: int, slot: int, tick: int, event: int) -> bool:
    """Set a time; what lies within the endpoint follows it. False where that is impossible."""
    if not problem.shortest[endpoint] <= tick <= problem.longest[endpoint] or taken(state, endpoint, slot, tick):
        return False
    old = state.time[endpoint, slot]
    state.time[endpoint, slot], state.event[endpoint, slot] = tick, event
    for inner in range(problem.within.size):
        if problem.within[inner] != endpoint:
            continue
        if state.time[inner, slot] == old:
            if taken(state, inner, slot, tick):
                return False
            state.time[inner, slot], state.event[inner, slot] = tick, event
        elif state.time[inner, slot] >= tick:
            return False
    return True


@compiled
def set_progression(problem: Problem, state: State, endpoint: int, slot: int, tick: int) -> bool:
    """Set a progression before the end of the outer endpoint; False where that is impossible."""
    outer = problem.within[endpoint]
    if not problem.shortest[endpoint] <= tick < state.time[outer, slot] or taken(state, endpoint, slot, tick):
        return False
    state.time[endpoint, slot], state.event[endpoint, slot] = tick, 1
    return True


@compiled
def remove_progression(problem: Problem, state: State, endpoint: int, slot: int) -> bool:
    """Let the inner endpoint end with the outer one; False where another patient has that time."""
    outer = problem.within[endpoint]
    if taken(state, endpoint, slot, state.time[outer, slot]):
        return False
    state.time[endpoint, slot], state.event[endpoint, slot] = state.time[outer, slot], state.event[outer, slot]
    return True


@compiled
def gaussian(random: RandomState) -> float:
    """Return a number of mean 0 and variance 1 (sum of uniforms; a proposal needs no more)."""
    total = 0.0
    for _ in range(4):
        total += uniform(random)
    return (total - 2.0) * np.sqrt(3.0)


@compiled
def change_time(problem: Problem, state: State, random: RandomState, endpoint: int) -> bool:
    """Change one outcome: move its time, turn an event into censoring or back, add, move or remove a progression."""
    slot = below(random, state.time.shape[1])
    step = int(np.rint(gaussian(random) * STEPS[below(random, STEPS.size)]))
    which = uniform(random)
    tick, event = state.time[endpoint, slot], state.event[endpoint, slot]
    outer = problem.within[endpoint]
    if outer < 0:
        if which < 0.6:
            return step != 0 and set_time(problem, state, endpoint, slot, tick + step, event)
        anywhere = problem.shortest[endpoint] + below(random, problem.longest[endpoint] - problem.shortest[endpoint])
        if which < 0.8:
            return set_time(problem, state, endpoint, slot, anywhere, event)
        return set_time(problem, state, endpoint, slot, tick + step if which < 0.9 else anywhere, 1 - event)
    if tick == state.time[outer, slot]:
        early = problem.shortest[endpoint] + below(random, max(tick - problem.shortest[endpoint], 1))
        return set_progression(problem, state, endpoint, slot, early)
    if which < 0.8:
        return step != 0 and set_progression(problem, state, endpoint, slot, tick + step)
    return remove_progression(problem, state, endpoint, slot)


@compiled
def exchange_times(
    problem: Problem, state: State, random: RandomState, order: IntArray, endpoint: int, near: float
) -> bool:
    """Exchange the outcomes of two patients on one endpoint; the curve of all patients stays as it is."""
    i, j = two_slots(random, order[endpoint], near)
    if i == j:
        return False
    outer = problem.within[endpoint]
    if outer >= 0:
        return exchange_progressions(problem, state, endpoint, i, j)
    for slot, other in ((i, j), (j, i)):
        for inner in range(problem.within.size):
            if problem.within[inner] == endpoint and not (
                state.time[inner, slot] < min(state.time[endpoint, slot], state.time[endpoint, other])
            ):
                return False
    swap(state.time[endpoint], i, j)
    swap(state.event[endpoint], i, j)
    return True


@compiled
def exchange_progressions(problem: Problem, state: State, endpoint: int, i: int, j: int) -> bool:
    """Exchange the times of two progressions, each before the end of the other's outer endpoint."""
    outer = problem.within[endpoint]
    for slot, other in ((i, j), (j, i)):
        if state.time[endpoint, slot] >= min(state.time[outer, slot], state.time[outer, other]):
            return False
    swap(state.time[endpoint], i, j)
    return True


@compiled
def swap(values: IntArray, i: int, j: int) -> None:
    """Exchange two elements."""
    values[i], values[j] = values[j], values[i]


@compiled
def two_slots(random: RandomState, order: IntArray, near: float) -> tuple[int, int]:
    """Return two slots: with probability ``near`` close to each other in the order of time, else any two."""
    first = below(random, order.size)
    if uniform(random) >= near:
        return order[first], order[below(random, order.size)]
    reach = 1 + below(random, REACH)
    second = first + (reach if uniform(random) < 0.5 else -reach)
    return order[first], order[min(max(second, 0), order.size - 1)]


@compiled
def exchange_columns(
    movable: IntArray,
    of: IntArray,
    code: IntArray,
    records: IntArray,
    random: RandomState,
    order: IntArray,
    near: float,
) -> tuple[int, tuple[int, int]]:
    """Exchange the columns of one block between two patients; return block (-1: nothing would change) and pair.

    ``of`` (C,) is the block of each column.
    """
    for _ in range(TRIES):
        block = below(random, movable.size)
        if movable[block] == 0:
            continue
        i, j = two_slots(random, order[below(random, order.shape[0])], near)
        for column in range(of.size):
            if of[column] == block and code[column, records[block, i]] != code[column, records[block, j]]:
                swap(records[block], i, j)
                return block, (i, j)
    return -1, (0, 0)


@compiled
def change_values(problem: Problem, state: State, random: RandomState) -> tuple[int, bool, bool]:
    """Change the measurements of two records, extremes and moments kept.

    A printed mean is kept by changing both by as much, a printed median by keeping half of the values on each side.
    Returns the column, whether the change stands, and whether a class changed.
    """
    column = below(random, problem.block.size)
    if problem.measured[column] == 0:
        return -1, False, False
    values = state.value[column]
    i, j = below(random, values.size), below(random, values.size)
    step = 1 + below(random, max((problem.most[column] - problem.least[column]) // 10, 1))
    if i == j or not (inside(problem, column, values[i], step) and inside(problem, column, values[j], -step)):
        return -1, False, False
    values[i] += step
    values[j] -= step
    if not moments_kept(problem, column, values):
        return column, False, False
    classes = False
    for record in (i, j):
        code = 0
        for k in range(problem.cuts[column]):
            code += int(values[record] >= problem.cut[column, k])
        classes = classes or code != state.code[column, record]
        state.code[column, record] = code
    return column, True, classes


@compiled
def inside(problem: Problem, column: int, value: int, step: int) -> bool:
    """Return whether a value is no extreme and does not become one."""
    low, high = problem.least[column], problem.most[column]
    return low < value < high and low < value + step < high


@compiled
def moments_kept(problem: Problem, column: int, values: IntArray) -> bool:
    """Return whether the SD still prints the same, and the median too where it is printed."""
    squares = 0
    for value in values:
        squares += value * value
    if not problem.square_low[column] <= squares <= problem.square_high[column]:
        return False
    if problem.measured[column] == 1:
        return True
    less = (values < problem.middle[column]).sum()
    more = (values > problem.middle[column]).sum()
    return 2 * less < values.size and 2 * more < values.size


@compiled
def copy_into(source: State, target: State) -> None:
    """Copy one state over another."""
    target.time[:] = source.time
    target.event[:] = source.event
    target.record[:] = source.record
    target.code[:] = source.code
    target.value[:] = source.value


@compiled
def copied(state: State) -> State:
    """Return a copy of a state."""
    return State(state.time.copy(), state.event.copy(), state.record.copy(), state.code.copy(), state.value.copy())


@compiled
def propose(
    problem: Problem, state: State, random: RandomState, order: IntArray, mix: FloatArray, moved: IntArray
) -> tuple[bool, Change]:
    """Change a state; return whether it changed, and what. Writes ``moved`` (E,)."""
    moved[:] = 0
    which = uniform(random)
    if which < mix[0] * VALUE_SHARE:
        column, kept, classes = change_values(problem, state, random)
        return kept, Change(moved, -1, (0, 0), column if classes else -1, column)
    if which < mix[0]:
        block, pair = exchange_columns(problem.movable, problem.block, state.code, state.record, random, order, mix[2])
        return block >= 0, Change(moved, block, pair, -1, -1)
    endpoint = below(random, problem.within.size)
    moved[endpoint] = 1
    if which < mix[1]:
        return exchange_times(problem, state, random, order, endpoint, mix[2]), Change(moved, -1, (0, 0), -1, -1)
    for inner in range(problem.within.size):
        if problem.within[inner] == endpoint:
            moved[inner] = 1
    return change_time(problem, state, random, endpoint), Change(moved, -1, (0, 0), -1, -1)


@compiled
def follow(source: State, target: State, change: Change) -> None:
    """Bring a state to the one that differs from it by a change."""
    if change.block >= 0:
        target.record[change.block] = source.record[change.block]
    elif change.measured >= 0:
        target.code[change.measured] = source.code[change.measured]
        target.value[change.measured] = source.value[change.measured]
    else:
        for endpoint in range(change.moved.size):
            if change.moved[endpoint]:
                target.time[endpoint] = source.time[endpoint]
                target.event[endpoint] = source.event[endpoint]


@compiled
def sorted_slots(state: State) -> IntArray:
    """Return (E, n) the slots of each endpoint in the order of time."""
    order = np.empty(state.time.shape, dtype=np.int64)
    for endpoint in range(state.time.shape[0]):
        order[endpoint] = np.argsort(state.time[endpoint])
    return order


@compiled
def anneal(
    problem: Problem,
    state: State,
    random: RandomState,
    mix: FloatArray,
    steps: int,
    hot: float,
    cold: float,
    values: FloatArray,
) -> tuple[float, int]:
    """Anneal a state in place, and leave it at the best that was met.

    Parameters
    ----------
    random : (1,) uint64 state of the random numbers.
    mix : probability of an exchange of columns, and of that or an exchange of times (else one time changes); and that
        the two patients of an exchange are close in the order of time.
    steps : proposals at most; the search stops at a loss of 0.
    hot, cold : temperatures, in units of the loss; geometric in between.
    values : (T,) written with the values of the state returned.

    Returns
    -------
    The loss, and the number of proposals used.
    """
    tasks, endpoints = problem.task_start.size - 1, state.time.shape[0]
    order, beta = sorted_slots(state), np.zeros(problem.model_contrast.shape)
    found = Found(values.copy(), np.zeros(tasks), np.ones(tasks, dtype=np.bool_))
    moved = np.ones(endpoints, dtype=np.int64)
    loss = refresh(problem, state, order, Change(moved, EVERYTHING, (0, 0), -1, -1), np.inf, beta, found)
    trial, best, best_value = copied(state), copied(state), found.value.copy()
    trial_order, trial_beta = order.copy(), beta.copy()
    trial_found = Found(found.value.copy(), found.loss.copy(), found.stale.copy())
    best_loss, used = loss, steps
    for step in range(steps):
        if best_loss <= 0.0:
            used = step
            break
        heat = hot * (cold / hot) ** (step / steps)
        changed, change = propose(problem, trial, random, order, mix, moved)
        if not changed:
            follow(state, trial, change)
            continue
        for endpoint in range(endpoints):
            if moved[endpoint]:
                sort_again(trial_order[endpoint], trial.time[endpoint])
        # Metropolis rule with the uniform number drawn first: a loss above this is rejected.
        bound = loss - heat * np.log(uniform(random) + 1e-300)
        new = refresh(problem, trial, trial_order, change, bound, trial_beta, trial_found)
        if new <= bound:
            loss = new
            follow(trial, state, change)
            beta[:], found.value[:], found.loss[:] = trial_beta, trial_found.value, trial_found.loss
            if loss < best_loss:
                best_loss = loss
                copy_into(state, best)
                best_value[:] = found.value
            for endpoint in range(endpoints):
                if moved[endpoint]:
                    order[endpoint] = trial_order[endpoint]
        else:
            follow(state, trial, change)
            trial_beta[:], trial_found.value[:], trial_found.loss[:] = beta, found.value, found.loss
            for endpoint in range(endpoints):
                if moved[endpoint]:
                    trial_order[endpoint] = order[endpoint]
    copy_into(best, state)
    values[:] = best_value
    return best_loss, used
