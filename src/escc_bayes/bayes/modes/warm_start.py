"""Where a search for modes starts: at those of a target much like it, said in this one's coordinates.

A refit under another prior, or with other weights, has its mode close to the first fit's. Parameters keep their values;
the coordinates, which are standard normal a priori, change with the prior.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from escc_bayes.bayes.modes.coordinates import Coordinates, Hyper, Scale, Shape
from escc_bayes.hazard.piecewise import FloatArray

# A hyperparameter starts no further than this many prior SDs out: beyond, the prior rules.
FURTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Near:
    """Hyperparameters u (h,) with the width of their posterior along each axis (h,), and the latents x (d,) there."""

    u: FloatArray
    width: FloatArray
    x: FloatArray


@dataclass(frozen=True, slots=True)
class Start:
    """What is known of a target's modes, and the coordinates in which it is said."""

    coords: Coordinates
    near: Near

    def carried_to(self, other: Coordinates) -> Near:
        """Return the same parameter values in other coordinates of the same model."""
        return carried(self.near, self.coords, other)


def carried(near: Near, own: Coordinates, other: Coordinates) -> Near:
    """Return the same parameter values in other coordinates of the same model."""
    x = near.x.copy()
    for mine, theirs in zip(own.parameters, other.parameters, strict=True):
        inside = slice(mine.start, mine.stop)
        x[inside] = (mine.mean + mine.sd * near.x[inside] - theirs.mean) / theirs.sd
    pairs = zip(own.hypers, other.hypers, near.u.tolist(), strict=True)
    u = np.array([carried_hyper(mine, theirs, value) for mine, theirs, value in pairs])
    return Near(np.clip(u, -FURTHEST, FURTHEST), near.width, x)


def carried_hyper(own: Hyper, other: Hyper, u: float) -> float:
    """Return the coordinate of the same standard deviation, log shape or share under another prior."""
    if isinstance(own, Scale) and isinstance(other, Scale):
        ratio = float(own.values(np.array([u]))[0]) / other.sd
        if other.cauchy:  # C(u) = ratio: Phi(u) = 2 / pi atan(ratio).
            return -float(ndtri(2.0 / np.pi * np.arctan2(1.0, ratio)))
        # Q(u) = ratio: u is where Phi reaches the half-normal's distribution function, 1 - 2 Phi(-ratio).
        return -float(ndtri(2.0 * ndtr(-ratio)))
    if isinstance(own, Shape) and isinstance(other, Shape):
        return (own.mean + own.sd * u - other.mean) / other.sd
    return u
