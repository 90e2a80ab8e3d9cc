"""Equal-weight draws from weighted ones, chosen so that means and spreads stay what the weights say.

Systematic resampling (Kitagawa 1996, J Comput Graph Stat 5:1) keeps each draw as often as its weight says, to within
one, from a random shift. Here the draws are cut into blocks, each block may take any of several shifts, and one after
the other takes the one that leaves the sums of the quantities of interest nearest to their weighted values: balanced
sampling (Deville & Tille 2004, Biometrika 91:893) by a walk that corrects itself. Weighted draws so leave little to
chance when they are resampled; sums of other functions are right on average over seeds (tested), not for each.
"""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.hazard.piecewise import FloatArray

BLOCK, SHIFTS = 128, 8
# What the number of draws counts for beside one standardised quantity.
TOTAL = 3.0

type Counts = NDArray[np.int64]


def resampled(weight: FloatArray, count: int, quantities: FloatArray, rng: np.random.Generator) -> Counts:
    """Return the positions of ``count`` draws, in random order.

    Parameters
    ----------
    weight : (m,) that sum to one.
    count : how many to keep.
    quantities : (m, p) whose means and variances are to be kept.
    rng : of shifts and order.
    """
    edges = np.cumsum(weight)
    edges *= count / edges[-1]
    shifts = (rng.random() + np.arange(SHIFTS) / SHIFTS) % 1.0
    # Row 0 stands before the first draw.
    last = np.ceil(np.concatenate([[0.0], edges])[:, None] - shifts).astype(np.int64)
    counts = np.diff(last, axis=0)
    wanted = np.diff(edges, prepend=0.0)
    chosen = chosen_shifts(counts - wanted[:, None], standardised(quantities, weight))
    kept = counts[np.arange(weight.size), np.repeat(chosen, BLOCK)[: weight.size]]
    return rng.permutation(np.repeat(np.arange(weight.size), completed(kept, wanted, count, rng)))


def standardised(quantities: FloatArray, weight: FloatArray) -> NDArray[np.float32]:
    """Return quantities with mean 0 and SD 1, and their squares with mean 0, under the weights, (m, 2 p)."""
    # einsum: products of this shape would wake OpenBLAS's threads, whose waiting doubles the CPU of a whole fit.
    z = (quantities - np.einsum("i,ij->j", weight, quantities)).astype(np.float32)
    spread = np.sqrt(np.einsum("i,ij,ij->j", weight.astype(np.float32), z, z))
    z /= np.where(spread > 0.0, spread, np.float32(1.0))
    return np.concatenate([z, (z**2 - np.float32(1.0)) * np.float32(np.sqrt(0.5))], axis=1)


def chosen_shifts(excess: FloatArray, features: NDArray[np.float32]) -> Counts:
    """Return the shift that each block takes.

    Parameters
    ----------
    excess : (m, shifts) counts minus what the weights say.
    features : (m, q) whose sums over the excess shall stay near 0.
    """
    size = features.shape[0]
    blocks = -(-size // BLOCK)
    ones = np.full((size, 1), TOTAL, dtype=np.float32)
    gap = ((0, blocks * BLOCK - size), (0, 0))
    off = np.pad(excess.astype(np.float32), gap).reshape(blocks, BLOCK, -1).transpose(0, 2, 1)
    moved = off @ np.pad(np.concatenate([features, ones], axis=1), gap).reshape(blocks, BLOCK, -1)
    lengths = np.einsum("bsq,bsq->bs", moved, moved)
    chosen, now = np.empty(blocks, dtype=np.int64), np.zeros(moved.shape[2], dtype=np.float32)
    for block in range(blocks):
        chosen[block] = np.argmin(lengths[block] + 2.0 * (moved[block] @ now))
        now += moved[block, chosen[block]]
    return chosen


def completed(kept: Counts, wanted: FloatArray, count: int, rng: np.random.Generator) -> Counts:
    """Return counts that add up to ``count``: a few draws once more or once less, still within one of ``wanted``."""
    missing = count - int(kept.sum())
    if missing:
        free = np.flatnonzero((kept < wanted) if missing > 0 else (kept > wanted))
        kept[rng.choice(free, abs(missing), replace=False)] += np.sign(missing)
    return kept
