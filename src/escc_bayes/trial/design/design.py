"""A trial design: what is true, who enters when, when it is analysed, what is believed, what decides.

Times in months, rates per month; the hazard ratio is that of treatment over control.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.foundation.careful import careful, careful_class
from escc_bayes.spec.log_hr_prior import LogHrPrior
from escc_bayes.spec.mixture import NormalMixture, mixture_of
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.design.rule import DecisionRule
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.posterior.borrowing import Borrowing
from escc_bayes.trial.posterior.exact_posterior import GammaBaseline
from escc_bayes.trial.posterior.weibull_analysis import WeibullShape
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, ControlHazard, Effect, EndedHazard, TreatedHazard
from escc_bayes.trial.truth.expected_events import month_of_events
from escc_bayes.trial.truth.scans import LateHazard, Scans
from escc_bayes.trial.truth.stratum import ScaledHazard, Stratum, apportioned
from escc_bayes.trial.truth.switching import Switching


@dataclass(frozen=True, slots=True)
class AnalysisPrior:
    """Prior of the trial's own analysis: on the log hazard ratio, and on the hazard of each piece.

    Pieces end at quantiles of the pooled event times (``pieces``), or at ``cuts`` in months where those are given.
    ``by_stratum``: every stratum has hazards of its own. ``weibull``: in place of pieces.
    """

    log_hr: LogHrPrior
    baseline: GammaBaseline
    pieces: int
    cuts: tuple[float, ...] | None = None
    by_stratum: bool = False
    weibull: WeibullShape | None = None

    @property
    def mixture(self) -> NormalMixture:
        """The prior on the log hazard ratio as normals."""
        return mixture_from(self.log_hr)


@dataclass(frozen=True, slots=True)
class SizingRequest:
    """The smallest size at which ``rule`` has ``target`` as its ``quantity``, "power" or "assurance"."""

    rule: str
    quantity: str
    target: float
    trials: int


@dataclass(frozen=True, slots=True)
class ThresholdRequest:
    """The threshold of ``rule`` at which its type I error is ``error`` at most under every one of ``nulls``."""

    rule: str
    error: float
    nulls: tuple["TrialDesign", ...]
    trials: int


@dataclass(frozen=True, slots=True)
class EstimationRequest:
    """How estimates do at the stop, with limits at ``level``, under ``hazard_ratios``; empty: the usual ones."""

    level: float
    hazard_ratios: tuple[float, ...]


@careful_class
@dataclass(frozen=True, slots=True)
class TrialDesign:
    """A design, checked; ``digest`` names its file's content.

    Attributes
    ----------
    arms : names of control and treatment.
    allocation : parts of control and treatment.
    dropout : rate per month of control and treatment.
    design_prior : what we believe of the log hazard ratio; None: no assurance.
    strata : empty without.
    borrowing : of historical controls; None without.
    switching : of controls to treatment; None without.
    bias : of the evidence behind the design prior, added to its log hazard ratio; None without.
    control_origin : what the control hazard rests on, where others estimated it.
    effect_origin : of which treatment the effect is the hazard ratio, where its survival is stated instead.
    follow_up : months for which every patient is followed, and no longer; None: until the trial ends.
    scans : at which events are found; None: events are seen when they happen.
    lag : months by which what happens is known later: looks come that much after the end of their data.
    sizing, threshold, estimation : what is asked beside the operating characteristics; None where it is not.
    """

    name: str
    title: str
    arms: tuple[str, str]
    allocation: tuple[float, float]
    control: ControlHazard
    effect: Effect
    accrual: Accrual
    dropout: tuple[float, float]
    looks: tuple[Look, ...]
    design_prior: LogHrPrior | None
    analysis_prior: AnalysisPrior
    rules: tuple[DecisionRule, ...]
    digest: str
    strata: tuple[Stratum, ...] = ()
    borrowing: Borrowing | None = None
    switching: Switching | None = None
    bias: Normal | None = None
    sizing: SizingRequest | None = None
    threshold: ThresholdRequest | None = None
    estimation: EstimationRequest | None = None
    control_origin: str = ""
    effect_origin: str = ""
    lag: float = 0.0
    scans: Scans | None = None
    follow_up: float | None = None

    @property
    def believed(self) -> NormalMixture | None:
        """What we believe of the true log hazard ratio, bias included, as normals; None: no assurance."""
        if self.design_prior is None:
            return None
        prior = mixture_from(self.design_prior)
        if self.bias is None:
            return prior
        return NormalMixture(prior.weights, prior.means + self.bias.mean, np.hypot(prior.sds, self.bias.sd))

    @property
    def patients(self) -> tuple[int, int]:
        """Patients of control and treatment."""
        return self.accrual.of_two_arms(self.allocation)

    @careful
    def arms_under(self, effect: Effect) -> tuple[tuple[Accrual, ArmHazard, float], ...]:
        """Return accrual, hazard and dropout rate of each arm, as expected events take them; by stratum."""
        counts = [(count,) if not self.strata else apportioned(count, self.strata) for count in self.patients]
        return tuple(
            (self.accrual.part(part), self.hazard_of(treated, place, effect), self.dropout[treated])
            for treated, parts in enumerate(counts)
            for place, part in enumerate(parts)
            if part > 0 or not self.strata
        )

    def hazard_of(self, treated: int, place: int, effect: Effect) -> ArmHazard:
        """Return the hazard of an arm in stratum ``place`` as far as it is seen; ``treated``: 0 or 1."""
        hazard: ArmHazard = TreatedHazard(self.control, effect.of_stratum(place)) if treated else self.control
        if self.scans is not None:
            hazard = LateHazard(hazard, self.scans.delay)
        if self.follow_up is not None:
            hazard = EndedHazard(hazard, self.follow_up)
        return ScaledHazard(hazard, self.strata[place].control_hr) if self.strata else hazard

    @careful
    def data_month(self, look: Look, effect: Effect) -> float:
        """Return the calendar month to which the data of a look are expected to reach; infinite: it never comes."""
        events = month_of_events(look.events, self.arms_under(effect)) if look.events is not None else 0.0
        return look.due(events, self.accrual.duration, self.lag)

    @property
    def expected_end(self) -> float:
        """Calendar month of the last look under the stated effect; infinite where it never comes."""
        return self.month_of(self.looks[-1], self.effect)

    def month_of(self, look: Look, effect: Effect) -> float:
        """Return the calendar month at which a look is expected; infinite where it never comes."""
        return self.data_month(look, effect) + self.lag


def mixture_from(prior: LogHrPrior) -> NormalMixture:
    """Return a prior on a log hazard ratio as normals."""
    return mixture_of([(1.0, prior.mean, prior.sd)]) if isinstance(prior, Normal) else prior.mixture
