"""Kaplan-Meier, log-rank and Cox statistics without ties, compiled, on patients in the order of time.

Every function takes the state and the order of one endpoint, (n,) slots from the earliest time to the latest.
Formulas: docs/methods/reconstruction.md.
"""

import numpy as np
from numba import njit

from escc_bayes.evidence.reconstruction.problem import (
    EVENTS,
    FOLLOW_UP,
    MEDIAN,
    MEDIAN_HIGH,
    MEDIAN_LOW,
    NOT_REACHED,
    SURVIVAL,
    IntArray,
    Problem,
    State,
)
from escc_bayes.hazard.piecewise import FloatArray

UNREACHED = 1e6
LARGEST_LOG_HR = 12.0
NEWTON_STEPS = 12
HALF = 0.5
NEAR = 1e-9
# Half-width of the band of survival over which the slope at the median is taken.
SLOPE_BAND = 0.05

# Not cached on disk: Numba would not see that a function called from another file has changed.
compiled = njit(nogil=True, error_model="numpy")


@compiled
def groups_in_order(code: IntArray, record: IntArray, lut: IntArray, order: IntArray) -> IntArray:
    """Return the group of each patient in the order of time, -1 for none.

    ``code`` (n,) of each record, ``record`` (n,) at each slot, ``lut`` (L,) group of a level.
    """
    found = np.empty(order.size, dtype=np.int64)
    for i in range(order.size):
        found[i] = lut[code[record[order[i]]]]
    return found


@compiled
def progressions(within: IntArray, time: IntArray, main: int) -> IntArray:
    """Return (n,) the time of a progression before the end of endpoint ``main``; -1 where there was none."""
    found = np.full(time.shape[1], -1, dtype=np.int64)
    for other in range(within.size):
        if within[other] == main:
            for slot in range(found.size):
                if time[other, slot] < time[main, slot]:
                    found[slot] = time[other, slot]
    return found


@compiled
def members(problem: Problem, state: State, order: IntArray, curve: int) -> tuple[IntArray, IntArray]:
    """Return sorted ticks and events of the patients of one curve."""
    main, column, subset = problem.curve_endpoint[curve], problem.curve_column[curve], problem.curve_subset[curve]
    time, event = state.time[main], state.event[main]
    inside = np.ones(order.size, dtype=np.int64)
    if column >= 0:
        inside = groups_in_order(
            state.code[column], state.record[problem.block[column]], problem.curve_lut[curve], order
        )
    start = progressions(problem.within, state.time, main) if subset > 0 else np.zeros(order.size, dtype=np.int64)
    ticks, events = np.empty(order.size, dtype=np.int64), np.empty(order.size, dtype=np.int64)
    size = 0
    for i in range(order.size):
        slot = order[i]
        if inside[i] == 1 and start[slot] >= 0:
            ticks[size] = time[slot] - (start[slot] if subset == 2 else 0)
            events[size] = event[slot]
            size += 1
    if subset == 2:
        found = np.argsort(ticks[:size])
        return ticks[:size][found], events[:size][found]
    return ticks[:size], events[:size]


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
    problem: Problem, state: State, order: IntArray, curve: int, first: int, last: int, values: FloatArray
) -> None:
    """Write the values of the targets ``first`` to ``last``, all of one curve."""
    ticks, events = members(problem, state, order, curve)
    survival, greenwood = kaplan_meier(events)
    for target in range(first, last):
        kind = problem.kind[target]
        if kind == SURVIVAL:
            values[target] = survival_at(ticks, survival, problem.arg[target])
        elif kind == MEDIAN:
            values[target] = median_of(ticks, survival)
        elif kind in (MEDIAN_LOW, MEDIAN_HIGH):
            z = problem.level[target] if kind == MEDIAN_LOW else -problem.level[target]
            if problem.arg[target] == 0.0:
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


@compiled
def log_rank(of: IntArray, event: IntArray, order: IntArray, groups: int) -> float:
    """Return the log-rank chi-square of groups ``of`` (n,), in the order of time; -1 does not count.

    ``event`` (n,) stands by slot.
    """
    at_risk = np.zeros(groups)
    for i in range(of.size):
        if of[i] >= 0:
            at_risk[of[i]] += 1.0
    excess = np.zeros(groups)
    variance = np.zeros((groups, groups))
    total = at_risk.sum()
    for i in range(of.size):
        own = of[i]
        if own < 0:
            continue
        if event[order[i]] == 1:
            excess[own] += 1.0
            for g in range(groups):
                share = at_risk[g] / total
                excess[g] -= share
                variance[g, g] += share
                for h in range(g + 1):
                    variance[g, h] -= share * at_risk[h] / total
        at_risk[own] -= 1.0
        total -= 1.0
    return quadratic_form(excess, variance, groups - 1)


@compiled
def quadratic_form(excess: FloatArray, variance: FloatArray, size: int) -> float:
    """Return excess' variance^-1 excess over the first ``size`` groups, by elimination, in place.

    ``variance`` is given by its lower half; directions without variance do not count.
    """
    result = 0.0
    for i in range(size):
        if variance[i, i] <= NEAR:
            continue
        result += excess[i] * excess[i] / variance[i, i]
        for j in range(i + 1, size):
            ratio = variance[j, i] / variance[i, i]
            excess[j] -= ratio * excess[i]
            for k in range(i + 1, j + 1):
                variance[j, k] -= ratio * variance[k, i]
    return result


@compiled
def cox_sums(x: FloatArray, events: IntArray, beta: FloatArray, score: FloatArray, information: FloatArray) -> None:
    """Write score and information of the partial likelihood; rows of ``x`` from the earliest time to the latest."""
    size = beta.size
    first, second = np.zeros(size), np.zeros((size, size))
    total = 0.0
    score[:] = 0.0
    information[:] = 0.0
    for i in range(x.shape[0] - 1, -1, -1):
        eta = 0.0
        for a in range(size):
            eta += x[i, a] * beta[a]
        weight = np.exp(eta)
        total += weight
        for a in range(size):
            if x[i, a] != 0.0:
                first[a] += weight * x[i, a]
                for b in range(a + 1):
                    second[a, b] += weight * x[i, a] * x[i, b]
        if events[i] == 1:
            for a in range(size):
                mean = first[a] / total
                score[a] += x[i, a] - mean
                for b in range(a + 1):
                    information[a, b] += second[a, b] / total - mean * first[b] / total


@compiled
def invert(matrix: FloatArray) -> bool:
    """Replace a symmetric matrix, given by its lower half, by its inverse; False if it is not positive definite."""
    size = matrix.shape[0]
    for j in range(size):
        for k in range(j):
            matrix[j, j] -= matrix[j, k] ** 2
        if matrix[j, j] <= NEAR:
            return False
        matrix[j, j] = np.sqrt(matrix[j, j])
        for i in range(j + 1, size):
            for k in range(j):
                matrix[i, j] -= matrix[i, k] * matrix[j, k]
            matrix[i, j] /= matrix[j, j]
    inverse = np.zeros((size, size))
    for j in range(size):
        inverse[j, j] = 1.0 / matrix[j, j]
        for i in range(j + 1, size):
            for k in range(j, i):
                inverse[i, j] -= matrix[i, k] * inverse[k, j]
            inverse[i, j] /= matrix[i, i]
    for i in range(size):
        for j in range(size):
            matrix[i, j] = 0.0
            for k in range(max(i, j), size):
                matrix[i, j] += inverse[k, i] * inverse[k, j]
    return True


@compiled
def cox(x: FloatArray, events: IntArray, beta: FloatArray, ses: FloatArray) -> bool:
    """Maximise the partial likelihood from ``beta``, in place; False where it has no maximum within reach."""
    size = beta.size
    score, information = np.empty(size), np.empty((size, size))
    for _ in range(NEWTON_STEPS):
        cox_sums(x, events, beta, score, information)
        if not invert(information):
            break
        largest = 0.0
        for a in range(size):
            step = 0.0
            for b in range(size):
                step += information[a, b] * score[b]
            step = min(max(step, -1.5), 1.5)
            beta[a] += step
            ses[a] = np.sqrt(information[a, a])
            largest = max(largest, abs(step))
        if largest < 1e-4:
            return True
        if np.abs(beta).max() > LARGEST_LOG_HR:
            break
    beta[:] = 0.0
    ses[:] = NEAR
    return False
