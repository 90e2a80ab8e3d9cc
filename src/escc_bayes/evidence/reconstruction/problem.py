"""The arrays that the compiled search works on: what a set of patients is, and what it should add up to.

Times are whole ticks (0.01 month). E endpoints, n slots (one a patient), B blocks of columns that move together,
C columns of codes, G groupings of a column's levels, K curves, R log-rank tests, M Cox models, U rules, T targets.
Few arrays with named columns: passing twenty arrays to a compiled function costs more than a log-rank test.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray

type IntArray = NDArray[np.int64]
type BoolArray = NDArray[np.bool_]
type RandomState = NDArray[np.uint64]

TICKS_PER_MONTH: Final = 100

# Kinds of target, and what ``ref`` and ``arg`` of a target mean for each.
SURVIVAL: Final = 0  # ref = curve, arg = tick
MEDIAN: Final = 1  # ref = curve
MEDIAN_LOW: Final = 2  # ref = curve, arg = 0 log-log limits, 1 slope of the curve; level in ``level``
MEDIAN_HIGH: Final = 3
NOT_REACHED: Final = 4  # ref = curve: the last value of the curve
FOLLOW_UP: Final = 5  # ref = curve: reverse Kaplan-Meier median
EVENTS: Final = 6  # ref = curve
PROGRESSED: Final = 7  # ref = endpoint: patients whose event came before the end of the endpoint it lies within
LOG_RANK: Final = 8  # ref = test
LOG_HR: Final = 9  # ref = model, arg = its column
WALD_Z: Final = 10
BROKEN_RULES: Final = 11  # ref = 0: how many patients contradict a rule of the layout

# Columns of ``Structure.endpoint``: the endpoint whose time is never exceeded (-1 none), ticks allowed.
WITHIN: Final = 0
SHORTEST: Final = 1
LONGEST: Final = 2
# Columns of ``Structure.measured``: 0 levels, 1 the mean is printed, 2 the median is; how many cuts; extremes; median;
# what the sum of squares may be, so that the SD prints the same.
MEASURED: Final = 0
CUTS: Final = 1
LEAST: Final = 2
MOST: Final = 3
MIDDLE: Final = 4
SQUARE_LOW: Final = 5
SQUARE_HIGH: Final = 6
# Columns of ``Structure.grouping``, and of ``Aims.curve``, ``test``, ``model`` (its groupings from MODEL_COLUMNS on)
# and ``rule``.
GROUPING_COLUMN: Final = 0
GROUPING_BLOCK: Final = 1
CURVE_ENDPOINT: Final = 0
CURVE_GROUPING: Final = 1  # -1 everyone, else those in group 1
CURVE_SUBSET: Final = 2  # 0 everyone, 1 progressed, 2 progressed with the clock restarted there
TEST_ENDPOINT: Final = 0
TEST_GROUPING: Final = 1
TEST_GROUPS: Final = 2
MODEL_ENDPOINT: Final = 0
MODEL_SIZE: Final = 1
MODEL_COLUMNS: Final = 2
RULE_KIND: Final = 0  # 0 no event before the tick, 1 an event by it, 2 followed to it
RULE_COLUMN: Final = 1
RULE_ENDPOINT: Final = 2
RULE_EACH: Final = 3  # ticks per unit of a measurement; 0: ``rule_tick`` of the level
# Columns of ``Aims.target``, ``argument`` and ``window``.
KIND: Final = 0
REF: Final = 1
ARG: Final = 0
LEVEL: Final = 1
LOW: Final = 0
HIGH: Final = 1
SCALE: Final = 2
WEIGHT: Final = 3
REQUIRED: Final = 4


# Columns of ``Aims.task``: kind of its targets, endpoint, grouping (-1 none), subset of a curve, curve, test or model.
TASK_KIND: Final = 0
TASK_ENDPOINT: Final = 1
TASK_GROUPING: Final = 2
TASK_SUBSET: Final = 3
TASK_REF: Final = 4


class State(NamedTuple):
    """One set of patients.

    ``time``, ``event`` : (E, n) ticks and 0/1. ``record`` : (B, n) which record of each block stands at each slot.
    ``code`` : (C, n) level at each slot of each column. ``value`` : (C, n) its measurement, in units of the last
    decimal; 0 for columns that are not measured.
    """

    time: IntArray
    event: IntArray
    record: IntArray
    code: IntArray
    value: IntArray


class Structure(NamedTuple):
    """What a set of patients may be. Columns of the tables are named above; ``-1`` means none.

    Attributes
    ----------
    endpoint : (E, 3). movable : (B,) 0/1. block : (C,) block of each column. measured : (C, 7).
    cut : (C, X) units at which a class begins.
    grouping : (G, 2). lut : (G, L) group of a level, -1 none.
    """

    endpoint: IntArray
    movable: IntArray
    block: IntArray
    measured: IntArray
    cut: IntArray
    grouping: IntArray
    lut: IntArray


class Aims(NamedTuple):
    """What a set of patients should add up to.

    Attributes
    ----------
    curve : (K, 3). test : (R, 3). model : (M, 2 + P). rule : (U, 4). rule_tick : (U, L).
    task : (Q, 5). task_start : (Q + 1,) targets stand in the order of what gives them: counts, curves, tests, models.
    target : (T, 2). argument : (T, 2). window : (T, 5); the loss of a target is 0 inside [low, high].
    candidate : (B + E, Q + 1) tasks that an exchange of each block, then on each endpoint, can move; end -1.
    """

    curve: IntArray
    test: IntArray
    model: IntArray
    rule: IntArray
    rule_tick: IntArray
    task: IntArray
    task_start: IntArray
    target: IntArray
    argument: FloatArray
    window: FloatArray
    candidate: IntArray


class Problem(NamedTuple):
    """The problem of one search."""

    structure: Structure
    aims: Aims
