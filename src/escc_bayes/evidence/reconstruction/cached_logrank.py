"""Log-rank tests kept between changes: an exchange of two patients moves only the deaths between them.

A test is kept as the numbers at risk at each death that it counts, and the sums over deaths of excess and variance.
Positions are places in the order of time. Formulas: docs/methods/reconstruction.md.
"""

from typing import Final, NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import IntArray
from escc_bayes.hazard.piecewise import FloatArray

NEAR = 1e-9
# Rows of ``KeptTests.risk``.
FIRST: Final = 0
SECOND: Final = 1
INVERSE: Final = 2
# Columns of ``KeptTests.total``.
EXCESS: Final = 0
EXCESS_SECOND: Final = 1
VARIANCE: Final = 2
VARIANCE_SECOND: Final = 3
COVARIANCE: Final = 4


class KeptTests(NamedTuple):
    """Log-rank tests of two or three groups; a patient of group -1 does not count.

    ``before`` : (R, n + 1) how many counted deaths stand at earlier positions. ``risk`` : (R, 3, n) at each of them,
    at risk in group 1, in group 2, and 1 / at risk in all. ``total`` : (R, 5) excess of deaths in groups 1 and 2,
    their variances and covariance.
    """

    before: IntArray
    risk: FloatArray
    total: FloatArray


@compiled
def kept_tests(tests: int, n: int) -> KeptTests:
    """Return room for tests of ``n`` patients."""
    return KeptTests(np.zeros((tests, n + 1), np.int64), np.zeros((tests, 3, n)), np.zeros((tests, 5)))


@compiled
def keep_test(group: IntArray, event: IntArray, order: IntArray, kept: KeptTests, test: int) -> None:
    """Compute what is kept of one test; ``order`` (n,) slots in the order of time, ``group``, ``event`` by slot."""
    before, risk, total = kept.before[test], kept.risk[test], kept.total[test]
    counted = 0
    for i in range(order.size):
        before[i] = counted
        counted += int(group[order[i]] >= 0 and event[order[i]] == 1)
    before[order.size] = counted
    total[:] = 0.0
    everyone, first, second = 0.0, 0.0, 0.0
    for i in range(order.size - 1, -1, -1):
        own = group[order[i]]
        if own < 0:
            continue
        everyone += 1.0
        first += own == 1
        second += own == 2
        if event[order[i]] == 1:
            counted -= 1
            risk[FIRST, counted], risk[SECOND, counted], risk[INVERSE, counted] = first, second, 1.0 / everyone
            p, q = first / everyone, second / everyone
            total[EXCESS] += (own == 1) - p
            total[EXCESS_SECOND] += (own == 2) - q
            total[VARIANCE] += p * (1.0 - p)
            total[VARIANCE_SECOND] += q * (1.0 - q)
            total[COVARIANCE] -= p * q


@compiled
def exchanged_test(before: IntArray, risk: FloatArray, total: FloatArray, place: IntArray, groups: int) -> float:
    """Return the chi-square after an exchange of groups, both counted, between two positions.

    ``before`` (n + 1,), ``risk`` (3, n), ``total`` (5,) of one test; ``place`` (4,) : the two positions, the earlier
    one first, and the group each had.
    """
    early, late, a, b = place[0], place[1], place[2], place[3]
    # Between the two, the patient who stays at risk until the later position has the other group.
    step = float(int(a == 1) - int(b == 1))
    start, stop = before[early + 1], before[late + 1]
    own = float((before[late + 1] - before[late]) - (before[early + 1] - before[early]))
    excess, variance = total[EXCESS] + own * step, total[VARIANCE]
    if groups == 2:
        for d in range(start, stop):
            share = step * risk[INVERSE, d]
            excess -= share
            variance += share * (1.0 - 2.0 * risk[FIRST, d] * risk[INVERSE, d] - share)
        return excess * excess / variance if variance > NEAR else 0.0
    step_second = float(int(a == 2) - int(b == 2))
    second, in_second, between = total[EXCESS_SECOND] + own * step_second, total[VARIANCE_SECOND], total[COVARIANCE]
    for d in range(start, stop):
        inverse = risk[INVERSE, d]
        share, share_second = step * inverse, step_second * inverse
        p, q = risk[FIRST, d] * inverse, risk[SECOND, d] * inverse
        excess -= share
        second -= share_second
        variance += share * (1.0 - 2.0 * p - share)
        in_second += share_second * (1.0 - 2.0 * q - share_second)
        between -= share * q + share_second * p + share * share_second
    determinant = variance * in_second - between * between
    if determinant <= NEAR:
        return -1.0
    return (excess * excess * in_second - 2.0 * excess * second * between + second * second * variance) / determinant
