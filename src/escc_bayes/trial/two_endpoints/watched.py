"""A running trial of PFS and OS as its database shows it, and its looks so far: when, with what, at which boundaries.

Looks that have come are taken at their events, the last of them with all that is known now; looks to come keep the
events that the plan expects. Boundaries are those of the spending functions at these counts.
"""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray
from escc_bayes.trial.errors import DesignError
from escc_bayes.trial.looks.patients import Patients
from escc_bayes.trial.looks.risk_sets import risk_sets, stratified_z
from escc_bayes.trial.looks.snapshot import snapshot
from escc_bayes.trial.monitoring.interim import SLACK, FollowUp
from escc_bayes.trial.two_endpoints.design import ENDPOINTS, TwoEndpointDesign
from escc_bayes.trial.two_endpoints.graph import Hypothesis


@dataclass(frozen=True, slots=True, eq=False)
class BothSeen:
    """The same n patients by PFS and by OS; ``treated`` (n,), None where the look is blinded."""

    pfs: FollowUp
    os: FollowUp
    treated: BoolArray | None

    def __post_init__(self) -> None:
        pfs, os = self.pfs, self.os
        late = pfs.time > os.time + SLACK
        if late.any():
            raise DesignError(
                f"interim data, patient {int(np.argmax(late)) + 1}: PFS runs longer than OS; a patient is not followed "
                "for progression beyond the end of follow-up for death. Correct the times"
            )

    @property
    def month(self) -> float:
        """Calendar month of the look."""
        return self.os.month

    def each(self) -> tuple[FollowUp, FollowUp]:
        """Return PFS and OS."""
        return self.pfs, self.os


def reached(design: TwoEndpointDesign, seen: BothSeen) -> tuple[float, ...]:
    """Return the calendar months of the looks that have come, in order; the last of them is taken now."""
    months: list[float] = []
    for look in design.looks:
        of = seen.each()[ENDPOINTS.index(look.endpoint)]
        if of.events < look.events:
            break
        at = float(np.sort((of.entry + of.time)[of.event])[look.events - 1])
        months.append(max(at, *months[-1:]) if months else at)
    return (*months[:-1], seen.month) if months else ()


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """At the looks that have come: Z and events (2, looks) of PFS and OS; boundaries of both with the looks to come."""

    z: FloatArray
    events: FloatArray
    hypotheses: tuple[Hypothesis, Hypothesis]

    @property
    def come(self) -> int:
        """How many looks have come."""
        return int(self.z.shape[1])


def standing(design: TwoEndpointDesign, seen: BothSeen, months: tuple[float, ...], planned: FloatArray) -> Standing:
    """Return where both endpoints stand; ``planned`` events (2, looks) are those that the plan expects."""
    assert seen.treated is not None
    z, events = np.zeros((2, len(months))), planned.copy()
    for this, of in enumerate(seen.each()):
        patients = in_arms(of, seen.treated)
        for place, month in enumerate(months):
            shot = snapshot(patients, np.array([month]))
            events[this, place] = float(shot.events[0])
            z[this, place] = float(stratified_z((risk_sets(shot),))[0])
        increase(events[this], len(months))
    return Standing(z, events[:, : len(months)], design.hypotheses(events))


def increase(events: FloatArray, come: int) -> None:
    """Let looks to come have more events than those before them, and every look one at least."""
    np.maximum(events, 1.0, out=events)
    for place in range(1, events.size):
        least = events[place - 1] + (1.0 if place >= come else 1e-6)
        events[place] = max(events[place], least)


def in_arms(of: FollowUp, treated: BoolArray) -> Patients:
    """Return one trial, controls first."""
    order = np.argsort(treated, kind="stable")
    entry, time, event = of.entry[order], of.time[order], of.event[order]
    calendar = np.where(event, entry + time, np.inf)
    return Patients(entry[None, :], time[None, :], calendar[None, :], int(np.count_nonzero(~treated)))
