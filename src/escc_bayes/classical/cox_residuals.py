"""Residuals of patients: cumulative hazards (Cox and Snell), martingale and deviance residuals.

Symbols: Lambda_i cumulative hazard of patient i from entry to the end of follow-up; M_i = d_i - Lambda_i; deviance
residual sign(M) sqrt(-2 (M + d log(d - M))). Under Efron's rule those who die together share the risk set of the
month: at the l-th of d tied deaths with share 1 - l/d. Therneau, Grambsch & Fleming 1990, Biometrika 77:147.
docs/methods/checks_of_fit.md.
"""

import numpy as np

from escc_bayes.classical.cox import efron_moments, risk_sets
from escc_bayes.classical.km import EventArray
from escc_bayes.hazard.piecewise import FloatArray


def cumulative_hazards(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    coef: FloatArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
) -> FloatArray:
    """Return Lambda of each patient under a Cox fit, (n,): the event less R's ``residuals(coxph(..), "martingale")``.

    Parameters
    ----------
    X : (n, p) covariates.
    time, event, entry, weight : (n,) months, 0/1, months, case weights.
    coef : (p,) estimates of ``cox`` on the same data.

    Examples
    --------
    >>> X, time = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    >>> cumulative_hazards(X, time, np.ones(4), np.zeros(1)).round(3)
    array([0.25 , 0.583, 1.083, 2.083])
    """
    weight = np.ones(time.size) if weight is None else weight
    log_hazard = (X - X.mean(axis=0)) @ coef
    risk = risk_sets(time, event, entry=entry, weight=weight)
    steps = risk.mean_weight * np.exp(-efron_moments(risk, X[:, :0], log_hazard, weight).log_total)
    total = np.concatenate([[0.0], np.cumsum(np.add.reduceat(steps, risk.first))])
    times = risk.death_time[risk.first]
    passed = total[np.searchsorted(times, time, side="right")]
    if entry is not None:
        passed = passed - total[np.searchsorted(times, entry, side="right")]
    passed[risk.deaths] -= np.add.reduceat(risk.share * steps, risk.first)[risk.tie]
    return np.asarray(np.exp(log_hazard) * passed)


def martingale(event: EventArray, cumulative: FloatArray) -> FloatArray:
    """Return d - Lambda of each patient, (n,)."""
    return np.asarray(event, dtype=np.float64) - cumulative


def deviance_residuals(event: EventArray, cumulative: FloatArray) -> FloatArray:
    """Return martingale residuals made more symmetric, (n,).

    Examples
    --------
    >>> deviance_residuals(np.array([1.0, 0.0]), np.array([1.0, 0.5]))
    array([ 0., -1.])
    """
    d, m = np.asarray(event, dtype=np.float64), martingale(event, cumulative)
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(d > 0.0, np.log(cumulative), 0.0)
    return np.asarray(np.sign(m) * np.sqrt(np.maximum(-2.0 * (m + d * log), 0.0)))
