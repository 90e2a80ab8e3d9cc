"""Drift between historical and concurrent controls as a second unknown: log hazard ratio delta, historical over own.

A node at delta adds D_h events and exp(delta) Y_h months to the controls, with log weight delta sum(D_h) + log prior.
Priors: delta ~ N(0, sd) (commensurate); a spike at 0 and a slab N(0, sd); N(0, tau) with tau half-normal (scale s),
whose density integrates to K0(|delta| / s) / (pi s), with a logarithmic pole at 0.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import k0e

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.borrowing import Historical, at_nodes
from escc_bayes.trial.exact_posterior import GammaBaseline, log_density, mode
from escc_bayes.trial.sufficient import ArmData
from escc_bayes.trial.weighted_posterior import WeightedData

NORMAL_NODES = 21
# On each side of 0, packed towards it as the cube of the distance, which takes the pole away.
SIDE_NODES = 32
REACH = 6.5
LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class Commensurate:
    """delta ~ N(0, ``sd``)."""

    sd: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"commensurate, log drift normal with SD {self.sd:g}"

    def borrowed(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, *, nodes: int = NORMAL_NODES
    ) -> WeightedData:
        """Return each trial at the nodes of the drift."""
        delta, log_weight = normal_nodes(data, historical, baseline, self.sd, nodes)
        return drifted(data, historical, delta, log_weight)


@dataclass(frozen=True, slots=True)
class SpikeAndSlab:
    """With probability ``weight`` no drift at all, else delta ~ N(0, ``sd``)."""

    weight: float
    sd: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"spike and slab, no drift with probability {self.weight:g}, else log drift normal with SD {self.sd:g}"

    def borrowed(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, *, nodes: int = NORMAL_NODES
    ) -> WeightedData:
        """Return each trial without drift and at the nodes of the slab."""
        delta, log_weight = normal_nodes(data, historical, baseline, self.sd, nodes)
        nothing = np.zeros((data.trials, 1))
        return drifted(
            data,
            historical,
            np.concatenate([nothing, delta], axis=1),
            np.concatenate([nothing + math.log(self.weight), log_weight + math.log1p(-self.weight)], axis=1),
        )


@dataclass(frozen=True, slots=True)
class HalfNormalDrift:
    """delta ~ N(0, tau), tau half-normal with ``scale``."""

    scale: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"log drift normal with unknown SD, half-normal with scale {self.scale:g}"

    def borrowed(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, *, nodes: int = SIDE_NODES
    ) -> WeightedData:
        """Return each trial at the nodes of the drift."""
        delta, log_width = split_nodes(data, historical, baseline, self.scale, nodes)
        size = np.maximum(np.abs(delta) / self.scale, 1e-300)
        log_prior = np.log(k0e(size)) - size - math.log(math.pi * self.scale)
        return drifted(data, historical, delta, log_width + log_prior)


def drifted(data: ArmData, historical: Historical, delta: FloatArray, log_weight: FloatArray) -> WeightedData:
    """Return each trial at ``delta`` (n, G)."""
    parts = [
        ArmData(
            data.control_events + historical.events,
            data.treated_events,
            data.control_months + np.exp(delta[:, k : k + 1]) * historical.months,
            data.treated_months,
        )
        for k in range(delta.shape[1])
    ]
    return at_nodes(parts, log_weight + delta * historical.events.sum())


def centre_of(
    data: ArmData, historical: Historical, baseline: GammaBaseline, sd: float
) -> tuple[FloatArray, FloatArray]:
    """Return mode and SD (n,) of the drift given both groups of controls, under N(0, ``sd``)."""
    shape = data.control_events.shape
    controls = ArmData(
        data.control_events,
        np.broadcast_to(historical.events, shape),
        data.control_months,
        np.broadcast_to(historical.months, shape),
    )
    return mode(log_density(controls, GammaBaseline(baseline.shape, baseline.rate, "reference"), 0.0, sd))


def normal_nodes(
    data: ArmData, historical: Historical, baseline: GammaBaseline, sd: float, nodes: int
) -> tuple[FloatArray, FloatArray]:
    """Return adaptive Gauss-Hermite nodes (n, G) of a normal drift, and log of weight times prior density."""
    centre, spread = centre_of(data, historical, baseline, sd)
    unit, weight = np.polynomial.hermite.hermgauss(nodes)
    delta = centre[:, None] + math.sqrt(2.0) * spread[:, None] * unit
    log_width = np.log(weight) + unit**2 + np.log(math.sqrt(2.0) * spread)[:, None]
    return delta, log_width - 0.5 * (delta / sd) ** 2 - math.log(sd) - LOG_SQRT_2PI


def split_nodes(
    data: ArmData, historical: Historical, baseline: GammaBaseline, sd: float, nodes: int
) -> tuple[FloatArray, FloatArray]:
    """Return nodes (n, 2 G) on both sides of 0, or of the end nearest to it, and log of their widths."""
    # A flat prior: the pole may pull the mode to 0, and 0 is an end of both sides anyway.
    centre, spread = centre_of(data, historical, baseline, 10.0 * max(sd, 1.0))
    low = np.minimum(centre - REACH * spread, 0.0)
    high = np.maximum(centre + REACH * spread, 0.0)
    unit, weight = np.polynomial.legendre.leggauss(nodes)
    u = (unit + 1.0) / 2.0
    log_unit = np.log(weight / 2.0 * 3.0 * u**2)
    sides = [end[:, None] * u**3 for end in (low, high)]
    widths = [np.log(np.maximum(np.abs(end), 1e-300))[:, None] + log_unit for end in (low, high)]
    return np.concatenate(sides, axis=1), np.concatenate(widths, axis=1)
