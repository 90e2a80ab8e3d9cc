"""A design of two arms with response-adaptive allocation: truth, the rule, the trends in time that it is held to."""

from dataclasses import dataclass

from escc_bayes.trial.response_adaptive.rule import Adaptation
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, ControlHazard, Effect, TreatedHazard


@dataclass(frozen=True, slots=True)
class AdaptiveDesign:
    """A design, checked; ``digest`` names its file's content.

    Attributes
    ----------
    ratio : hazard ratio of treatment over control.
    trends : factors by which the hazard of both arms changes with each year of entry; 1 is none.
    events : at which the trial is analysed.
    """

    name: str
    title: str
    arms: tuple[str, str]
    control: ControlHazard
    origin: str
    ratio: float
    accrual: Accrual
    dropout: tuple[float, float]
    events: int
    adaptation: Adaptation
    trends: tuple[float, ...]
    alpha: float
    digest: str

    @property
    def patients(self) -> int:
        """Patients of both arms."""
        return round(self.accrual.patients)

    def arms_under(self, ratio: float) -> tuple[tuple[Accrual, ArmHazard, float], ...]:
        """Return accrual, hazard and dropout of each arm if allotted one to one, without a trend."""
        half = self.accrual.part(self.accrual.patients / 2.0)
        hazards: tuple[ArmHazard, ArmHazard] = (self.control, TreatedHazard(self.control, Effect((ratio,))))
        return tuple((half, hazard, lost) for hazard, lost in zip(hazards, self.dropout, strict=True))
