"""Hazards of patients along the trajectories of a marker: log-linear in time up to a month, proportional after it.

log h_i(t) = log h0(t) + x_i beta + psi d_i(t), d_i a line between planned months that stays after the last. The last
column of a patient says whose trajectory it is, counted from 0; no coefficient multiplies it, and the column that the
trajectory stands for is 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.baseline import Chosen, PiecewiseHazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, piece_of
from escc_bayes.hazard.proportional import relative_hazards

# Below this an integral of exp along a line is one of a constant, to the last digit.
FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class AlongTrajectories(PatientHazards):
    """Hazards of n patients in D draws.

    Attributes
    ----------
    coefficients : (D, p) log hazard ratios, that of the trajectory among them.
    hazard : the baseline.
    months : (k,) planned months, rising from 0.
    apart : (D, n, k) psi d_i at the planned months.
    """

    coefficients: FloatArray
    hazard: PiecewiseHazard
    months: FloatArray
    apart: FloatArray

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.hazard.draws

    @property
    def breaks(self) -> FloatArray:
        """Months at which the baseline may jump or trajectories may bend."""
        return np.union1d(self.hazard.breaks, self.months[1:])

    def part(self, chosen: Chosen) -> "AlongTrajectories":
        """Return the hazards of some of the draws."""
        return AlongTrajectories(self.coefficients[chosen], self.hazard.part(chosen), self.months, self.apart[chosen])

    def of(self, columns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the relative hazards without the trajectory, (D, n), and psi d of patients (D, n, k)."""
        return relative_hazards(self.coefficients, columns[:, :-1]).T, self.apart[:, columns[:, -1].astype(np.int64)]

    def spans(self, apart: FloatArray) -> Iterator[tuple[float, float, FloatArray, FloatArray]]:
        """Yield start and end of each span between breaks, the hazard at its start over the baseline of one patient
        without other covariates, (D, n), and the slope of its logarithm (D, n).
        """
        edges = np.append(0.0, self.breaks)
        rates = self.hazard.log_rates[:, piece_of(np.append(edges[1:], np.inf), self.hazard.cuts)]
        for place, start in enumerate(edges.tolist()):
            stop = float(edges[place + 1]) if place + 1 < edges.size else np.inf
            value, slope = self.line(apart, start)
            yield start, stop, np.exp(rates[:, place, None] + value), slope

    def line(self, apart: FloatArray, month: float) -> tuple[FloatArray, FloatArray]:
        """Return psi d at a month and its slope from there on, (D, n) each."""
        k = int(np.searchsorted(self.months, month, side="right")) - 1
        if k >= self.months.size - 1:
            return apart[..., -1], np.zeros(apart.shape[:-1])
        slope = (apart[..., k + 1] - apart[..., k]) / (self.months[k + 1] - self.months[k])
        return apart[..., k] + slope * (month - self.months[k]), slope

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t), (n, D, t)."""
        relative, apart = self.of(columns)
        found = np.zeros((*relative.shape, times.size))
        for start, stop, level, slope in self.spans(apart):
            lived = np.clip(times, start, stop) - start
            if lived.any():
                found += spent(level[..., None], slope[..., None], lived)
        return (relative[..., None] * found).transpose(1, 0, 2)

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times, (D, n)."""
        relative, apart = self.of(columns)
        found = np.zeros(times.shape)
        for start, stop, level, slope in self.spans(apart):
            lived = np.clip(times, start, stop) - start
            if lived.any():
                found = found + spent(level, slope, lived)
        return np.asarray(relative * found)

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry``, (D, n): span by span, the integral inverted in the last."""
        relative, apart = self.of(columns)
        left = self.cumulative_at(columns, np.broadcast_to(entry, unit.shape)) + unit
        found = np.full(unit.shape, np.inf)
        for start, stop, level, slope in self.spans(apart):
            # A draw from a wide prior may be so extreme that a time is 0 or infinite; that is its right value.
            with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                time = start + lived(relative * level, slope, np.maximum(left, 0.0))
                found = np.where((left >= 0.0) & (time <= stop), np.minimum(found, time), found)
                left = left - relative * spent(level, slope, np.asarray(stop - start))
        return found

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time, (D, n)."""
        apart = self.apart[:, columns[:, -1].astype(np.int64)]
        found = self.hazard.log_hazard(times) + self.coefficients @ columns[:, :-1].T
        late = np.clip(times, 0.0, self.months[-1])
        k = np.clip(np.searchsorted(self.months, late, side="left") - 1, 0, self.months.size - 2)
        share = (late - self.months[k]) / (self.months[k + 1] - self.months[k])
        low, high = (np.take_along_axis(apart, place[None, :, None], axis=2)[..., 0] for place in (k, k + 1))
        return np.asarray(found + low + share * (high - low))


def spent(level: FloatArray, slope: FloatArray, lived: FloatArray) -> FloatArray:
    """Return the integral of level exp(slope t) over t from 0 to ``lived``; 0 where that is 0.

    Examples
    --------
    >>> spent(np.array([2.0]), np.array([0.0]), np.array([3.0])).tolist()
    [6.0]
    """
    change = slope * np.where(np.isfinite(lived), lived, 0.0)
    flat = np.abs(change) < FLAT
    grown = np.where(flat, 1.0, np.expm1(change) / np.where(flat, 1.0, change))
    with np.errstate(invalid="ignore"):
        return np.where(lived > 0.0, level * lived * grown, 0.0)


def lived(level: FloatArray, slope: FloatArray, target: FloatArray) -> FloatArray:
    """Return t at which the integral of level exp(slope t) from 0 is ``target``; infinite where it never is.

    Examples
    --------
    >>> lived(np.array([2.0, 2.0]), np.array([0.0, -1.0]), np.array([6.0, 6.0])).tolist()
    [3.0, inf]
    """
    share = slope * target / level
    flat = np.abs(share) < FLAT
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = np.where(share > -1.0, np.log1p(share) / np.where(flat, 1.0, slope), np.inf)
    return np.where(flat, target / level, bent)
