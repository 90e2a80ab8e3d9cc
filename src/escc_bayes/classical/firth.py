"""Cox regression with Firth's penalty: finite hazard ratios for levels without events.

Symbols: l*(beta) = l(beta) + log det I(beta) / 2, with Breslow's rule for tied times; its profile l*_j(b) is
the maximum with beta_j = b. Heinze & Schemper 2001, Biometrics 57:114. docs/methods/cox.md.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import chdtrc, chdtri

from escc_bayes.classical.firth_search import FirthError, HigherError, Objective, Top, highest, limit, maximum, profile
from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import BoolArray, Standardised, inverse, standardise
from escc_bayes.classical.penalised import Deaths, deaths_in_order, penalised
from escc_bayes.classical.turned import turned
from escc_bayes.hazard.piecewise import FloatArray

# Times that the search begins again from a higher maximum, which a profile came by.
RESTARTS = 10


@dataclass(frozen=True, slots=True)
class FirthFit:
    """Log hazard ratios (p,), covariance I^-1 (p, p), profile limits and likelihood-ratio p-values (p,).

    A limit is NaN where none was found.
    """

    coef: FloatArray
    covariance: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray


def firth(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    level: float,
) -> FirthFit:
    """Fit the Cox model with Firth's penalty; ties by Breslow's rule.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : must be None or all 0: the penalty is not defined here for delayed entry.
    level : confidence level of the profile limits, such as 0.95.

    Raises
    ------
    ValueError : delayed entry, or no event.
    CollinearError : a column is constant or a combination of others; names the columns.
    FirthError : the penalised likelihood has no maximum, or none was found in ``MOST_STEPS`` steps.

    Examples
    --------
    >>> X, time = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    >>> fit = firth(X, time, np.ones(4), level=0.95)
    >>> fit.coef.round(3), fit.lower.round(3), fit.upper.round(3)
    (array([-0.759]), array([-3.18]), array([1.293]))
    """
    died = np.asarray(event, dtype=bool)
    if entry is not None and np.any(entry > 0):
        raise ValueError("the Firth-penalised Cox model knows no delayed entry; use cox() or follow-up from time 0")
    if not died.any():
        raise ValueError(f"a Cox model needs at least one event; there is none in {time.size} rows")
    columns, deaths, top = whole_maximum(X, time, died)
    objective, p = partial(penalised, deaths), X.shape[1]
    fall = float(chdtri(1, 1 - level)) / 2
    for _ in range(RESTARTS):
        try:
            limits, p_value = profiled(deaths, objective, top, fall)
            break
        except HigherError as found:
            top = maximum(objective, found.point, np.ones(p, dtype=bool))
    else:
        raise FirthError(f"the penalised likelihood has more than {RESTARTS} maxima, each higher than the one before")
    covariance = inverse(top.information)
    scale = columns.deviation
    lower, upper = limits.T / scale
    return FirthFit(top.point / scale, covariance / np.outer(scale, scale), lower, upper, p_value)


def whole_maximum(X: FloatArray, time: FloatArray, died: BoolArray) -> tuple[Standardised, Deaths, Top]:
    """Return standardised columns, deaths laid out by them and the maximum of the penalised likelihood.

    Raises
    ------
    FirthError : no maximum.
    """
    columns = standardise(X)
    deaths = deaths_in_order(columns.z, time, died)
    objective, p = partial(penalised, deaths), X.shape[1]
    if not np.isfinite(objective(np.zeros(p)).value):
        raise FirthError(
            "no maximum: at the events the patients at risk do not differ in a column, or in a combination of columns"
        )
    return columns, deaths, highest(objective, p)


def firth_wald(X: FloatArray, time: FloatArray, event: EventArray) -> tuple[FloatArray, FloatArray]:
    """Return log hazard ratios (p,) and covariance I^-1 (p, p) without the search for profile limits: for simulations.

    Raises
    ------
    CollinearError, FirthError : as ``firth``.

    Examples
    --------
    >>> X, time = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    >>> firth_wald(X, time, np.ones(4))[0].round(3)
    array([-0.759])
    """
    columns, _, top = whole_maximum(X, time, np.asarray(event, dtype=bool))
    scale = columns.deviation
    return top.point / scale, inverse(top.information) / np.outer(scale, scale)


def profiled(deaths: Deaths, objective: Objective, top: Top, fall: float) -> tuple[FloatArray, FloatArray]:
    """Return the limits (p, 2) and P values (p,) of every coefficient.

    Raises
    ------
    HigherError : a profile comes by a point that is higher than the maximum.
    """
    p = top.point.size
    limits, p_value = np.empty((p, 2)), np.empty(p)
    for j in range(p):
        own = turned(deaths, objective, top, j)
        std_error = float(np.sqrt(inverse(own.top.information)[j, j]))
        try:
            fallen = own.top.value - profile(own.objective, own.top, (), j, 0.0).value
            found = [limit(own.objective, own.top, j, side * std_error, fall) for side in (-1, 1)]
        except HigherError as error:
            raise HigherError(own.back(error.point)) from None
        p_value[j], limits[j] = chdtrc(1, 2 * max(0.0, fallen)), np.array(found) / own.unit
    return limits, p_value
