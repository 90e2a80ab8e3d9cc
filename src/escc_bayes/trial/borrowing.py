"""Borrowing historical controls: how a prior on the trial's control hazards follows from events and person-months.

Historical controls with events D_h and months Y_h in each piece, hazard lambda_j exp(delta) there, lambda_j the trial's
controls' (so the baseline is the control's: s = 0). Each model is a weighted list of trials with more control data:

- power: a0 D_h, a0 Y_h, a0 fixed. Ibrahim & Chen 2000, Stat Sci 15:46.
- normalised power: a0 ~ Beta(p, q) on nodes packed towards 0, weighted by Gamma functions. Duan, Ye & Smith 2006,
  Environmetrics 17:95.
- robust mixture: a component with the historical controls (discounted) and one without. Schmidli et al. 2014,
  Biometrics 70:1023.
- gamma mixture: any prior on the control's hazards as a mixture of products of gammas.
- drift: delta on nodes (``drift.py``). Hobbs et al. 2011, Biometrics 67:1047.

``docs/methods/borrowing.md``.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import gammaln, roots_jacobi

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.exact_posterior import GammaBaseline
from escc_bayes.trial.sufficient import ArmData
from escc_bayes.trial.weighted_posterior import WeightedData, certain

# Where old and new controls contradict each other all that matters lies near a0 = 0.
DISCOUNT_NODES = 24
PACKED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Historical:
    """Historical controls: ``events`` and person-``months`` of each piece, (J,); read-only."""

    events: FloatArray
    months: FloatArray

    def __post_init__(self) -> None:
        for values in (self.events, self.months):
            values.setflags(write=False)

    @property
    def rates(self) -> FloatArray:
        """Events per month of each piece, (J,)."""
        return self.events / self.months


class BorrowingModel(Protocol):
    """A prior that leans on historical controls."""

    def words(self) -> str:
        """Say how much is borrowed."""
        ...

    def borrowed(self, data: ArmData, historical: Historical, baseline: GammaBaseline) -> WeightedData:
        """Return the trials with what they borrow."""
        ...


@dataclass(frozen=True, slots=True)
class Borrowing:
    """Historical controls and the model that borrows them, with what is asked of the drift map.

    Attributes
    ----------
    drifts : hazard of the trial's controls over the historical one, at which the map is drawn.
    tolerated : type I error that counts as tipped.
    trials : simulated for each point of the map.
    """

    historical: Historical
    model: BorrowingModel
    drifts: tuple[float, ...]
    tolerated: float
    trials: int

    def words(self) -> str:
        """Say what is borrowed and how."""
        old = self.historical
        return (
            f"Posterior rules borrow {old.events.sum():g} events in {old.months.sum():g} person-months of historical "
            f"controls: {self.model.words()}."
        )


@dataclass(frozen=True, slots=True)
class PowerPrior:
    """Every historical patient counts as ``discount`` of one."""

    discount: float

    def words(self) -> str:
        """Say the discount."""
        return f"power prior, each counts {self.discount:g}"

    def borrowed(self, data: ArmData, historical: Historical, baseline: GammaBaseline) -> WeightedData:  # noqa: ARG002
        """Return the trials with the discounted controls added; the prior does not matter for that."""
        return certain(added(data, self.discount * historical.events, self.discount * historical.months))


@dataclass(frozen=True, slots=True)
class NormalisedPowerPrior:
    """The discount is unknown, Beta(``p``, ``q``)."""

    p: float
    q: float

    def words(self) -> str:
        """Say the prior on the discount."""
        return f"normalised power prior, discount Beta({self.p:g}, {self.q:g})"

    def borrowed(
        self, data: ArmData, historical: Historical, baseline: GammaBaseline, *, nodes: int = DISCOUNT_NODES
    ) -> WeightedData:
        """Return each trial at the nodes of the discount.

        Weight: prod Gamma(a + D + a0 D_h) / c(a0), c(a0) = prod Gamma(a + a0 D_h) (b + a0 Y_h)^-(a + a0 D_h).
        """
        discount, weight = discount_nodes(self.p, self.q, nodes)
        more = [added(data, a0 * historical.events, a0 * historical.months) for a0 in discount.tolist()]
        log_weight = [
            math.log(share) + marginal(of, baseline) - log_constant(a0, historical, baseline)
            for a0, share, of in zip(discount.tolist(), weight.tolist(), more, strict=True)
        ]
        return at_nodes(more, np.stack(log_weight, axis=1))


@dataclass(frozen=True, slots=True)
class RobustMixture:
    """With probability ``weight`` the historical controls, each counting ``discount``; else nothing of them."""

    weight: float
    discount: float

    def words(self) -> str:
        """Say the mixture."""
        share = "" if self.discount == 1.0 else f", each counting {self.discount:g}"
        return f"robust mixture, with probability {self.weight:g} they are of the same kind{share}"

    def borrowed(self, data: ArmData, historical: Historical, baseline: GammaBaseline) -> WeightedData:
        """Return each trial with and without the historical controls, weighted by their marginal likelihoods."""
        more = [added(data, a0 * historical.events, a0 * historical.months) for a0 in (self.discount, 0.0)]
        log_weight = [
            math.log(share) + marginal(of, baseline) - log_constant(a0, historical, baseline)
            for share, a0, of in zip((self.weight, 1.0 - self.weight), (self.discount, 0.0), more, strict=True)
        ]
        return at_nodes(more, np.stack(log_weight, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class GammaMixture:
    """A prior on the control's hazards as K products of gammas: ``weights`` (K,), ``shapes`` and ``rates`` (K, J).

    Such as a meta-analytic predictive prior, approximated by gammas, with a vague component.
    """

    weights: tuple[float, ...]
    shapes: tuple[tuple[float, ...], ...]
    rates: tuple[tuple[float, ...], ...]

    def words(self) -> str:
        """Say how many components, and the events of each."""
        parts = ", ".join(
            f"{weight:.0%} {sum(shape):g} events" for weight, shape in zip(self.weights, self.shapes, strict=True)
        )
        return f"mixture of {len(self.weights)} gamma priors ({parts})"

    def borrowed(self, data: ArmData, historical: Historical, baseline: GammaBaseline) -> WeightedData:  # noqa: ARG002
        """Return each trial under every component, which takes the place of the baseline's gamma.

        Weight: w prod b_k^a_k / Gamma(a_k) Gamma(a_k + D).
        """
        more, log_weight = [], []
        for weight, shapes, rates in zip(self.weights, self.shapes, self.rates, strict=True):
            shape, rate = np.array(shapes), np.array(rates)
            more.append(added(data, shape - baseline.shape, rate - baseline.rate))
            constant = float((shape * np.log(rate) - gammaln(shape)).sum())
            log_weight.append(math.log(weight) + constant + marginal(more[-1], baseline))
        return at_nodes(more, np.stack(log_weight, axis=1))


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


def added(data: ArmData, events: FloatArray, months: FloatArray) -> ArmData:
    """Return the trials with events (J,) and person-months (J,), or (n, J), more among their controls."""
    return ArmData(data.control_events + events, data.treated_events, data.control_months + months, data.treated_months)


def marginal(data: ArmData, baseline: GammaBaseline) -> FloatArray:
    """Return the part of the log marginal likelihood that depends on the events alone, (n,)."""
    found = gammaln(baseline.shape + data.control_events + data.treated_events).sum(axis=1)
    return np.asarray(found)


def log_constant(discount: float, historical: Historical, baseline: GammaBaseline) -> float:
    """Return the log of the integral of likelihood^discount times the gamma priors, without its common factor."""
    shape = baseline.shape + discount * historical.events
    return float((gammaln(shape) - shape * np.log(baseline.rate + discount * historical.months)).sum())


def at_nodes(parts: list[ArmData], log_weight: FloatArray) -> WeightedData:
    """Return trials (n) at nodes (G), given node by node, as rows trial by trial."""

    def rows(values: list[FloatArray]) -> FloatArray:
        return np.stack(values, axis=1).reshape(-1, values[0].shape[1])

    data = ArmData(
        rows([part.control_events for part in parts]),
        rows([part.treated_events for part in parts]),
        rows([part.control_months for part in parts]),
        rows([part.treated_months for part in parts]),
    )
    return WeightedData(data, log_weight)
