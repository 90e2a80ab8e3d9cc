"""Groups of whom it is known how many passed a time at risk, and how many did not: no event has a date.

    log L = sum over groups g of failed_g log(1 - exp(-M_g)) - survived_g M_g,

M_g the cumulative hazard of the group (``spans``): interval censoring and current status, where a group is patients
alike. Turnbull 1976, J R Stat Soc B 38:290.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Passed(Spans):
    """Groups with weights (g,) of those who passed the group's time at risk without the event, and who did not.

    Examples
    --------
    >>> half = Passed(np.ones((1, 1)), np.array([10.0]), np.array([0]), np.array([5.0]), np.array([5.0]))
    >>> rate = np.log(np.log(2.0) / 10.0)  # 5 of 10 pass 10 months: survival 1/2
    >>> half.derivatives(np.array([[rate]])).gradient.round(12) + 0.0
    array([[0.]])
    """

    survived: FloatArray
    failed: FloatArray

    def of_hazard(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the log-likelihood (n,) and its slope (n, g), failed_g / (exp(M_g) - 1) - survived_g."""
        # A group in which nobody failed says nothing of log(1 - exp(-M)), even where M is 0.
        log_failing = np.where(self.failed > 0.0, log1mexp(hazard), 0.0)
        return log_failing @ self.failed - hazard @ self.survived, self.failed * odds_of(hazard) - self.survived

    def information(self, hazard: FloatArray, by_group: FloatArray, pull: FloatArray) -> FloatArray:
        """Return the negative Hessian (n, q, q): the log-likelihood bends by failed_g exp(M_g) / (exp(M_g) - 1)^2."""
        odds = odds_of(hazard)
        root = np.sqrt(self.failed * odds * (1.0 + odds))[:, :, None] * by_group
        of_rows = self.design.T @ (pull[:, :, None] * self.design)
        return np.asarray(root.transpose(0, 2, 1) @ root - of_rows)


def odds_of(hazard: FloatArray) -> FloatArray:
    """Return 1 / (exp(M) - 1)."""
    with np.errstate(over="ignore", divide="ignore"):
        return np.asarray(1.0 / np.expm1(hazard))


def log1mexp(hazard: FloatArray) -> FloatArray:
    """Return log(1 - exp(-M)) without loss of digits where M is small or large.

    Maechler 2012, Accurately computing log(1 - exp(-|a|)), R package Rmpfr.
    """
    with np.errstate(divide="ignore"):
        small = np.log(-np.expm1(-hazard))
        return np.asarray(np.where(hazard < np.log(2.0), small, np.log1p(-np.exp(-hazard))))
