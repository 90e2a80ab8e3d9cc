"""Kaplan-Meier curves of both arms of many trials: restricted means and survival at a month, with their variances.

With Y at risk at each event of an arm: S = product (1 - 1/Y), Greenwood's sum G = sum 1 / (Y (Y - 1)). Var S(t) =
S(t)^2 G(t); Var RMST = sum over events of (area from there to the limit)^2 / (Y (Y - 1)). Treatment minus control.
``docs/methods/rmst.md``, ``kaplan_meier.md``.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.risk_sets import RiskSets


@dataclass(frozen=True, slots=True, eq=False)
class ArmCurve:
    """Of one arm at the ordered times (n, m) of all patients: ``survival`` just after, terms of Greenwood's sum."""

    survival: FloatArray
    greenwood: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Treatment minus control of n trials, and its variance."""

    value: FloatArray
    variance: FloatArray

    def z_against(self, margin: float = 0.0) -> FloatArray:
        """Return the value less ``margin`` over its standard error; 0 where there is none."""
        beyond = self.value - margin
        return np.where(self.variance > 0.0, beyond / np.sqrt(np.maximum(self.variance, 1e-300)), 0.0)


def arm_curve(patients: RiskSets, *, treated: bool) -> ArmCurve:
    """Return the curve of one arm of every trial."""
    mine = patients.treated if treated else ~patients.treated
    gone = np.cumsum(mine, axis=1, dtype=np.int32)
    at_risk = (gone[:, -1:] - gone + mine).astype(np.float64)
    counts = mine & patients.event
    survival = np.cumprod(1.0 - counts / np.maximum(at_risk, 1.0), axis=1)
    # The event of the last at risk takes the curve to 0, where it has no variance.
    terms = np.where(counts & (at_risk > 1.0), 1.0 / np.maximum(at_risk * (at_risk - 1.0), 1.0), 0.0)
    return ArmCurve(survival, terms)


def rmst_difference(patients: RiskSets, until: float) -> Difference:
    """Return the difference of restricted means to ``until`` months; a curve is held at its last value till there."""
    time = np.minimum(patients.time, until)
    width = np.diff(time, axis=1, append=until)
    inside = patients.time < until
    values, variances = [], []
    for treated in (False, True):
        curve = arm_curve(patients, treated=treated)
        ahead = np.cumsum((curve.survival * width)[:, ::-1], axis=1)[:, ::-1]
        values.append(time[:, 0] + ahead[:, 0])
        variances.append((np.where(inside, ahead, 0.0) ** 2 * curve.greenwood).sum(axis=1))
    return Difference(values[1] - values[0], variances[0] + variances[1])


def survival_difference(patients: RiskSets, month: float) -> Difference:
    """Return the difference of survival at ``month``, with Greenwood's variances."""
    row = np.arange(patients.time.shape[0])
    reached = np.count_nonzero(patients.time <= month, axis=1) - 1
    values, variances = [], []
    for treated in (False, True):
        curve = arm_curve(patients, treated=treated)
        value = np.where(reached >= 0, curve.survival[row, reached], 1.0)
        total = np.where(patients.time <= month, curve.greenwood, 0.0).sum(axis=1)
        values.append(value)
        variances.append(value**2 * total)
    return Difference(values[1] - values[0], variances[0] + variances[1])
