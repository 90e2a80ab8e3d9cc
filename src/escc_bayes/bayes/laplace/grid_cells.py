"""Boxes around the nodes of the grid: how mass and mode change between a node and its neighbours.

Boxes tile the hyperparameters, so the density of a mixture over nodes is one term. Within a box the log density is
linear towards each neighbour's, and the mode follows a parabola through the node and its neighbours.

Partial centring: a latent z that an SD multiplies is followed from the node to the draw as z sd^rho, rho the share
of its information that comes from the data, so that boxes stay good whether the prior or the data rule.
Papaspiliopoulos, Roberts & Skold 2007, Stat Sci 22:59.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.bayes.modes.coordinates import Coordinates, log_scales
from escc_bayes.bayes.modes.grid import Grid
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.hazard.piecewise import FloatArray, IntArray

STEEPEST = 30.0
# Draws that a node's share by Laplace's approximation counts for.
LATENT = 20.0


@dataclass(frozen=True, slots=True)
class GridCells:
    """What a draw needs of each of n nodes.

    Attributes
    ----------
    share : (n,) probability of each node.
    log_height : (n,) log density of u at the node.
    slopes : (n, h, 2) of the log density below and above the node, per grid step.
    bend : (n, h, 2, d) linear and quadratic change of the mode per grid step along each axis.
    centring : (n, d) rho of each latent.
    scales : (n, d) log SDs that multiply the latents, at the node.
    log_mass : log of the total mass, the Laplace approximation of the marginal likelihood.
    """

    share: FloatArray
    log_height: FloatArray
    slopes: FloatArray
    bend: FloatArray
    centring: FloatArray
    scales: FloatArray
    log_mass: float


def grid_cells(target: Target, grid: Grid) -> GridCells:
    """Return the boxes of a grid."""
    mass = grid.modes.log_mass
    below, above = grid.neighbours[..., 0], grid.neighbours[..., 1]
    down = np.where(below >= 0, mass[:, None] - mass[below], np.nan)
    up = np.where(above >= 0, mass[above] - mass[:, None], np.nan)
    # At the edge the one slope known goes on; a node alone along an axis is flat.
    slopes = np.stack([np.where(np.isnan(down), up, down), np.where(np.isnan(up), down, up)], axis=2)
    slopes = np.clip(np.nan_to_num(slopes), -STEEPEST, STEEPEST)
    slopes = np.where(np.abs(slopes) < 1e-8, 1e-8, slopes)
    volumes = half_volumes(slopes).sum(axis=2)
    log_share = mass + np.log(volumes).sum(axis=1)
    highest = float(log_share.max())
    total = float(np.exp(log_share - highest).sum())
    share = np.exp(log_share - highest) / total
    # The factor R has R R' = covariance, so its row norms are standard deviations; 1 is the prior's.
    variance = (grid.modes.factor**2).sum(axis=2)
    scales = log_scales(target.coords, grid.modes.u)
    centring = np.clip(1.0 - variance, 0.0, 1.0) * scaled(target.coords)
    log_mass = highest + float(np.log(total)) + float(np.log(grid.step).sum())
    height = log_heights(share, slopes, grid.step)
    return GridCells(share, height, slopes, bends(grid, centring, scales), centring, scales, log_mass)


def log_heights(share: FloatArray, slopes: FloatArray, step: FloatArray) -> FloatArray:
    """Return the log density of u at each node, (n,)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(share) - np.log(half_volumes(slopes).sum(axis=2)).sum(axis=1) - np.log(step).sum())


def with_shares(held: GridCells, grid: Grid, node: IntArray, weight: FloatArray, effective: float) -> GridCells:
    """Return boxes with shares learned from weighted draws (m,), ``effective`` of them.

    The ratio of a node's share to the one held is believed as far as draws were expected there: LATENT more, all as
    the share held says, stand beside them. So a node that a small round has missed by chance keeps its share.
    """
    seen = np.bincount(node, weights=weight, minlength=held.share.size)
    ratio = (effective * seen + LATENT) / (effective * held.share + LATENT)
    share = held.share * ratio
    share /= share.sum()
    return replace(held, share=share, log_height=log_heights(share, held.slopes, grid.step))


def scaled(coords: Coordinates) -> FloatArray:
    """Return 1 for latents that an SD multiplies, else 0, (d,)."""
    probe = log_scales(coords, np.full((1, len(coords.hypers)), 0.123))
    return (probe[0] != 0.0).astype(np.float64)


def half_volumes(slopes: FloatArray) -> FloatArray:
    """Return the integrals of exp(slope x delta) over the half box below and above the node, (n, h, 2)."""
    below = -np.expm1(-0.5 * slopes[..., 0]) / slopes[..., 0]
    above = np.expm1(0.5 * slopes[..., 1]) / slopes[..., 1]
    return np.stack([below, above], axis=-1)


def bends(grid: Grid, centring: FloatArray, scales: FloatArray) -> FloatArray:
    """Return the linear and quadratic change of the partially centred mode along each axis, (n, h, 2, d)."""
    n, h = grid.index.shape
    found = np.zeros((n, h, 2, grid.modes.x.shape[1]))
    for axis in range(h):
        change = []
        for side in (0, 1):
            beside = grid.neighbours[:, axis, side]
            moved = grid.modes.x[beside] * np.exp(centring * (scales[beside] - scales)) - grid.modes.x
            change.append((moved, (beside >= 0)[:, None]))
        (low, has_low), (high, has_high) = change
        both = has_low & has_high
        one_sided = np.where(has_high, high, np.where(has_low, -low, 0.0))
        found[:, axis, 0] = np.where(both, 0.5 * (high - low), one_sided)
        found[:, axis, 1] = np.where(both, 0.5 * (high + low), 0.0)
    return found


def allocated(share: FloatArray, count: int, shift: float) -> IntArray:
    """Return ``count`` nodes in order, each as often as its share says, to within one (systematic sampling)."""
    edges = np.cumsum(share) * count
    edges[-1] = count
    last = np.ceil(edges - shift).astype(np.int64).clip(0, count)
    return np.repeat(np.arange(share.size), np.diff(last, prepend=0))


def jittered(held: GridCells, node: IntArray, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return places in the boxes (m, h), in grid steps from the node, and the log density of u (m,)."""
    if points.shape[1] == 0:
        return points, held.log_height[node]
    low, high = held.slopes[node, :, 0], held.slopes[node, :, 1]
    volume = half_volumes(held.slopes)
    split = (volume[..., 0] / volume.sum(axis=-1))[node]
    first = points < split
    part = np.where(first, points / split, (points - split) / (1.0 - split))
    floor = np.exp(-0.5 * low)
    below = np.log(floor + part * (1.0 - floor)) / low
    above = np.log1p(part * np.expm1(0.5 * high)) / high
    delta = np.where(first, below, above)
    return delta, held.log_height[node] + (delta * np.where(first, low, high)).sum(axis=1)
