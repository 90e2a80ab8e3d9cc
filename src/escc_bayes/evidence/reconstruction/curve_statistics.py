"""Kaplan-Meier curves, their medians and limits without ties, compiled, on patients in the order of time.

``order`` (n,) holds slots from the earliest time to the latest. Formulas: docs/methods/reconstruction.md.
"""

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import (
    ARG,
    CURVE_ENDPOINT,
    CURVE_GROUPING,
    CURVE_SUBSET,
    EVENTS,
    FOLLOW_UP,
    KIND,
    LEVEL,
    MEDIAN,
    MEDIAN_HIGH,
    MEDIAN_LOW,
    NOT_REACHED,
    SURVIVAL,
    WITHIN,
    Aims,
    IntArray,
)
from escc_bayes.evidence.reconstruction.working import Working
from escc_bayes.hazard.piecewise import FloatArray

UNREACHED = 1e6
HALF = 0.5
NEAR = 1e-9
# Half-width of the band of survival over which the slope at the median is taken.
SLOPE_BAND = 0.05


@compiled
def progression(endpoint: IntArray, time: IntArray, main: int, slot: int) -> int:
    """Return the time of a progression before the end of endpoint ``main``; -1 where there was none."""
    for other in range(endpoint.shape[0]):
        if endpoint[other, WITHIN] == main and time[other, slot] < time[main, slot]:
            return time[other, slot]
    return -1


@compiled
def members(endpoint: IntArray, curve: IntArray, working: Working) -> tuple[IntArray, IntArray]:
    """Return sorted ticks and events of the patients of one ``curve`` (3,); ``endpoint`` (E, 3)."""
    main, grouping, subset = curve[CURVE_ENDPOINT], curve[CURVE_GROUPING], curve[CURVE_SUBSET]
    rows, n = working.rows, working.rows.shape[1]
    ticks, events = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    size = 0
    for i in range(n):
        slot = rows[working.order + main, i]
        if grouping >= 0 and rows[working.group + grouping, slot] != 1:
            continue
        start = progression(endpoint, rows, main, slot) if subset > 0 else 0
        if start >= 0:
            ticks[size] = rows[main, slot] - (start if subset == 2 else 0)
            events[size] = rows[working.event + main, slot]
            size += 1
    if subset == 2:
        sort_both(ticks, events, size)
    return ticks[:size], events[:size]


@compiled
def sort_both(ticks: IntArray, events: IntArray, size: int) -> None:
    """Sort the first ``size`` ticks, with their events: at equal ticks events come before censorings."""
    for i in range(1, size):
        tick, event = ticks[i], events[i]
        j = i - 1
        while j >= 0 and (ticks[j] > tick or (ticks[j] == tick and events[j] < event)):
            ticks[j + 1], events[j + 1] = ticks[j], events[j]
            j -= 1
        ticks[j + 1], events[j + 1] = tick, event


@compiled
def kaplan_meier(events: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return survival after each sorted time, and Greenwood's sum."""
    survival = np.empty(events.size)
    greenwood = np.empty(events.size)
    level, total = 1.0, 0.0
    for i in range(events.size):
        at_risk = float(events.size - i)
        if events[i] == 1:
            level *= 1.0 - 1.0 / at_risk
            total += 1.0 / (at_risk * max(at_risk - 1.0, HALF))
        survival[i], greenwood[i] = level, total
    return survival, greenwood


@compiled
def first_at_most(ticks: IntArray, survival: FloatArray, level: float) -> float:
    """Return the first time at which survival is ``level`` or less."""
    for i in range(ticks.size):
        if survival[i] <= level + NEAR:
            return float(ticks[i])
    return UNREACHED


@compiled
def median_of(ticks: IntArray, survival: FloatArray) -> float:
    """Return the median; a curve that rests at exactly one half has none that all programs agree on."""
    for i in range(ticks.size):
        if survival[i] <= HALF + NEAR:
            return float(ticks[i]) if survival[i] < HALF - NEAR else UNREACHED
    return UNREACHED


@compiled
def survival_at(ticks: IntArray, survival: FloatArray, tick: float) -> float:
    """Return survival at a time; -1 where nobody is followed so far."""
    if ticks.size == 0 or (ticks[-1] < tick and survival[-1] > 0.0):
        return -1.0
    level = 1.0
    for i in range(ticks.size):
        if ticks[i] > tick:
            break
        level = survival[i]
    return level


@compiled
def log_log_limit(ticks: IntArray, survival: FloatArray, greenwood: FloatArray, z: float) -> float:
    """Return where the log-log limit of survival crosses one half: ``z`` > 0 the lower limit of the median."""
    for i in range(ticks.size):
        if 0.0 < survival[i] < 1.0:
            log_survival = np.log(survival[i])
            width = z * np.sqrt(greenwood[i]) / abs(log_survival)
            if np.exp(log_survival * np.exp(width)) <= HALF:
                return float(ticks[i])
        elif survival[i] <= 0.0:
            return float(ticks[i])
    return UNREACHED


@compiled
def slope_limit(ticks: IntArray, survival: FloatArray, greenwood: FloatArray, z: float) -> float:
    """Return median - z SE, SE from the slope of the curve around one half (Collett 2015, section 2.4)."""
    above, below, middle = -1, -1, -1
    for i in range(ticks.size):
        if survival[i] >= HALF + SLOPE_BAND - NEAR and (i == 0 or survival[i] < survival[i - 1]):
            above = i
        if middle < 0 and survival[i] <= HALF + NEAR:
            middle = i
        if below < 0 and survival[i] <= HALF - SLOPE_BAND + NEAR:
            below = i
    if above < 0 or below < 0:
        return UNREACHED
    slope = (survival[above] - survival[below]) / (ticks[below] - ticks[above])
    return ticks[middle] - z * survival[middle] * np.sqrt(greenwood[middle]) / slope


@compiled
def fill_curve(
    endpoint: IntArray, aims: Aims, working: Working, number: int, first: int, last: int, values: FloatArray
) -> None:
    """Write the values of the targets ``first`` to ``last``, all of one curve; ``endpoint`` (E, 3)."""
    ticks, events = members(endpoint, aims.curve[number], working)
    survival, greenwood = kaplan_meier(events)
    for target in range(first, last):
        kind, arg = aims.target[target, KIND], aims.argument[target, ARG]
        if kind == SURVIVAL:
            values[target] = survival_at(ticks, survival, arg)
        elif kind == MEDIAN:
            values[target] = median_of(ticks, survival)
        elif kind in (MEDIAN_LOW, MEDIAN_HIGH):
            z = aims.argument[target, LEVEL] if kind == MEDIAN_LOW else -aims.argument[target, LEVEL]
            if arg == 0.0:
                values[target] = log_log_limit(ticks, survival, greenwood, z)
            else:
                values[target] = slope_limit(ticks, survival, greenwood, z)
        elif kind == NOT_REACHED:
            values[target] = survival[-1] if ticks.size else 0.0
        elif kind == FOLLOW_UP:
            reverse, _ = kaplan_meier(1 - events)
            values[target] = first_at_most(ticks, reverse, HALF)
        elif kind == EVENTS:
            values[target] = float(events.sum())
