"""Cox proportional hazards: Efron's partial likelihood, delayed entry, case weights. Efron 1977, JASA 72:557.

Symbols: risk r_i = w_i exp(x_i'beta); at the l-th of d tied events, l = 0..d-1, the denominator is the sum of
r over the patients at risk less l/d of the sum over those who die there. With strata the likelihood is the product
over the strata: each has a baseline hazard of its own. docs/methods/cox.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.km import EventArray
from escc_bayes.classical.logrank import members_of
from escc_bayes.classical.newton import (
    RUNNING,
    BoolArray,
    climb,
    flat_directions,
    inverse,
    running,
    standardise,
)
from escc_bayes.hazard.piecewise import FloatArray, IntArray

# Variance (log hazard ratio for one standard deviation) that says: nothing is known.
UNKNOWN = 1e8
# Cells of the patients-by-event-times table held in memory at once.
CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Log hazard ratios (p,) per unit of each column, and their covariance (p, p).

    ``infinite`` (p,) marks coefficients without a finite estimate: the likelihood rises for ever along them,
    or does not depend on them. Their value is where the iteration stopped and their variance is huge, so that
    contrasts of the other coefficients stay right. Of these, ``flat`` (p,) marks those that the likelihood does not
    depend on: nobody at risk differs in them from somebody who has the event.
    """

    coef: FloatArray
    covariance: FloatArray
    log_likelihood: float
    null_log_likelihood: float
    converged: bool
    infinite: BoolArray
    flat: BoolArray


def cox(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    strata: IntArray | None = None,
) -> CoxFit:
    """Fit the Cox model with Efron's rule for ties, as R's ``coxph(..., robust = FALSE)``.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights.
    strata : (n,) codes; patients of one code share a baseline hazard, as R's ``strata()``. None: all share one.

    Raises
    ------
    CollinearError : a column is constant or a combination of others; names the columns.
    ValueError : there is no event.

    Examples
    --------
    >>> fit = cox(np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4))
    >>> fit.coef.round(3), fit.converged
    (array([-0.941]), True)
    """
    if not np.any(event):
        raise ValueError(f"a Cox model needs at least one event; there is none in {time.size} rows")
    weight = np.ones(time.size) if weight is None else weight
    columns = standardise(X)
    strata_risks = stratified_risk_sets(time, event, entry=entry, weight=weight, strata=strata)

    def objective(beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        return stratified_likelihood(strata_risks, columns.z, beta, weight)

    start = np.zeros(X.shape[1])
    null, _, information = objective(start)
    flat = flat_directions(information)
    top = climb(objective, start, hold=flat, events=float(sum(risk.mean_weight.sum() for _, risk in strata_risks)))
    untold = np.asarray((np.abs(flat) > RUNNING).any(axis=1))
    infinite = running(top.last_step, columns.z) | untold
    covariance = inverse(top.information + flat @ flat.T) + UNKNOWN * flat @ flat.T
    return CoxFit(
        coef=top.point / columns.deviation,
        covariance=covariance / np.outer(columns.deviation, columns.deviation),
        log_likelihood=top.value,
        null_log_likelihood=null,
        converged=top.settled and not infinite.any(),
        infinite=infinite,
        flat=untold,
    )


def stratified_risk_sets(
    time: FloatArray, event: EventArray, *, entry: FloatArray | None, weight: FloatArray, strata: IntArray | None
) -> list[tuple[IntArray, "RiskSets"]]:
    """Return rows and risk sets of each stratum with an event; the others say nothing."""
    died = np.asarray(event, dtype=bool) & (weight > 0)
    return [
        (rows, risk_sets(time[rows], died[rows], entry=None if entry is None else entry[rows], weight=weight[rows]))
        for rows in members_of(strata, time.size)
        if died[rows].any()
    ]


def stratified_likelihood(
    strata_risks: list[tuple[IntArray, "RiskSets"]], z: FloatArray, beta: FloatArray, weight: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return the sum over strata of the log partial likelihood, its gradient (p,) and information (p, p)."""
    value, gradient, information = 0.0, np.zeros(beta.size), np.zeros((beta.size, beta.size))
    for rows, risk in strata_risks:
        part = partial_likelihood(risk, z[rows], beta, weight[rows])
        value, gradient, information = value + part[0], gradient + part[1], information + part[2]
    return value, gradient, information


def breslow(
    fit: CoxFit,
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    times: FloatArray,
    *,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
    at: FloatArray | None = None,
) -> FloatArray:
    """Return the cumulative hazard at ``times`` of a patient with covariates ``at``.

    Parameters
    ----------
    fit : from ``cox`` on the same X (n, p), time, event, entry and weight.
    times : (m,) months; beyond the last event the hazard stays where it is.
    at : (p,) covariates; None means the column means of X.

    Returns
    -------
    (m,) Efron's form of the Breslow estimate, as R's ``survfit(coxph(...))``.

    Examples
    --------
    >>> X, time = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    >>> breslow(cox(X, time, np.ones(4)), X, time, np.ones(4), np.array([2.5])).round(3)
    array([0.576])
    """
    weight = np.ones(time.size) if weight is None else weight
    centre = X.mean(axis=0) if at is None else at
    risk = risk_sets(time, event, entry=entry, weight=weight)
    log_total = efron_moments(risk, X[:, :0], (X - centre) @ fit.coef, weight).log_total
    hazard = np.concatenate(([0.0], np.cumsum(risk.mean_weight * np.exp(-log_total))))
    return np.asarray(hazard[np.searchsorted(risk.death_time, times, side="right")])


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Who is at risk (n patients) and who dies (m deaths in order of time, at k distinct times)."""

    time: FloatArray
    entry: FloatArray | None
    deaths: IntArray
    death_time: FloatArray
    first: IntArray
    tie: IntArray
    share: FloatArray
    mean_weight: FloatArray

    def totals(self, values: FloatArray) -> FloatArray:
        """Sum the rows of ``values`` (n, q) over the patients at risk at each distinct event time: (k, q)."""
        times = self.death_time[self.first]
        if self.entry is None:
            order = np.argsort(-self.time, kind="stable")
            last = np.searchsorted(-self.time[order], -times, side="right") - 1
            return np.asarray(np.cumsum(values[order], axis=0)[last])
        # Sums of those at risk only: a difference of two running sums would lose small risk sets to rounding.
        sums = np.empty((times.size, values.shape[1]))
        rows = max(1, CHUNK // self.time.size)
        for begin in range(0, times.size, rows):
            t = times[begin : begin + rows, None]
            sums[begin : begin + rows] = ((self.entry < t) & (t <= self.time)).astype(float) @ values
        return sums


def risk_sets(time: FloatArray, event: EventArray, *, entry: FloatArray | None, weight: FloatArray) -> RiskSets:
    """Lay out the deaths; ``share`` is Efron's l/d, ``mean_weight`` the mean over those who die together."""
    died = np.flatnonzero(np.asarray(event, dtype=bool) & (weight > 0))
    deaths = died[np.argsort(time[died], kind="stable")]
    _, first, tie, tied = np.unique(time[deaths], return_index=True, return_inverse=True, return_counts=True)
    share = (np.arange(deaths.size) - first[tie]) / tied[tie]
    mean_weight = (np.add.reduceat(weight[deaths], first) / tied)[tie]
    return RiskSets(time, entry, deaths, time[deaths], first, tie, share, mean_weight)


@dataclass(frozen=True, slots=True)
class Moments:
    """Log of Efron's denominator (m,), mean (m, p) and variance (m, p, p) of the covariates at each death."""

    log_total: FloatArray
    mean: FloatArray
    variance: FloatArray


def efron_moments(risk: RiskSets, z: FloatArray, log_hazard: FloatArray, weight: FloatArray) -> Moments:
    """Return the moments of z (n, p) over each risk set under ``weight`` x exp(``log_hazard``)."""
    n, p = z.shape
    top = float(log_hazard.max())
    r = (weight * np.exp(log_hazard - top))[:, None]
    values = np.hstack((r, r * z, r * (z[:, :, None] * z[:, None, :]).reshape(n, p * p)))
    dying = np.add.reduceat(values[risk.deaths], risk.first, axis=0)
    sums = risk.totals(values)[risk.tie] - risk.share[:, None] * dying[risk.tie]
    mean = sums[:, 1 : p + 1] / sums[:, :1]
    square = (sums[:, p + 1 :] / sums[:, :1]).reshape(sums.shape[0], p, p)
    return Moments(np.log(sums[:, 0]) + top, mean, square - mean[:, :, None] * mean[:, None, :])


def partial_likelihood(
    risk: RiskSets, z: FloatArray, beta: FloatArray, weight: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log partial likelihood at ``beta``, its gradient (p,) and information (p, p)."""
    log_hazard = z @ beta
    w = weight[risk.deaths]
    # A step that is much too long leaves risk sets without any hazard; its likelihood is NaN and the step is halved.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
        moments = efron_moments(risk, z, log_hazard, weight)
        value = float(w @ log_hazard[risk.deaths] - risk.mean_weight @ moments.log_total)
        gradient = w @ z[risk.deaths] - risk.mean_weight @ moments.mean
        information = np.einsum("m,mij->ij", risk.mean_weight, moments.variance)
    return value, gradient, information
