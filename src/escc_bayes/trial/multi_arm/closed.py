"""The closed test of several treatments over looks: every intersection by Dunnett, stages combined by weights.

For each set I of treatments, stage s gives the P value of Dunnett's test among those of I still in the trial, from the
increments of the log-rank scores; stages are combined as Z_I = sum w_s Phi^-1(1 - p_s) / sqrt(sum w_s^2), with weights
w_s^2 = t_s - t_(s-1) fixed in advance, so that what is dropped, and why, leaves the level alone. I is rejected at a
look where Z_I exceeds its boundary, and treatment j once every I with j is. Marcus, Peritz & Gabriel 1976, Biometrika
63:655; Lehmacher & Wassmer 1999, Biometrics 55:1286; Posch et al. 2005, Stat Med 24:3697.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.multi_arm.dunnett import normal_score


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """n trials at each look: ``z`` (looks, n, k) of the stage's own increments; which arms were ``active`` in it."""

    z: FloatArray
    active: BoolArray


def subsets(arms: int) -> list[tuple[int, ...]]:
    """Return every set of treatments but the empty one."""
    return [chosen for size in range(1, arms + 1) for chosen in combinations(range(arms), size)]


def combined(stages: Stages, chosen: tuple[int, ...], loads: FloatArray, fractions: tuple[float, ...]) -> FloatArray:
    """Return the combined Z of one intersection at each look, (looks, n)."""
    inside = np.zeros(loads.size, dtype=np.bool_)
    inside[list(chosen)] = True
    weights = np.diff(np.array([0.0, *fractions]))
    scores = np.empty(stages.z.shape[:2])
    for place, (z, active) in enumerate(zip(stages.z, stages.active, strict=True)):
        members = active & inside
        largest = np.max(np.where(members, z, -np.inf), axis=1)
        scores[place] = normal_score(np.where(np.isfinite(largest), largest, 0.0), loads, members)
    steps = np.sqrt(weights)[:, None]
    return np.asarray(np.cumsum(steps * scores, axis=0) / np.sqrt(np.cumsum(weights))[:, None])


def rejected_at(stages: Stages, loads: FloatArray, fractions: tuple[float, ...], boundaries: FloatArray) -> FloatArray:
    """Return the look, from 0, at which each treatment succeeds, (n, k); infinite where never.

    Examples
    --------
    >>> stages = Stages(np.array([[[2.3, 2.0]], [[0.0, 2.2]]]), np.ones((2, 1, 2), dtype=bool))
    >>> loads = np.sqrt(np.array([0.5, 0.5]))
    >>> rejected_at(stages, loads, (0.5, 1.0), np.array([2.8, 1.98]))
    array([[inf,  1.]])
    """
    _, trials, arms = stages.z.shape
    found = np.zeros((trials, arms))
    for chosen in subsets(arms):
        crossed = combined(stages, chosen, loads, fractions) > boundaries[:, None]
        first = np.where(crossed.any(axis=0), np.argmax(crossed, axis=0), np.inf)
        for arm in chosen:
            found[:, arm] = np.maximum(found[:, arm], first)
    return found
