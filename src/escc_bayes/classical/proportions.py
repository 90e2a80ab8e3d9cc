"""A proportion of few patients: exact limits, and the posterior of a proportion under Jeffreys' prior.

Symbols: r patients of n have it. Clopper & Pearson 1934, Biometrika 26:404; Brown, Cai & DasGupta 2001, Stat Sci
16:101. docs/methods/proportions.md.
"""

import math
from dataclasses import dataclass

from scipy.special import betaincinv

JEFFREYS = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion with its limits; ``value`` is r / n, or the median of a posterior."""

    value: float
    lower: float
    upper: float


def exact_share(count: int, of: int, level: float) -> Share:
    """Return r / n with exact (Clopper-Pearson) two-sided limits: R's ``binom.test``.

    Parameters
    ----------
    count, of : r of n patients; NaN where n is 0.
    level : of the two-sided interval.

    Examples
    --------
    >>> found = exact_share(0, 32, 0.95)
    >>> round(found.lower, 4), round(found.upper, 4)
    (0.0, 0.1089)
    """
    if of == 0:
        return Share(math.nan, math.nan, math.nan)
    tail = (1.0 - level) / 2.0
    lower = 0.0 if count == 0 else float(betaincinv(count, of - count + 1, tail))
    upper = 1.0 if count == of else float(betaincinv(count + 1, of - count, 1.0 - tail))
    return Share(count / of, lower, upper)


def exact_upper(count: int, of: int, level: float) -> float:
    """Return the exact one-sided upper limit of a proportion: with r = 0, 1 - (1 - level)^(1/n).

    Examples
    --------
    >>> round(exact_upper(0, 32, 0.95), 4), round(1 - 0.05 ** (1 / 32), 4)
    (0.0894, 0.0894)
    """
    if of == 0:
        return math.nan
    return 1.0 if count == of else float(betaincinv(count + 1, of - count, level))


def posterior_share(count: int, of: int, level: float) -> Share:
    """Return median and equal-tailed credible limits of a proportion under a beta(1/2, 1/2) prior.

    Examples
    --------
    >>> round(posterior_share(4, 79, 0.95).value, 3)
    0.053
    """
    tail = (1.0 - level) / 2.0
    lower, middle, upper = (
        float(betaincinv(count + JEFFREYS, of - count + JEFFREYS, p)) for p in (tail, 0.5, 1.0 - tail)
    )
    return Share(middle, lower, upper)
