"""A log hazard ratio over the reconstructions by Rubin's rules, with each member's P value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.matching.pooling import combine
from escc_bayes.plots.words import ratio, with_limits


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pooled log hazard ratio with its limits; NaN where a member has none."""

    log_hr: float
    se: float
    lower: float
    upper: float
    p_values: tuple[float, ...]

    @property
    def limits(self) -> tuple[float, float, float]:
        """Hazard ratio and limits."""
        return math.exp(self.log_hr), math.exp(self.lower), math.exp(self.upper)

    @property
    def words(self) -> str:
        """Ratio and limits as printed."""
        return with_limits(*(ratio(x) for x in self.limits))


def pooled(log_hr: FloatArray, se: FloatArray, p_values: Sequence[float], level: float) -> Pooled:
    """Return one hazard ratio over the members, (members,) each.

    Examples
    --------
    >>> import numpy as np
    >>> pooled(np.array([0.0, 0.2]), np.array([0.1, 0.1]), (1.0, 0.05), 0.95).words
    '1.11 (0.75 to 1.64)'
    """
    middle, error, (lower, upper) = combine(log_hr, se, level, credible=False)
    return Pooled(middle, error, lower, upper, tuple(p_values))
