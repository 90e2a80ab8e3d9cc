"""Latents that a standard deviation multiplies, partly centred: coordinates in which NUTS may take long steps.

A latent z with prior N(0, 1) enters psi as sd z. Where the data know sd z well, z must shrink as sd grows: a funnel.
With i the information of the data on sd z (at the mode, sd = sd0), z has about the SD (1 + sd^2 i)^(-1/2), so that

    z = r(sd) x,      r(sd)^2 = (1 + sd0^2 i) / (1 + sd^2 i),

lets x keep its spread whatever sd is; the density of x gains log r. i = 0 is the non-centred form, i without bound the
centred one. Papaspiliopoulos, Roberts & Skold 2007, Stat Sci 22:59.
"""

import math
from statistics import NormalDist

import numpy as np

from escc_bayes.bayes.modes.coordinates import SQRT2, Coordinates, Scale, log_scales
from escc_bayes.hazard.piecewise import FloatArray

# A tail probability of a normal beyond this many SDs is too small a number to invert.
FURTHEST = 37.0
STANDARD = NormalDist()
# Keeps the slope of log sd finite where sd is 0 to the last digit.
SMALLEST = 1e-300
# A variance above this is cut before a slab limits it: its inverse is still a number.
LARGEST = 1e290
# An SD, far out in a half-Cauchy's tail, whose square is still a number.
FARTHEST_SD = 1e145


def half_normal(u: float) -> tuple[float, float]:
    """Return Q(u), which turns a standard normal into a half-normal variable, and its derivative.

    Examples
    --------
    >>> round(half_normal(0.0)[0], 4)
    0.6745
    """
    tail = 0.25 * math.erfc(min(u, FURTHEST) / SQRT2)
    quantile = -STANDARD.inv_cdf(tail)
    return quantile, 0.5 * math.exp(0.5 * (quantile * quantile - u * u))


def half_cauchy(u: float) -> tuple[float, float]:
    """Return C(u), which turns a standard normal into a half-Cauchy variable, and its derivative.

    Examples
    --------
    >>> round(half_cauchy(0.0)[0], 4)
    1.0
    """
    tail = math.tan(0.25 * math.pi * math.erfc(min(abs(u), FURTHEST) / SQRT2))
    quantile = tail if u < 0.0 else 1.0 / tail
    # C' = pi / 2 phi (1 + C^2)
    slope = math.sqrt(0.125 * math.pi) * math.exp(-0.5 * u * u) * (1.0 / quantile + quantile)
    return quantile, slope * quantile


class ScaledLatents:
    """The step from x (d,) and hyperparameters to the latents times their SDs, and the way back for gradients.

    Parameters
    ----------
    coords : with at least one ``Scale``.
    factor : (d, d) root of the covariance of the latents at the mode.
    mode : (h,) hyperparameters there.
    normal : (d,) 1 for latents that are standard normal a priori.
    """

    def __init__(self, coords: Coordinates, factor: FloatArray, mode: FloatArray, normal: FloatArray) -> None:
        self.coords, self.normal = coords, normal
        found = [(h, one) for h, one in enumerate(coords.hypers) if isinstance(one, Scale)]
        self.scales = [(h, one.sd, slice(one.start, one.stop)) for h, one in found]
        self.quantiles = [half_cauchy if one.cauchy else half_normal for _, one in found]
        d = coords.latents
        sd = np.exp(log_scales(coords, mode[None]))[0]
        known = np.maximum(1.0 / (factor**2).sum(axis=1) - 1.0, 0.0)
        self.information = np.zeros(d)
        for _, _, inside in self.scales:
            self.information[inside] = known[inside] / sd[inside] ** 2
        # A latent may have several scales: their squares multiply.
        self.scaled = np.zeros(d, dtype=bool)
        for _, _, inside in self.scales:
            self.scaled[inside] = True
        self.repeated = sum(inside.stop - inside.start for _, _, inside in self.scales) > int(self.scaled.sum())
        self.at_mode = 1.0 + self.information * sd**2
        # Adding an array is faster than adding a number to an array this short.
        self.ones, self.variance = np.ones(d), np.ones(d)
        self.share, self.square, self.scale, self.free, self.work, self.by_sd = np.empty((6, d))
        # d log sd / du of each scale, at the last point.
        self.slopes = [0.0] * len(self.scales)
        # Each scale there.
        self.sds = [0.0] * len(self.scales)
        # 1 / slab^2 of each latent, 0 where nothing limits its SD; d log SD / d log product of its scales.
        self.limit, self.damping = np.zeros(d), np.ones(d)
        for slab in coords.slabs:
            self.limit[slab.start : slab.stop] = slab.sd**-2
        self.limited = bool(coords.slabs)

    def forward(self, x: FloatArray, hypers: list[float], out: FloatArray) -> float:
        """Write sd z (d,) into ``out``; return the log density of x given the hyperparameters, up to a constant."""
        if self.repeated:
            self.variance[self.scaled] = 1.0
        for place, (h, sd, inside) in enumerate(self.scales):
            quantile, slope = self.quantiles[place](hypers[h])
            own = min(sd * quantile, FARTHEST_SD) ** 2
            if self.repeated:
                self.variance[inside] *= own
            else:
                self.variance[inside] = own
            self.slopes[place] = slope / max(quantile, SMALLEST)
            self.sds[place] = sd * quantile
        if self.limited:
            self.limit_variance()
        share, square, free, work = self.share, self.square, self.free, self.work
        # share = 1 / (1 + sd^2 i), square = r^2, scale = sd r
        np.multiply(self.variance, self.information, out=share)
        share += self.ones
        np.reciprocal(share, out=share)
        np.multiply(self.at_mode, share, out=square)
        np.multiply(self.variance, square, out=work)
        np.sqrt(work, out=self.scale)
        np.multiply(x, self.scale, out=out)
        # Prior of z: of normal latents only; i = 0, thus r = 1, for all that no SD multiplies.
        np.multiply(x, self.normal, out=free)
        free *= square
        np.log(square, out=work)
        return 0.5 * (float(work.dot(self.ones)) - float(x.dot(free)))

    def limit_variance(self) -> None:
        """Limit the products P of squared scales to P / (1 + P / slab^2); keep d log of it / d log P."""
        np.minimum(self.variance, LARGEST, out=self.variance)
        np.multiply(self.variance, self.limit, out=self.damping)
        self.damping += self.ones
        np.reciprocal(self.damping, out=self.damping)
        self.variance *= self.damping

    def back(self, by_scaled: FloatArray, x: FloatArray, by_hyper: list[float], out: FloatArray) -> None:
        """Write the gradient by x into ``out`` and add that by hyperparameters, at the last point of ``forward``.

        With g the gradient by x, d/d log sd is the sum over the latents of share (x g + 1) + x^2 r^2 - 1.
        """
        by_sd, work = self.by_sd, self.work
        np.multiply(by_scaled, self.scale, out=out)
        out -= self.free
        np.multiply(x, out, out=by_sd)
        by_sd += self.ones
        by_sd *= self.share
        np.multiply(x, self.free, out=work)
        by_sd += work
        if self.limited:
            by_sd -= self.ones
            by_sd *= self.damping
            by_sd += self.ones
        for (h, _, inside), slope in zip(self.scales, self.slopes, strict=True):
            by_hyper[h] += slope * (float(np.add.reduce(by_sd[inside])) - (inside.stop - inside.start))

    def latents(self, x: FloatArray, u: FloatArray) -> FloatArray:
        """Return z (n, d) of draws x (n, d) with hyperparameters u (n, h)."""
        variance = np.exp(2.0 * log_scales(self.coords, u))
        return np.asarray(x * np.sqrt(self.at_mode / (1.0 + variance * self.information)))
