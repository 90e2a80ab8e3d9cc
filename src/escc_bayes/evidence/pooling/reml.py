"""Restricted maximum likelihood for y_i ~ N(mu, s_i^2 + tau^2), with Wald and Hartung-Knapp intervals.

Viechtbauer 2005, J Educ Behav Stat 30:261 (REML); Hartung and Knapp 2001, Stat Med 20:3875; Higgins 2009,
J R Stat Soc A 172:137 (prediction interval, k - 2 degrees of freedom); Higgins and Thompson 2002,
Stat Med 21:1539 (I2).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtri, stdtrit

from escc_bayes.hazard.piecewise import FloatArray

Interval = tuple[float, float]
GRID_POINTS = 400


@dataclass(frozen=True, slots=True)
class RemlPool:
    """Random-effects pool by REML; intervals at ``level`` are confidence intervals on the scale of the estimates.

    Attributes
    ----------
    mu, se, wald : pooled effect, its standard error and normal interval.
    hartung_knapp_se, hartung_knapp : the same with k - 1 degrees of freedom; NaN for a single study.
    fixed_mu, fixed_se : common-effect pool (tau = 0).
    tau, i2 : between-study standard deviation, and its share of the total variance (0 to 1); NaN for a single study.
    q, q_p_value : Cochran's Q and its P value on k - 1 degrees of freedom; NaN for a single study.
    prediction : interval for the effect of a new study; NaN for fewer than three studies.
    studies : number of studies.
    """

    mu: float
    se: float
    wald: Interval
    hartung_knapp_se: float
    hartung_knapp: Interval
    fixed_mu: float
    fixed_se: float
    tau: float
    i2: float
    q: float
    q_p_value: float
    prediction: Interval
    level: float
    studies: int


def pool_reml(estimates: FloatArray, ses: FloatArray, *, level: float) -> RemlPool:
    """Pool estimates (k,) with standard errors (k,); a single study is returned as it is, with NaN for the rest."""
    k = estimates.size
    tau = reml_tau(estimates, ses) if k > 1 else math.nan
    mu, se = weighted_mean(estimates, ses, 0.0 if k == 1 else tau)
    fixed_mu, fixed_se = weighted_mean(estimates, ses, 0.0)
    q = float((((estimates - fixed_mu) / ses) ** 2).sum()) if k > 1 else math.nan
    hk_se = hartung_knapp_se(estimates, ses, tau) if k > 1 else math.nan
    tail = (1.0 + level) / 2.0
    return RemlPool(
        mu=mu,
        se=se,
        wald=around(mu, float(ndtri(tail)) * se),
        hartung_knapp_se=hk_se,
        hartung_knapp=around(mu, float(stdtrit(k - 1, tail)) * hk_se if k > 1 else math.nan),
        fixed_mu=fixed_mu,
        fixed_se=fixed_se,
        tau=tau,
        i2=i_squared(ses, tau),
        q=q,
        q_p_value=float(chdtrc(k - 1, q)) if k > 1 else math.nan,
        prediction=around(mu, float(stdtrit(k - 2, tail)) * math.hypot(tau, se) if k > 2 else math.nan),
        level=level,
        studies=k,
    )


def around(centre: float, half_width: float) -> Interval:
    """Return a symmetric interval; NaN on both sides where the half width is unknown."""
    return centre - half_width, centre + half_width


def weighted_mean(estimates: FloatArray, ses: FloatArray, tau: float) -> tuple[float, float]:
    """Return the inverse-variance mean at ``tau`` and its standard error."""
    weights = 1.0 / (ses**2 + tau**2)
    return float(weights @ estimates / weights.sum()), float(weights.sum() ** -0.5)


def reml_tau(estimates: FloatArray, ses: FloatArray) -> float:
    """Return the tau that maximises the restricted likelihood, the highest maximum where there are several.

    The likelihood is laid out on a grid in log tau, then the score is solved between the neighbours of the best point.
    """
    finest, widest = 1e-4 * float(ses.min()), 10.0 * (float(np.ptp(estimates)) + float(ses.max()))
    grid = np.concatenate([[0.0], np.geomspace(finest, widest, GRID_POINTS)])
    heights = [restricted_log_likelihood(estimates, ses, float(tau)) for tau in grid]
    best = int(np.argmax(heights))
    if best == 0 or score(estimates, ses, float(grid[best - 1])) <= 0.0:
        return 0.0
    return float(brentq(lambda t: score(estimates, ses, t), float(grid[best - 1]), float(grid[best + 1]), xtol=1e-14))


def restricted_log_likelihood(estimates: FloatArray, ses: FloatArray, tau: float) -> float:
    """Return the restricted log-likelihood at ``tau``, up to a constant."""
    weights = 1.0 / (ses**2 + tau**2)
    centre = weights @ estimates / weights.sum()
    misfit = weights @ (estimates - centre) ** 2
    return float(0.5 * (np.log(weights).sum() - np.log(weights.sum()) - misfit))


def score(estimates: FloatArray, ses: FloatArray, tau: float) -> float:
    """Return the derivative of twice the restricted log-likelihood with respect to tau squared."""
    weights = 1.0 / (ses**2 + tau**2)
    centre = weights @ estimates / weights.sum()
    trace = weights.sum() - (weights**2).sum() / weights.sum()
    return float(weights**2 @ (estimates - centre) ** 2 - trace)


def hartung_knapp_se(estimates: FloatArray, ses: FloatArray, tau: float) -> float:
    """Return the standard error from the weighted spread of the studies; not truncated, as the authors wrote it."""
    weights = 1.0 / (ses**2 + tau**2)
    centre = weights @ estimates / weights.sum()
    spread = weights @ (estimates - centre) ** 2 / (estimates.size - 1)
    return float(np.sqrt(spread / weights.sum()))


def i_squared(ses: FloatArray, tau: float) -> float:
    """Return tau^2 over tau^2 plus the typical sampling variance of Higgins and Thompson; NaN for one study."""
    if math.isnan(tau):
        return math.nan
    weights = ses**-2.0
    typical = (ses.size - 1) * weights.sum() / (weights.sum() ** 2 - (weights**2).sum())
    return float(tau**2 / (tau**2 + typical))
