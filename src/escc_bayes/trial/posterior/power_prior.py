"""Borrowing by discount: every patient of a historical study counts as a0 of one, a0 fixed or unknown on nodes.

- power: a0 fixed. Ibrahim & Chen 2000, Stat Sci 15:46.
- normalised power: a0 ~ Beta(p, q) on nodes packed towards 0. Duan, Ye & Smith 2006, Environmetrics 17:95.
- robust mixture: a0 is the discount with probability w, else 0. Schmidli et al. 2014, Biometrics 70:1023.

With discounts (a1, .., aH) of H studies the prior on hazards and hazard ratio is prior x prod likelihood_h^ah over its
integral C(a1, .., aH), so a trial's weight is prod Gamma(a + D + sum ah Dh) / C. ``docs/methods/borrowing.md``.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from scipy.special import logsumexp, roots_jacobi

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.exact_posterior import NODES, GammaBaseline, integrals
from escc_bayes.trial.posterior.historical import Historical, added, at_nodes, marginal, nobody
from escc_bayes.trial.posterior.marginal_posterior import WeightedData

# Of each study, by how many there are. Where old and new controls contradict each other all that matters lies near 0.
DISCOUNT_NODES = {1: 24, 2: 16, 3: 10}
PACKED = 4


class DiscountModel(Protocol):
    """A prior on the discount of one study."""

    def words(self) -> str:
        """Say the prior."""
        ...

    def discounts(self, nodes: int) -> tuple[FloatArray, FloatArray]:
        """Return discounts (G,) and their prior weights, which sum to one."""
        ...


@dataclass(frozen=True, slots=True)
class PowerPrior:
    """Every historical patient counts as ``discount`` of one."""

    discount: float

    def words(self) -> str:
        """Say the discount."""
        return f"power prior, each counts {self.discount:g}"

    def discounts(self, nodes: int) -> tuple[FloatArray, FloatArray]:  # noqa: ARG002 - it is known
        """Return the one discount."""
        return np.array([self.discount]), np.ones(1)


@dataclass(frozen=True, slots=True)
class NormalisedPowerPrior:
    """The discount is unknown, Beta(``p``, ``q``)."""

    p: float
    q: float

    def words(self) -> str:
        """Say the prior on the discount."""
        return f"normalised power prior, discount Beta({self.p:g}, {self.q:g})"

    def discounts(self, nodes: int) -> tuple[FloatArray, FloatArray]:
        """Return the nodes of the discount."""
        return discount_nodes(self.p, self.q, nodes)


@dataclass(frozen=True, slots=True)
class RobustMixture:
    """With probability ``weight`` the historical controls, each counting ``discount``; else nothing of them."""

    weight: float
    discount: float

    def words(self) -> str:
        """Say the mixture."""
        share = "" if self.discount == 1.0 else f", each counting {self.discount:g}"
        return f"robust mixture, with probability {self.weight:g} they are of the same kind{share}"

    def discounts(self, nodes: int) -> tuple[FloatArray, FloatArray]:  # noqa: ARG002 - there are two
        """Return with and without."""
        return np.array([self.discount, 0.0]), np.array([self.weight, 1.0 - self.weight])


def discounted(
    data: ArmData,
    sources: tuple[tuple[Historical, DiscountModel], ...],
    baseline: GammaBaseline,
    log_hr: NormalMixture,
    *,
    nodes: int | None = None,
) -> WeightedData:
    """Return each trial at every combination of the studies' discounts.

    Parameters
    ----------
    log_hr : prior on the log hazard ratio; it matters where treated patients are borrowed.
    """
    count = nodes if nodes is not None else DISCOUNT_NODES[len(sources)]
    grids = [model.discounts(count) for _, model in sources]
    more, log_weight = [], []
    for places in product(*(range(values.size) for values, _ in grids)):
        share = [float(values[k]) for (values, _), k in zip(grids, places, strict=True)]
        prior = math.prod(float(weights[k]) for (_, weights), k in zip(grids, places, strict=True))
        old = nobody(data.control_events.shape[1])
        here = data
        for (study, _), a0 in zip(sources, share, strict=True):
            here, old = added(here, study, a0), added(old, study, a0)
        more.append(here)
        constant = log_constant(old, baseline, log_hr, both_arms=any(study.both_arms for study, _ in sources))
        log_weight.append(math.log(prior) + marginal(here, baseline) - constant)
    return at_nodes(more, np.stack(log_weight, axis=1))


def log_constant(old: ArmData, baseline: GammaBaseline, log_hr: NormalMixture, *, both_arms: bool) -> float:
    """Return log C, the integral of the discounted likelihoods times the priors, without factors common to all."""
    if not both_arms:
        shape = baseline.shape + old.control_events[0]
        return float(marginal(old, baseline)[0] - shape @ np.log(baseline.rate + old.control_months[0]))
    parts = integrals(old, log_hr, baseline, np.zeros(1), NODES)[0]
    by_part = [float(part.log_norm[0]) for part in parts] + np.log(log_hr.weights / log_hr.sds)
    return float(marginal(old, baseline)[0] + logsumexp(by_part))


def discount_nodes(p: float, q: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return nodes of a discount Beta(p, q) and their weights, which sum to one.

    Gauss-Jacobi in u, a0 = u^4: Beta's density is (1 - u)^(q-1) u^(4p-1) times a smooth (1 + u + u^2 + u^3)^(q-1).

    Examples
    --------
    >>> discount, weight = discount_nodes(2.0, 3.0, 24)
    >>> round(float(discount @ weight), 12)
    0.4
    """
    unit, weight = roots_jacobi(nodes, q - 1.0, PACKED * p - 1.0)
    u = (unit + 1.0) / 2.0
    weight = weight * (1.0 + u + u**2 + u**3) ** (q - 1.0)
    return u**PACKED, weight / weight.sum()
