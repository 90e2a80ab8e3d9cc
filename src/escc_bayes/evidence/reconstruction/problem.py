"""The arrays that the compiled search works on: what a set of patients is, and what it should add up to.

Times are whole ticks (0.01 month). E endpoints, n slots (outcomes), B blocks of columns that move together,
C columns of codes, K curves, J contrasts, R log-rank tests, M Cox models, T targets.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray

type IntArray = NDArray[np.int64]
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


class State(NamedTuple):
    """One set of patients.

    ``time``, ``event`` : (E, n) ticks and 0/1. ``record`` : (B, n) which record of each block stands at each slot.
    ``code`` : (C, n) level of each record in each column. ``value`` : (C, n) its measurement, in units of the last
    decimal; 0 for columns that are not measured.
    """

    time: IntArray
    event: IntArray
    record: IntArray
    code: IntArray
    value: IntArray


class Problem(NamedTuple):
    """Structure and targets; ``-1`` means none.

    Attributes
    ----------
    within : (E,) the endpoint whose time each endpoint never exceeds.
    shortest, longest : (E,) ticks allowed.
    block : (C,) block of each column. movable : (B,) 0/1.
    measured : (C,) 0 levels, 1 the mean is printed, 2 the median is. ``cut`` (C, X) units at which a class begins,
        ``cuts`` (C,) how many. least, most : (C,) extremes. middle : (C,) median.
        square_low, square_high : (C,) what the sum of squares may be, so that the SD prints the same.
    curve_* : (K,) endpoint, column, subset (0 everyone, 1 progressed, 2 progressed with the clock restarted there);
        ``curve_lut`` (K, L) 1 for the levels that belong.
    contrast_column : (J,); ``contrast_lut`` (J, L) group of a level; ``contrast_groups`` (J,).
    test_contrast, test_endpoint : (R,) of each log-rank test.
    model_endpoint, model_size : (M,); ``model_contrast`` (M, P).
    rule_* : (U,) ``rule_kind`` 0 no event before the tick, 1 an event by it, 2 followed to it; the tick is
        ``rule_tick`` (U, L) of the level, or ``rule_each`` (U,) per unit of a measurement.
    task_start : (Q + 1,) targets stand in the order of what gives them: curves, tests, models, the rest.
    kind, ref : (T,); arg, level, low, high, scale, weight : (T,). The loss of a target is 0 inside [low, high].
    """

    within: IntArray
    shortest: IntArray
    longest: IntArray
    block: IntArray
    movable: IntArray
    measured: IntArray
    cut: IntArray
    cuts: IntArray
    least: IntArray
    most: IntArray
    middle: IntArray
    square_low: IntArray
    square_high: IntArray
    curve_endpoint: IntArray
    curve_column: IntArray
    curve_lut: IntArray
    curve_subset: IntArray
    contrast_column: IntArray
    contrast_lut: IntArray
    contrast_groups: IntArray
    test_contrast: IntArray
    test_endpoint: IntArray
    model_endpoint: IntArray
    model_size: IntArray
    model_contrast: IntArray
    rule_kind: IntArray
    rule_column: IntArray
    rule_endpoint: IntArray
    rule_tick: IntArray
    rule_each: IntArray
    task_start: IntArray
    kind: IntArray
    ref: IntArray
    arg: FloatArray
    level: FloatArray
    low: FloatArray
    high: FloatArray
    scale: FloatArray
    weight: FloatArray
