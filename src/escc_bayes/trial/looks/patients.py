"""What is seen of the patients of many trials: without an end, and in the database at a look."""

from dataclasses import dataclass

from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """What would be seen of the patients without an end: all (n, m), the first ``controls`` columns control.

    Attributes
    ----------
    entry : calendar month of entry.
    observed : months from entry to event or dropout.
    calendar : calendar month of the event; infinite where dropout comes first.
    """

    entry: FloatArray
    observed: FloatArray
    calendar: FloatArray
    controls: int


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """n trials at one look, m patients each; the first ``controls`` columns are control.

    Attributes
    ----------
    time : (n, m) months followed; 0 for patients not yet in.
    event : (n, m) whether that follow-up ended in an event.
    month : (n,) calendar month of the look.
    enrolled, events : (n,) patients in by then, events seen.
    """

    time: FloatArray
    event: BoolArray
    month: FloatArray
    enrolled: IntArray
    events: IntArray
    controls: int
