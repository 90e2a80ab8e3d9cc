"""Hazards of patients, draw by draw: a model states cumulative hazards, and everything a table shows follows.

Survival averaged over patients is S(t) = sum_i share_i exp(-H_i(t)); its median and a patient's predicted time solve
-log S(t) = log 2 and H_i(t) = target; restricted means are its integral. A model whose form allows more than that
(``proportional``) overrides what it can compute faster. docs/methods/marginal.md.
"""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np

from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.crossing import crossing_time
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.hazard.weibull import nodes

# Gauss-Legendre between two months where a hazard may jump: exact to 1e-9 up to 20 expected events.
NODES = np.polynomial.legendre.leggauss(14)


class PatientHazards(ABC):
    """Hazards of patients with columns (n, p), in each of D draws. Times in months.

    ``coefficients`` (D, p) are the log hazard ratios of the columns, ``hazard`` is the baseline.
    """

    __slots__ = ()
    coefficients: FloatArray
    hazard: Hazard

    @property
    @abstractmethod
    def draws(self) -> int:
        """Number of draws."""

    @property
    @abstractmethod
    def breaks(self) -> FloatArray:
        """Months at which a hazard may jump, rising."""

    @abstractmethod
    def part(self, chosen: Chosen) -> Self:
        """Return the hazards of some of the draws."""

    @abstractmethod
    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t) at the same times (t,) for all, (n, D, t)."""

    @abstractmethod
    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times (D, n), (D, n); ``columns`` of one patient serve all times."""

    @abstractmethod
    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time (n,) above 0, (D, n)."""

    def survival(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> FloatArray:
        """Return the average survival curve of each group at ``times`` (t,), (t, g, D); ``share`` (g, n)."""
        with np.errstate(over="ignore"):
            alive = np.exp(-self.cumulative(columns, times))
        return np.asarray(np.einsum("gn,ndt->tgd", share, alive))

    def median(self, columns: FloatArray, share: FloatArray) -> FloatArray:
        """Return the median of the average survival curve, (D,) months; ``share`` (n,) sums to 1."""

        def spent(times: FloatArray) -> FloatArray:
            each = np.broadcast_to(times, (self.draws, columns.shape[0]))
            with np.errstate(over="ignore", divide="ignore"):
                return np.asarray(-np.log(np.exp(-self.cumulative_at(columns, each)) @ share)[:, None])

        return crossing_time(spent, np.full((self.draws, 1), np.log(2.0)))[:, 0]

    def restricted_mean(self, columns: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return restricted means of the average curves, (g, D, u), to the rising months ``until``."""
        ends = np.union1d(self.breaks[self.breaks < until[-1]], until)
        times, months, starts = nodes(ends, NODES, NODES)
        curves = self.survival(columns, share, times) * months[:, None, None]
        reached = np.cumsum(np.add.reduceat(curves, starts), axis=0)[np.searchsorted(ends, until)]
        return reached.transpose(1, 2, 0)

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry`` (n,), from standard exponential numbers ``unit`` (D, n)."""
        before = self.cumulative_at(columns, np.broadcast_to(entry, unit.shape))
        return crossing_time(lambda times: self.cumulative_at(columns, times), before + unit)

    def log_likelihood(
        self, columns: FloatArray, time: FloatArray, event: FloatArray, entry: FloatArray, weight: FloatArray
    ) -> FloatArray:
        """Return w [ d log h_i(time) - H_i(time) + H_i(entry) ] of each patient under each draw, (D, n)."""
        shape = (self.draws, time.size)
        after, before = (self.cumulative_at(columns, np.broadcast_to(months, shape)) for months in (time, entry))
        gained = np.where(event > 0.0, self.log_hazard_at(columns, time), 0.0)
        return np.asarray(weight * (gained - (after - before)))
