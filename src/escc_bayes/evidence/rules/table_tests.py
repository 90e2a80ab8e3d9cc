"""Where z of a test of two groups may lie, given |z| of the interval of an odds or a risk ratio.

Beside Wald limits (Woolf; Katz) papers print P by chi-square, plain or with Yates's correction, by the likelihood
ratio, by Fisher's exact test, or of the unpooled difference. Among 27,661 random tables of 20 to 600 patients (shares
of 0.25 to 0.75, risks of 0.03 to 0.97, log odds ratios of standard deviation 1, no empty cell) none of the five tests
lay outside these bounds. Agresti 2013, chapter 3; docs/methods/audit.md.
"""

import math

from escc_bayes.data.measures import Family
from escc_bayes.data.rounding import Interval

LOW_DIFFERENCE = 1.0
LOW_SHARE = {"OR": 0.75, "RR": 0.55}
"""z of a test is at least z - 1, or this share of it: Yates and Fisher are cautious, Katz's limits bold where most have
the event."""

HIGH_DIFFERENCE = 0.5
HIGH_SHARE, HIGH_SLOPE = {"OR": 1.6, "RR": 1.7}, {"OR": 0.0, "RR": 0.6}
"""z of a test is at most z + 0.5, or (share + slope abs(b)) sinh(b / 2) / (b / 2) times z, b the log ratio, and 0.3."""

HIGH_MORE = 0.3


def table_tests(kind: Family, log_ratio: float, z: Interval) -> Interval:
    """Return where z of a usual test of a table may lie.

    Examples
    --------
    >>> [round(bound, 2) for bound in table_tests("RR", math.log(0.62), Interval(4.2, 4.5))]
    [2.31, 9.33]
    """
    half = abs(log_ratio) / 2.0
    score = math.sinh(half) / half if half > 0 else 1.0
    share = (HIGH_SHARE[kind] + HIGH_SLOPE[kind] * abs(log_ratio)) * score
    return Interval(
        max(0.0, min(z.low - LOW_DIFFERENCE, LOW_SHARE[kind] * z.low)),
        max(z.high + HIGH_DIFFERENCE, share * z.high + HIGH_MORE),
    )
