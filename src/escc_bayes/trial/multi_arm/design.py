"""A design of several treatments against one control: arms, truth, looks, which arms stay, how alpha is spent."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray
from escc_bayes.trial.multi_arm.dunnett import loadings
from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import ArmHazard, ControlHazard, Effect, TreatedHazard
from escc_bayes.trial.truth.expected_events import month_of_events

ANY, ALL = "any", "all"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which treatments go on after ``look`` (from 0): the ``keep`` best by Z, of those with Z of ``least`` or more.

    None: no such condition.
    """

    look: int
    keep: int | None
    least: float | None

    def words(self) -> str:
        """Say it."""
        said = []
        if self.keep is not None:
            said.append(f"the {'best treatment' if self.keep == 1 else f'{self.keep} best treatments'} by log-rank Z")
        if self.least is not None:
            said.append(f"{'of those' if said else 'treatments'} with a Z of {self.least:g} or more")
        return f"after look {self.look + 1} {', '.join(said)} {'goes' if self.keep == 1 else 'go'} on"


@dataclass(frozen=True, slots=True)
class MultiArmDesign:
    """A design, checked; ``digest`` names its file's content.

    Attributes
    ----------
    arms, allocation : the control first.
    ratios : hazard ratio of each treatment over the control.
    dropout : rate per month of control and of treatments.
    looks : events of all patients in the trial; those of a dropped arm count until it is dropped.
    stop : "any": the trial ends with the first treatment that succeeds; "all": with the last.
    """

    name: str
    title: str
    arms: tuple[str, ...]
    allocation: tuple[float, ...]
    control: ControlHazard
    origin: str
    ratios: tuple[float, ...]
    accrual: Accrual
    dropout: tuple[float, float]
    looks: tuple[int, ...]
    selection: Selection | None
    alpha: float
    spending: AlphaSpending
    stop: str
    digest: str

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms beside the control."""
        return self.arms[1:]

    @property
    def patients(self) -> tuple[int, ...]:
        """Patients of each arm if none is dropped; rounding goes to the last."""
        total, parts = round(self.accrual.patients), np.array(self.allocation)
        ends = np.round(total * np.cumsum(parts) / parts.sum()).astype(np.int64)
        return tuple(np.diff(ends, prepend=0).tolist())

    @property
    def fractions(self) -> tuple[float, ...]:
        """Share of the final events at each look: the weights of the stages are set by them, in advance."""
        return tuple(events / self.looks[-1] for events in self.looks)

    @property
    def loads(self) -> FloatArray:
        """Loading of every treatment's statistic on the common control."""
        return loadings(self.allocation)

    @property
    def boundaries(self) -> FloatArray:
        """Boundaries of the combined Z at the looks."""
        return self.spending.boundaries(self.fractions, self.alpha)

    def arms_under(self, ratios: tuple[float, ...]) -> tuple[tuple[Accrual, ArmHazard, float], ...]:
        """Return accrual, hazard and dropout of each arm, if none is dropped."""
        hazards: list[ArmHazard] = [self.control, *(TreatedHazard(self.control, Effect((hr,))) for hr in ratios)]
        lost = (self.dropout[0], *[self.dropout[1]] * len(ratios))
        parts = [self.accrual.part(count) for count in self.patients]
        return tuple(zip(parts, hazards, lost, strict=True))

    @property
    def expected_end(self) -> float:
        """Calendar month of the final look under the stated ratios, if no arm is dropped; infinite: it never comes."""
        return month_of_events(self.looks[-1], self.arms_under(self.ratios))
