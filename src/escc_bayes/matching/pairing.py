"""Pairs and sets by the distance of scores: nearest neighbours, least total distance, full matching.

Scores are compared to ten digits, so that patients alike tie, and ties go by the order of the file. A pair further
apart than the caliper is none. Rosenbaum & Rubin 1985, Am Stat 39:33; Rosenbaum 1989, JASA 84:1024; Hansen & Klopfer
2006, J Comput Graph Stat 15:609. docs/methods/matching.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from escc_bayes.foundation.errors import CohortError
from escc_bayes.hazard.piecewise import FloatArray, IntArray

DIGITS = 1e10
# Distances held at once by the methods that look at all pairs.
MOST_DISTANCES = 40_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who is matched with whom.

    Attributes
    ----------
    treated, control : (m,) rows of each pair.
    group : (n,) number of the matched set of each patient, from 0; -1: unmatched.
    """

    treated: IntArray
    control: IntArray
    group: IntArray


def whole(score: FloatArray) -> IntArray:
    """Return scores as whole numbers of their tenth digit, which tie exactly where scores do."""
    return np.rint(score * DIGITS).astype(np.int64)


def widest(score: FloatArray, caliper: float | None) -> float:
    """Return the largest distance allowed in the unit of ``whole``: SDs of the score over all patients."""
    return np.inf if caliper is None else caliper * float(score.std(ddof=1)) * DIGITS


def nearest(score: FloatArray, treated: NDArray[np.bool_], *, caliper: float | None, ratio: int) -> Pairs:
    """Match each treated patient with the nearest controls left, largest score first, without replacement.

    With a ratio everyone gets a first control before anyone gets a second.

    Examples
    --------
    >>> score, treated = np.array([0.6, 0.5, 0.58, 0.3]), np.array([True, True, False, False])
    >>> found = nearest(score, treated, caliper=None, ratio=1)
    >>> found.treated, found.control
    (array([0, 1]), array([2, 3]))
    """
    value, limit = whole(score), widest(score, caliper)
    cases, controls = np.flatnonzero(treated), np.flatnonzero(~treated)
    order = cases[np.argsort(-value[cases], kind="stable")]
    free = np.ones(controls.size, dtype=np.bool_)
    pairs: list[tuple[int, int]] = []
    for _ in range(ratio):
        for case in order:
            left = np.flatnonzero(free)
            if not left.size:
                break
            away = np.abs(value[controls[left]] - value[case])
            best = int(np.argmin(away))
            if away[best] <= limit:
                free[left[best]] = False
                pairs.append((int(case), int(controls[left[best]])))
    return of_pairs(pairs, treated.size)


def optimal(score: FloatArray, treated: NDArray[np.bool_], *, caliper: float | None, ratio: int) -> Pairs:
    """Match as many as can be, with the least total distance; controls once each, ``ratio`` for each treated patient.

    As many treated as can be have a first control before any has a second.

    Examples
    --------
    >>> score, treated = np.array([0.6, 0.5, 0.58, 0.3]), np.array([True, True, False, False])
    >>> found = optimal(score, treated, caliper=None, ratio=1)
    >>> found.treated, found.control
    (array([0, 1]), array([2, 3]))
    """
    value, limit = whole(score), widest(score, caliper)
    cases, controls = np.flatnonzero(treated), np.flatnonzero(~treated)
    refuse_large(cases.size * ratio, controls.size)
    away = np.abs(value[cases][:, None] - value[controls][None]) / DIGITS
    forbidden = np.repeat(away > limit / DIGITS, ratio, axis=0)
    # All allowed distances together cost less than a second control before somebody's first, and all that less than a
    # pair beyond the caliper: as few of these as can be are taken, and none kept.
    together = float(away.max(initial=0.0)) * min(away.shape[0] * ratio, away.shape[1]) + 1.0
    cost = np.repeat(away, ratio, axis=0) + np.tile(np.arange(ratio), cases.size)[:, None] * together
    cost[forbidden] = together * ratio * (min(cost.shape) + 1)
    row, column = linear_sum_assignment(cost)
    case = row // ratio
    kept = ~forbidden[row, column]
    return of_pairs(
        [(int(cases[i]), int(controls[j])) for i, j in zip(case[kept], column[kept], strict=True)], treated.size
    )


def full(score: FloatArray, treated: NDArray[np.bool_], *, caliper: float | None) -> Pairs:
    """Put everyone into a set of one treated patient with controls, or one control with treated, at least distance.

    Such sets are the stars of the edge cover of least total distance, which an assignment finds exactly: with m(v) the
    shortest distance of each patient, edges that save m(u) + m(v) - d(u, v) > 0 are matched for the largest total
    saving, and who is left joins the nearest (Schrijver 2003, Combinatorial Optimization, section 19.3).
    """
    value, limit = whole(score), widest(score, caliper)
    cases, controls = np.flatnonzero(treated), np.flatnonzero(~treated)
    refuse_large(cases.size, controls.size)
    away = np.abs(value[cases][:, None] - value[controls][None]).astype(np.float64)
    away[away > limit] = np.inf
    of_case, of_control = away.min(axis=1), away.min(axis=0)
    with np.errstate(invalid="ignore"):
        saved = of_case[:, None] + of_control[None] - away
    saved[~np.isfinite(saved)] = 0.0
    row, column = linear_sum_assignment(np.maximum(saved, 0.0), maximize=True)
    taken = saved[row, column] > 0.0
    edges = set(zip(row[taken].tolist(), column[taken].tolist(), strict=True))
    inside_cases, inside_controls = {i for i, _ in edges}, {j for _, j in edges}
    edges |= {(i, int(away[i].argmin())) for i in range(cases.size) if i not in inside_cases and of_case[i] < np.inf}
    edges |= {
        (int(away[:, j].argmin()), j)
        for j in range(controls.size)
        if j not in inside_controls and of_control[j] < np.inf
    }
    stars = pruned(edges)
    return of_pairs([(int(cases[i]), int(controls[j])) for i, j in sorted(stars)], treated.size)


def pruned(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return an edge cover without edges whose two ends are covered by others: what is left are stars."""
    cases: dict[int, int] = {}
    controls: dict[int, int] = {}
    for i, j in edges:
        cases[i] = cases.get(i, 0) + 1
        controls[j] = controls.get(j, 0) + 1
    kept = set(edges)
    for i, j in sorted(edges):
        if cases[i] > 1 and controls[j] > 1:
            kept.discard((i, j))
            cases[i] -= 1
            controls[j] -= 1
    return kept


def of_pairs(pairs: list[tuple[int, int]], n: int) -> Pairs:
    """Return pairs and the sets that they make, numbered in the order of their first patient in the file."""
    label = np.arange(n)
    for case, control in pairs:
        low, high = sorted((int(label[case]), int(label[control])))
        label[label == high] = low
    group = np.full(n, -1, dtype=np.int64)
    inside = np.zeros(n, dtype=np.bool_)
    ordered = sorted(pairs)
    for case, control in ordered:
        inside[[case, control]] = True
    group[inside] = np.unique(label[inside], return_inverse=True)[1]
    columns = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1], group)


def refuse_large(cases: int, controls: int) -> None:
    """Raise where there are more distances than can be held."""
    if cases * controls > MOST_DISTANCES:
        raise CohortError(
            f"match: {cases:,} x {controls:,} distances are more than the {MOST_DISTANCES:,} that optimal and full "
            "matching hold at once; take nearest, or a weighting"
        )
