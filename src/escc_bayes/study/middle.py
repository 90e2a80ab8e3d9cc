"""Kaplan-Meier of every member, and the middle one of their answers: value and limits.

What a print holds, the reconstructions share, so that their curves lie close together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from escc_bayes.classical.km import KaplanMeier, follow_up, kaplan_meier, quantile, survival_at
from escc_bayes.classical.rmst import rmst
from escc_bayes.data.endpoints import EndpointData
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.plots.words import NOTHING

# Half-width of the band of survival over which the slope at the median is taken (Collett 2015, section 2.4).
BAND = 0.05
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class Middle:
    """A number with its limits: of each the median over members; infinite: not reached, NaN: does not exist."""

    value: float
    lower: float
    upper: float

    def words(self, form: Callable[[float], str]) -> str:
        """Print value and limits; what is infinite is not reached."""
        value, lower, upper = (said(x, form) for x in (self.value, self.lower, self.upper))
        return value if lower == upper == NOTHING else f"{value} ({lower} to {upper})"


def said(x: float, form: Callable[[float], str]) -> str:
    """Print one number."""
    return "not reached" if np.isinf(x) else NOTHING if np.isnan(x) else form(x)


def middle(found: Sequence[tuple[float, float, float]]) -> Middle:
    """Return the median over members of value and of each limit; NaN where some have none.

    Examples
    --------
    >>> middle([(1.0, 0.5, np.inf), (2.0, 0.7, 3.0), (3.0, 0.9, np.inf)])
    Middle(value=2.0, lower=0.7, upper=inf)
    """
    # The middle one, not the mean of two: half of infinity is none.
    return Middle(*(float(np.quantile(column, 0.5, method="lower")) for column in np.array(found).T))


def curves(members: Sequence[EndpointData], level: float) -> list[KaplanMeier]:
    """Return the curve of each member."""
    return [kaplan_meier(d.time[d.present], d.event[d.present], level=level) for d in members]


def survival(found: Sequence[KaplanMeier], month: float) -> Middle:
    """Return survival at a month."""
    points = [survival_at(curve, np.array([month])) for curve in found]
    return middle([(float(p.survival[0]), float(p.lower[0]), float(p.upper[0])) for p in points])


def median(found: Sequence[KaplanMeier]) -> Middle:
    """Return the median with limits that are those of the log-log limits."""
    return middle([reached(quantile(curve)) for curve in found])


def reached(q: object) -> tuple[float, float, float]:
    """Return a quantile with what is not reached as infinite."""
    numbers = (getattr(q, word) for word in ("value", "lower", "upper"))
    value, lower, upper = (np.inf if np.isnan(x) else float(x) for x in numbers)
    return value, lower, upper


def followed(members: Sequence[EndpointData], level: float) -> Middle:
    """Return the median follow-up by reverse Kaplan-Meier."""
    return middle([reached(follow_up(d.time[d.present], d.event[d.present], level=level)) for d in members])


def restricted(members: Sequence[EndpointData], until: float, level: float) -> Middle:
    """Return the restricted mean to a month; NaN where follow-up ends before."""
    z = float(ndtri(0.5 + level / 2.0))
    answers = []
    for d in members:
        try:
            one = rmst(d.time[d.present], d.event[d.present], until=until)
        except ValueError:
            return Middle(np.nan, np.nan, np.nan)
        answers.append((one.value, one.value - z * one.std_error, one.value + z * one.std_error))
    return middle(answers)


def symmetric(found: Sequence[KaplanMeier], level: float) -> Middle:
    """Return the median with limits at one distance from it, as SPSS has them: by the slope of the curve."""
    return middle([slope_limits(curve, float(ndtri(0.5 + level / 2.0))) for curve in found])


def slope_limits(curve: KaplanMeier, z: float) -> tuple[float, float, float]:
    """Return median -+ z SE, SE(S) over the slope of the curve around one half (Collett 2015, section 2.4)."""
    months, heights = steps(curve)
    above, below = heights >= 0.5 + BAND - NEAR, heights <= 0.5 - BAND + NEAR
    half = heights <= 0.5 + NEAR
    if not (above.any() and below.any() and half.any()):
        value = float(months[half][0]) if half.any() else np.inf
        return value, np.nan, np.nan
    early, late = int(np.flatnonzero(above)[-1]), int(np.flatnonzero(below)[0])
    at = int(np.flatnonzero(half)[0])
    slope = (heights[early] - heights[late]) / (months[late] - months[early])
    place = int(np.searchsorted(curve.time, months[at]))
    error = heights[at] * curve.log_std_error[place] / slope
    return float(months[at]), float(months[at] - z * error), float(months[at] + z * error)


def steps(curve: KaplanMeier) -> tuple[FloatArray, FloatArray]:
    """Return the months at which the curve falls, and where it falls to."""
    falls = curve.events > 0
    return curve.time[falls], curve.survival[falls]
