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


def spending_boundaries(fractions: tuple[float, ...], alpha: float, spending: Spending) -> FloatArray:
    """Return the upper boundary at each information fraction under which exactly ``spending`` is spent.

    Parameters
    ----------
    fractions : increasing, the last 1.
    alpha : one-sided type I error of all looks together.

    Returns
    -------
    (k,) boundaries of Z; infinite where a look may spend less than 1e-14.

    Examples
    --------
    >>> from escc_bayes.trial.significance.spending_functions import obrien_fleming
    >>> spending_boundaries((0.5, 1.0), 0.025, obrien_fleming).round(5)
    array([2.96259, 1.9686 ])
    """
    going, spent, found = start(), 0.0, []
    for fraction in fractions:
        step = spending(alpha, fraction) - spent
        bound = solved(lambda b, g=going, t=fraction: above(g, t, b, 0.0), step)  # type: ignore[misc]
        found.append(bound)
        spent += step if math.isfinite(bound) else 0.0
        going = carried(going, fraction, -math.inf, bound, 0.0)
    return np.array(found)


def solved(probability: Callable[[float], float], wanted: float) -> float:
    """Return the boundary whose upper crossing probability is ``wanted``; infinity for next to nothing."""
    if wanted < NOTHING:
        return math.inf
    return float(brentq(lambda bound: probability(bound) - wanted, -FARTHEST, FARTHEST, xtol=TOLERANCE))


def obrien_fleming_boundaries(fractions: tuple[float, ...], alpha: float) -> FloatArray:
    """Return c / sqrt(t_k), c so that all looks spend ``alpha``. O'Brien & Fleming 1979, Biometrics 35:549.

    Examples
    --------
    >>> obrien_fleming_boundaries((1 / 3, 2 / 3, 1.0), 0.025).round(5)
    array([3.47109, 2.45443, 2.00404])
    """
    return shaped_boundaries(fractions, 1.0 / np.sqrt(np.array(fractions)), alpha)


def pocock_boundaries(fractions: tuple[float, ...], alpha: float) -> FloatArray:
    """Return one constant for all looks that together spend ``alpha``. Pocock 1977, Biometrika 64:191."""
    return shaped_boundaries(fractions, np.ones(len(fractions)), alpha)


def wang_tsiatis_boundaries(fractions: tuple[float, ...], alpha: float, power: float) -> FloatArray:
    """Return c t_k^(power - 1/2) that spends ``alpha``: O'Brien-Fleming at 0, Pocock at 1/2.

    Wang & Tsiatis 1987, Biometrics 43:193.
    """
    return shaped_boundaries(fractions, np.array(fractions) ** (power - 0.5), alpha)


def shaped_boundaries(fractions: tuple[float, ...], shape: FloatArray, alpha: float) -> FloatArray:
    """Return the multiple of ``shape`` (k,) that spends ``alpha``."""
    information, nothing = np.array(fractions), np.full(len(fractions), -np.inf)

    def excess(constant: float) -> float:
        return float(boundary_crossing(information, nothing, constant * shape, drift=0.0).upper.sum()) - alpha

    return float(brentq(excess, 0.1, FARTHEST, xtol=TOLERANCE)) * shape


def spent_by_look(fractions: tuple[float, ...], upper: FloatArray) -> FloatArray:
    """Return the type I error spent up to each look under given boundaries."""
    nothing = np.full(len(fractions), -np.inf)
    return np.cumsum(boundary_crossing(np.array(fractions), nothing, upper, drift=0.0).upper)


def futility_design(
    fractions: tuple[float, ...],
    *,
    alpha: float,
    power: float,
    spending: Spending,
    beta_spending: Spending,
) -> FutilityDesign:
    """Return boundaries with non-binding futility by beta spending, and the drift that gives ``power``.

    The upper boundary spends ``alpha`` as if nobody stopped for futility; under the drift the lower boundary
    spends 1 - power, and both meet at the last look. Pampallona, Tsiatis & Kim 2001, Drug Inf J 35:1113.
    """
    upper = spending_boundaries(fractions, alpha, spending)

    def gap(drift: float) -> float:
        return float(futility_boundary(fractions, upper, drift, 1.0 - power, beta_spending)[-1] - upper[-1])

    drift = float(brentq(gap, 0.5, 10.0, xtol=TOLERANCE))
    lower = futility_boundary(fractions, upper, drift, 1.0 - power, beta_spending)
    return FutilityDesign(np.array(fractions), upper, lower, drift)


def futility_boundary(
    fractions: tuple[float, ...], upper: FloatArray, drift: float, beta: float, beta_spending: Spending
) -> FloatArray:
    """Return the lower boundary (k,) that spends ``beta`` under ``drift`` while the upper one also stops."""
    going, spent, found = start(), 0.0, []
    for fraction, high in zip(fractions, upper.tolist(), strict=True):
        step = beta_spending(beta, fraction) - spent
        bound = lower_bound(going, fraction, drift, step)
        found.append(bound)
        spent += step if math.isfinite(bound) else 0.0
        going = carried(going, fraction, bound, high, drift)
    return np.array(found)


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
