"""Cox models kept between changes: the score after an exchange of two patients, at the estimate before it.

U(b) = sum over deaths of x - S1 / S0; the estimate moves by about I(b)^-1 U(b). An exchange changes S0 and S1 by one
amount at every death up to the earlier patient, by another between the two, and not at all after the later one.
"""

from typing import Final, NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import IntArray
from escc_bayes.evidence.reconstruction.rank_statistics import FACTOR, INFORMATION, CoxData, CoxRoom
from escc_bayes.hazard.piecewise import FloatArray

# First rows of ``KeptModels.sums``.
S0: Final = 0
S1: Final = 1


class KeptModels(NamedTuple):
    """Cox models of up to P columns at the estimates of the patients as they are.

    ``before`` : (M, n + 1) how many deaths stand at earlier positions. ``sums`` : (M, 1 + 2 P, n + 1) S0 and S1 of
    each column at each death, then the sum of S1 / S0 over all earlier deaths. ``covered`` : (M, P) the sum of the
    columns over deaths. ``inverse``, ``tried`` : (M, P, P) the inverse information, and that of the last change that
    was computed; 0 where there is no estimate. ``power`` : (M, P, L) exp(b x) of each column and value.
    ``room`` : (5, max(n, P)) where an exchange is computed.
    """

    before: IntArray
    sums: FloatArray
    covered: FloatArray
    inverse: FloatArray
    tried: FloatArray
    power: FloatArray
    room: FloatArray


@compiled
def kept_models(models: int, size: int, levels: int, n: int) -> KeptModels:
    """Return room for models of ``n`` patients."""
    return KeptModels(
        np.zeros((models, n + 1), np.int64),
        np.zeros((models, 1 + 2 * size, n + 1)),
        np.zeros((models, size)),
        np.zeros((models, size, size)),
        np.zeros((models, size, size)),
        np.zeros((models, size, levels)),
        np.zeros((5, max(n, size))),
    )


@compiled
def keep_model(data: CoxData, beta: FloatArray, kept: KeptModels, model: int) -> None:
    """Compute what is kept of one model at its estimate ``beta`` (P,)."""
    size, rows, n = beta.size, data.rows, data.rows.shape[1]
    before, sums, covered, power = kept.before[model], kept.sums[model], kept.covered[model], kept.power[model]
    kept.inverse[model] = kept.tried[model]
    for a in range(size):
        ratio = np.exp(beta[a])
        power[a, 0], covered[a] = 1.0, 0.0
        for k in range(1, power.shape[1]):
            power[a, k] = power[a, k - 1] * ratio
    deaths = 0
    for i in range(n):
        before[i] = deaths
        deaths += rows[data.event, rows[data.order, i]]
    before[n] = deaths
    risk, total, mean = 0.0, 0.0, kept.room[0]
    mean[:size] = 0.0
    for i in range(n - 1, -1, -1):
        slot, risk = rows[data.order, i], 1.0
        for a in range(size):
            risk *= power[a, max(rows[data.columns[a], slot], 0)]
        total += risk
        dead = rows[data.event, slot] == 1
        deaths -= int(dead)
        for a in range(size):
            x = max(rows[data.columns[a], slot], 0)
            mean[a] += risk * x
            if dead:
                sums[S1 + a, deaths] = mean[a]
                covered[a] += x
        if dead:
            sums[S0, deaths] = total
    for a in range(size):
        sums[S1 + size + a, 0] = 0.0
        for d in range(before[n]):
            sums[S1 + size + a, d + 1] = sums[S1 + size + a, d] + sums[S1 + a, d] / sums[S0, d]


@compiled
def try_inverse(room: CoxRoom, tried: FloatArray, size: int) -> None:
    """Write the inverse information M' D^-1 M (P, P) of the last Newton step."""
    information, inverse = room.matrix[INFORMATION], room.matrix[FACTOR]
    for a in range(size):
        for b in range(a + 1):
            total = 0.0
            for k in range(a, size):
                total += inverse[k, a] * inverse[k, b] / information[k, k]
            tried[a, b] = tried[b, a] = total


# Rows of ``KeptModels.room`` during an exchange.
LOW: Final = 0  # change of S1 up to the earlier position
MIDDLE: Final = 1  # and between the two
SCORE: Final = 2
AT_RISK: Final = 3  # 1 / S0 at each death
STEP: Final = 4


@compiled
def exchanged_model(
    rows: IntArray,
    columns: IntArray,
    swapped: IntArray,
    place: IntArray,
    kept: KeptModels,
    model: int,
    step: FloatArray,
) -> None:
    """Write the Newton step (P,) from the estimate before an exchange, with the information before it.

    Parameters
    ----------
    rows : (R, n) by slot, after the exchange. columns : (P,) rows of the covariates; ``swapped`` (P,) 1 where the
        exchange moved them. place : (4,) the two positions, the earlier one first, and the slots that stand there now.
    """
    size = columns.size
    before, sums, power, room, covered = (
        kept.before[model],
        kept.sums[model],
        kept.power[model],
        kept.room,
        kept.covered,
    )
    early, late, first, last = place[0], place[1], place[2], place[3]
    new_first, new_last, old_first, old_last = 1.0, 1.0, 1.0, 1.0
    for a in range(size):
        x, y = power[a, max(rows[columns[a], first], 0)], power[a, max(rows[columns[a], last], 0)]
        new_first *= x
        new_last *= y
        old_first *= y if swapped[a] == 1 else x
        old_last *= x if swapped[a] == 1 else y
    dead_first, dead_last = before[early + 1] - before[early], before[late + 1] - before[late]
    for a in range(size):
        x, y = max(rows[columns[a], first], 0), max(rows[columns[a], last], 0)
        old_x, old_y = (y, x) if swapped[a] == 1 else (x, y)
        room[MIDDLE, a] = new_last * y - old_last * old_y
        room[LOW, a] = room[MIDDLE, a] + new_first * x - old_first * old_x
        room[SCORE, a] = covered[model, a] + dead_first * (x - old_x) + dead_last * (y - old_y)
    score_between(before[early + 1], before[late + 1], new_last - old_last, new_first - old_first, sums, room, size)
    for a in range(size):
        room[SCORE, a] -= sums[S1 + size + a, before[before.size - 1]] - sums[S1 + size + a, before[late + 1]]
    for a in range(size):
        step[a] = 0.0
        for b in range(size):
            step[a] += kept.inverse[model, a, b] * room[SCORE, b]


@compiled
def score_between(
    middle: int, end: int, in_middle: float, in_first: float, sums: FloatArray, room: FloatArray, size: int
) -> None:
    """Subtract S1 / S0 of the deaths up to ``end`` from the score; those before ``middle`` have another change."""
    inverse = room[AT_RISK]
    in_low, low, between = in_middle + in_first, 0.0, 0.0
    for d in range(middle):
        inverse[d] = 1.0 / (sums[S0, d] + in_low)
    for d in range(middle, end):
        inverse[d] = 1.0 / (sums[S0, d] + in_middle)
    for d in range(middle):
        low += inverse[d]
    for d in range(middle, end):
        between += inverse[d]
    for a in range(size):
        one, two, three, four = 0.0, 0.0, 0.0, 0.0
        d = 0
        while d + 4 <= end:
            one += sums[S1 + a, d] * inverse[d]
            two += sums[S1 + a, d + 1] * inverse[d + 1]
            three += sums[S1 + a, d + 2] * inverse[d + 2]
            four += sums[S1 + a, d + 3] * inverse[d + 3]
            d += 4
        while d < end:
            one += sums[S1 + a, d] * inverse[d]
            d += 1
        room[SCORE, a] -= (one + two) + (three + four) + low * room[LOW, a] + between * room[MIDDLE, a]
