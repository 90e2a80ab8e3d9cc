"""Strata: coefficients in common, a baseline hazard of its own in each stratum.

The last column of a patient says the stratum, counted from 0; no coefficient multiplies it. Averages over patients are
over the strata they are in.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Stratified(PatientHazards):
    """Hazards of patients of several strata.

    Attributes
    ----------
    coefficients : (D, size) log hazard ratios, those of every stratum.
    hazard : the baseline of the first stratum.
    strata : the hazards of each stratum's patients, without the column that says the stratum.
    """

    coefficients: FloatArray
    hazard: Hazard
    strata: tuple[PatientHazards, ...]

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.strata[0].draws

    @property
    def breaks(self) -> FloatArray:
        """Months at which a hazard may jump in any stratum."""
        return reduce(np.union1d, (one.breaks for one in self.strata))

    def part(self, chosen: Chosen) -> "Stratified":
        """Return the hazards of some of the draws."""
        return stratified(tuple(one.part(chosen) for one in self.strata))

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t), (n, D, t)."""
        found = np.empty((columns.shape[0], self.draws, times.size))
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            found[inside] = one.cumulative(columns[inside, :-1], times)
        return found

    def survival(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> FloatArray:
        """Return the average survival curve of each group, (t, g, D): the sum over strata."""
        found = np.zeros((times.size, share.shape[0], self.draws))
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            if inside.any():
                found += one.survival(columns[inside, :-1], share[:, inside], times)
        return found

    def restricted_mean(self, columns: FloatArray, share: FloatArray, until: FloatArray) -> FloatArray:
        """Return restricted means of the average curves, (g, D, u): the sum over strata."""
        found = np.zeros((share.shape[0], self.draws, until.size))
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            if inside.any():
                found += one.restricted_mean(columns[inside, :-1], share[:, inside], until)
        return found

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times, (D, n)."""
        if len(columns) == 1:
            return self.strata[int(columns[0, -1])].cumulative_at(columns[:, :-1], times)
        found = np.empty(times.shape)
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            if inside.any():
                found[:, inside] = one.cumulative_at(columns[inside, :-1], times[:, inside])
        return found

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time, (D, n)."""
        found = np.empty((self.draws, times.size))
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            found[:, inside] = one.log_hazard_at(columns[inside, :-1], times[inside])
        return found

    def event_times(self, columns: FloatArray, entry: FloatArray, unit: FloatArray) -> FloatArray:
        """Return event times given survival to ``entry``, (D, n)."""
        found = np.empty(unit.shape)
        for code, one in enumerate(self.strata):
            inside = columns[:, -1] == code
            if inside.any():
                found[:, inside] = one.event_times(columns[inside, :-1], entry[inside], unit[:, inside])
        return found


def stratified(strata: tuple[PatientHazards, ...]) -> Stratified:
    """Return the hazards of strata, from those of each one's patients."""
    return Stratified(strata[0].coefficients, strata[0].hazard, strata)
