"""What the search changes at one step, and how a change that is rejected is undone.

A change is written as whole numbers (6 + 2 E,): its kind, what it changed (block, endpoint or column), two slots, the
step of a measurement, whether a class changed; then time and event of the first slot before, endpoint by endpoint.
"""

from typing import Final

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.problem import (
    LEAST,
    LONGEST,
    MEASURED,
    MIDDLE,
    MOST,
    SHORTEST,
    SQUARE_HIGH,
    SQUARE_LOW,
    WITHIN,
    IntArray,
    RandomState,
    Structure,
)
from escc_bayes.evidence.reconstruction.random_numbers import below, gaussian, uniform
from escc_bayes.evidence.reconstruction.working import (
    Working,
    exchange_columns,
    exchange_outcomes,
    set_outcome,
    set_value,
)
from escc_bayes.hazard.piecewise import FloatArray

# Kinds of change.
COLUMNS: Final = 0
VALUES: Final = 1
OUTCOMES: Final = 2
OUTCOME: Final = 3
# Columns of a change.
WHICH: Final = 0
WHAT: Final = 1
FIRST_SLOT: Final = 2
SECOND_SLOT: Final = 3
STEP: Final = 4
CLASS: Final = 5
BEFORE: Final = 6

TRIES = 20
# Close to each other: so many places apart.
REACH = 8
# Share of the exchanges of columns that are instead changes of a measurement.
VALUE_SHARE = 0.1
# Changes of a time, in ticks: from a third of a month to half a year.
STEPS = np.array([10.0, 40.0, 150.0, 600.0])


@inlined
def propose(structure: Structure, working: Working, random: RandomState, mix: FloatArray, change: IntArray) -> bool:
    """Change the patients and write the change; False, with nothing changed, where the change drawn is impossible.

    ``mix`` (3,) : probability of an exchange of columns, and of that or an exchange of outcomes (else one outcome
    changes); and that the two patients of an exchange are close in the order of time.
    """
    which = uniform(random)
    if which < mix[0] * VALUE_SHARE:
        return change_values(structure, working, random, change)
    if which < mix[0]:
        return change_columns(structure, working, random, mix[2], change)
    endpoint = below(random, structure.endpoint.shape[0])
    if which < mix[1]:
        return change_outcomes(structure.endpoint, working, random, endpoint, mix[2], change)
    return change_outcome(structure.endpoint, working, random, endpoint, change)


@inlined
def undo(structure: Structure, working: Working, change: IntArray) -> None:
    """Undo the last change."""
    kind, what, i, j = change[WHICH], change[WHAT], change[FIRST_SLOT], change[SECOND_SLOT]
    if kind == COLUMNS:
        exchange_columns(structure.block, structure.grouping, working, what, i, j)
    elif kind == VALUES:
        set_value(structure, working, what, i, working.rows[working.value + what, i] - change[STEP])
        set_value(structure, working, what, j, working.rows[working.value + what, j] + change[STEP])
    elif kind == OUTCOMES:
        exchange_outcomes(working, what, i, j)
    else:
        for endpoint in range(structure.endpoint.shape[0]):
            tick, event = change[BEFORE + 2 * endpoint], change[BEFORE + 2 * endpoint + 1]
            set_outcome(working, endpoint, i, tick, event)


@inlined
def write(change: IntArray, kind: int, what: int, i: int, j: int) -> None:
    """Write a change without a step."""
    change[WHICH], change[WHAT], change[FIRST_SLOT], change[SECOND_SLOT] = kind, what, i, j
    change[STEP], change[CLASS] = 0, 0


@inlined
def two_slots(working: Working, endpoint: int, random: RandomState, near: float) -> tuple[int, int]:
    """Return two slots: with probability ``near`` close to each other in the order of time, else any two."""
    rows, order, n = working.rows, working.order + endpoint, working.rows.shape[1]
    first = below(random, n)
    if uniform(random) >= near:
        return rows[order, first], rows[order, below(random, n)]
    reach = 1 + below(random, REACH)
    second = first + (reach if uniform(random) < 0.5 else -reach)
    return rows[order, first], rows[order, min(max(second, 0), n - 1)]


@compiled
def change_columns(structure: Structure, working: Working, random: RandomState, near: float, change: IntArray) -> bool:
    """Exchange the columns of one block between two patients who differ in them."""
    for _ in range(TRIES):
        block = below(random, structure.movable.size)
        if structure.movable[block] == 0:
            continue
        i, j = two_slots(working, below(random, structure.endpoint.shape[0]), random, near)
        for column in range(structure.block.size):
            code = working.code + column
            if structure.block[column] == block and working.rows[code, i] != working.rows[code, j]:
                exchange_columns(structure.block, structure.grouping, working, block, i, j)
                write(change, COLUMNS, block, i, j)
                return True
    return False


@compiled
def change_values(structure: Structure, working: Working, random: RandomState, change: IntArray) -> bool:
    """Change the measurements of two patients, extremes and moments kept.

    A printed mean is kept by changing both by as much, a printed median by keeping half of the values on each side.
    """
    column = below(random, structure.block.size)
    kept = structure.measured[column]
    if kept[MEASURED] == 0:
        return False
    values = working.rows[working.value + column]
    i, j = below(random, values.size), below(random, values.size)
    step = 1 + below(random, max((kept[MOST] - kept[LEAST]) // 10, 1))
    if i == j or not (inside(kept, values[i], step) and inside(kept, values[j], -step)):
        return False
    classes = set_value(structure, working, column, i, values[i] + step)
    classes = set_value(structure, working, column, j, values[j] - step) or classes
    write(change, VALUES, column, i, j)
    change[STEP], change[CLASS] = step, int(classes)
    if moments_kept(kept, values):
        return True
    undo(structure, working, change)
    return False


@compiled
def inside(kept: IntArray, value: int, step: int) -> bool:
    """Return whether a value is no extreme and does not become one."""
    return kept[LEAST] < value < kept[MOST] and kept[LEAST] < value + step < kept[MOST]


@compiled
def moments_kept(kept: IntArray, values: IntArray) -> bool:
    """Return whether the SD still prints the same, and the median too where it is printed."""
    squares, less, more = 0, 0, 0
    for value in values:
        squares += value * value
        less += int(value < kept[MIDDLE])
        more += int(value > kept[MIDDLE])
    if not kept[SQUARE_LOW] <= squares <= kept[SQUARE_HIGH]:
        return False
    return kept[MEASURED] == 1 or (2 * less < values.size and 2 * more < values.size)


@compiled
def change_outcomes(
    of: IntArray, working: Working, random: RandomState, endpoint: int, near: float, change: IntArray
) -> bool:
    """Exchange the outcomes of two patients on one endpoint; the curve of all patients stays as it is.

    ``of`` (E, 3) : the endpoints of the structure, here and below.
    """
    i, j = two_slots(working, endpoint, random, near)
    if i == j or not can_exchange(of, working, endpoint, i, j):
        return False
    exchange_outcomes(working, endpoint, i, j)
    write(change, OUTCOMES, endpoint, i, j)
    return True


@compiled
def can_exchange(of: IntArray, working: Working, endpoint: int, i: int, j: int) -> bool:
    """Return whether both patients progressed before either end, wherever one endpoint lies within another."""
    time = working.rows[: working.event]
    for inner in range(of.shape[0]):
        outer = of[inner, WITHIN]
        if (inner == endpoint and outer >= 0) or outer == endpoint:
            end = min(time[outer, i], time[outer, j])
            if time[inner, i] >= end or time[inner, j] >= end:
                return False
    return True


@compiled
def change_outcome(of: IntArray, working: Working, random: RandomState, endpoint: int, change: IntArray) -> bool:
    """Change one outcome: move its time, turn an event into censoring or back, add, move or remove a progression."""
    time, events = working.rows[: working.event], working.rows[working.event : working.order]
    slot = below(random, time.shape[1])
    write(change, OUTCOME, endpoint, slot, slot)
    for other in range(of.shape[0]):
        change[BEFORE + 2 * other], change[BEFORE + 2 * other + 1] = time[other, slot], events[other, slot]
    step = int(np.rint(gaussian(random) * STEPS[below(random, STEPS.size)]))
    which = uniform(random)
    tick, event = time[endpoint, slot], events[endpoint, slot]
    outer, shortest = of[endpoint, WITHIN], of[endpoint, SHORTEST]
    if outer < 0:
        anywhere = shortest + below(random, of[endpoint, LONGEST] - shortest)
        new = tick + step if which < 0.6 or 0.8 <= which < 0.9 else anywhere
        return move_end(of, working, endpoint, slot, new, event if which < 0.8 else 1 - event)
    if tick == time[outer, slot]:
        return progress(of, working, endpoint, slot, shortest + below(random, max(tick - shortest, 1)))
    if which < 0.8:
        return progress(of, working, endpoint, slot, tick + step)
    if taken(time, endpoint, slot, time[outer, slot]):
        return False
    set_outcome(working, endpoint, slot, time[outer, slot], events[outer, slot])
    return True


@compiled
def taken(time: IntArray, endpoint: int, slot: int, tick: int) -> bool:
    """Return whether another patient has this time; ``time`` (E, n)."""
    for other in range(time.shape[1]):  # noqa: SIM110 - Numba compiles no generator
        if time[endpoint, other] == tick and other != slot:
            return True
    return False


@compiled
def move_end(of: IntArray, working: Working, endpoint: int, slot: int, tick: int, event: int) -> bool:
    """Set the outcome of an outer endpoint; what ends with it follows. False where that is impossible."""
    time = working.rows[: working.event]
    old = time[endpoint, slot]
    if tick == old and event == working.rows[working.event + endpoint, slot]:
        return False
    if not of[endpoint, SHORTEST] <= tick <= of[endpoint, LONGEST] or taken(time, endpoint, slot, tick):
        return False
    for inner in range(of.shape[0]):
        if of[inner, WITHIN] != endpoint:
            continue
        follows = time[inner, slot] == old
        if (follows and taken(time, inner, slot, tick)) or (not follows and time[inner, slot] >= tick):
            return False
    for inner in range(of.shape[0]):
        if of[inner, WITHIN] == endpoint and time[inner, slot] == old:
            set_outcome(working, inner, slot, tick, event)
    set_outcome(working, endpoint, slot, tick, event)
    return True


@compiled
def progress(of: IntArray, working: Working, endpoint: int, slot: int, tick: int) -> bool:
    """Set a progression before the end of the outer endpoint; False where that is impossible."""
    time = working.rows[: working.event]
    if not of[endpoint, SHORTEST] <= tick < time[of[endpoint, WITHIN], slot]:
        return False
    if tick == time[endpoint, slot] or taken(time, endpoint, slot, tick):
        return False
    set_outcome(working, endpoint, slot, tick, 1)
    return True
