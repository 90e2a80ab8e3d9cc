"""Borrowing historical controls: how a prior on the trial's control hazards follows from events and person-months.

Historical controls with events D_h and months Y_h in each piece, hazard lambda_j exp(delta) there, lambda_j the trial's
controls' (so the baseline is the control's: s = 0). Each model is a weighted list of trials with more control data: by
discount (``power_prior.py``), by drift (``commensurate_prior.py``), or any mixture of gammas (``GammaMixture``).
Several studies have discounts or drifts of their own, independent of each other. ``docs/methods/borrowing.md``.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.trial.looks.sufficient_statistics import ArmData
from escc_bayes.trial.posterior.commensurate_prior import (
    Commensurate,
    HalfNormalDrift,
    PrecisionDrift,
    SpikeAndSlab,
    drifted,
)
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline
from escc_bayes.trial.posterior.historical import Historical, added_counts, at_nodes, marginal
from escc_bayes.trial.posterior.marginal_posterior import WeightedData
from escc_bayes.trial.posterior.power_prior import NormalisedPowerPrior, PowerPrior, RobustMixture, discounted

type ByDiscount = PowerPrior | NormalisedPowerPrior | RobustMixture
type ByDrift = Commensurate | SpikeAndSlab | HalfNormalDrift | PrecisionDrift
type SourceModel = ByDiscount | ByDrift


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
            f"{weight:.0%} {counted(float(sum(shape)), 'event')}"
            for weight, shape in zip(self.weights, self.shapes, strict=True)
        )
        return f"mixture of {len(self.weights)} gamma priors ({parts})"

    def borrowed(self, data: ArmData, baseline: GammaBaseline) -> WeightedData:
        """Return each trial under every component, which takes the place of the baseline's gamma.

        Weight: w prod b_k^a_k / Gamma(a_k) Gamma(a_k + D).
        """
        more, log_weight = [], []
        for weight, shapes, rates in zip(self.weights, self.shapes, self.rates, strict=True):
            shape, rate = np.array(shapes), np.array(rates)
            more.append(added_counts(data, (shape - baseline.shape, rate - baseline.rate)))
            constant = float((shape * np.log(rate) - gammaln(shape)).sum())
            log_weight.append(math.log(weight) + constant + marginal(more[-1], baseline))
        return at_nodes(more, np.stack(log_weight, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One historical study and the model that borrows it."""

    historical: Historical
    model: SourceModel

    def words(self) -> str:
        """Say what is borrowed and how."""
        old = self.historical
        named = f"{old.name}: " if old.name else ""
        treated = (
            f" and {old.treated_events.sum():g} in {old.treated_months.sum():g} of its treated" if old.both_arms else ""
        )
        return (
            f"{named}{counted(float(old.events.sum()), 'event')} in {old.months.sum():g} person-months of historical "
            f"controls{treated}"
            f": {self.model.words()}"
        )


@dataclass(frozen=True, slots=True)
class Borrowing:
    """Historical studies and the models that borrow them, with what is asked of the drift map.

    Attributes
    ----------
    sources : one to three, their models of one kind; one whose model does not count under a gamma mixture.
    mixture : a gamma mixture in place of the sources' models; None without.
    drifts : hazard of the trial's controls over the historical one, at which the map is drawn.
    tolerated : type I error that counts as tipped.
    trials : simulated for each point of the map.
    """

    sources: tuple[Source, ...]
    mixture: GammaMixture | None
    drifts: tuple[float, ...]
    tolerated: float
    trials: int

    @property
    def rates(self) -> FloatArray:
        """Events per month of all historical controls together in each piece, (J,)."""
        events = np.sum([source.historical.events for source in self.sources], axis=0)
        return np.asarray(events / np.sum([source.historical.months for source in self.sources], axis=0))

    def words(self) -> str:
        """Say what is borrowed and how."""
        if self.mixture is not None:
            old = self.sources[0].historical
            return (
                f"Posterior rules borrow {counted(float(old.events.sum()), 'event')} in {old.months.sum():g} "
                f"person-months of historical controls: {self.mixture.words()}."
            )
        return f"Posterior rules borrow {'; '.join(source.words() for source in self.sources)}."

    def borrowed(
        self, data: ArmData, baseline: GammaBaseline, log_hr: NormalMixture, *, nodes: int | None = None
    ) -> WeightedData:
        """Return the trials with what they borrow.

        Parameters
        ----------
        log_hr : prior on the log hazard ratio.
        nodes : of every unknown; None: as many as decisions need.
        """
        if self.mixture is not None:
            return self.mixture.borrowed(data, baseline)
        return borrowed(data, self.sources, baseline, log_hr, nodes=nodes)


def borrowed(
    data: ArmData,
    sources: tuple[Source, ...],
    baseline: GammaBaseline,
    log_hr: NormalMixture,
    *,
    nodes: int | None = None,
) -> WeightedData:
    """Return the trials with what they borrow of some studies; ``nodes`` of every unknown, by their number if None."""
    by_discount = [
        (source.historical, model)
        for source in sources
        if isinstance(model := source.model, PowerPrior | NormalisedPowerPrior | RobustMixture)
    ]
    if by_discount:
        return discounted(data, tuple(by_discount), baseline, log_hr, nodes=nodes)
    by_drift = [
        (source.historical, model)
        for source in sources
        if isinstance(model := source.model, Commensurate | SpikeAndSlab | HalfNormalDrift | PrecisionDrift)
    ]
    return drifted(data, tuple(by_drift), baseline, nodes=nodes)
