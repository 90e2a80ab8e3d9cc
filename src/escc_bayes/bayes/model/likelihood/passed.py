"""Groups of whom it is known how many passed a time at risk, and how many did not: no event has a date.

    log L = sum over groups g of failed_g log(1 - exp(-M_g)) - survived_g M_g,

M_g the cumulative hazard of the group, the sum of months exp(z psi) over its rows: interval censoring and current
status (a group is a patient), survival counts of another source (a group is an arm). Turnbull 1976, J R Stat Soc B
38:290.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.protocol import Derivatives
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Passed:
    """Rows (m,) of groups (g,), numbered from 0, each with at least one row.

    Attributes
    ----------
    design : (m, q) what multiplies psi.
    months : (m,) above 0.
    group : (m,) whose rows.
    survived, failed : (g,) weights of those who passed the group's time at risk without the event, and who did not.

    Examples
    --------
    >>> half = Passed(np.ones((1, 1)), np.array([10.0]), np.array([0]), np.array([5.0]), np.array([5.0]))
    >>> rate = np.log(np.log(2.0) / 10.0)  # 5 of 10 pass 10 months: survival 1/2
    >>> half.derivatives(np.array([[rate]])).gradient.round(12) + 0.0
    array([[0.]])
    """

    design: FloatArray
    months: FloatArray
    group: IntArray
    survived: FloatArray
    failed: FloatArray

    def only(self, _: IntArray) -> "Passed":
        """Return itself: it is the same at all values of psi."""
        return self

    def spent(self, psi: FloatArray) -> FloatArray:
        """Return the cumulative hazard of each row, (n, m)."""
        return np.asarray(np.exp(psi @ self.design.T) * self.months)

    def of_groups(self, of_rows: FloatArray) -> FloatArray:
        """Return sums over the rows of each group, (n, g, ..), of values (n, m, ..)."""
        member = (np.arange(self.failed.size)[:, None] == self.group).astype(np.float64)
        return np.asarray(np.einsum("gm,nm...->ng...", member, of_rows))

    def value(self, psi: FloatArray) -> FloatArray:
        """Return the log-likelihood (n,) at psi (n, q)."""
        hazard = self.of_groups(self.spent(psi))
        # A group in which nobody failed says nothing of log(1 - exp(-M)), even where M is 0.
        log_failing = np.where(self.failed > 0.0, log1mexp(hazard), 0.0)
        return np.asarray(log_failing @ self.failed - hazard @ self.survived)

    def derivatives(self, psi: FloatArray) -> Derivatives:
        """Return the log-likelihood and its derivatives at psi (n, q).

        With d_g = failed_g / (exp(M_g) - 1) - survived_g and its derivative -failed_g exp(M_g) / (exp(M_g) - 1)^2.
        """
        z, rows = self.design, self.spent(psi)
        hazard = self.of_groups(rows)
        with np.errstate(over="ignore"):
            odds = 1.0 / np.expm1(hazard)
        slope = self.failed * odds - self.survived
        bend = self.failed * odds * (1.0 + odds)
        by_group = self.of_groups(rows[:, :, None] * z)
        pull = slope[:, self.group] * rows
        information = np.einsum("ng,ngi,ngj->nij", bend, by_group, by_group) - np.einsum("nm,mi,mj->nij", pull, z, z)
        return Derivatives(self.value(psi), pull @ z, information)


def log1mexp(hazard: FloatArray) -> FloatArray:
    """Return log(1 - exp(-M)) without loss of digits where M is small or large.

    Maechler 2012, Accurately computing log(1 - exp(-|a|)), R package Rmpfr.
    """
    with np.errstate(divide="ignore"):
        small = np.log(-np.expm1(-hazard))
        return np.asarray(np.where(hazard < np.log(2.0), small, np.log1p(-np.exp(-hazard))))
