"""A running trial as its database shows it: who is in, how long each patient is known, who died, who was lost."""

from dataclasses import dataclass, fields

import numpy as np

from escc_bayes.foundation.careful import careful_class
from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.sufficient_statistics import ArmData, quantile_cuts, reduced

# Months by which a rounded date may run ahead of the calendar.
SLACK = 0.05


@careful_class
@dataclass(frozen=True, slots=True, eq=False)
class FollowUp:
    """n patients at calendar ``month`` since the first entry, whatever their arm; arrays are read-only.

    Attributes
    ----------
    entry : (n,) calendar month of entry.
    time : (n,) months from entry to event, to loss, or for which a patient still followed is known.
    event, lost : (n,) event seen; followed no longer, without an event.
    """

    month: float
    entry: FloatArray
    time: FloatArray
    event: BoolArray
    lost: BoolArray

    def __post_init__(self) -> None:
        arrays = [value for field in fields(self) if isinstance(value := getattr(self, field.name), np.ndarray)]
        if {array.shape for array in arrays} != {(self.entry.size,)}:
            raise DesignError("interim data: entry, time, event, lost and treated must be lists of one length")
        if not np.isfinite([self.month, *self.entry, *self.time]).all():
            raise DesignError("interim data: month, entry and time must be finite; months of calendar or follow-up")
        self.refuse(self.entry < 0.0, "entry before month 0; entries count from the first patient's")
        self.refuse(self.time < 0.0, "a negative time; times are months from entry")
        self.refuse(self.event & self.lost, "both an event and a loss; keep what came first")
        self.refuse(
            self.entry + self.time > self.month + SLACK,
            f"follow-up beyond the look at month {self.month:g}; correct entry, time or the look",
        )
        for array in arrays:
            array.setflags(write=False)

    @property
    def events(self) -> int:
        """Events seen."""
        return int(np.count_nonzero(self.event))

    def refuse(self, wrong: BoolArray, words: str) -> None:
        """Raise ``DesignError`` naming the first patient for whom something is wrong."""
        if wrong.any():
            raise DesignError(f"interim data, patient {int(np.argmax(wrong)) + 1}: {words}")

    def cuts(self, pieces: int, cuts: tuple[float, ...] | None) -> FloatArray:
        """Return the cuts of the hazard in months: as given, or at quantiles of the events so far."""
        return np.array(cuts, dtype=np.float64) if cuts is not None else quantile_cuts(self.time, self.event, pieces)

    def pooled(self, cuts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return events and person-months (J,) of all patients in each piece."""
        found = reduced(self.time, self.event, np.zeros(self.time.shape, dtype=np.bool_), cuts)
        return found.control_events[0], found.control_months[0]


@careful_class
@dataclass(frozen=True, slots=True, eq=False)
class Interim(FollowUp):
    """The same patients unblinded; ``treated`` (n,): on treatment.

    ``stratum`` (n,): place of each patient's stratum in the design; None without strata. ``stratum_count`` of them.
    """

    treated: BoolArray
    stratum: IntArray | None = None
    stratum_count: int = 1

    def __post_init__(self) -> None:
        FollowUp.__post_init__(self)
        if self.stratum_count < 1:
            raise DesignError(f"interim data: stratum_count is {self.stratum_count}; give 1 or more")
        if self.stratum is not None:
            outside = (self.stratum < 0) | (self.stratum >= self.stratum_count)
            self.refuse(outside, f"a stratum that is none of 0 to {self.stratum_count - 1}")

    @property
    def strata(self) -> IntArray:
        """The stratum of every patient, (n,); 0 without strata."""
        return np.zeros(self.time.shape, dtype=np.int64) if self.stratum is None else self.stratum

    @property
    def counts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Patients of each stratum among controls and among treated."""
        control, treated = (
            tuple(np.bincount(self.strata[mine], minlength=self.stratum_count).tolist())
            for mine in (~self.treated, self.treated)
        )
        return control, treated

    def data(self, cuts: FloatArray) -> ArmData:
        """Return events and person-months of each arm in each piece."""
        return reduced(self.time, self.event, self.treated, cuts)
