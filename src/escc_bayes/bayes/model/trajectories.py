"""Trajectories of a marker: how parameters and measurements make each patient's own, in numpy or PyTensor.

With r = y - M(s) the residuals of the mean, Z = (1, s) at the months measured, L the root of the covariance of level
and slope, and A = I + L' Z'Z L / error^2 = C C', given the measurements

    b = L v,   v = A^-1 L' Z'r / error^2 + C^-T z,   z ~ N(0, I),

so that z, two numbers for each patient, is standard normal whatever was measured, and the measurements have the
density N(r; 0, error^2 I + Z L L' Z'), in which b is integrated out. What the survival of a patient says of b moves z
little: chains mix. A depends on which months were measured alone: patients share it pattern by pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray, IntArray
from escc_bayes.spec.structures.free import variable
from escc_bayes.spec.structures.measured import Measured

LOG_SQRT_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True)
class Law:
    """What trajectories follow, on the log2 scale: arrays or tensors (..), ``change`` (.., stretches)."""

    level: Any
    change: Any
    sd_level: Any
    sd_change: Any
    fisher_z: Any
    error: Any


def law_of(name: str, values: Mapping[str, Any]) -> Law:
    """Return the law of the trajectory ``name`` from its parameters, last axis = element."""
    one = ("level", "sd_level", "sd_change", "fisher_z", "error")
    held = {key: values[variable(f"{key}_{name}")][..., 0] for key in one}
    return Law(change=values[variable(f"change_{name}")], **held)


def latents_of(name: str, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return both standard numbers of each patient, (.., n)."""
    z = values[variable(f"z_{name}")]
    return z[..., 0::2], z[..., 1::2]


def passed(months: tuple[float, ...], at: FloatArray) -> FloatArray:
    """Return how many months of each stretch between planned months lie before the months ``at``, (.., stretches).

    Examples
    --------
    >>> passed((0.0, 1.0, 3.0), np.array([0.5, 2.0, 9.0])).tolist()
    [[0.5, 0.0], [1.0, 1.0], [1.0, 2.0]]
    """
    edges = np.array(months)
    return np.clip(at[..., None] - edges[:-1], 0.0, np.diff(edges))


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which months patients have a value at, and their values as sums.

    Attributes
    ----------
    of : (n,) each patient's pattern.
    seen : (p, k) 1 where a month is measured.
    seen_month : (p, k) the month there, else 0.
    moments : (3, p) sums of 1, s and s^2 over the months measured.
    passed : (k, stretches) months of each stretch before each planned month.
    values : (n, k); 0 where nothing was measured.
    sums : (2, n) sums of y and s y.
    """

    of: IntArray
    seen: FloatArray
    seen_month: FloatArray
    moments: FloatArray
    passed: FloatArray
    values: FloatArray
    sums: FloatArray

    @property
    def counts(self) -> FloatArray:
        """Patients of each pattern."""
        return np.bincount(self.of, minlength=len(self.seen)).astype(np.float64)


def patterns_of(measured: Measured) -> Patterns:
    """Return the patterns of measurements."""
    months, there = np.array(measured.months), ~np.isnan(measured.values)
    seen, of = np.unique(there, axis=0, return_inverse=True)
    values, held = np.nan_to_num(measured.values), seen.astype(np.float64)
    return Patterns(
        of=of.ravel(),
        seen=held,
        seen_month=held * months,
        moments=np.stack([held.sum(axis=1), held @ months, held @ months**2]),
        passed=passed(measured.months, months),
        values=values,
        sums=np.stack([values.sum(axis=1), values @ months]),
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """L, A and error^2: L (..,), A and its determinant (.., p), pattern by pattern."""

    l00: Any
    l10: Any
    l11: Any
    a00: Any
    a01: Any
    a11: Any
    det: Any
    error2: Any


def spread_of(law: Law, moments: Any, xp: Any) -> Spread:
    """Return how patients differ, and what measurements leave of it, pattern by pattern."""
    l00, l10, l11 = law.sd_level, law.sd_change * xp.tanh(law.fisher_z), law.sd_change / xp.cosh(law.fisher_z)
    e2 = law.error**2
    k0, k1, k2 = moments[0], moments[1], moments[2]
    first, second, third, error2 = l00[..., None], l10[..., None], l11[..., None], e2[..., None]
    a00 = 1.0 + (first**2 * k0 + 2.0 * first * second * k1 + second**2 * k2) / error2
    a01 = third * (first * k1 + second * k2) / error2
    a11 = 1.0 + third**2 * k2 / error2
    return Spread(l00, l10, l11, a00, a01, a11, a00 * a11 - a01**2, e2)


def means(law: Law, months_passed: Any) -> Any:
    """Return the mean at months, (.., m), from the months of each stretch before them (m, stretches)."""
    return law.level[..., None] + (law.change[..., None, :] * months_passed).sum(-1)


def projections(sums: Any, mean: Any, seen: Any, seen_month: Any, of: Any) -> tuple[Any, Any]:
    """Return Z'r of each patient: sums of residuals, and of residuals times months, (.., n) each."""
    first = (mean[..., None, :] * seen).sum(-1)
    second = (mean[..., None, :] * seen_month).sum(-1)
    return sums[0] - first[..., of], sums[1] - second[..., of]


def standard_means(spread: Spread, q0: Any, q1: Any, of: Any) -> tuple[Any, Any, Any]:
    """Return A^-1 w of each patient, w = L'Z'r / error^2, and w'A^-1 w."""
    error2 = spread.error2[..., None]
    w0 = (spread.l00[..., None] * q0 + spread.l10[..., None] * q1) / error2
    w1 = spread.l11[..., None] * q1 / error2
    a00, a01, a11, det = (part[..., of] for part in (spread.a00, spread.a01, spread.a11, spread.det))
    u0, u1 = (a11 * w0 - a01 * w1) / det, (a00 * w1 - a01 * w0) / det
    return u0, u1, u0 * w0 + u1 * w1


def deviations(spread: Spread, u: tuple[Any, Any], z: tuple[Any, Any], of: Any, xp: Any) -> tuple[Any, Any]:
    """Return level and slope by which each patient differs, (.., n) each."""
    a00, a01, det = (part[..., of] for part in (spread.a00, spread.a01, spread.det))
    last = xp.sqrt(det / a00)
    v0 = u[0] + z[0] / xp.sqrt(a00) - z[1] * a01 / (a00 * last)
    v1 = u[1] + z[1] / last
    return spread.l00[..., None] * v0, spread.l10[..., None] * v0 + spread.l11[..., None] * v1


def log_density(spread: Spread, squares: Any, explained: Any, seen: Any, of: Any, xp: Any) -> Any:
    """Return the log density of each patient's measurements, (.., n).

    Parameters
    ----------
    squares : sums of squared residuals, (.., n).
    explained : w'A^-1 w.
    seen : (p,) measurements of each pattern.
    """
    error2 = spread.error2[..., None]
    found = -0.5 * xp.log(spread.det) - seen * (LOG_SQRT_2PI + 0.5 * xp.log(error2))
    return found[..., of] - 0.5 * (squares / error2 - explained)


@dataclass(frozen=True, slots=True)
class Trajectories:
    """Mean at the planned months (.., k), level and slope by which each patient differs (.., n), density of y (.., n).

    ``log_density`` is of the measurements, trajectories integrated out.
    """

    mean: Any
    level: Any
    slope: Any
    log_density: Any


def trajectories(law: Law, z: tuple[Any, Any], held: Patterns, xp: Any) -> Trajectories:
    """Return the trajectories of patients; ``held`` may hold tensors in place of arrays."""
    mean = means(law, held.passed)
    spread = spread_of(law, held.moments, xp)
    q0, q1 = projections(held.sums, mean, held.seen, held.seen_month, held.of)
    u0, u1, explained = standard_means(spread, q0, q1, held.of)
    apart = (held.values - mean[..., None, :]) ** 2 * held.seen[held.of]
    density = log_density(spread, apart.sum(-1), explained, held.seen.sum(-1), held.of, xp)
    return Trajectories(mean, *deviations(spread, (u0, u1), z, held.of, xp), density)
