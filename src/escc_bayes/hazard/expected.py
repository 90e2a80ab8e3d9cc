"""Hazards that a life table expects: constant within a year of age and a calendar year, without a parameter.

A profile is an age, a sex and a calendar year at month 0. On its way through the table its hazard changes at birthdays
and new years; beyond the table's last age or year, these hold. docs/methods/background_mortality.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.baseline import Chosen, Hazard
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.piecewise import FloatArray, IntArray

MONTHS = 12.0
# Months at which averages over profiles are integrated piecewise: each profile's own are as many as patients.
YEARS = np.arange(12.0, 241.0, 12.0)


@dataclass(frozen=True, slots=True)
class ExpectedHazard:
    """Hazards of profiles (u,), each constant between months (u, k), the first 0.

    Attributes
    ----------
    starts : (u, k) months from which each rate holds, until the next; the last for ever.
    rates : (u, k) per month.
    passed : (u, k) cumulative hazard at the starts.
    """

    starts: FloatArray
    rates: FloatArray
    passed: FloatArray

    def rate(self, profile: IntArray, times: FloatArray) -> FloatArray:
        """Return the hazard (n,) of profiles (n,) at their own months (n,); at a change, that before it."""
        place = (self.starts[profile] < times[:, None]).sum(axis=1) - 1
        return self.rates[profile, np.maximum(place, 0)]

    def cumulative(self, profile: IntArray, times: FloatArray) -> FloatArray:
        """Return H_i(t) of profiles (n,) at the same months (t,) for all, (n, t)."""
        found = np.empty((profile.size, times.size))
        for row, own in zip(found, profile.tolist(), strict=True):
            row[:] = self.of_one(own, times)
        return found

    def cumulative_at(self, profile: IntArray, times: FloatArray) -> FloatArray:
        """Return H_i of profiles (n,) at each one's own months (D, n), (D, n); of one profile, at all of them."""
        if profile.size == 1:
            return self.of_one(int(profile[0]), times)
        found = np.empty(times.shape)
        for place, own in enumerate(profile.tolist()):
            found[:, place] = self.of_one(own, times[:, place])
        return found

    def of_one(self, profile: int, times: FloatArray) -> FloatArray:
        """Return the cumulative hazard of one profile at months of any shape."""
        starts, rates = self.starts[profile], self.rates[profile]
        place = np.maximum(np.searchsorted(starts, times) - 1, 0)
        # The last rate may be 0, and a month without end: nobody is then expected to die.
        with np.errstate(invalid="ignore"):
            within = rates[place] * (times - starts[place])
        return np.asarray(self.passed[profile][place] + np.nan_to_num(within, nan=0.0, posinf=np.inf))


def expected_hazard(
    table: FloatArray, age: FloatArray, sex: IntArray, year: FloatArray | None, *, first: tuple[int, int]
) -> ExpectedHazard:
    """Return the hazards of profiles on their way through a life table.

    Parameters
    ----------
    table : (ages, sexes, years) deaths per person-year.
    age, sex, year : (u,) years of age, place of the sex in the table, calendar year with decimals; at month 0.
    first : the first age and the first year of the table.

    Examples
    --------
    Half a year before the 60th birthday:

    >>> table = np.array([[[0.012]], [[0.024]]])  # 59 and 60 years
    >>> own = expected_hazard(table, np.array([59.5]), np.array([0]), None, first=(59, 0))
    >>> own.cumulative(np.array([0]), np.array([6.0, 12.0])).round(6).tolist()
    [[0.006, 0.018]]
    """
    ages, _, years = table.shape
    ahead = MONTHS * np.arange(ages + years)
    birthdays = MONTHS * (1.0 - age % 1.0)[:, None] + ahead
    new_years = np.zeros((age.size, 0)) if year is None else MONTHS * (1.0 - year % 1.0)[:, None] + ahead
    months = np.concatenate([np.zeros((age.size, 1)), birthdays, new_years], axis=1)
    order = np.argsort(months, axis=1, kind="stable")
    older = (order > 0) & (order <= ahead.size)
    at_age = np.floor(age).astype(np.int64)[:, None] - first[0] + np.cumsum(older, axis=1)
    begun = np.zeros(age.size) if year is None else np.floor(year) - first[1]
    at_year = begun.astype(np.int64)[:, None] + np.cumsum(order > ahead.size, axis=1)
    starts = np.take_along_axis(months, order, axis=1)
    rates = table[np.clip(at_age, 0, ages - 1), sex[:, None], np.clip(at_year, 0, years - 1)] / MONTHS
    passed = np.cumsum(rates[:, :-1] * np.diff(starts, axis=1), axis=1)
    return ExpectedHazard(starts, rates, np.concatenate([np.zeros((age.size, 1)), passed], axis=1))


@dataclass(frozen=True, slots=True)
class WithExpected(PatientHazards):
    """Hazards of all causes: those that a model states, in excess of those that a life table expects.

    The last column of a patient says the profile; no coefficient multiplies it.

    Attributes
    ----------
    coefficients : (D, size) log excess hazard ratios.
    hazard : the baseline of the excess hazard.
    excess : hazards of patients without the column that says the profile.
    expected : of the profiles.
    """

    coefficients: FloatArray
    hazard: Hazard
    excess: PatientHazards
    expected: ExpectedHazard

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.excess.draws

    @property
    def breaks(self) -> FloatArray:
        """Months at which the excess hazard may jump, and years."""
        return np.union1d(self.excess.breaks, YEARS)

    def part(self, chosen: Chosen) -> "WithExpected":
        """Return the hazards of some of the draws."""
        return with_expected(self.excess.part(chosen), self.expected)

    def cumulative(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i(t), (n, D, t)."""
        known = self.expected.cumulative(columns[:, -1].astype(np.int64), times)
        return self.excess.cumulative(columns[:, :-1], times) + known[:, None, :]

    def cumulative_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return H_i at each patient's own times, (D, n)."""
        known = self.expected.cumulative_at(columns[:, -1].astype(np.int64), times)
        return self.excess.cumulative_at(columns[:, :-1], times) + known

    def log_hazard_at(self, columns: FloatArray, times: FloatArray) -> FloatArray:
        """Return log h_i at each patient's own time, (D, n)."""
        with np.errstate(divide="ignore"):
            known = np.log(self.expected.rate(columns[:, -1].astype(np.int64), times))
        return np.logaddexp(self.excess.log_hazard_at(columns[:, :-1], times), known)


def with_expected(excess: PatientHazards, expected: ExpectedHazard) -> WithExpected:
    """Return the hazards of all causes."""
    return WithExpected(excess.coefficients, excess.hazard, excess, expected)
