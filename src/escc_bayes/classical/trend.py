"""Log-rank test for trend over ordered groups. Tarone 1975, Biometrika 62:679.

Symbols: scores s_g of the groups; observed minus expected events O - E with variance V, as in ``logrank``.
chi-squared = (s'(O - E))^2 / (s'V s) with 1 degree of freedom. docs/methods/logrank.md.
"""

import math
from dataclasses import dataclass

from escc_bayes.classical.km import EventArray
from escc_bayes.classical.logrank import RANK, tally, upper_tail
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Trend:
    """Chi-squared with its degree of freedom (0: nothing could be tested) and the two-sided P value."""

    chi2: float
    df: int
    p_value: float


def trend(
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    scores: FloatArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
) -> Trend:
    """Test whether the hazard rises or falls with the score of the group.

    Parameters
    ----------
    time, event, group, entry, weight, strata : as for ``logrank``.
    scores : (g,) of each group code that occurs, in increasing order of the codes; only their distances matter.

    Examples
    --------
    >>> import numpy as np
    >>> found = trend(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), np.array([0, 0, 1, 1]), np.array([0.0, 1.0]))
    >>> round(found.chi2, 3), found.df  # two groups: the log-rank test
    (2.882, 1)
    """
    counts = tally(time, event, group, entry=entry, weight=weight, strata=strata)
    spread = float(scores @ counts.variance @ scores)
    if spread <= RANK * counts.scale * float((scores - scores.mean()) @ (scores - scores.mean())):
        return Trend(0.0, 0, math.nan)
    chi2 = float(scores @ (counts.observed - counts.expected)) ** 2 / spread
    return Trend(chi2, 1, upper_tail(chi2, 1))
