"""Where a sequence of looks ends: probabilities that a normal score process leaves its boundaries.

Z_k at information I_k is normal with mean drift sqrt(I_k), variance 1, and Cov(Z_j, Z_k) = sqrt(I_j / I_k). The
density of Z_k on paths that have not stopped follows from that of Z_(k-1) by one integral over a look.
Armitage, McPherson & Rowe 1969, JRSS A 132:235; Jennison & Turnbull 2000, chapter 19.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from escc_bayes.hazard.piecewise import FloatArray

# A standard normal beyond this many standard deviations is nothing to 1e-15.
REACH = 8.5
PANEL_NODES = 16
UNIT, WEIGHT = np.polynomial.legendre.leggauss(PANEL_NODES)
LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Going:
    """Sub-density of Z at a look, on paths that go on: at ``values`` (m,), ``mass`` (m,) is density times weight."""

    information: float
    values: FloatArray
    mass: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryCrossing:
    """Probabilities (k,) to stop at each look above the upper and below the lower boundary."""

    upper: FloatArray
    lower: FloatArray


def start() -> Going:
    """Return the process before the first look: all mass at score 0."""
    return Going(0.0, np.zeros(1), np.ones(1))


def above(going: Going, information: float, bound: float, drift: float) -> float:
    """Return the probability that paths which went on are above ``bound`` at ``information``."""
    return float(going.mass @ ndtr(-standardised(going, information, bound, drift)))


def below(going: Going, information: float, bound: float, drift: float) -> float:
    """Return the probability that paths which went on are below ``bound`` at ``information``."""
    return float(going.mass @ ndtr(standardised(going, information, bound, drift)))


def standardised(going: Going, information: float, bound: float | FloatArray, drift: float | FloatArray) -> FloatArray:
    """Return (bound sqrt(I) - score - drift gained) / sqrt(I gained) for each path value."""
    gained = information - going.information
    score = going.values * math.sqrt(going.information)
    return np.asarray((bound * math.sqrt(information) - score - drift * gained) / math.sqrt(gained))


def carried(
    going: Going,
    information: float,
    lower: float,
    upper: float,
    drift: float,
    *,
    reach: tuple[float, float] | None = None,
) -> Going:
    """Return the paths that are between the boundaries at ``information``.

    ``reach``: beyond these values of Z nothing is kept; by default 8.5 standard deviations about the mean.
    """
    centre = drift * math.sqrt(information)
    nearest, farthest = reach or (centre - REACH, centre + REACH)
    low, high = max(lower, nearest), min(upper, farthest)
    if not high > low:
        return Going(information, np.zeros(1), np.zeros(1))
    gained = information - going.information
    values, weights = panels(low, high, spread=math.sqrt(gained / information))
    z = standardised(going, information, values[:, None], drift)
    density = np.exp(-0.5 * z**2 - LOG_SQRT_2PI) @ going.mass * math.sqrt(information / gained)
    return Going(information, values, density * weights)


def panels(low: float, high: float, *, spread: float) -> tuple[FloatArray, FloatArray]:
    """Return Gauss-Legendre nodes and weights on panels no wider than two ``spread``, the SD of one step."""
    count = max(2, math.ceil((high - low) / min(2.0 * spread, 1.5)))
    edges = np.linspace(low, high, count + 1)
    half = np.diff(edges)[:, None] / 2.0
    middle = (edges[:-1, None] + edges[1:, None]) / 2.0
    return (middle + half * UNIT).reshape(-1), (half * WEIGHT).reshape(-1)


def boundary_crossing(
    information: FloatArray, lower: FloatArray, upper: FloatArray, *, drift: float
) -> BoundaryCrossing:
    """Return the probabilities to stop at each look.

    Parameters
    ----------
    information : (k,) increasing; the estimate of the effect has variance 1 / information.
    lower, upper : (k,) boundaries of Z; infinite where there is none.
    drift : the effect, in the direction of ``upper``.

    Examples
    --------
    >>> found = boundary_crossing(np.array([0.5, 1.0]), np.full(2, -np.inf), np.array([2.962588, 1.9685955]), drift=0.0)
    >>> round(float(found.upper.sum()), 6)
    0.025
    """
    going, up, down = start(), [], []
    for at, low, high in zip(information.tolist(), lower.tolist(), upper.tolist(), strict=True):
        up.append(above(going, at, high, drift) if math.isfinite(high) else 0.0)
        down.append(below(going, at, low, drift) if math.isfinite(low) else 0.0)
        going = carried(going, at, low, high, drift)
    return BoundaryCrossing(np.array(up), np.array(down))


def upper_crossing(information: FloatArray, lower: FloatArray, upper: FloatArray, drifts: FloatArray) -> FloatArray:
    """Return the probability to stop above the upper boundary at any look, for each of ``drifts`` (q,): (q,).

    Paths are followed once, without drift; their weight under drift d at score S is exp(d S - d^2 I / 2).
    """
    going, total = start(), np.zeros(drifts.size)
    for at, low, high in zip(information.tolist(), lower.tolist(), upper.tolist(), strict=True):
        score = going.values * math.sqrt(going.information)
        with np.errstate(divide="ignore"):
            log_weight = np.log(going.mass) + drifts[:, None] * score - drifts[:, None] ** 2 * going.information / 2.0
        if math.isfinite(high):
            outside = ndtr(-standardised(going, at, high, drifts[:, None]))
            total += (np.exp(log_weight) * outside).sum(axis=1)
        centres = (min(float(drifts.min()), 0.0) * math.sqrt(at), max(float(drifts.max()), 0.0) * math.sqrt(at))
        going = carried(going, at, low, high, 0.0, reach=(centres[0] - REACH, centres[1] + REACH))
    return total
