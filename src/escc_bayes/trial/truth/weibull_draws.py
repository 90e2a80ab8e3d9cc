"""A Weibull control hazard that is not known: H(t) = (t / scale)^shape, a draw of shape and scale for every trial.

Where one hazard is wanted (expected events, months) it is that of the draws on average, as for hazards in pieces.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray

LEAST_MONTH = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class WeibullDraws:
    """``shape`` and ``scale`` (months), each (draws,); read-only."""

    shape: FloatArray
    scale: FloatArray
    cuts: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for values in (self.shape, self.scale):
            values.setflags(write=False)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.shape.size)

    @property
    def numbers(self) -> FloatArray:
        """All that decides the hazard, (2, draws)."""
        return np.stack([self.shape, self.scale])

    def cumulative(self, times: FloatArray) -> FloatArray:
        """Return H(t), averaged over draws."""
        return np.asarray(self.all_at(times).mean(axis=-1))

    def hazard(self, times: FloatArray) -> FloatArray:
        """Return h(t), averaged over draws."""
        return np.asarray((self.all_at(times) * self.shape).mean(axis=-1) / np.maximum(times, LEAST_MONTH))

    def all_at(self, times: FloatArray) -> FloatArray:
        """Return H(t) of every draw, draws last."""
        return (np.maximum(times, LEAST_MONTH)[..., None] / self.scale) ** self.shape

    def cumulative_of(self, draw: IntArray, times: FloatArray) -> FloatArray:
        """Return H(t) of the draws (n,) at ``times`` (k,): shape (n, k)."""
        return np.asarray((times / self.scale[draw, None]) ** self.shape[draw, None])

    def time_at(self, draw: IntArray, target: FloatArray) -> FloatArray:
        """Return the months at which H reaches ``target`` (n, m), by draw (n,)."""
        return np.asarray(self.scale[draw, None] * target ** (1.0 / self.shape[draw, None]))
