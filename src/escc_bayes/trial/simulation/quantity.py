"""One number that a design is judged by, a share of trials or a mean over them, with its Monte Carlo error."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number: ``mc_error`` is its Monte Carlo standard error, 0 where nothing was simulated.

    ``closed_form`` is the normal approximation beside it; None where there is none. ``null``: the truth of a scenario
    that is a null, in words.
    """

    scenario: str
    rule: str
    quantity: str
    value: float
    mc_error: float
    trials: int
    closed_form: float | None = None
    null: str = ""


@dataclass(frozen=True, slots=True)
class OverTrials:
    """What is the same for all quantities of a scenario: its name, its number of ``trials``, its null in words."""

    scenario: str
    trials: int
    null: str = ""

    def share(self, rule: str, quantity: str, hits: float, closed_form: float | None = None) -> Quantity:
        """Return the share of trials that are ``hits``."""
        p = hits / self.trials
        error = math.sqrt(p * (1.0 - p) / self.trials)
        return Quantity(self.scenario, rule, quantity, p, error, self.trials, closed_form, self.null)

    def mean(self, rule: str, quantity: str, total: float, squares: float) -> Quantity:
        """Return the mean over trials, from a sum and a sum of squares."""
        mean = total / self.trials
        error = math.sqrt(max(squares / self.trials - mean**2, 0.0) / self.trials)
        return Quantity(self.scenario, rule, quantity, mean, error, self.trials, None, self.null)
