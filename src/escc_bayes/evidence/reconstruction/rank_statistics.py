"""Log-rank and Cox statistics without ties, compiled, on patients in the order of time.

``order`` (n,) holds slots from the earliest time to the latest; everything else stands by slot. Formulas:
docs/methods/reconstruction.md.
"""

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


@compiled
def cox_sums(x: FloatArray, event: IntArray, beta: FloatArray, score: FloatArray, information: FloatArray) -> None:
    """Write score and information (lower half) of the partial likelihood.

    Rows of ``x`` (n, P) and ``event`` (n,) stand in the order of time. The sum over deaths of S2 / S0 is taken as the
    sum over patients of w x x' A, A the sum of 1 / S0 over the deaths up to the patient's own time.
    """
    n, size = x.shape
    weight, inverse, first = np.empty(n), np.zeros(n), np.zeros(size)
    score[:] = 0.0
    information[:] = 0.0
    total = 0.0
    for i in range(n - 1, -1, -1):
        eta = 0.0
        for a in range(size):
            eta += x[i, a] * beta[a]
        weight[i] = np.exp(eta)
        total += weight[i]
        for a in range(size):
            first[a] += weight[i] * x[i, a]
        if event[i] == 1:
            inverse[i] = 1.0 / total
            for a in range(size):
                mean = first[a] * inverse[i]
                score[a] += x[i, a] - mean
                for b in range(a + 1):
                    information[a, b] -= mean * first[b] * inverse[i]
    sum_of_inverses = 0.0
    for i in range(n):
        sum_of_inverses += inverse[i]
        share = weight[i] * sum_of_inverses
        for a in range(size):
            if x[i, a] != 0.0:
                for b in range(a + 1):
                    information[a, b] += share * x[i, a] * x[i, b]


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
def cox(x: FloatArray, event: IntArray, beta: FloatArray, ses: FloatArray, precision: float) -> bool:
    """Maximise the partial likelihood from ``beta``, in place, until a step is shorter than ``precision``.

    The last step is taken, so that the error left is of the order of its square. False, with ``beta`` 0, where there
    is no maximum within reach.
    """
    size = beta.size
    score, information = np.empty(size), np.empty((size, size))
    for _ in range(NEWTON_STEPS):
        cox_sums(x, event, beta, score, information)
        if not invert(information):
            break
        largest = 0.0
        for a in range(size):
            step = 0.0
            for b in range(size):
                step += information[a, b] * score[b]
            step = min(max(step, -LONGEST_STEP), LONGEST_STEP)
            beta[a] += step
            ses[a] = np.sqrt(information[a, a])
            largest = max(largest, abs(step))
        if largest < precision:
            return True
        if np.abs(beta).max() > LARGEST_LOG_HR:
            break
    beta[:] = 0.0
    ses[:] = NEAR
    return False
