"""Allocation by the posterior probability that treatment is better: Thompson's rule, tempered and bounded.

Working model: exponential survival, hazards with Gamma(1/2, 0) priors. With d_j events in T_j person-months of arm j,
p = P(hazard of treatment < hazard of control) = I_x(d_1 + 1/2, d_0 + 1/2), x = T_1 / (T_0 + T_1), I the incomplete beta
function. The share of the next patients on treatment is p^c / (p^c + (1 - p)^c), held within the bounds. Thompson 1933,
Biometrika 25:285; Thall & Wathen 2007, Eur J Cancer 43:859. ``docs/methods/response_adaptive.md``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from escc_bayes.hazard.piecewise import FloatArray

PRIOR_EVENTS = 0.5


@dataclass(frozen=True, slots=True)
class Adaptation:
    """``updates`` in calendar months; ``power`` c, None: patients so far over twice all; ``bounds`` of the share."""

    updates: tuple[float, ...]
    power: float | None
    bounds: tuple[float, float]

    def share(self, better: FloatArray, entered: FloatArray, patients: int) -> FloatArray:
        """Return the share of the next patients on treatment, (n,).

        Examples
        --------
        >>> Adaptation((6.0,), 0.5, (0.2, 0.8)).share(np.array([0.5, 0.9, 0.999]), np.zeros(3), 100)
        array([0.5 , 0.75, 0.8 ])
        """
        power = entered / (2.0 * patients) if self.power is None else self.power
        ours, theirs = np.maximum(better, 1e-300) ** power, np.maximum(1.0 - better, 1e-300) ** power
        return np.clip(ours / (ours + theirs), *self.bounds)

    def words(self) -> str:
        """Say it."""
        power = "patients so far over twice all" if self.power is None else f"{self.power:g}"
        months = ", ".join(f"{month:g}" for month in self.updates)
        low, high = self.bounds
        return (
            f"allocation is computed anew in months {months}: p to the power of {power} against 1 - p to the same, p "
            "the posterior probability that treatment has the lower hazard, a share of "
            f"{low:g} to {high:g} on treatment"
        )


def probability_better(events: FloatArray, months: FloatArray) -> FloatArray:
    """Return P(treatment has the lower hazard), (n,), from events and person-months (2, n) of control and treatment."""
    share = months[1] / np.maximum(months.sum(axis=0), 1e-300)
    return np.asarray(betainc(events[1] + PRIOR_EVENTS, events[0] + PRIOR_EVENTS, share))
