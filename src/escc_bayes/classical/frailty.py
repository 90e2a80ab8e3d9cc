"""Cox's model with a frailty that the patients of a group share: gamma or normal. docs/methods/frailty.md.

The partial likelihood (Efron) gets one more parameter b_g for each group, under the penalty of ``shared_effects``.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.classical.cox import UNKNOWN, RiskSets, risk_sets
from escc_bayes.classical.km import EventArray
from escc_bayes.classical.newton import RUNNING, BoolArray, running, standardise
from escc_bayes.classical.shared_effects import Frailty, flat_among, gamma_likelihood, shared_effects
from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class FrailtyFit:
    """Log hazard ratios (p,) within a group, their covariance (p, p), and what lies between the groups.

    Attributes
    ----------
    variance : of the log frailty (normal) or of the frailty (gamma); 0: the groups differ no more than by chance.
    effects : (g,) log frailty of each group code that occurs, in increasing order.
    log_likelihood : gamma: frailties integrated out; normal: the penalised partial likelihood.
    infinite, flat : as in ``CoxFit``.
    """

    coef: FloatArray
    covariance: FloatArray
    variance: float
    effects: FloatArray
    log_likelihood: float
    infinite: BoolArray
    flat: BoolArray


def cox_frailty(
    X: FloatArray,
    time: FloatArray,
    event: EventArray,
    group: IntArray,
    *,
    frailty: Frailty,
    entry: FloatArray | None = None,
    weight: FloatArray | None = None,
) -> FrailtyFit:
    """Fit the Cox model with a frailty shared within groups, as R's ``coxph(... + frailty(group))``.

    Parameters
    ----------
    X : (n, p) covariates of any scale.
    time : (n,) months to event or censoring.
    event : (n,) true or 1 where the event occurred.
    group : (n,) codes of the groups.
    frailty : ``gamma`` (marginal likelihood) or ``normal`` (restricted maximum likelihood).
    entry : (n,) months at which each patient comes under observation; None means from time 0.
    weight : (n,) case weights.

    Raises
    ------
    CollinearError : a column of X is constant or a combination of others.
    ValueError : there is no event.

    Examples
    --------
    >>> time, group = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([0, 0, 0, 1, 1, 1])
    >>> found = cox_frailty(np.array([[0.0, 1, 0, 1, 0, 1]]).T, time, np.ones(6), group, frailty="gamma")
    >>> found.variance, found.coef.round(3)
    (0.0, array([-0.632]))
    """
    if not np.any(event):
        raise ValueError(f"a Cox model needs at least one event; there is none in {time.size} rows")
    weight = np.ones(time.size) if weight is None else weight
    columns = standardise(X)
    p = X.shape[1]
    codes, member = np.unique(group, return_inverse=True)
    risk = risk_sets(time, event, entry=entry, weight=weight)

    def objective(point: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        return grouped_likelihood(risk, columns.z, member, point, weight)

    start = np.zeros(p + codes.size)
    hold = flat_among(objective(start)[2], start.size, p)
    events = np.bincount(member, weights=weight * np.asarray(event, dtype=bool), minlength=codes.size)
    found = shared_effects(objective, start, groups=events, frailty=frailty, hold=hold, events=float(events.sum()))
    flat = hold[:p]
    untold = np.asarray((np.abs(flat) > RUNNING).any(axis=1))
    covariance = found.covariance[:p, :p] + UNKNOWN * flat @ flat.T
    return FrailtyFit(
        coef=found.top.point[:p] / columns.deviation,
        covariance=covariance / np.outer(columns.deviation, columns.deviation),
        variance=found.variance,
        effects=found.top.point[p:],
        log_likelihood=gamma_likelihood(found, events) if frailty == "gamma" else found.top.value,
        infinite=running(found.top.last_step[:p], columns.z) | untold,
        flat=untold,
    )


def grouped_likelihood(
    risk: RiskSets, z: FloatArray, member: IntArray, point: FloatArray, weight: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log partial likelihood at (beta, b), its gradient and information, of z (n, p) and group ``member``.

    An indicator column for each group, without its zeros: the second moments are summed over patients, each with the
    hazard it was exposed to, and not over risk sets.
    """
    p, count = z.shape[1], point.size - z.shape[1]
    log_hazard = z @ point[:p] + point[p + member]
    top = float(log_hazard.max())
    r = weight * np.exp(log_hazard - top)
    values = np.zeros((r.size, 1 + point.size))
    values[:, 0] = r
    values[:, 1 : p + 1] = r[:, None] * z
    values[np.arange(r.size), 1 + p + member] = r
    dying = np.add.reduceat(values[risk.deaths], risk.first, axis=0)
    sums = risk.totals(values)[risk.tie] - risk.share[:, None] * dying[risk.tie]
    mean = sums[:, 1:] / sums[:, :1]
    w, died = weight[risk.deaths], risk.deaths
    value = float(w @ log_hazard[died] - risk.mean_weight @ (np.log(sums[:, 0]) + top))
    own = np.concatenate([w @ z[died], np.bincount(member[died], weights=w, minlength=count)])
    exposed = r * exposures(risk, risk.mean_weight / sums[:, 0])
    information = -(mean.T @ (risk.mean_weight[:, None] * mean))
    information[:p, :p] += z.T @ (exposed[:, None] * z)
    for column in range(p):
        crossed = np.bincount(member, weights=exposed * z[:, column], minlength=count)
        information[column, p:] += crossed
        information[p:, column] += crossed
    information[np.arange(p, point.size), np.arange(p, point.size)] += np.bincount(member, exposed, count)
    return value, own - risk.mean_weight @ mean, information


def exposures(risk: RiskSets, steps: FloatArray) -> FloatArray:
    """Return the cumulative hazard (n,) each patient is exposed to, from its steps (m,) at each death, by Efron."""
    times = risk.death_time[risk.first]
    whole = np.concatenate([[0.0], np.cumsum(np.add.reduceat(steps, risk.first))])
    found = whole[np.searchsorted(times, risk.time, side="right")]
    if risk.entry is not None:
        found = found - whole[np.searchsorted(times, risk.entry, side="right")]
    # Those who die together count as partly gone at each of their deaths.
    partly = np.add.reduceat(steps * risk.share, risk.first)
    found[risk.deaths] -= partly[risk.tie]
    return np.asarray(found)
