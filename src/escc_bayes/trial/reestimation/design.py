"""A design of two arms whose final events are set anew at its interim look: arms, truth, rule, which test decides."""

from dataclasses import dataclass

from escc_bayes.trial.reestimation.rule import Reestimation
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, ControlHazard, Effect, TreatedHazard
from escc_bayes.trial.truth.expected_events import month_of_events


@dataclass(frozen=True, slots=True)
class ReestimationDesign:
    """A design, checked; ``digest`` names its file's content; ``test``: "weighted" or "unweighted" decides."""

    name: str
    title: str
    arms: tuple[str, str]
    allocation: tuple[float, float]
    control: ControlHazard
    origin: str
    effect: Effect
    effect_origin: str
    accrual: Accrual
    dropout: tuple[float, float]
    rule: Reestimation
    alpha: float
    spending: AlphaSpending
    test: str
    digest: str

    @property
    def patients(self) -> tuple[int, int]:
        """Patients of control and treatment."""
        return self.accrual.of_two_arms(self.allocation)

    @property
    def ratio(self) -> float:
        """Patients on treatment for each control."""
        return self.allocation[1] / self.allocation[0]

    def arms_under(self, effect: Effect) -> tuple[tuple[Accrual, ArmHazard, float], ...]:
        """Return accrual, hazard and dropout of each arm."""
        hazards: tuple[ArmHazard, ArmHazard] = (self.control, TreatedHazard(self.control, effect))
        parts = [self.accrual.part(count) for count in self.patients]
        return tuple(zip(parts, hazards, self.dropout, strict=True))

    def month_of(self, events: float) -> float:
        """Return the calendar month in which so many events are expected under the stated effect; infinite: never."""
        return month_of_events(events, self.arms_under(self.effect))
