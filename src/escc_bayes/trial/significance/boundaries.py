"""Boundaries of group sequential tests: by alpha spending, of the classical shapes, and with futility.

Upper boundaries are on Z, one-sided, positive in favour of treatment. ``docs/methods/group_sequential.md``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.significance.boundary_crossing import Going, above, below, boundary_crossing, carried, start
from escc_bayes.trial.significance.spending_functions import Spending

# No boundary lies farther out; a look that may spend less than this has none.
FARTHEST = 8.0
NOTHING = 1e-14
TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class FutilityDesign:
    """Boundaries (k,) on Z at ``fractions`` (k,), and the final ``drift``: effect times sqrt(final information)."""

    fractions: FloatArray
    upper: FloatArray
    lower: FloatArray
    drift: float


def spending_boundaries(
    fractions: tuple[float, ...], alpha: float, spending: Spending, lower: FloatArray | None = None
) -> FloatArray:
    """Return the upper boundary at each information fraction under which exactly ``spending`` is spent.

    Parameters
    ----------
    fractions : increasing, the last 1.
    alpha : one-sided type I error of all looks together.
    lower : (k,) binding futility: paths below it end, and leave alpha to the looks after; None: as if none ended.

    Returns
    -------
    (k,) boundaries of Z; infinite where a look may spend less than 1e-14.

    Examples
    --------
    >>> from escc_bayes.trial.significance.spending_functions import obrien_fleming
    >>> spending_boundaries((0.5, 1.0), 0.025, obrien_fleming).round(5)
    array([2.96259, 1.9686 ])
    """
    return spent_as(fractions, tuple(spending(alpha, fraction) for fraction in fractions), lower)


def spent_as(
    fractions: tuple[float, ...], cumulative: tuple[float, ...], lower: FloatArray | None = None
) -> FloatArray:
    """Return the upper boundary at each look by which ``cumulative`` (k,) type I error is spent; ``lower`` as above."""
    futile = (-math.inf,) * len(fractions) if lower is None else tuple(lower.tolist())
    going, spent, found = start(), 0.0, []
    for fraction, until, low in zip(fractions, cumulative, futile, strict=True):
        step = until - spent
        bound = solved(lambda b, g=going, t=fraction: above(g, t, b, 0.0), step)  # type: ignore[misc]
        found.append(bound)
        spent += step if math.isfinite(bound) else 0.0
        going = carried(going, fraction, low, bound, 0.0)
    return np.array(found)


def solved(probability: Callable[[float], float], wanted: float) -> float:
    """Return the boundary whose upper crossing probability is ``wanted``; infinity for next to nothing.

    The lowest one where the paths left have no such probability.
    """
    if wanted < NOTHING:
        return math.inf
    if probability(-FARTHEST) <= wanted:
        return -FARTHEST
    return float(brentq(lambda bound: probability(bound) - wanted, -FARTHEST, FARTHEST, xtol=TOLERANCE))


def obrien_fleming_boundaries(
    fractions: tuple[float, ...], alpha: float, lower: FloatArray | None = None
) -> FloatArray:
    """Return c / sqrt(t_k), c so that all looks spend ``alpha``. O'Brien & Fleming 1979, Biometrics 35:549.

    Examples
    --------
    >>> obrien_fleming_boundaries((1 / 3, 2 / 3, 1.0), 0.025).round(5)
    array([3.47109, 2.45443, 2.00404])
    """
    return shaped_boundaries(fractions, 1.0 / np.sqrt(np.array(fractions)), alpha, lower)


def pocock_boundaries(fractions: tuple[float, ...], alpha: float, lower: FloatArray | None = None) -> FloatArray:
    """Return one constant for all looks that together spend ``alpha``. Pocock 1977, Biometrika 64:191."""
    return shaped_boundaries(fractions, np.ones(len(fractions)), alpha, lower)


def wang_tsiatis_boundaries(
    fractions: tuple[float, ...], alpha: float, power: float, lower: FloatArray | None = None
) -> FloatArray:
    """Return c t_k^(power - 1/2) that spends ``alpha``: O'Brien-Fleming at 0, Pocock at 1/2.

    Wang & Tsiatis 1987, Biometrics 43:193.
    """
    return shaped_boundaries(fractions, np.array(fractions) ** (power - 0.5), alpha, lower)


def haybittle_peto_boundaries(
    fractions: tuple[float, ...], alpha: float, interim: float, lower: FloatArray | None = None
) -> FloatArray:
    """Return ``interim`` at all looks but the last, whose boundary spends what is left of ``alpha``.

    Haybittle 1971, Br J Radiol 44:793; Peto et al. 1976, Br J Cancer 34:585. ``lower`` as in ``spending_boundaries``.

    Examples
    --------
    >>> haybittle_peto_boundaries((0.5, 1.0), 0.025, 3.0).round(5)
    array([3.     , 1.96729])
    """
    futile = (-math.inf,) * len(fractions) if lower is None else tuple(lower.tolist())
    going, spent = start(), 0.0
    for fraction, low in zip(fractions[:-1], futile[:-1], strict=True):
        spent += above(going, fraction, interim, 0.0)
        going = carried(going, fraction, low, interim, 0.0)
    last = solved(lambda bound: above(going, fractions[-1], bound, 0.0), alpha - spent)
    return np.array([*[interim] * (len(fractions) - 1), last])


def shaped_boundaries(
    fractions: tuple[float, ...], shape: FloatArray, alpha: float, lower: FloatArray | None = None
) -> FloatArray:
    """Return the multiple of ``shape`` (k,) that spends ``alpha``; ``lower`` as in ``spending_boundaries``."""
    information, nothing = np.array(fractions), np.full(len(fractions), -np.inf)
    futile = nothing if lower is None else lower

    def excess(constant: float) -> float:
        return float(boundary_crossing(information, futile, constant * shape, drift=0.0).upper.sum()) - alpha

    return float(brentq(excess, 0.1, FARTHEST, xtol=TOLERANCE)) * shape


def spent_by_look(fractions: tuple[float, ...], upper: FloatArray, lower: FloatArray | None = None) -> FloatArray:
    """Return the type I error spent up to each look under given boundaries; ``lower`` as in ``spending_boundaries``."""
    nothing = np.full(len(fractions), -np.inf) if lower is None else lower
    return np.cumsum(boundary_crossing(np.array(fractions), nothing, upper, drift=0.0).upper)


def futility_design(
    fractions: tuple[float, ...],
    *,
    alpha: float,
    power: float,
    spending: Spending,
    beta_spending: Spending,
    acting: tuple[bool, ...] | None = None,
    binding: bool = False,
) -> FutilityDesign:
    """Return boundaries with futility by beta spending, and the drift that gives ``power``.

    The upper boundary spends ``alpha`` as if nobody stopped for futility or, where futility is ``binding``, on the
    paths that did not; under the drift the lower boundary spends 1 - power at the looks where it is ``acting`` (None:
    all), and both meet at the last look. Pampallona, Tsiatis & Kim 2001, Drug Inf J 35:1113.
    """
    acts, beta = (*(acting or (True,) * len(fractions))[:-1], True), 1.0 - power
    alone = spending_boundaries(fractions, alpha, spending)

    def pair(drift: float) -> tuple[FloatArray, FloatArray]:
        if binding:
            return binding_boundaries(fractions, alpha, spending, drift, beta, beta_spending, acts)
        return alone, futility_boundary(fractions, alone, drift, beta, beta_spending, acts)

    def gap(drift: float) -> float:
        upper, lower = pair(drift)
        return float(lower[-1] - upper[-1])

    drift = float(brentq(gap, 0.5, 10.0, xtol=TOLERANCE))
    upper, lower = pair(drift)
    return FutilityDesign(np.array(fractions), upper, lower, drift)


def futility_boundary(
    fractions: tuple[float, ...],
    upper: FloatArray,
    drift: float,
    beta: float,
    beta_spending: Spending,
    acts: tuple[bool, ...],
) -> FloatArray:
    """Return the lower boundary (k,) that spends ``beta`` under ``drift`` while the upper one also stops.

    Where it does not act it is minus infinity, and what it may spend waits for the next look where it does.
    """
    going, spent, found = start(), 0.0, []
    for fraction, high, act in zip(fractions, upper.tolist(), acts, strict=True):
        step = beta_spending(beta, fraction) - spent
        bound = lower_bound(going, fraction, drift, step) if act else -math.inf
        found.append(bound)
        spent += step if math.isfinite(bound) else 0.0
        going = carried(going, fraction, bound, high, drift)
    return np.array(found)


def binding_boundaries(
    fractions: tuple[float, ...],
    alpha: float,
    spending: Spending,
    drift: float,
    beta: float,
    beta_spending: Spending,
    acts: tuple[bool, ...],
) -> tuple[FloatArray, FloatArray]:
    """Return upper and lower boundary (k,): each look spends alpha and, under ``drift``, beta on paths inside both."""
    null, true, lost, upper, lower = start(), start(), 0.0, list[float](), list[float]()
    won = 0.0
    for fraction, act in zip(fractions, acts, strict=True):
        step, fall = spending(alpha, fraction) - won, beta_spending(beta, fraction) - lost
        high = solved(lambda bound, g=null, t=fraction: above(g, t, bound, 0.0), step)  # type: ignore[misc]
        low = lower_bound(true, fraction, drift, fall) if act else -math.inf
        upper.append(high)
        lower.append(low)
        won += step if math.isfinite(high) else 0.0
        lost += fall if math.isfinite(low) else 0.0
        null, true = carried(null, fraction, low, high, 0.0), carried(true, fraction, low, high, drift)
    return np.array(upper), np.array(lower)


def lower_bound(going: Going, fraction: float, drift: float, wanted: float) -> float:
    """Return the bound below which paths fall with probability ``wanted``; the highest one if they cannot.

    Minus infinity for next to nothing: a look with hardly any events spends nothing.
    """
    if wanted < NOTHING:
        return -math.inf
    if below(going, fraction, FARTHEST, drift) <= wanted:
        return FARTHEST
    return float(
        brentq(lambda bound: below(going, fraction, bound, drift) - wanted, -FARTHEST, FARTHEST, xtol=TOLERANCE)
    )
