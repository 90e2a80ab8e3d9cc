"""How many events a trial shows by a month, and by which month it shows so many.

Events by calendar month T = integral of a(u) F(T - u) du, a(u) patients entering per month, F(x) the probability that
a patient's event is seen within x months: f(s) = h(s) exp(-H(s) - dropout s). Integrated over entry first,
an entry piece (start, stop] at rate a gives a times [G(T - start) - G(T - stop)], G(x) = integral of (x - s) f(s) ds.
"""

import math
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, Effect, TreatedHazard

NODES = 48
# Takes the steep start of Weibull hazards with a shape below 1 away.
STRETCH = 3.0
MOST_MONTHS = 1e5
UNIT, WEIGHT = np.polynomial.legendre.leggauss(NODES)


def events_by_piece(
    month: float, accrual: Accrual, arm: ArmHazard, dropout_rate: float, cuts: tuple[float, ...]
) -> FloatArray:
    """Return the events expected by calendar ``month`` in each piece of time since entry.

    Parameters
    ----------
    month : calendar months since the first entry.
    arm : hazard of the patients; its own jumps must be among ``cuts``.
    dropout_rate : per month.
    cuts : (k) months since entry.

    Returns
    -------
    (k + 1,) events.
    """
    edges = [0.0, *cuts, math.inf]
    found = np.zeros(len(edges) - 1)
    for start, stop, rate in accrual.pieces():
        longest, shortest = max(month - start, 0.0), max(month - stop, 0.0)
        for piece, (low, high) in enumerate(pairwise(edges)):
            gain = waiting(longest, low, high, arm, dropout_rate) - waiting(shortest, low, high, arm, dropout_rate)
            found[piece] += rate * gain
    return found


def waiting(until: float, low: float, high: float, arm: ArmHazard, dropout_rate: float) -> float:
    """Return the integral of (until - s) f(s) over (low, min(high, until)], by Gauss-Legendre."""
    width = min(high, until) - low
    if width <= 0.0:
        return 0.0
    u = (UNIT + 1.0) / 2.0
    times = low + width * u**STRETCH
    weights = WEIGHT / 2.0 * STRETCH * u ** (STRETCH - 1.0) * width
    density = arm.hazard(times) * np.exp(-arm.cumulative(times) - dropout_rate * times)
    return float(weights @ ((until - times) * density))


def expected_events(month: float, accrual: Accrual, arm: ArmHazard, dropout_rate: float) -> float:
    """Return the events expected by calendar ``month`` of patients with one hazard.

    Examples
    --------
    >>> from escc_bayes.trial.truth.data_generating import Exponential
    >>> round(expected_events(28.0, Accrual.uniform(100.0, 12.0), Exponential(0.08), 0.0), 2)
    82.13
    """
    return float(events_by_piece(month, accrual, arm, dropout_rate, arm.cuts).sum())


def month_of_events(
    events: float, arms: tuple[tuple[Accrual, ArmHazard, float], ...], *, latest: float = MOST_MONTHS
) -> float:
    """Return the calendar month by which so many events are expected over all arms.

    Parameters
    ----------
    arms : (accrual, hazard, dropout rate per month) of each.
    latest : months.

    Returns
    -------
    Months; infinity where even ``latest`` does not show so many events.
    """

    def missing(month: float) -> float:
        return sum(expected_events(month, *arm) for arm in arms) - events

    high = 12.0
    while missing(high) < 0.0:
        high *= 2.0
        if high > latest:
            return math.inf
    return float(brentq(missing, 0.0, high, xtol=1e-10))


def average_hazard_ratio(
    month: float, accrual: tuple[Accrual, Accrual], control: ArmHazard, effect: Effect, dropout: tuple[float, float]
) -> float:
    """Return exp of the log hazard ratio averaged over the events expected by ``month``.

    Mukhopadhyay et al. 2020, Contemp Clin Trials 93:106001: weights are the events of both arms in each piece.

    Parameters
    ----------
    accrual, dropout : of control and treatment; dropout per month.
    """
    cuts = tuple(sorted({*control.cuts, *effect.cuts}))
    arms: tuple[ArmHazard, ArmHazard] = (control, TreatedHazard(control, effect))
    events = sum(events_by_piece(month, a, arm, d, cuts) for a, arm, d in zip(accrual, arms, dropout, strict=True))
    middle = np.array([0.0, *cuts]) + 1e-9
    ratios = np.array(effect.hr)[np.searchsorted(np.array(effect.cuts), middle, side="left")]
    return float(np.exp(np.sum(events * np.log(ratios)) / np.sum(events)))
