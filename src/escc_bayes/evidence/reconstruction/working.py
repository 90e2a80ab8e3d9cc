"""A set of patients as the compiled search holds it: with the order of times and the groups of every contrast."""

from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.problem import (
    CUTS,
    GROUPING_BLOCK,
    GROUPING_COLUMN,
    IntArray,
    State,
    Structure,
)


class Working(NamedTuple):
    """A state, and what follows from it: one table (rows, n) and where each kind of row begins in it.

    ``time``, ``event`` (E rows), ``record`` (B), ``code``, ``value`` (C) : as in ``State``. ``order`` (E) : slots in
    the order of time. ``place`` (E) : where each slot stands in it. ``group`` (G) : group of each grouping, -1 none.
    """

    rows: IntArray
    time: int
    event: int
    order: int
    place: int
    record: int
    code: int
    value: int
    group: int


@compiled
def working_from(structure: Structure, state: State) -> Working:
    """Return a state with the order of its times and its groups; the state itself is not kept."""
    endpoints, blocks, columns = state.time.shape[0], state.record.shape[0], state.code.shape[0]
    record = 4 * endpoints
    group = record + blocks + 2 * columns
    rows = np.empty((group + structure.grouping.shape[0], state.time.shape[1]), dtype=np.int64)
    working = Working(
        rows, 0, endpoints, 2 * endpoints, 3 * endpoints, record, record + blocks, record + blocks + columns, group
    )
    rows[: working.event] = state.time
    rows[working.event : working.order] = state.event
    rows[record : working.code] = state.record
    rows[working.code : working.value] = state.code
    rows[working.value : group] = state.value
    for endpoint in range(endpoints):
        rows[working.order + endpoint] = np.argsort(state.time[endpoint])
        for i in range(rows.shape[1]):
            rows[working.place + endpoint, rows[working.order + endpoint, i]] = i
    for g in range(structure.grouping.shape[0]):
        for slot in range(rows.shape[1]):
            rows[group + g, slot] = structure.lut[g, state.code[structure.grouping[g, GROUPING_COLUMN], slot]]
    return working


@compiled
def store(working: Working, state: State) -> None:
    """Copy a working set of patients into a state."""
    state.time[:] = working.rows[: working.event]
    state.event[:] = working.rows[working.event : working.order]
    state.record[:] = working.rows[working.record : working.code]
    state.code[:] = working.rows[working.code : working.value]
    state.value[:] = working.rows[working.value : working.group]


@inlined
def swap(rows: IntArray, row: int, i: int, j: int) -> None:
    """Exchange two elements of a row."""
    rows[row, i], rows[row, j] = rows[row, j], rows[row, i]


@compiled
def set_outcome(working: Working, endpoint: int, slot: int, tick: int, event: int) -> None:
    """Set time and event of one slot, and its place in the order of time."""
    rows = working.rows
    time, order, place = working.time + endpoint, working.order + endpoint, working.place + endpoint
    rows[time, slot], rows[working.event + endpoint, slot] = tick, event
    at = rows[place, slot]
    while at > 0 and rows[time, rows[order, at - 1]] > tick:
        rows[order, at] = rows[order, at - 1]
        rows[place, rows[order, at]] = at
        at -= 1
    while at < rows.shape[1] - 1 and rows[time, rows[order, at + 1]] < tick:
        rows[order, at] = rows[order, at + 1]
        rows[place, rows[order, at]] = at
        at += 1
    rows[order, at], rows[place, slot] = slot, at


@compiled
def exchange_outcomes(working: Working, endpoint: int, i: int, j: int) -> None:
    """Exchange time and event of two slots on one endpoint."""
    rows, place = working.rows, working.place + endpoint
    swap(rows, working.time + endpoint, i, j)
    swap(rows, working.event + endpoint, i, j)
    swap(rows, place, i, j)
    rows[working.order + endpoint, rows[place, i]] = i
    rows[working.order + endpoint, rows[place, j]] = j


@compiled
def exchange_columns(block_of: IntArray, grouping: IntArray, working: Working, block: int, i: int, j: int) -> None:
    """Exchange the columns of one block between two slots; ``block_of`` (C,) columns, ``grouping`` (G, 2)."""
    swap(working.rows, working.record + block, i, j)
    for column in range(block_of.size):
        if block_of[column] == block:
            swap(working.rows, working.code + column, i, j)
            swap(working.rows, working.value + column, i, j)
    for g in range(grouping.shape[0]):
        if grouping[g, GROUPING_BLOCK] == block:
            swap(working.rows, working.group + g, i, j)


@compiled
def set_value(structure: Structure, working: Working, column: int, slot: int, value: int) -> bool:
    """Set the measurement of one slot, its class and its groups; return whether the class changed."""
    rows, code = working.rows, 0
    for k in range(structure.measured[column, CUTS]):
        code += int(value >= structure.cut[column, k])
    rows[working.value + column, slot] = value
    if code == rows[working.code + column, slot]:
        return False
    rows[working.code + column, slot] = code
    for g in range(structure.grouping.shape[0]):
        if structure.grouping[g, GROUPING_COLUMN] == column:
            rows[working.group + g, slot] = structure.lut[g, code]
    return True
