"""A single-arm design: the arm, the reference that it shall beat, who enters when, one analysis, what decides.

The hazard ratio is that of the arm over the reference. Times in months, rates per month.
"""

from dataclasses import dataclass

from escc_bayes.spec.mixture import NormalMixture
from escc_bayes.spec.prior import Normal
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.single_arm.rules import SingleArmRule
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, ControlHazard, Effect, EndedHazard, TreatedHazard
from escc_bayes.trial.truth.expected_events import month_of_events


@dataclass(frozen=True, slots=True)
class SingleArmDesign:
    """A design, checked; ``digest`` names its file's content.

    Attributes
    ----------
    reference : hazard that the arm shall beat; its analysis takes the mean of its draws as known.
    origin, effect_origin : what they rest on; empty where the design states them.
    dropout : rate per month.
    follow_up : months for which every patient is followed; None: until the analysis.
    lag : months by which what happens is known later.
    believed : of the log hazard ratio; None: no assurance.
    prior : of the trial's own analysis on the log hazard ratio; None without a posterior rule.
    drift : SD of the log hazard of concurrent controls about the reference's, in that analysis; 0: none.
    """

    name: str
    title: str
    arm: str
    reference: ControlHazard
    origin: str
    effect: Effect
    effect_origin: str
    accrual: Accrual
    dropout: float
    look: Look
    rules: tuple[SingleArmRule, ...]
    digest: str
    follow_up: float | None = None
    lag: float = 0.0
    believed: NormalMixture | None = None
    prior: Normal | None = None
    drift: float = 0.0

    @property
    def patients(self) -> int:
        """Patients of the arm."""
        return round(self.accrual.patients)

    def hazard(self, effect: Effect) -> ArmHazard:
        """Return the arm's hazard under an effect, as far as it is seen."""
        hazard = TreatedHazard(self.reference, effect)
        return hazard if self.follow_up is None else EndedHazard(hazard, self.follow_up)

    @property
    def expected_end(self) -> float:
        """Calendar month of the analysis under the stated effect; infinite where it never comes."""
        return self.data_month(self.effect) + self.lag

    def data_month(self, effect: Effect) -> float:
        """Return the calendar month to which the data are expected to reach; infinite where the look never comes."""
        arms = ((self.accrual, self.hazard(effect), self.dropout),)
        events = month_of_events(self.look.events, arms) if self.look.events is not None else 0.0
        return self.look.due(events, self.accrual.duration, self.lag)
