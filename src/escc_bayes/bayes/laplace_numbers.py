"""The numbers behind a round of draws, before anything is known of the posterior: places in boxes and t steps.

They depend on the seed and the size of the round alone, so that many refits share them: cheaper, and a difference
between two refits then has less Monte Carlo error than either.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri

from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.baseline import first_primes


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of m draws.

    Attributes
    ----------
    place : in (0, 1), shifts the allocation of draws to nodes.
    jitter : (m, h) in (0, 1), places in the boxes.
    steps : (m, d) standard multivariate t with ``freedom`` degrees of freedom.
    log_t : (m,) log density of the steps.
    freedom : degrees of freedom.
    """

    place: float
    jitter: FloatArray
    steps: FloatArray
    log_t: FloatArray
    freedom: float


class Source:
    """Numbers of every round of a fit. A source that many fits share makes those of equal size once.

    Only the latest of each round are kept, so that memory does not grow with the number of fits.
    """

    def __init__(self, seed: Seed) -> None:
        self.seed = seed
        self._latest: dict[tuple[str, int], tuple[tuple[float, ...], Numbers]] = {}

    def numbers(self, round_name: str, part: int, count: int, h: int, d: int, freedom: float) -> Numbers:
        """Return the numbers of ``count`` draws of one component in one round."""
        size: tuple[float, ...] = (count, h, d, freedom)
        held = self._latest.get((round_name, part))
        if held is not None and held[0] == size:
            return held[1]
        rng = generator(self.seed, "laplace", round_name, str(part))
        made = drawn_numbers(rng, count, h, d, freedom)
        self._latest[round_name, part] = (size, made)
        return made


def drawn_numbers(rng: np.random.Generator, count: int, h: int, d: int, freedom: float) -> Numbers:
    """Draw numbers: uniform ones are points of a shifted additive sequence, scales of t are random."""
    points = uniform_points(count, h + d, rng.random(h + d))
    chi = rng.chisquare(freedom, count) / freedom
    steps = ndtri(points[:, h:]) / np.sqrt(chi)[:, None]
    found = Numbers(float(rng.random()), points[:, :h], steps, log_t(steps, freedom), freedom)
    for array in (found.jitter, found.steps, found.log_t):
        array.setflags(write=False)
    return found


def uniform_points(count: int, dimensions: int, shift: FloatArray) -> FloatArray:
    """Return points (count, dimensions) in (0, 1): multiples of square roots of primes, shifted, modulo 1."""
    steps = np.sqrt(np.array(first_primes(dimensions), dtype=np.float64)) % 1.0
    points = np.multiply.outer(np.arange(1.0, count + 1.0), steps)
    points += shift
    points -= np.floor(points)
    return np.asarray(np.clip(points, 1e-12, 1.0 - 1e-12, out=points))


def log_t(steps: FloatArray, freedom: float) -> FloatArray:
    """Return the log density of standard multivariate t steps (m, d) with ``freedom`` degrees of freedom, (m,)."""
    d = steps.shape[1]
    constant = gammaln((freedom + d) / 2.0) - gammaln(freedom / 2.0) - 0.5 * d * np.log(freedom * np.pi)
    squares = np.einsum("ij,ij->i", steps, steps)
    return np.asarray(constant - 0.5 * (freedom + d) * np.log1p(squares / freedom))
