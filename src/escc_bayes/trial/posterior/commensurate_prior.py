"""Drift between historical and concurrent patients as a second unknown: log hazard ratio delta, historical over own.

A node at delta adds D_h events and exp(delta) Y_h months, with log weight delta sum(D_h) + log prior. Priors:
delta ~ N(0, sd) (commensurate); a spike at 0 and a slab N(0, sd); N(0, tau) with tau half-normal (scale s), whose
density integrates to K0(|delta| / s) / (pi s), with a logarithmic pole at 0; N(0, 1 / sqrt(precision)), a gamma on the
precision (shape a, rate b), which is Student's t with 2 a degrees of freedom and scale sqrt(b / a). Several studies:
drifts are independent, and the nodes of the next are laid given the last's. Hobbs et al. 2011, Biometrics 67:1047.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import gammaln, k0e

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline, log_density, mode
from escc_bayes.trial.posterior.historical import Historical, added, at_nodes
from escc_bayes.trial.posterior.marginal_posterior import WeightedData

# Of each study, by how many there are.
NORMAL_NODES = {1: 21, 2: 15, 3: 9}
# On each side of 0, packed towards it as the cube of the distance, which takes the pole away.
SIDE_NODES = {1: 32, 2: 16, 3: 8}
REACH = 6.5
LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)


class DriftModel(Protocol):
    """A prior on the drift of one study."""

    def words(self) -> str:
        """Say the prior on the drift."""
        ...

    def drifts(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, studies: int, nodes: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return nodes of the drift (n, G), and log of weight times prior density."""
        ...


@dataclass(frozen=True, slots=True)
class Commensurate:
    """delta ~ N(0, ``sd``)."""

    sd: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"commensurate, log drift normal with SD {self.sd:g}"

    def drifts(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, studies: int, nodes: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the nodes of the drift."""
        return normal_nodes(data, historical, baseline, self.sd, nodes or NORMAL_NODES[studies])


@dataclass(frozen=True, slots=True)
class SpikeAndSlab:
    """With probability ``weight`` no drift at all, else delta ~ N(0, ``sd``)."""

    weight: float
    sd: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"spike and slab, no drift with probability {self.weight:g}, else log drift normal with SD {self.sd:g}"

    def drifts(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, studies: int, nodes: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return no drift, and the nodes of the slab."""
        delta, log_weight = normal_nodes(data, historical, baseline, self.sd, nodes or NORMAL_NODES[studies])
        nothing = np.zeros((data.trials, 1))
        return (
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

    def drifts(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, studies: int, nodes: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the nodes of the drift."""
        delta, log_width = split_nodes(data, historical, baseline, self.scale, nodes or SIDE_NODES[studies])
        size = np.maximum(np.abs(delta) / self.scale, 1e-300)
        return delta, log_width + np.log(k0e(size)) - size - math.log(math.pi * self.scale)


@dataclass(frozen=True, slots=True)
class PrecisionDrift:
    """delta ~ N(0, 1 / sqrt(precision)), precision ~ Gamma(``shape``, ``rate``): the prior of psborrow2."""

    shape: float
    rate: float

    def words(self) -> str:
        """Say the prior on the drift."""
        return f"commensurate, log drift normal with unknown precision, Gamma({self.shape:g}, {self.rate:g})"

    def drifts(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, studies: int, nodes: int | None
    ) -> tuple[FloatArray, FloatArray]:
        """Return the nodes of the drift; its density is Gamma(a + 1/2) / Gamma(a) b^a (b + delta^2 / 2)^-(a + 1/2)."""
        a, b = self.shape, self.rate
        spread = math.sqrt(b / a)
        delta, log_width = split_nodes(data, historical, baseline, spread, nodes or SIDE_NODES[studies])
        constant = float(gammaln(a + 0.5) - gammaln(a)) + a * math.log(b) - LOG_SQRT_2PI
        return delta, log_width + constant - (a + 0.5) * np.log(b + 0.5 * delta**2)


def drifted(
    data: ArmData,
    sources: tuple[tuple[Historical, DriftModel], ...],
    baseline: GammaBaseline,
    *,
    nodes: int | None = None,
) -> WeightedData:
    """Return each trial at the nodes of all drifts."""
    found = WeightedData(data, np.zeros((data.trials, 1)))
    for historical, model in sources:
        delta, log_weight = model.drifts(found.data, historical, baseline, len(sources), nodes)
        parts = [added(found.data, historical, stretch=np.exp(delta[:, k : k + 1])) for k in range(delta.shape[1])]
        step = at_nodes(parts, log_weight + delta * historical.total)
        log_weight = (found.log_weight.reshape(-1, 1) + step.log_weight).reshape(data.trials, -1)
        found = WeightedData(step.data, log_weight)
    return found


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
