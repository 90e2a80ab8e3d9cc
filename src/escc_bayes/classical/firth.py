"""Cox regression with Firth's penalty: finite hazard ratios for levels without events.

Symbols: l*(beta) = l(beta) + log det I(beta) / 2, with Breslow's rule for tied times; its profile l*_j(b) is
the maximum with beta_j = b. Heinze & Schemper 2001, Biometrics 57:114. docs/methods/cox.md.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, chdtri

from escc_bayes.classical.cox import partial_likelihood, risk_sets
from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import inverse, standardise
from escc_bayes.foundation.errors import EsccBayesError
from escc_bayes.hazard.piecewise import FloatArray

type Penalised = Callable[[FloatArray], float]

MOST_STEPS = 500
TOLERANCE = 1e-8
# Steps below this change the likelihood by less than its rounding: they are taken as they are, since firthmodels
# would halve them in vain, thousands of times.
UNSEEN_STEP = 1e-6
# Doublings of the distance from the estimate in search of a limit: 2^20 standard errors.
DOUBLINGS = 20


class FirthError(EsccBayesError, ArithmeticError):
    """The penalised likelihood could not be maximised, or a limit of its profile was not found."""


@dataclass(frozen=True, slots=True)
class FirthFit:
    """Log hazard ratios (p,), covariance I^-1 (p, p), profile limits and likelihood-ratio p-values (p,)."""

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
    """Fit the Cox model with Firth's penalty through firthmodels, which treats ties by Breslow's rule.

    Where its iterations for a limit or a p-value fail, the profile is searched here, more slowly.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : must be None or all 0: firthmodels knows no delayed entry.
    level : confidence level of the profile limits, such as 0.95.

    Raises
    ------
    ValueError : delayed entry, or no event.
    CollinearError : a column is constant or a combination of others; names the columns.
    FirthError : the penalised likelihood has no maximum that could be found.

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
    columns = standardise(X)
    z, ones = columns.z, np.ones(time.size)
    efron = risk_sets(time, died, entry=None, weight=ones)
    breslow = replace(efron, share=np.zeros_like(efron.share))

    def penalised(beta: FloatArray) -> float:
        value, _, information = partial_likelihood(breslow, z, beta, ones)
        sign, log_det = np.linalg.slogdet(information)
        return float(value + log_det / 2) if sign > 0 else -np.inf

    coef, limits, p_value = _firthmodels(z, time, died, level)
    covariance = inverse(partial_likelihood(breslow, z, coef, ones)[2])
    std_error = np.sqrt(np.diag(covariance))
    for j in range(coef.size):
        if not limits[j, 0] < coef[j] < limits[j, 1]:
            limits[j] = [_limit(penalised, coef, j, side * std_error[j], level) for side in (-1, 1)]
        if np.isnan(p_value[j]):
            p_value[j] = chdtrc(1, max(0.0, 2 * (penalised(coef) - profile(penalised, coef, j, 0.0))))
    scale = columns.deviation
    lower, upper = limits.T / scale
    return FirthFit(coef / scale, covariance / np.outer(scale, scale), lower, upper, p_value)


def profile(penalised: Penalised, coef: FloatArray, j: int, fixed: float) -> float:
    """Return l*_j(fixed), the maximum of the penalised log-likelihood with coefficient ``j`` held."""
    from scipy.optimize import minimize

    def loss(others: FloatArray) -> float:
        return -penalised(np.insert(others, j, fixed))

    others = np.delete(coef, j)
    if others.size == 0:
        return -loss(others)
    start = others if np.isfinite(loss(others)) else np.zeros_like(others)
    return -float(minimize(loss, start, method="BFGS").fun)


def _limit(penalised: Penalised, coef: FloatArray, j: int, step: float, level: float) -> float:
    """Find where the profile has fallen by half a chi-squared quantile, on the side where ``step`` points."""
    from scipy.optimize import brentq

    target = penalised(coef) - float(chdtri(1, 1 - level)) / 2

    def above(b: float) -> float:
        return profile(penalised, coef, j, b) - target

    for doubling in range(DOUBLINGS):
        far = float(coef[j] + step * 2**doubling)
        if above(far) < 0:
            return float(brentq(above, float(coef[j]), far, xtol=1e-9))
    raise FirthError(f"the profile of column {j} of X does not fall to its {level:.0%} limit; merge levels")


def _firthmodels(
    z: FloatArray, time: FloatArray, died: EventArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return estimates (p,), profile limits (p, 2) and p-values (p,); NaN where firthmodels finds none."""
    # Imported here: scikit-learn, which it brings, takes a second to load.
    from firthmodels import FirthCoxPH

    model = FirthCoxPH(backend="numpy", max_iter=MOST_STEPS, max_halfstep=40, gtol=TOLERANCE, xtol=UNSEEN_STEP)
    limits, p = np.full((z.shape[1], 2), np.nan), np.full(z.shape[1], np.nan)
    with warnings.catch_warnings():
        # Its ConvergenceWarning comes with a NaN or with converged_ = False, and both are dealt with.
        warnings.simplefilter("ignore")
        model.fit(z, (np.asarray(died, dtype=bool), time))
        if not model.converged_:
            raise FirthError("the penalised likelihood has no maximum that could be found; drop or merge levels")
        for j in range(z.shape[1]):
            try:
                limits[j] = model.conf_int(
                    alpha=1 - level, method="pl", features=j, max_iter=MOST_STEPS, tol=TOLERANCE
                )[j]
                p[j] = model.lrt(features=j).lrt_pvalues_[j]
            except np.linalg.LinAlgError:
                continue
    return np.array(model.coef_), limits, p
