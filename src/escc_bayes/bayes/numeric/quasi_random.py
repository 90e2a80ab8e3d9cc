"""The numbers behind a round of draws, before anything is known of the posterior: places in boxes and t steps.

They depend on the seed and the size of the round alone, so that many refits share them: cheaper, and a difference
between two refits then has less Monte Carlo error than either.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammainccinv, gammaincinv, gammaln, ndtr, ndtri

from escc_bayes.bayes.numeric.sobol import sobol_points
from escc_bayes.foundation.seeds import Seed, generator
from escc_bayes.hazard.piecewise import FloatArray

# Normal scores between which chi-square quantiles are interpolated; Sobol points reach 6.4.
SCORES = np.linspace(-6.6, 6.6, 265)
SCORE_STEP = SCORES[1] - SCORES[0]


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
    """Draw numbers from scrambled Sobol points, in the order of their first coordinate.

    Nodes are given out in order, so that coordinate chooses the node: the points are even over nodes, places in boxes
    and steps together. The second is the scale of t.
    """
    points = sobol_points(count, 2 + h + d, rng)
    points = points[np.argsort(points[:, 0])]
    steps = ndtri(points[:, 2 + h :]) / np.sqrt(chi_square(points[:, 1], freedom) / freedom)[:, None]
    found = Numbers(float(rng.random()), points[:, 2 : 2 + h], steps, log_t(steps, freedom), freedom)
    for array in (found.jitter, found.steps, found.log_t):
        array.setflags(write=False)
    return found


def chi_square(p: FloatArray, freedom: float) -> FloatArray:
    """Return quantiles of chi-square, to 1e-8 of their size.

    The logarithm over the normal score z is nearly straight: cubic pieces between exact values and slopes.
    """
    values, slopes = chi_square_table(freedom)
    place = np.clip((ndtri(p) - SCORES[0]) / SCORE_STEP, 0.0, SCORES.size - 1.001)
    left = place.astype(np.int64)
    t = place - left
    rise = values[left + 1] - values[left]
    bend = slopes[left] - rise, slopes[left + 1] - rise
    return np.asarray(np.exp(values[left] + t * (rise + (1.0 - t) * ((1.0 - t) * bend[0] - t * bend[1]))))


@lru_cache(maxsize=32)
def chi_square_table(freedom: float) -> tuple[FloatArray, FloatArray]:
    """Return the log quantile at each score, and its slope times the distance of scores."""
    half = freedom / 2.0
    quantile = 2.0 * gammaincinv(half, ndtr(SCORES))
    upper = SCORES > 0.0
    quantile[upper] = 2.0 * gammainccinv(half, ndtr(-SCORES[upper]))
    # d log q / dz = normal density at z / (q times the density of chi-square at q).
    log_density = half * np.log(quantile / 2.0) - quantile / 2.0 - gammaln(half)
    slope = np.exp(-0.5 * SCORES**2 - 0.5 * np.log(2.0 * np.pi) - log_density)
    return np.log(quantile), slope * SCORE_STEP


def log_t(steps: FloatArray, freedom: float) -> FloatArray:
    """Return the log density of standard multivariate t steps (m, d) with ``freedom`` degrees of freedom, (m,)."""
    d = steps.shape[1]
    constant = gammaln((freedom + d) / 2.0) - gammaln(freedom / 2.0) - 0.5 * d * np.log(freedom * np.pi)
    squares = np.einsum("ij,ij->i", steps, steps)
    return np.asarray(constant - 0.5 * (freedom + d) * np.log1p(squares / freedom))
