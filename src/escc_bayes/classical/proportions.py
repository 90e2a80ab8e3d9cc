"""Shares of patients and rates over time, with exact intervals and the posteriors beside them.

docs/methods/proportions.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.optimize import brentq


@dataclass(frozen=True, slots=True)
class Share:
    """Events among patients.

    Attributes
    ----------
    events, n : counts.
    lower, upper : exact confidence limits (Clopper & Pearson 1934, Biometrika 26:404).
    median, low, high : of the posterior under a uniform prior, Beta(1 + events, 1 + n - events).
    none_upper : where there is no event, the one-sided upper confidence limit; NaN otherwise.
    """

    events: int
    n: int
    lower: float
    upper: float
    median: float
    low: float
    high: float
    none_upper: float

    @property
    def value(self) -> float:
        """Events per patient."""
        return self.events / self.n


def share(events: int, n: int, *, level: float) -> Share:
    """Return a share of patients with both intervals.

    Parameters
    ----------
    events, n : 0 <= events <= n, n > 0.

    Examples
    --------
    >>> found = share(4, 79, level=0.95)
    >>> round(found.lower, 4), round(found.upper, 4)
    (0.014, 0.1246)
    """
    tail = (1.0 - level) / 2.0
    posterior = stats.beta(1 + events, 1 + n - events)
    lower = float(stats.beta.ppf(tail, events, n - events + 1)) if events > 0 else 0.0
    upper = float(stats.beta.ppf(1.0 - tail, events + 1, n - events)) if events < n else 1.0
    median, low, high = (float(posterior.ppf(q)) for q in (0.5, tail, 1.0 - tail))
    none = 1.0 - (1.0 - level) ** (1.0 / n) if events == 0 else float("nan")
    return Share(events, n, lower, upper, median, low, high, none)


def rate(events: int, time: float, *, level: float) -> tuple[float, float, float]:
    """Return events per unit of time with exact limits (Garwood 1936, Biometrika 28:437).

    Examples
    --------
    >>> [round(x, 3) for x in rate(4, 100.0, level=0.95)]
    [0.04, 0.011, 0.102]
    """
    tail = (1.0 - level) / 2.0
    lower = float(stats.gamma.ppf(tail, events)) / time if events > 0 else 0.0
    return events / time, lower, float(stats.gamma.ppf(1.0 - tail, events + 1)) / time


def pooled_share(events: Sequence[int], n: Sequence[int], *, level: float) -> Share:
    """Return the share over several reconstructions: exact limits of the middle counts, the posteriors' equal mixture.

    Examples
    --------
    >>> one, two = share(4, 79, level=0.95), pooled_share([4, 4], [79, 79], level=0.95)
    >>> abs(one.low - two.low) < 1e-9
    True
    """
    found = share(round(float(np.median(events))), max(round(float(np.median(n))), 1), level=level)
    if len({*zip(events, n, strict=True)}) == 1:
        return found
    seen, of = np.asarray(events, dtype=float), np.asarray(n, dtype=float)

    def beyond(x: float, probability: float) -> float:
        return float(np.mean(stats.beta.cdf(x, 1.0 + seen, 1.0 + of - seen))) - probability

    tail = (1.0 - level) / 2.0
    low, median, high = (float(brentq(beyond, 0.0, 1.0, args=(q,))) for q in (tail, 0.5, 1.0 - tail))
    return replace(found, median=median, low=low, high=high)
