"""The grid of hyperparameters: where the marginal posterior of u has mass, found by walking outwards from its mode.

Nodes stand at centre + step x integers, the step a fraction of the marginal posterior's width along each axis. A node
whose Laplace mass is within ``reach`` of the largest gets its neighbours, so the grid ends only where mass has run
out: Pareto k cannot see a grid that was cut off. Rue, Martino & Chopin 2009, J R Stat Soc B 71:319, section 3.1.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.modes.modes import Modes, Target, find_modes, start
from escc_bayes.bayes.modes.warm_start import Near
from escc_bayes.foundation.errors import SamplingError
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Distance of neighbouring nodes in marginal posterior SDs, and how far below the largest log mass a node still gets
# neighbours, by the number of hyperparameters: a finer grid where it is cheap.
STEPS = (0.0, 0.75, 1.1, 1.4, 1.6, 1.8, 2.0)
REACHES = (0.0, 10.0, 9.0, 8.0, 7.5, 7.0, 6.5)
MOST_NODES = 20_000
# More places than a grid can have along one axis, to either side.
FURTHEST = 4 * MOST_NODES
WIDEST, NARROWEST = 1.0, 1e-4
CLIMBS = 20
# With more hyperparameters than this the grid within reach has more nodes than are worth finding.
MOST_AXES = 10
# With so few hyperparameters all nodes that a parabola expects are sought at once: fewer, larger batches.
FORESEEN = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes of the hyperparameters.

    Attributes
    ----------
    modes : conditional modes at n nodes.
    index : (n, h) integer places.
    step : (h,) distance of neighbours.
    neighbours : (n, h, 2) the node below and above along each axis; -1 where there is none.
    edge_mass : estimated share of the mass beyond the grid.
    """

    modes: Modes
    index: IntArray
    step: FloatArray
    neighbours: IntArray
    edge_mass: float


def explore(target: Target, near: Near | None = None) -> Grid:
    """Return the grid of a target.

    Parameters
    ----------
    target : coordinates and data.
    near : where the search starts, from a target much like this one; None: at the prior mean.

    Raises
    ------
    SamplingError : more than 20,000 nodes would be needed, or there are more than 10 hyperparameters.
    """
    h = len(target.coords.hypers)
    if h > MOST_AXES:
        raise SamplingError(too_many(target))
    if h == 0:
        modes = find_modes(target, np.zeros((1, 0)), start(target) if near is None else near.x[None])
        nowhere = np.zeros((1, 0), dtype=np.int64)
        return Grid(modes, nowhere, np.zeros(0), np.zeros((1, 0, 2), dtype=np.int64), 0.0)
    centre, width, x = climb(target, near)
    fraction, reach = STEPS[min(h, len(STEPS) - 1)], REACHES[min(h, len(REACHES) - 1)]
    step = width * fraction
    index, modes = grown(target, centre, step, x, reach, foreseen(h, fraction, reach))
    neighbours = neighbours_of(index)
    return Grid(modes, index, step, neighbours, edge_mass(modes.log_mass, neighbours, fraction**2))


def edge_mass(log_mass: FloatArray, neighbours: IntArray, bend: float) -> float:
    """Return the share of mass beyond the grid, if log mass goes on as a parabola whose second difference is -bend.

    A node at the edge, where log mass falls by f from the node before it, is followed by nodes that lie
    f + bend, 2 f + 3 bend, .. below it.
    """
    share = np.exp(log_mass - log_mass.max())
    share /= share.sum()
    beyond = 0.0
    for side in (0, 1):
        outer, inner = neighbours[..., side] < 0, neighbours[..., 1 - side]
        fall = np.where(inner >= 0, log_mass[inner] - log_mass[:, None], np.inf)
        steps = np.arange(1.0, 9.0)
        ratio = np.exp(-np.clip(steps * fall[..., None] + 0.5 * bend * steps * (steps + 1.0), -20.0, 700.0)).sum(-1)
        beyond += float((share[:, None] * ratio * outer).sum())
    return beyond


def climb(target: Target, near: Near | None) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the mode of the Laplace mass (h,), its width along each axis (h,), and the latents there (1, d).

    Parabolas through three points along every axis, all at once, and steps to their tops. The points are half a width
    apart, or further after a long step: with many patients the mode is narrow and far from where the search began.
    """
    h = len(target.coords.hypers)
    if near is None:
        centre, width = np.zeros(h), np.full(h, WIDEST)
        x = find_modes(target, centre[None], start(target)).x
    else:
        centre, width, x = near.u, near.width, near.x[None]
    scale = width
    for _ in range(CLIMBS):
        probe = 0.5 * scale
        offsets = np.concatenate([np.zeros((1, h)), np.diag(probe), -np.diag(probe)])
        modes = find_modes(target, centre + offsets, np.repeat(x, 2 * h + 1, axis=0))
        middle, up, down = modes.log_mass[0], modes.log_mass[1 : h + 1], modes.log_mass[h + 1 :]
        slope, bend = (up - down) / (2.0 * probe), (2.0 * middle - up - down) / probe**2
        width = np.clip(1.0 / np.sqrt(np.maximum(bend, 1e-12)), NARROWEST, WIDEST)
        furthest = 1.5 * np.maximum(width, probe)
        move = np.clip(slope * width**2, -furthest, furthest)
        best = int(np.argmax(modes.log_mass))
        x = modes.x[[best]]
        if (np.abs(move) < 0.4 * width).all():
            return centre, width, modes.x[[0]]
        centre, scale = centre + move, np.maximum(width, 0.3 * np.abs(move))
    return centre, width, x


def foreseen(h: int, fraction: float, reach: float) -> IntArray:
    """Return the places (n, h) within reach if log mass is a parabola; the centre alone where there are many axes."""
    if h > FORESEEN:
        return np.zeros((1, h), dtype=np.int64)
    furthest = int(np.sqrt(2.0 * reach) / fraction)
    axes = np.meshgrid(*[np.arange(-furthest, furthest + 1)] * h, indexing="ij")
    places = np.stack([axis.ravel() for axis in axes], axis=1)
    return places[(places**2).sum(axis=1) * fraction**2 <= 2.0 * reach]


def grown(
    target: Target, centre: FloatArray, step: FloatArray, x: FloatArray, reach: float, first: IntArray
) -> tuple[IntArray, Modes]:
    """Return places (n, h) and modes of the nodes: the ``first`` places, and on until mass has run out."""
    seen = set(numbers_of(first))
    frontier, modes = first, find_modes(target, centre + step * first, np.repeat(x, len(first), axis=0))
    highest = float(modes.log_mass.max())
    found, places = [modes], [first]
    while True:
        parents = np.flatnonzero(modes.log_mass > highest - reach)
        frontier, origin = unseen(frontier, parents, seen)
        if not origin:
            break
        if len(seen) > MOST_NODES:
            raise SamplingError(too_many(target))
        modes = find_modes(target, centre + step * frontier, modes.x[origin])
        highest = max(highest, float(modes.log_mass.max()))
        found.append(modes)
        places.append(frontier)
    joined = Modes(
        np.concatenate([m.u for m in found]),
        np.concatenate([m.x for m in found]),
        np.concatenate([m.lower for m in found]),
        np.concatenate([m.log_mass for m in found]),
    )
    return np.concatenate(places), joined


def numbers_of(places: IntArray) -> list[int]:
    """Return one whole number, of any length, for each place (n, h): axis a counts ``FURTHEST`` to the power a."""
    return [sum(at * FURTHEST**axis for axis, at in enumerate(place)) for place in places.tolist()]


def unseen(frontier: IntArray, parents: IntArray, seen: set[int]) -> tuple[IntArray, list[int]]:
    """Return the places beside the parents that are new, and the parent of each; their numbers are now seen."""
    sides = np.kron(np.eye(frontier.shape[1], dtype=np.int64), [[-1], [1]])
    shifts = list(enumerate(numbers_of(sides)))
    origin, moved = [], []
    for parent, number in zip(parents.tolist(), numbers_of(frontier[parents]), strict=True):
        for side, shift in shifts:
            if number + shift not in seen:
                seen.add(number + shift)
                origin.append(parent)
                moved.append(side)
    chosen = np.array([origin, moved], dtype=np.int64)
    return frontier[chosen[0]] + sides[chosen[1]], origin


def neighbours_of(index: IntArray) -> IntArray:
    """Return the node below and above each node along each axis, (n, h, 2); -1 where there is none.

    Nodes that lie on one line along an axis stand one after the other once they are sorted by the other axes, then by
    this one.
    """
    n, h = index.shape
    found = np.full((n, h, 2), -1, dtype=np.int64)
    for axis in range(h):
        order = np.lexsort([index[:, axis], *np.delete(index, axis, axis=1).T])
        step = np.diff(index[order], axis=0)
        step[:, axis] -= 1
        beside = ~step.any(axis=1)
        below, above = order[:-1][beside], order[1:][beside]
        found[above, axis, 0], found[below, axis, 1] = below, above
    return found


def too_many(target: Target) -> str:
    """Say that the grid is too large."""
    hypers = target.coords.hypers
    return (
        f"engine laplace: {len(hypers)} hyperparameters (standard deviations, shares and shape) need more than "
        f"{MOST_NODES} grid nodes; use engine nuts, or fewer effects with a standard deviation or shares of their own"
    )
