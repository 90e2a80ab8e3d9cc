"""Scrambled Sobol points: uniform numbers that fill a space of many dimensions more evenly than random ones.

Point i is the exclusive or of the direction numbers v_b over the bits b of i. Scrambled by random lower triangular
matrices of bits and a shift (Matousek 1998, J Complexity 14:527), each point is uniform, and all together remain as
even as before. Sobol' 1967, USSR Comput Math Math Phys 7(4):86.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from escc_bayes.bayes.numeric.sobol_table import POLYNOMIALS
from escc_bayes.hazard.piecewise import FloatArray

type Bits = NDArray[np.uint32]

BITS = 32
DIMENSIONS = len(POLYNOMIALS) + 1


def sobol_points(count: int, dimensions: int, rng: np.random.Generator) -> FloatArray:
    """Return scrambled points (count, dimensions) in (0, 1); dimensions beyond 128 are random.

    Parameters
    ----------
    count : at most 2^32; most even for powers of two.
    dimensions : of each point.
    rng : of the scrambling.

    Examples
    --------
    >>> points = sobol_points(8, 2, np.random.default_rng(1))
    >>> np.sort((8 * points).astype(int), axis=0)[:, 0]
    array([0, 1, 2, 3, 4, 5, 6, 7])
    """
    even = min(dimensions, DIMENSIONS)
    bits = max(1, (count - 1).bit_length())
    direction = scrambled(direction_numbers()[:even, :bits], rng)
    points = np.empty((2**bits, even), dtype=np.uint32)
    points[0] = rng.integers(2**BITS, size=even, dtype=np.uint32)
    for b in range(bits):
        np.bitwise_xor(points[: 2**b], direction[:, b], out=points[2**b : 2 ** (b + 1)])
    found = np.empty((count, dimensions))
    found[:, :even] = points[:count]
    found[:, :even] += 0.5
    found[:, :even] *= 2.0**-BITS
    if dimensions > even:
        found[:, even:] = rng.random((count, dimensions - even))
    return found


@lru_cache(maxsize=1)
def direction_numbers() -> Bits:
    """Return the direction numbers (128, 32), highest bit first."""
    found = np.zeros((DIMENSIONS, BITS), dtype=np.uint32)
    found[0] = [1 << (BITS - 1 - b) for b in range(BITS)]
    for row, (polynomial, first) in enumerate(POLYNOMIALS, start=1):
        degree = polynomial.bit_length() - 1
        m = list(first)
        for k in range(degree, BITS):
            new = m[k - degree] ^ (m[k - degree] << degree)
            for j in range(1, degree):
                if polynomial >> (degree - j) & 1:
                    new ^= m[k - j] << j
            m.append(new)
        found[row] = [value << (BITS - 1 - b) for b, value in enumerate(m)]
    found.setflags(write=False)
    return found


def scrambled(direction: Bits, rng: np.random.Generator) -> Bits:
    """Return direction numbers (d, b) times a random lower triangular matrix of bits for each dimension."""
    found = np.zeros_like(direction)
    rows = rng.integers(2**BITS, size=(direction.shape[0], BITS), dtype=np.uint32)
    for place in range(BITS):
        # Row ``place`` has its own bit and random ones above it.
        own = np.uint32(1 << (BITS - 1 - place))
        row = (rows[:, place] & ~np.uint32((int(own) << 1) - 1)) | own
        odd = np.bitwise_count(direction & row[:, None]) & 1
        found |= odd.astype(np.uint32) << np.uint32(BITS - 1 - place)
    return found
