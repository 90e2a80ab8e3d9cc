"""Cox regression with Firth's penalty: finite hazard ratios for levels without events.

Symbols: l*(beta) = l(beta) + log det I(beta) / 2, with Breslow's rule for tied times; its profile l*_j(b) is
the maximum with beta_j = b. Heinze & Schemper 2001, Biometrics 57:114. docs/methods/cox.md.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import chdtrc, chdtri

from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import BoolArray, Standardised, inverse, standardise
from escc_bayes.classical.penalised import Penalised, deaths_in_order, penalised
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.foundation.root import root
from escc_bayes.hazard.piecewise import FloatArray

type Objective = Callable[[FloatArray], Penalised]

# Newton steps with I, which are cheap, and then with the curvature of l* itself, which always settle.
CHEAP_STEPS, MOST_STEPS = 12, 60
# Longest step of a coefficient of a standardised column, or as far as it stands from 0: an order in time has its
# maximum hundreds of standard deviations out.
LONGEST = 5.0
# Gain in l* that a step promises below which it is the last one; and below which rounding stops it at the maximum.
NO_GAIN, ROUNDING_GAIN = 1e-12, 1e-8
# Step of the differences that give the curvature.
DIFFERENCE = 1e-5
# Coefficients of standardised columns beyond which levels or numbers are separated, or nearly so.
FAR_OUT = 20.0
# Doublings of the distance from the estimate in search of a limit: 2^12 standard errors.
DOUBLINGS = 12


class FirthError(EsccBayesError, ArithmeticError):
    """The penalised likelihood could not be maximised, or a limit of its profile was not found."""


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


@dataclass(frozen=True, slots=True)
class Top:
    """A maximum of l*, perhaps with some coefficients held."""

    point: FloatArray
    value: float
    information: FloatArray


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
    columns, objective, top = whole_maximum(X, time, died)
    p = X.shape[1]
    covariance = inverse(top.information)
    fall = float(chdtri(1, 1 - level)) / 2
    limits, p_value = np.empty((p, 2)), np.empty(p)
    for j in range(p):
        std_error = float(np.sqrt(covariance[j, j]))
        limits[j] = [limit(objective, top, j, side * std_error, fall) for side in (-1, 1)]
        p_value[j] = chdtrc(1, 2 * max(0.0, top.value - profile(objective, top.point, j, 0.0).value))
    scale = columns.deviation
    lower, upper = limits.T / scale
    return FirthFit(top.point / scale, covariance / np.outer(scale, scale), lower, upper, p_value)


def whole_maximum(X: FloatArray, time: FloatArray, died: BoolArray) -> tuple[Standardised, Objective, Top]:
    """Return standardised columns, the penalised likelihood on them and its maximum.

    Raises
    ------
    FirthError : no maximum.
    """
    columns = standardise(X)
    objective = partial(penalised, deaths_in_order(columns.z, time, died))
    p = X.shape[1]
    if not np.isfinite(objective(np.zeros(p)).value):
        raise FirthError(
            "no maximum: at the events the patients at risk do not differ in a column, or in a combination of columns"
        )
    return columns, objective, maximum(objective, np.zeros(p), np.ones(p, dtype=bool))


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


def maximum(objective: Objective, start: FloatArray, free: BoolArray) -> Top:
    """Maximise l* over the ``free`` coefficients by Newton steps, halved while they do not climb.

    Raises
    ------
    FirthError : no maximum within ``MOST_STEPS`` steps.
    """
    point, here = start, objective(start)
    cheap = CHEAP_STEPS
    for count in range(MOST_STEPS):
        score = here.score[free]
        curvature = here.information[np.ix_(free, free)] if count < cheap else curved(objective, point, free)
        move = inverse(curvature) @ score
        longest = max(LONGEST, float(np.abs(point).max(initial=0.0)))
        move = move * min(1.0, longest / max(float(np.abs(move).max(initial=0.0)), longest))
        gain = float(score @ move)
        step = np.zeros_like(point)
        step[free] = move
        if not gain > NO_GAIN:
            last = objective(point + step)
            point, here = (point + step, last) if np.isfinite(last.value) else (point, here)
            return Top(point, here.value, here.information)
        ahead = climbed(objective, point, step, here.value)
        if ahead is None:
            if gain < ROUNDING_GAIN:
                return Top(point, here.value, here.information)
            if count >= cheap:
                break
            cheap = count
            continue
        point, here = ahead
    raise FirthError(f"no maximum of the penalised likelihood found in {MOST_STEPS} steps")


def climbed(
    objective: Objective, point: FloatArray, step: FloatArray, value: float
) -> tuple[FloatArray, Penalised] | None:
    """Return the first point of step, step / 2, step / 4 ... that is no lower; None if there is none."""
    for halving in range(30):
        ahead = point + step / 2**halving
        there = objective(ahead)
        if there.value >= value:
            return ahead, there
    return None


def curved(objective: Objective, point: FloatArray, free: BoolArray) -> FloatArray:
    """Return minus the second derivatives of l* for the free coefficients, by differences of the score."""
    at = np.flatnonzero(free)
    found = np.empty((at.size, at.size))
    for row, j in enumerate(at):
        step = np.zeros_like(point)
        step[j] = DIFFERENCE * (1.0 + abs(point[j]))
        up, down = objective(point + step), objective(point - step)
        found[row] = (down.score[at] - up.score[at]) / (2.0 * step[j])
    return (found + found.T) / 2.0 if np.isfinite(found).all() else np.eye(at.size)


def profile(objective: Objective, start: FloatArray, j: int, fixed: float) -> Top:
    """Return the maximum of l* with coefficient ``j`` held at ``fixed``, searched from ``start``."""
    free = np.arange(start.size) != j
    # Far out the other coefficients grow with this one; the ray leads to their highest maximum.
    ray = fixed / start[j] if min(abs(fixed), abs(start[j])) > FAR_OUT else 1.0
    held = np.where(free, start * ray, fixed)
    if not np.isfinite(objective(held).value):
        held = np.where(free, 0.0, fixed)
    return maximum(objective, held, free)


def limit(objective: Objective, top: Top, j: int, std_error: float, fall: float) -> float:
    """Find where the profile has fallen by ``fall``, on the side of ``std_error``'s sign; NaN if it does not.

    The search runs on the root of the fall, which is nearly a straight line.
    """
    start = top.point

    def short(b: float) -> float:
        nonlocal start
        there = profile(objective, start, j, b)
        start = there.point
        return math.sqrt(fall) - math.sqrt(max(0.0, top.value - there.value))

    near = far = float(top.point[j])
    step = std_error * math.sqrt(2.0 * fall)
    try:
        for doubling in range(DOUBLINGS):
            near, far = far, float(top.point[j] + 1.25 * step * 2**doubling)
            if short(far) < 0:
                return root(short, near, far, absolute=1e-9)
    except (FirthError, ValueError):
        return math.nan
    return math.nan
