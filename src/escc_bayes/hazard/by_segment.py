"""Coefficients that change at some months: proportional hazards between two of them, and no longer across.

With the ends 0 = e_0 < e_1 < .. of the segments and the coefficients beta_s of segment s,

    H_i(t) = sum_s [ H0(min(t, e_s+1)) - H0(min(t, e_s)) ] exp(x_i beta_s).

docs/methods/time_varying.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, IntArray, piece_of
from escc_bayes.hazard.proportional import relative_hazards


@dataclass(frozen=True, slots=True)
class BySegment(PatientHazards):
    """Hazards whose coefficients change at the months ``ends``.

    Attributes
    ----------
    coefficients : (D, size) log hazard ratios.
    hazard : the baseline.
    ends : (k,) rising months.
    acting : (k + 1, p) in each segment, which coefficient each column is multiplied by.
    """

    coefficients: FloatArray
    hazard: Hazard
    ends: FloatArray
    acting: IntArray

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.hazard.draws

    @property
    def breaks(self) -> FloatArray:
        """Months at which the baseline may jump or coefficients change."""
        return np.union1d(self.hazard.breaks, self.ends)

    def part(self, chosen: Chosen) -> "BySegment":
        """Return the hazards of some of the draws."""
        return BySegment(self.coefficients[chosen], self.hazard.part(chosen), self.ends, self.acting)

    def segments(self, columns: FloatArray) -> Iterator[tuple[float, float, FloatArray]]:
        """Yield each segment's start and stop, and the relative hazards (n, D) in it."""
        edges = (0.0, *self.ends.tolist(), np.inf)
        for (start, stop), acting in zip(pairwise(edges), self.acting, strict=True):
            yield start, stop, relative_hazards(self.coefficients[:, acting], columns)

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t), (n, D, t)."""
        found = np.zeros((columns.shape[0], self.draws, times.size))
        for start, stop, relative in self.segments(columns):
            spent = self.hazard.cumulative(np.clip(times, start, stop)) - self.hazard.cumulative(np.full(1, start))
            found += relative[:, :, None] * spent
        return found

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times, (D, n)."""
        found = np.zeros(times.shape)
        for start, stop, relative in self.segments(columns):
            spent = self.hazard.cumulative_at(np.clip(times, start, stop)) - self.hazard.cumulative(np.full(1, start))
            found += relative.T * spent
        return found

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry``, (D, n): segment by segment, H0 inverted within the last."""
        left = self.cumulative_at(columns, np.broadcast_to(entry, unit.shape)) + unit
        found = np.full(unit.shape, np.inf)
        for start, stop, relative in self.segments(columns):
            before, after = self.hazard.cumulative(np.array([start, stop])).T[:, :, None]
            # A draw from a wide prior may be so extreme that a time is 0 or infinite; that is its right value.
            with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                within = self.hazard.time_at(before + np.maximum(left, 0.0) / relative.T)
                found = np.where((left >= 0.0) & (within <= stop), np.minimum(found, within), found)
                left = left - relative.T * (after - before)
        return found

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time, (D, n)."""
        acting = self.acting[piece_of(times, self.ends)]
        eta = (self.coefficients[:, acting] * columns).sum(axis=-1)
        return np.asarray(self.hazard.log_hazard(times) + eta)
