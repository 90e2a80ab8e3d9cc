"""What each of several changes moves, averaged exactly over the orders in which they can be made (Shapley 1953).

Orders in which one change would come before another that it needs have no meaning and are left out; the others weigh
the same. The averages add up to the difference between all changes made and none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

type Made = frozenset[str]
# What a change moves from a set of changes made: named parts, each an array.
type Moves = Callable[[Made, str], dict[str, FloatArray]]


@dataclass(frozen=True, slots=True)
class Averaged:
    """Mean, least and largest of what a part moves, over the orders."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


def averaged(changes: Sequence[str], needs: Sequence[tuple[str, str]], moves: Moves) -> dict[str, Averaged]:
    """Return what every part of every change moves, over all orders that have a meaning.

    Parameters
    ----------
    changes : their names.
    needs : pairs (first, then): the second has a meaning only after the first.
    moves : what a change moves, given those made before it.

    Examples
    --------
    >>> value = {(): 0.0, ("a",): 1.0, ("b",): 1.0, ("a", "b"): 4.0}
    >>> def moves(made, change):
    ...     return {change: np.array(value[tuple(sorted(made | {change}))] - value[tuple(sorted(made))])}
    >>> found = averaged(("a", "b"), (), moves)["a"]
    >>> float(found.mean), float(found.low), float(found.high)
    (2.0, 1.0, 3.0)
    """
    found: dict[str, list[FloatArray]] = {}
    for order in permutations(changes):
        if any(order.index(then) < order.index(first) for first, then in needs):
            continue
        made: Made = frozenset()
        for change in order:
            for part, moved in moves(made, change).items():
                found.setdefault(part, []).append(moved)
            made |= {change}
    stacked = {part: np.stack(each) for part, each in found.items()}
    return {part: Averaged(each.mean(axis=0), each.min(axis=0), each.max(axis=0)) for part, each in stacked.items()}
