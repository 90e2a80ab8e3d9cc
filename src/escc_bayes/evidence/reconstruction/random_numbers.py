"""Random numbers of the compiled search: SplitMix64 (Steele, Lea and Flood 2014, OOPSLA).

Written out, so that one seed gives the same patients with every version of NumPy and Numba.
"""

import numpy as np

from escc_bayes.evidence.reconstruction.compiled import compiled, inlined
from escc_bayes.evidence.reconstruction.problem import RandomState


@inlined
def uniform(random: RandomState) -> float:
    """Return the next number in [0, 1)."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(random: RandomState, size: int) -> int:
    """Return a whole number in [0, size)."""
    return int(uniform(random) * size)


@compiled
def gaussian(random: RandomState) -> float:
    """Return a number of mean 0 and variance 1 (sum of uniforms; a proposal needs no more)."""
    total = 0.0
    for _ in range(4):
        total += uniform(random)
    return (total - 2.0) * np.sqrt(3.0)
