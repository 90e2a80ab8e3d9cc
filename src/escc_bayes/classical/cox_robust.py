"""Robust errors and tests of a Cox model: score residuals under Efron's rule, delayed entry and weights.

Symbols: r_i = exp(x_i'beta); at the l-th of d tied deaths the denominator S and mean a of the covariates as in ``cox``,
hazard h = mean weight / S; those who die there are at risk of it with share 1 - l/d. Lin & Wei 1989, JASA 84:1074;
Binder 1992, Biometrika 79:139. docs/methods/weights.md.
"""

from dataclasses import replace

import numpy as np

from escc_bayes.classical.cox import CoxFit, RiskSets, efron_moments, stratified_risk_sets
from escc_bayes.classical.km import EventArray
from escc_bayes.classical.logrank import LogRank, quadratic_form, tally, upper_tail
from escc_bayes.classical.robust import sandwich
from escc_bayes.hazard.piecewise import FloatArray, IntArray


def score_residuals(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    coef: FloatArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray,
    strata: IntArray | None = None,
    drift: FloatArray | None = None,
) -> FloatArray:
    """Return the derivative of the log partial likelihood by each patient's weight, (n, p), at ``coef`` (p,).

    Their weighted sum is the gradient. Without the weight in front, as R's ``residuals(coxph(..), "score")``. With
    ``drift``, g at each death in order of time (m,), the columns are x g(t); not with ``strata``.
    """
    z = X - X.mean(axis=0)
    log_hazard = z @ coef
    found = np.zeros_like(z)
    for rows, risk in stratified_risk_sets(time, event, entry=entry, weight=weight, strata=strata):
        found[rows] = stratum_residuals(risk, z[rows], log_hazard[rows], weight[rows], drift)
    return found


def stratum_residuals(
    risk: RiskSets, z: FloatArray, log_hazard: FloatArray, weight: FloatArray, drift: FloatArray | None
) -> FloatArray:
    """Return the score residuals of one stratum (n, p)."""
    moments = efron_moments(risk, z, log_hazard, weight)
    hazard = risk.mean_weight * np.exp(-moments.log_total)
    g = np.ones(hazard.size) if drift is None else drift
    steps = (hazard * g)[:, None] * np.insert(moments.mean, 0, 1.0, axis=1)
    each = np.add.reduceat(steps, risk.first, axis=0)
    shared = np.add.reduceat(risk.share[:, None] * steps, risk.first, axis=0)
    middle = np.add.reduceat(moments.mean, risk.first, axis=0) / np.bincount(risk.tie)[:, None]
    total = np.concatenate([np.zeros((1, steps.shape[1])), np.cumsum(each, axis=0)])
    times = risk.death_time[risk.first]
    seen = total[np.searchsorted(times, risk.time, side="right")]
    if risk.entry is not None:
        seen = seen - total[np.searchsorted(times, risk.entry, side="right")]
    seen[risk.deaths] -= shared[risk.tie]
    found = -np.exp(log_hazard)[:, None] * (z * seen[:, :1] - seen[:, 1:])
    found[risk.deaths] += g[:, None] * (z[risk.deaths] - middle[risk.tie])
    return np.asarray(found)


def with_robust_errors(
    fit: CoxFit,
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
    cluster: IntArray,
) -> CoxFit:
    """Return a fit of ``cox`` with the robust covariance, as R's ``coxph(..., robust = TRUE)`` or ``cluster``.

    Parameters
    ----------
    cluster : (n,) codes of independent units 0..g-1; each patient's own under sampling weights.
    """
    weight = np.ones(time.size) if weight is None else weight
    residuals = score_residuals(X, time, event, fit.coef, entry=entry, weight=weight, strata=strata)
    return replace(fit, covariance=sandwich((weight[:, None] * residuals) @ fit.covariance, cluster))


def robust_logrank(
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
    cluster: IntArray,
) -> LogRank:
    """Test whether the groups share one hazard by Cox's robust score test; arguments as for ``logrank``.

    As R's ``coxph(Surv(..) ~ factor(group), weights, robust = TRUE)$rscore``; observed and expected events are the
    weighted ones of the log-rank.
    """
    weight = np.ones(time.size) if weight is None else weight
    counted = tally(time, event, group, entry=entry, weight=weight, strata=strata)
    X = (group[:, None] == np.unique(group)[1:]).astype(np.float64)
    chi2, df, p = robust_score_test(X, time, event, entry=entry, weight=weight, strata=strata, cluster=cluster)
    return LogRank(chi2, df, p, counted.observed, counted.expected)


def robust_score_test(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
    cluster: IntArray,
) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and P that no column of X (n, p) moves the hazard."""
    weight = np.ones(time.size) if weight is None else weight
    none = np.zeros(X.shape[1])
    scores = score_residuals(X, time, event, none, entry=entry, weight=weight, strata=strata)
    return score_test(weight[:, None] * scores, cluster)


def score_test(scores: FloatArray, cluster: IntArray) -> tuple[float, int, float]:
    """Return chi-squared, degrees of freedom and P of the robust test that weighted scores (n, p) sum to 0."""
    variance = sandwich(scores, cluster)
    chi2, df = quadratic_form(scores.sum(axis=0), variance, scale=float(np.trace(variance)))
    return chi2, df, upper_tail(chi2, df)
