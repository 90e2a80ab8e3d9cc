"""Log-rank and Cox statistics without ties, compiled, on patients in the order of time.

``order`` (n,) holds slots from the earliest time to the latest; everything else stands by slot. Formulas:
docs/methods/reconstruction.md.
"""

from typing import Final, NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import IntArray
from escc_bayes.hazard.piecewise import FloatArray

LARGEST_LOG_HR = 12.0
NEWTON_STEPS = 12
LONGEST_STEP = 1.5
NEAR = 1e-9


@compiled
def log_rank(group: IntArray, event: IntArray, order: IntArray, groups: int) -> float:
    """Return the log-rank chi-square; patients of group -1 do not count."""
    if groups == 2:
        return log_rank_of_two(group, event, order)
    if groups == 3:
        return log_rank_of_three(group, event, order)
    return log_rank_of_many(group, event, order, groups)


@compiled
def log_rank_of_two(group: IntArray, event: IntArray, order: IntArray) -> float:
    """Return the log-rank chi-square of groups 0 and 1."""
    zero, one = 0.0, 0.0
    for own in group:
        if own == 0:
            zero += 1.0
        elif own == 1:
            one += 1.0
    excess, variance = 0.0, 0.0
    for slot in order:
        own = group[slot]
        if own < 0:
            continue
        if event[slot] == 1:
            share = one / (zero + one)
            excess += own - share
            variance += share * (1.0 - share)
        if own == 0:
            zero -= 1.0
        else:
            one -= 1.0
    return excess * excess / variance if variance > NEAR else 0.0


@compiled
def log_rank_of_three(group: IntArray, event: IntArray, order: IntArray) -> float:
    """Return the log-rank chi-square of groups 0, 1 and 2: a quadratic form in the excess of groups 1 and 2."""
    zero, one, two = 0.0, 0.0, 0.0
    for own in group:
        zero += own == 0
        one += own == 1
        two += own == 2
    first, second, in_first, in_second, between = 0.0, 0.0, 0.0, 0.0, 0.0
    for slot in order:
        own = group[slot]
        if own < 0:
            continue
        if event[slot] == 1:
            total = zero + one + two
            p, q = one / total, two / total
            first += (own == 1) - p
            second += (own == 2) - q
            in_first += p * (1.0 - p)
            in_second += q * (1.0 - q)
            between -= p * q
        zero -= own == 0
        one -= own == 1
        two -= own == 2
    determinant = in_first * in_second - between * between
    if determinant <= NEAR:
        return quadratic_form(np.array([first, second]), np.array([[in_first, 0.0], [between, in_second]]), 2)
    return (first * first * in_second - 2.0 * first * second * between + second * second * in_first) / determinant


@compiled
def log_rank_of_many(group: IntArray, event: IntArray, order: IntArray, groups: int) -> float:
    """Return the log-rank chi-square of any number of groups."""
    at_risk, excess, variance = np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    total = 0.0
    for own in group:
        if own >= 0:
            at_risk[own] += 1.0
            total += 1.0
    for slot in order:
        own = group[slot]
        if own < 0:
            continue
        if event[slot] == 1:
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


class CoxData(NamedTuple):
    """Where the patients of a Cox model stand: rows of a table of whole numbers.

    ``rows`` : (R, n) by slot; ``order`` the row of slots in the order of time, ``event`` that of events, ``columns``
    (P,) those of the covariates; a negative entry counts as 0.
    """

    rows: IntArray
    order: int
    event: int
    columns: IntArray


class CoxRoom(NamedTuple):
    """Where a Cox model is computed, so that nothing is allocated at every step.

    ``x`` : (n, P) covariates in the order of time. ``patient`` : (2, n) weight exp(x beta), and 1 / S0 at deaths, else
    0. ``power`` : (P, L) exp(beta x) of each column and value. ``vector`` : (5, P) S1, score, D^-1 M score, Newton
    step, standard errors. ``matrix`` : (2, P, P) information, then its factors L and D; and M = L^-1.
    """

    x: FloatArray
    patient: FloatArray
    power: FloatArray
    vector: FloatArray
    matrix: FloatArray


RISK: Final = 0
INVERSE: Final = 1
MEAN: Final = 0
SCORE: Final = 1
SOLVED: Final = 2
STEP: Final = 3
SE: Final = 4
INFORMATION: Final = 0
FACTOR: Final = 1


@compiled
def cox_room(n: int, size: int, levels: int) -> CoxRoom:
    """Return the room of models of ``n`` patients and up to ``size`` columns of whole numbers below ``levels``."""
    return CoxRoom(
        np.zeros((n, size)), np.zeros((2, n)), np.zeros((size, levels)), np.zeros((5, size)), np.zeros((2, size, size))
    )


@compiled
def start_sums(room: CoxRoom, beta: FloatArray) -> None:
    """Clear the sums, and tabulate exp(beta x)."""
    for a in range(beta.size):
        ratio = np.exp(beta[a])
        room.power[a, 0] = 1.0
        for k in range(1, room.power.shape[1]):
            room.power[a, k] = room.power[a, k - 1] * ratio
        room.vector[MEAN, a], room.vector[SCORE, a] = 0.0, 0.0
        for b in range(a + 1):
            room.matrix[INFORMATION, a, b] = 0.0


@compiled
def cox_sums(data: CoxData, room: CoxRoom, beta: FloatArray) -> None:
    """Write score and information (lower half) of the partial likelihood.

    The sum over deaths of S2 / S0 is taken as the sum over patients of w x x' A, A the sum of 1 / S0 over the deaths up
    to the patient's own time.
    """
    start_sums(room, beta)
    rows, x, patient, power, vector = data.rows, room.x, room.patient, room.power, room.vector
    information, size, total = room.matrix[INFORMATION], beta.size, 0.0
    for i in range(rows.shape[1] - 1, -1, -1):
        slot, risk = rows[data.order, i], 1.0
        for a in range(size):
            group = max(rows[data.columns[a], slot], 0)
            x[i, a] = group
            risk *= power[a, group]
        patient[RISK, i], patient[INVERSE, i] = risk, 0.0
        total += risk
        for a in range(size):
            vector[MEAN, a] += risk * x[i, a]
        if rows[data.event, slot] == 1:
            inverse = 1.0 / total
            patient[INVERSE, i] = inverse
            for a in range(size):
                mean = vector[MEAN, a] * inverse
                vector[SCORE, a] += x[i, a] - mean
                for b in range(a + 1):
                    information[a, b] -= mean * vector[MEAN, b] * inverse
    deaths = 0.0
    for i in range(rows.shape[1]):
        deaths += patient[INVERSE, i]
        share = patient[RISK, i] * deaths
        for a in range(size):
            if x[i, a] != 0.0:
                for b in range(a + 1):
                    information[a, b] += share * x[i, a] * x[i, b]


@compiled
def factorise(information: FloatArray, inverse: FloatArray, size: int) -> bool:
    """Replace the lower half of a symmetric matrix by L and D of L D L', and write L^-1; False if a D is not > 0."""
    for j in range(size):
        for k in range(j):
            information[j, j] -= information[j, k] ** 2 * information[k, k]
        if information[j, j] <= NEAR:
            return False
        for i in range(j + 1, size):
            for k in range(j):
                information[i, j] -= information[i, k] * information[j, k] * information[k, k]
            information[i, j] /= information[j, j]
    for j in range(size):
        inverse[j, j] = 1.0
        for i in range(j + 1, size):
            inverse[i, j] = 0.0
            for k in range(j, i):
                inverse[i, j] -= information[i, k] * inverse[k, j]
    return True


@compiled
def newton_step(room: CoxRoom, size: int) -> bool:
    """Write Newton step and standard errors; False where the information is not positive definite."""
    information, inverse, vector = room.matrix[INFORMATION], room.matrix[FACTOR], room.vector
    if not factorise(information, inverse, size):
        return False
    for a in range(size):
        vector[SOLVED, a] = 0.0
        for k in range(a + 1):
            vector[SOLVED, a] += inverse[a, k] * vector[SCORE, k] / information[a, a]
    for a in range(size):
        step, variance = 0.0, 0.0
        for k in range(a, size):
            step += inverse[k, a] * vector[SOLVED, k]
            variance += inverse[k, a] ** 2 / information[k, k]
        vector[STEP, a] = min(max(step, -LONGEST_STEP), LONGEST_STEP)
        vector[SE, a] = np.sqrt(variance)
    return True


@compiled
def cox(data: CoxData, room: CoxRoom, beta: FloatArray, precision: float) -> bool:
    """Maximise the partial likelihood from ``beta`` (P,), in place, until a step is shorter than ``precision``.

    The last step is taken, so that the error left is of the order of its square; standard errors are left in
    ``room.vector``. False, with ``beta`` 0 and errors of nearly 0, where there is no maximum within reach.
    """
    for _ in range(NEWTON_STEPS):
        cox_sums(data, room, beta)
        if not newton_step(room, beta.size):
            break
        longest, largest = 0.0, 0.0
        for a in range(beta.size):
            beta[a] += room.vector[STEP, a]
            longest, largest = max(longest, abs(room.vector[STEP, a])), max(largest, abs(beta[a]))
        if longest < precision:
            return True
        if largest > LARGEST_LOG_HR:
            break
    beta[:] = 0.0
    room.vector[SE] = NEAR
    return False
