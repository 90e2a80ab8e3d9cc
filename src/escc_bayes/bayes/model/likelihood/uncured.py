"""Patients of whom a share pi = o / (1 + o) is cured: a head upon their cumulative hazards, and upon o.

Of those not cured H and h are the hazards, from month 0 on,

    event      log h - H - log(1 + o)
    censored   log(o + exp(-H)) - log(1 + o)
    entry      log(1 + o) - log(o + exp(-H))

The cells of a plan have log h - H of its events alone, and this head all else: -H of one who is censored would stand
in both, and where it is large nothing of the difference would be left.

The last row of psi is log o: o is the exponential of the last group's one row. Farewell 1982, Biometrics 38:1041.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.bayes.model.likelihood.spans import Spans
from escc_bayes.hazard.piecewise import FloatArray


@dataclass(frozen=True, slots=True)
class Uncured(Spans):
    """Groups of patients alike, and last the odds of cure.

    Attributes
    ----------
    count : (g - 1,) weight of who is censored at the group's month, or less the weight of who enters there.
    from_start : weight of who enters at 0.

    Examples
    --------
    One patient at a rate of 0.1, censored at 10 months, half of all cured: 1/2 + exp(-1)/2.

    >>> one = Uncured(np.eye(2), np.array([10.0, 1.0]), np.array([0, 1]), np.array([1.0]), 1.0)
    >>> round(float(np.exp(one.value(np.array([[np.log(0.1), 0.0]]))[0])), 6)
    0.68394
    """

    count: FloatArray
    from_start: float

    def cured_of_left(self, hazard: FloatArray) -> FloatArray:
        """Return of who is free of the event the share cured, o / (o + exp(-H)), of each group, (n, g - 1)."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(1.0 / (1.0 + np.exp(-hazard[:, :-1] - np.log(hazard[:, -1:]))))

    def of_hazard(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the log-likelihood (n,) and its slope (n, g)."""
        odds, share = hazard[:, -1], self.cured_of_left(hazard)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.logaddexp(np.log(odds)[:, None], -hazard[:, :-1])
            by_odds = np.nan_to_num(share @ self.count / odds) - self.from_start / (1.0 + odds)
        value = left @ self.count - self.from_start * np.log1p(odds)
        return value, np.concatenate([self.count * (share - 1.0), by_odds[:, None]], axis=1)

    def information(self, hazard: FloatArray, by_group: FloatArray, pull: FloatArray) -> FloatArray:
        """Return the negative Hessian (n, q, q); patients censored late bend it the other way."""
        odds, share = hazard[:, -1], self.cured_of_left(hazard)
        of_left = by_group[:, :-1].copy()
        of_left[..., -1] += 1.0
        bend = (self.count * share * (1.0 - share))[:, :, None] * of_left
        # The odds' own row bends by pi (1 - pi) for everybody from the start, and not by its slope.
        of_rows = pull.copy()
        of_rows[:, -1] = 0.0
        found = -(of_left.transpose(0, 2, 1) @ bend) - self.design.T @ (of_rows[:, :, None] * self.design)
        found[:, -1, -1] += self.from_start * odds / (1.0 + odds) ** 2
        return np.asarray(found)
