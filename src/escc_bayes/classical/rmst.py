"""Restricted mean survival time: area under the Kaplan-Meier curve. Uno et al. 2014, J Clin Oncol 32:2380.

Symbols: at each event time d events among Y at risk; A area from there to ``until``. docs/methods/rmst.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.classical.km import EventArray, KaplanMeier, followed, kaplan_meier
from escc_bayes.classical.robust import Steps, area_influence, cluster_sums
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Rmst:
    """Mean months lived out of the first ``until``, and its standard error.

    ``units`` (g,): what each independent unit moves the mean by, where the error is robust.
    """

    value: float
    std_error: float
    units: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class RmstDifference:
    """First minus second in months, with Wald limits at ``level`` and the two-sided p-value."""

    value: float
    std_error: float
    lower: float
    upper: float
    p_value: float
    level: float


def rmst(
    time: FloatArray,
    event: EventArray,
    *,
    until: float,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    cluster: IntArray | None = None,
) -> Rmst:
    """Estimate the restricted mean up to ``until`` months with Greenwood's standard error, as survRM2, or robust.

    Parameters
    ----------
    time : (n,) months to event or censoring, of one group.
    event : (n,) true or 1 where the event occurred.
    until : months.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights: a weight of 2 is the row given twice.
    cluster : (n,) codes of independent units 0..g-1: the standard error is then that of the infinitesimal jackknife;
        under sampling weights each patient is a unit. None: Greenwood's.

    Raises
    ------
    ValueError : ``until`` is not positive, or lies beyond the follow-up of a curve that has not reached 0.

    Examples
    --------
    >>> rmst(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4), until=2.0).value
    1.75
    """
    curve = kaplan_meier(time, event, entry=entry, weight=weight, level=0.95)
    refuse_beyond(curve, until)
    inside = curve.time < until
    edges = np.concatenate(([0.0], curve.time[inside], [until]))
    areas = np.diff(edges) * np.concatenate(([1.0], curve.survival[inside]))
    ahead = np.cumsum(areas[::-1])[::-1][1:]
    if cluster is not None:
        patients = followed(time, event, entry, np.ones(time.size) if weight is None else weight)
        beyond = np.concatenate([ahead, np.zeros(curve.time.size - ahead.size)])
        influence = area_influence(Steps(curve.time, curve.at_risk, curve.events), beyond, patients)
        units = cluster_sums(influence[:, None], cluster)[:, 0]
        return Rmst(float(areas.sum()), float(np.sqrt((units**2).sum())), units)
    events, at_risk = curve.events[inside], curve.at_risk[inside]
    left = at_risk - events
    # Where the curve drops to 0 no area lies ahead, and the term is 0.
    counts = (events > 0) & (curve.survival[inside] > 0)
    terms = ahead[counts] ** 2 * events[counts] / (at_risk[counts] * left[counts])
    return Rmst(float(areas.sum()), float(np.sqrt(terms.sum())))


def refuse_beyond(curve: KaplanMeier, until: float) -> None:
    """Raise ``ValueError`` unless the curve is known up to ``until`` months."""
    if not until > 0:
        raise ValueError(f"until must be above 0 months, was given {until:g}")
    if until > curve.time[-1] and curve.survival[-1] > 0:
        raise ValueError(
            f"until = {counted(until, 'month')} lies beyond the longest follow-up, {counted(curve.time[-1], 'month')}, "
            f"where {curve.survival[-1]:.0%} are still event-free; choose an earlier time"
        )


def beyond_words(whose: str) -> str:
    """Say that a restricted mean is not known."""
    return f"beyond {whose}: Kaplan-Meier gives no restricted mean there"


def rmst_difference(a: Rmst, b: Rmst, level: float) -> RmstDifference:
    """Compare two groups at the same ``until``: a minus b, with limits at ``level``.

    The groups are independent, or, where errors are robust, their units may belong to both.

    Examples
    --------
    >>> rmst_difference(Rmst(20.0, 3.0), Rmst(15.0, 4.0), level=0.95).std_error
    5.0
    """
    value, std_error = a.value - b.value, float(np.hypot(a.std_error, b.std_error))
    if a.units is not None and b.units is not None:
        size = max(a.units.size, b.units.size)
        first, second = (np.pad(of.units, (0, size - of.units.size)) for of in (a, b) if of.units is not None)
        std_error = float(np.linalg.norm(first - second))
    reach = float(ndtri(0.5 + level / 2)) * std_error
    # Two groups without any event before the end have no spread that could be estimated: no limits, no P value.
    if std_error == 0.0:
        return RmstDifference(value, std_error, math.nan, math.nan, math.nan, level)
    p_value = float(2 * ndtr(-abs(value) / std_error))
    return RmstDifference(value, std_error, value - reach, value + reach, p_value, level)
