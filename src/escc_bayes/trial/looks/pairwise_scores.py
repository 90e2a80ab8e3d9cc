"""Log-rank scores of several treatments against one control, for many trials at once."""

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray


def scores(time: FloatArray, event: BoolArray, arm: IntArray, arms: int) -> tuple[FloatArray, FloatArray]:
    """Return the score E - O of each treatment against the control (arm 0), (n, k), and its variance.

    Of each pair the two arms' own patients count. At an event of either, Y_0 and Y_j at risk: p = Y_j / (Y_0 + Y_j),
    E - O = sum (p - [event on j]), V = sum p (1 - p). Simulated times have no ties; time 0 is not yet in.

    Parameters
    ----------
    time, event, arm : (n, m); arm -1: in none of them.
    """
    (score,) = scores_by(time, event, arm, arms, np.zeros(time.shape, dtype=np.int64), 1)
    return score


def scores_by(
    time: FloatArray, event: BoolArray, arm: IntArray, arms: int, group: IntArray, groups: int
) -> list[tuple[FloatArray, FloatArray]]:
    """Return scores and variances, (n, k) each, within each of some groups of patients, ``group`` (n, m) from 0."""
    order = np.argsort(time, axis=1, kind="stable")
    event, arm = np.take_along_axis(event, order, axis=1), np.take_along_axis(arm, order, axis=1)
    group = np.take_along_axis(group, order, axis=1)
    return [ordered_scores(event, np.where(group == of, arm, -1), arms) for of in range(groups)]


def ordered_scores(event: BoolArray, arm: IntArray, arms: int) -> tuple[FloatArray, FloatArray]:
    """Return scores and variances, (n, k) each, of patients by increasing time."""

    def at_risk(of: int) -> FloatArray:
        mine = (arm == of).astype(np.float64)
        return np.asarray(np.cumsum(mine[:, ::-1], axis=1)[:, ::-1])

    control, on_control = at_risk(0), arm == 0
    score, variance = np.empty((arm.shape[0], arms)), np.empty((arm.shape[0], arms))
    for place in range(arms):
        own = arm == place + 1
        treated = at_risk(place + 1)
        share = treated / np.maximum(control + treated, 1.0)
        counted = event & (own | on_control)
        score[:, place] = np.sum(np.where(counted, share - own, 0.0), axis=1)
        variance[:, place] = np.sum(np.where(counted, share * (1.0 - share), 0.0), axis=1)
    return score, variance
