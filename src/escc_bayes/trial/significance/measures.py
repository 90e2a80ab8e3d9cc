"""What is measured of a simulated trial at a look beside its posterior: tests as Z, estimates of differences.

Each is positive where treatment does better, and says itself in words.
"""

from dataclasses import dataclass
from typing import Protocol

from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.looks.risk_sets import RiskSets, stratified_z
from escc_bayes.trial.posterior.arm_posterior import ArmPrior, Kind, probability_of_gain
from escc_bayes.trial.significance.arm_curves import rmst_difference, survival_difference
from escc_bayes.trial.significance.cox_test import cox_z
from escc_bayes.trial.significance.max_combo import max_combo_z
from escc_bayes.trial.significance.weighted_logrank import weighted_z


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Patients of n trials in order: all together, and by stratum (one entry where there are no strata).

    ``prior``: of the analysis, for measures that ask each arm's own posterior.
    """

    whole: RiskSets
    strata: tuple[RiskSets, ...]
    prior: ArmPrior | None = None


class Measure(Protocol):
    """A number of each trial; equal measures are computed once."""

    @property
    def words(self) -> str:
        """Return what is measured, in words."""
        ...

    def of(self, orders: Orders) -> FloatArray:
        """Return it for every trial, (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class LogRankZ:
    """Z of the log-rank test of a hazard ratio of ``margin``: the score of the partial likelihood there."""

    stratified: bool = False
    margin: float = 1.0

    @property
    def words(self) -> str:
        """Say which test."""
        return ("stratified " if self.stratified else "") + "log-rank test" + against(self.margin)

    def of(self, orders: Orders) -> FloatArray:
        """Return Z."""
        return stratified_z(orders.strata if self.stratified else (orders.whole,), self.margin)


@dataclass(frozen=True, slots=True)
class CoxZ:
    """Z of the Wald test of a hazard ratio of ``margin`` in the Cox model with treatment alone."""

    stratified: bool = False
    margin: float = 1.0

    @property
    def words(self) -> str:
        """Say which test."""
        return ("stratified " if self.stratified else "") + "Cox model" + against(self.margin)

    def of(self, orders: Orders) -> FloatArray:
        """Return Z."""
        return cox_z(orders.strata if self.stratified else (orders.whole,), self.margin)


def against(margin: float) -> str:
    """Say the hazard ratio to be excluded; nothing where that is 1."""
    return "" if margin == 1.0 else f" against a hazard ratio of {margin:g}"


@dataclass(frozen=True, slots=True)
class WeightedZ:
    """Z of the Fleming-Harrington test with weight S^rho (1 - S)^gamma."""

    rho: float
    gamma: float

    @property
    def words(self) -> str:
        """Say which test."""
        return f"log-rank test weighted by FH({self.rho:g}, {self.gamma:g})"

    def of(self, orders: Orders) -> FloatArray:
        """Return Z."""
        return weighted_z(orders.whole, ((self.rho, self.gamma),))[0][:, 0]


@dataclass(frozen=True, slots=True)
class MaxComboZ:
    """The largest of several Fleming-Harrington Z, as the Z of its joint P value."""

    weights: tuple[tuple[float, float], ...]

    @property
    def words(self) -> str:
        """Say which test."""
        return f"MaxCombo test of {', '.join(f'FH({rho:g}, {gamma:g})' for rho, gamma in self.weights)}"

    def of(self, orders: Orders) -> FloatArray:
        """Return Z."""
        return max_combo_z(orders.whole, self.weights)


@dataclass(frozen=True, slots=True)
class RmstGain:
    """Difference of restricted means to ``month``; ``scaled``: less ``margin``, over its standard error."""

    month: float
    scaled: bool
    margin: float = 0.0

    @property
    def words(self) -> str:
        """Say what differs."""
        beyond = f" against {counted(self.margin, 'month')}" if self.margin else ""
        what = f"difference of restricted mean survival to {counted(self.month, 'month')}"
        return f"{'test of the ' if self.scaled else ''}{what}{beyond}"

    def of(self, orders: Orders) -> FloatArray:
        """Return months, or Z."""
        found = rmst_difference(orders.whole, self.month)
        return found.z_against(self.margin) if self.scaled else found.value


@dataclass(frozen=True, slots=True)
class SurvivalGain:
    """Difference of survival at ``month``; ``scaled``: less ``margin``, over its standard error."""

    month: float
    scaled: bool
    margin: float = 0.0

    @property
    def words(self) -> str:
        """Say what differs."""
        beyond = f" against {self.margin:g}" if self.margin else ""
        return (
            f"{'test of the ' if self.scaled else ''}difference of survival at {counted(self.month, 'month')}{beyond}"
        )

    def of(self, orders: Orders) -> FloatArray:
        """Return the difference, or Z."""
        found = survival_difference(orders.whole, self.month)
        return found.z_against(self.margin) if self.scaled else found.value


@dataclass(frozen=True, slots=True)
class GainProbability:
    """P(difference > ``limit`` | data) of restricted means to ``month``, or of survival at it: each arm by itself."""

    kind: Kind
    month: float
    limit: float

    @property
    def words(self) -> str:
        """Say the probability."""
        what = "RMST difference to" if self.kind == "rmst" else "survival difference at"
        return f"P({what} {counted(self.month, 'month')} > {self.limit:g} | data)"

    def of(self, orders: Orders) -> FloatArray:
        """Return the probability."""
        assert orders.prior is not None
        return probability_of_gain(orders.whole, orders.prior, self.kind, self.month, self.limit)
