"""Robust (sandwich) variances: what each independent unit moves an estimate by, squared and summed.

Symbols: psi_i influence of patient i, already multiplied by the patient's weight; V = sum over clusters of
(sum of psi_i in the cluster)(..)'. White 1982, Econometrica 50:1; Lin & Wei 1989, JASA 84:1074.
docs/methods/weights.md.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Followed:
    """Patients of a curve: (n,) months, 0/1, months of entry, weights."""

    time: FloatArray
    event: FloatArray
    entry: FloatArray
    weight: FloatArray


@dataclass(frozen=True, slots=True)
class Steps:
    """A Kaplan-Meier curve at its k distinct exit times: Y at risk and d events, weighted."""

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray


def cluster_sums(influence: FloatArray, cluster: IntArray) -> FloatArray:
    """Sum the rows of weighted influences (n, p) over clusters coded 0..g-1: (g, p)."""
    sums = np.zeros((int(cluster.max(initial=-1)) + 1, influence.shape[1]))
    np.add.at(sums, cluster, influence)
    return sums


def sandwich(influence: FloatArray, cluster: IntArray) -> FloatArray:
    """Return the robust covariance (p, p) of weighted influences (n, p).

    Examples
    --------
    >>> sandwich(np.array([[1.0], [-1.0], [2.0]]), np.array([0, 0, 1]))
    array([[4.]])
    """
    sums = cluster_sums(influence, cluster)
    return np.asarray(sums.T @ sums)


def curve_log_variance(curve: Steps, patients: Followed, cluster: IntArray) -> FloatArray:
    """Return the infinitesimal-jackknife variance of log S at each time of a Kaplan-Meier curve.

    The influence of patient i on log S(t) is w_i (C(min(t, t_i)) - C(e_i) - [event at t_i <= t] / (Y - d)(t_i)) with
    C(t) = sum of d / (Y (Y - d)) over event times up to t. Each unit's sum is (D + C(t) R): D changes where one of
    its patients enters or leaves, R is its weight at risk, so that the squares are added up change by change.

    Parameters
    ----------
    curve, patients : one of the other.
    cluster : (n,) codes of independent units.

    Returns
    -------
    (k,) as R's ``survfit(..., robust = TRUE)``; without weights and clusters, Greenwood's.
    """
    entry, weight, left = patients.entry, patients.weight, curve.at_risk - curve.events
    known = left > 0.0
    step = np.divide(curve.events, curve.at_risk * left, out=np.zeros_like(left), where=known & (curve.events > 0.0))
    total = np.concatenate(([0.0], np.cumsum(step)))
    row = np.searchsorted(curve.time, patients.time)
    before = total[np.searchsorted(curve.time, entry, side="right")]
    # An event that takes the curve to 0 has no finite influence; its limits do not exist either.
    jump = np.divide(patients.event, left[row], out=np.zeros_like(weight), where=known[row])
    done = total[row + 1] - before - jump
    # Entries, then exits: what each adds to its unit's D and R.
    at = np.concatenate([np.searchsorted(curve.time, entry, side="left"), row])
    to_d = np.concatenate([-weight * before, weight * (done + before)])
    to_r = np.concatenate([weight, -weight])
    unit = np.concatenate([cluster, cluster])
    order = np.lexsort((at, unit))
    squares = added_squares(to_d[order], to_r[order], unit[order])
    sums = np.zeros((curve.time.size, 3))
    inside = at[order] < curve.time.size
    np.add.at(sums, at[order][inside], squares[inside])
    dd, dr, rr = np.cumsum(sums, axis=0).T
    c = total[1:]
    return np.maximum(dd + 2.0 * c * dr + c**2 * rr, 0.0)


def added_squares(to_d: FloatArray, to_r: FloatArray, unit: IntArray) -> FloatArray:
    """Return what each change (m,), sorted by unit and time, adds to the sums of D^2, D R, R^2 over units: (m, 3)."""
    after = []
    first = np.concatenate(([True], unit[1:] != unit[:-1]))
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    for change in (to_d, to_r):
        running = np.cumsum(change)
        base = np.concatenate(([0.0], running))[start]
        after.append(running - base)
    d, r = after
    before_d, before_r = d - to_d, r - to_r
    return np.stack([d**2 - before_d**2, d * r - before_d * before_r, r**2 - before_r**2], axis=1)


def area_influence(curve: Steps, ahead: FloatArray, patients: Followed) -> FloatArray:
    """Return each patient's weighted influence on the area under a curve, (n,).

    Parameters
    ----------
    ahead : (k,) area from each time of the curve to the limit; 0 from the limit on.
    """
    left = curve.at_risk - curve.events
    known = left > 0.0
    share = np.divide(ahead, left, out=np.zeros_like(left), where=known)
    total = np.concatenate(([0.0], np.cumsum(share * curve.events / curve.at_risk)))
    row = np.searchsorted(curve.time, patients.time)
    before = total[np.searchsorted(curve.time, patients.entry, side="right")]
    return np.asarray(patients.weight * (total[row + 1] - before - patients.event * share[row]))
