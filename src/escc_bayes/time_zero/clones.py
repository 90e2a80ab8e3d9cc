"""Clones of patients under two strategies, and weights for their artificial censoring. docs/methods/time_zero.md.

Arm 0 never starts, arm 1 starts by month g. Everything is looked at in the J months with an event, for there alone the
estimates look at who is at risk. v (n,) are the weights of a sample of patients: 1, bootstrap counts, Dirichlet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.classical.cox import breslow, cox
from escc_bayes.foundation.errors import CohortError
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray

# Starters by the grace period, and patients beyond it without a start: fewer than these make no arm.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Starters:
    """Patients followed from month 0.

    Attributes
    ----------
    time, event : (n,) months, 0/1.
    start : (n,) months at which treatment started; infinite where it did not during follow-up.
    z : (n, p) covariates known at time zero, on which the weights depend; p may be 0.
    """

    time: FloatArray
    event: FloatArray
    start: FloatArray
    z: FloatArray

    @property
    def started(self) -> NDArray[np.bool_]:
        """Who started during follow-up."""
        return np.isfinite(self.start)


@dataclass(frozen=True, slots=True)
class Clones:
    """Both clones of every patient at the months with an event.

    Attributes
    ----------
    grace : months by which arm 1 has started.
    months : (J,) with an event.
    at_risk : (2, n, J) 1 where the clone of an arm is at risk, else 0.
    died : (2, n) whether it has the event.
    place : (n,) the patient's month among ``months``; for those without an event 0, where nothing is counted.
    """

    patients: Starters
    grace: float
    months: FloatArray
    at_risk: FloatArray
    died: NDArray[np.bool_]
    place: NDArray[np.int64]


def clones_of(patients: Starters, grace: float, where: str) -> Clones:
    """Return both clones of every patient.

    Raises
    ------
    CohortError : fewer than two start by the grace period, or go beyond it without a start, or have an event.
    """
    time, event = patients.time, patients.event == 1.0
    by, beyond = patients.start <= grace, time > grace
    refuse_thin(int((by & beyond).sum()), int((beyond & ~by).sum()), grace, where)
    months = np.unique(time[event])
    exit_never = np.minimum(time, patients.start)
    until = np.stack([exit_never, np.where(by | ~beyond, time, grace)])
    died = np.stack([event & ~patients.started, event & (by | ~beyond)])
    if not died.any(axis=1).all():
        raise CohortError(f"{where}: no event in one of the two strategies; their hazards have no ratio")
    place = np.minimum(np.searchsorted(months, time), months.size - 1)
    return Clones(patients, grace, months, (until[:, :, None] >= months).astype(np.float64), died, place)


def refuse_thin(starters: int, others: int, grace: float, where: str) -> None:
    """Raise where a strategy has next to nobody."""
    if starters >= FEWEST and others >= FEWEST:
        return
    raise CohortError(
        f"{where}: of those still at risk at {counted(grace, 'month')} {starters} have started and {others} have "
        f"not; each strategy needs {FEWEST} at least: choose another grace period"
    )


def weights(clones: Clones, v: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what the clones of arm 0 and arm 1 weigh at each month: (n, J) or (1, J), and (n,) or (1,) beyond g."""
    return 1.0 / nonzero(still_unstarted(clones, v)), 1.0 / nonzero(started_by(clones, v))


def nonzero(probability: FloatArray) -> FloatArray:
    """Return probabilities with infinity for 0: nobody is left whom a weight of 0 would concern."""
    return np.where(probability > 0.0, probability, np.inf)


def still_unstarted(clones: Clones, v: FloatArray) -> FloatArray:
    """Return P(W >= t | z) at each month: product limit (1, J) without covariates, with them Cox's (n, J)."""
    p, months = clones.patients, clones.months
    until = np.minimum(p.time, p.start)
    if not p.z.shape[1]:
        starts = np.unique(p.start[p.started])
        share = v @ (p.start[:, None] == starts) / np.maximum(v @ (until[:, None] >= starts), np.finfo(float).tiny)
        left = np.concatenate([[1.0], np.cumprod(np.maximum(1.0 - share, 0.0))])
        return np.asarray(left[np.searchsorted(starts, months, side="left")][None])
    fit = cox(p.z, until, p.started, weight=v)
    before = np.nextafter(months, -np.inf)
    hazard = breslow(fit, p.z, until, p.started, before, weight=v)
    return np.asarray(np.exp(-np.exp((p.z - p.z.mean(axis=0)) @ fit.coef)[:, None] * hazard))


def started_by(clones: Clones, v: FloatArray) -> FloatArray:
    """Return P(W <= g | T > g, z): a share (1,) without covariates, with them logistic regression (n,)."""
    p = clones.patients
    beyond, by = p.time > clones.grace, (p.start <= clones.grace).astype(np.float64)
    if not p.z.shape[1]:
        return np.array([v[beyond] @ by[beyond] / max(float(v[beyond].sum()), np.finfo(float).tiny)])
    z = np.column_stack([np.ones(by.size), p.z - p.z.mean(axis=0)])
    coef = logistic(z[beyond], by[beyond], v[beyond])
    return np.asarray(1.0 / (1.0 + np.exp(-z @ coef)))


def logistic(z: FloatArray, y: FloatArray, v: FloatArray, *, steps: int = 50) -> FloatArray:
    """Return the maximum-likelihood coefficients (p,) of a weighted logistic regression, by Newton's method.

    Where the classes are told apart without error the steps end with probabilities as near to 0 and 1 as they have
    come: the weights are then those of the shares within each group.
    """
    coef = np.zeros(z.shape[1])
    for _ in range(steps):
        mean = 1.0 / (1.0 + np.exp(-np.clip(z @ coef, -30.0, 30.0)))
        information = (z * (v * mean * (1.0 - mean))[:, None]).T @ z
        step = np.linalg.lstsq(information, z.T @ (v * (y - mean)), rcond=None)[0]
        coef = coef + np.clip(step, -5.0, 5.0)
        if np.abs(step).max() < 1e-10:
            break
    return coef


@dataclass(frozen=True, slots=True)
class Tally:
    """At each month: weighted numbers at risk and deaths of both arms, (2, J), and how many clones die there, (J,)."""

    at_risk: FloatArray
    deaths: FloatArray
    together: NDArray[np.int64]


def tally(clones: Clones, v: FloatArray) -> Tally:
    """Return the weighted risk sets of a sample of patients, with weights fitted to it."""
    never, by = weights(clones, v)
    late = clones.months > clones.grace
    arm1 = np.where(late[None], by[:, None], 1.0)
    own = (never, arm1)
    place, count = clones.place, clones.months.size
    at_risk = np.stack([weighed(v, clones.at_risk[arm], own[arm]) for arm in (0, 1)])
    deaths, together = [], np.zeros(count, dtype=np.int64)
    for arm in (0, 1):
        whose = np.flatnonzero(clones.died[arm] & (v > 0.0))
        each = np.broadcast_to(own[arm], (v.size, count))[whose, place[whose]]
        deaths.append(np.bincount(place[whose], v[whose] * each, minlength=count))
        together += np.bincount(place[whose], minlength=count)
    return Tally(at_risk, np.stack(deaths), together)


def weighed(v: FloatArray, at_risk: FloatArray, own: FloatArray) -> FloatArray:
    """Return the sums over patients of v x at_risk x own, (J,); ``own`` (1, J) is the same for everybody."""
    if own.shape[0] == 1:
        return np.asarray((v @ at_risk) * own[0])
    return np.asarray(np.einsum("n,nj,nj->j", v, at_risk, own))


def log_ratio(found: Tally) -> float:
    """Return the log hazard ratio of arm 1 over arm 0: Cox with Efron's rule for weighted ties, one column.

    NaN where an arm has no event.
    """
    if (found.deaths.sum(axis=1) <= 0.0).any():
        return float("nan")
    month = np.repeat(np.arange(found.together.size), found.together)
    rank = np.arange(month.size) - np.repeat(np.cumsum(found.together) - found.together, found.together)
    share = rank / found.together[month]
    left0, left1 = (found.at_risk[arm][month] - share * found.deaths[arm][month] for arm in (0, 1))
    mean = (found.deaths.sum(axis=0)[month]) / found.together[month]
    beta, total = 0.0, float(found.deaths[1].sum())
    for _ in range(100):
        risk = left1 * np.exp(beta)
        chance = risk / (risk + left0)
        information = float(mean @ (chance * (1.0 - chance)))
        if information <= 0.0:
            return float("nan")
        step = (total - float(mean @ chance)) / information
        beta += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-11:
            break
    return beta


def survival(found: Tally) -> FloatArray:
    """Return the weighted product limit of both arms after each month, (2, J)."""
    at_risk = np.maximum(found.at_risk, np.finfo(float).tiny)
    return np.asarray(np.cumprod(np.clip(1.0 - found.deaths / at_risk, 0.0, 1.0), axis=1))
