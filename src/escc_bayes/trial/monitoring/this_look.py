"""Which look of the design the data are, and at what information: the events seen over the final ones.

A look is reached when all that it waits for has come. Data between two looks are the earlier one, taken late at their
own information; with nine tenths of the next interim look's events they are that one, taken early. Earlier looks count
as taken at their planned events.
"""

from dataclasses import dataclass

from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.looks.look import Look
from escc_bayes.trial.monitoring.interim import SLACK, FollowUp

EARLY = 0.9


@dataclass(frozen=True, slots=True)
class ThisLook:
    """The look that is taken.

    Attributes
    ----------
    place : among the design's looks, from 0.
    due : whether it is one; if not, the first look is still to come.
    final : whether it is the last one.
    events, planned : seen, and as stated or expected for this look.
    fractions : of the final information at every look, this one at its own; increasing, the last 1.
    patients_over, events_over : beyond those planned in all.
    """

    place: int
    due: bool
    final: bool
    events: int
    planned: float
    fractions: tuple[float, ...]
    patients_over: int
    events_over: int

    @property
    def fraction(self) -> float:
        """The information fraction of this look; of the only look, before it, that of its planned events."""
        if not self.final and self.place + 1 == len(self.fractions):
            return min(self.events / self.planned, 1.0)
        return self.fractions[self.place]


def this_look(plan: TrialPlan, seen: FollowUp) -> ThisLook:
    """Return which look the data are."""
    design, planned, last = plan.design, plan.events, len(plan.looks) - 1
    reached = [place for place, look in enumerate(design.looks) if is_reached(design, look, seen)]
    place = max(reached, default=-1)
    following = design.looks[min(place + 1, last)]
    if place + 1 < last and following.events is not None and seen.events >= EARLY * following.events:
        place += 1
    here = max(place, 0)
    wanted = design.looks[-1].events
    return ThisLook(
        place=here,
        due=place >= 0,
        final=place == last,
        events=seen.events,
        planned=planned[here],
        fractions=fractions_with(design, planned, here, seen.events),
        patients_over=max(seen.entry.size - sum(design.patients), 0),
        events_over=max(seen.events - wanted, 0) if wanted is not None else 0,
    )


def is_reached(design: TrialDesign, look: Look, seen: FollowUp) -> bool:
    """Return whether what a look waits for has come; ``seen`` reaches to its own month, whenever that was known."""
    if look.first:
        assert look.events is not None
        assert look.month is not None
        return seen.events >= look.events or seen.month >= look.month - design.lag - SLACK
    if look.events is not None and seen.events < look.events:
        return False
    if look.month is not None and seen.month < look.month - design.lag - SLACK:
        return False
    if look.follow_up is None:
        return True
    complete = seen.entry.size >= sum(design.patients)
    return complete and seen.month >= float(seen.entry.max()) + look.follow_up - SLACK


def fractions_with(design: TrialDesign, planned: tuple[float, ...], here: int, events: int) -> tuple[float, ...]:
    """Return the information fractions with look ``here`` at ``events``.

    At the final look the events seen are all the information there is; looks by the calendar stretch with their events.
    """
    last = len(planned) - 1
    by_calendar = design.looks[here].awaited is None
    stretch = events / planned[here] if by_calendar and events else 1.0
    before = [stretch * count for count in planned[:here] if stretch * count < events]
    before = [0.0] * (here - len(before)) + before
    if here == last:
        whole = max(float(events), 1.0)
        return (*(increasing(before, whole)), 1.0)
    final = max(planned[-1], events + 1.0)
    after = [count for count in planned[here + 1 : last] if count > events]
    missing = (last - here - 1) - len(after)
    after = [events + (final - events) * (k + 1) / (last - here) for k in range(missing)] + after
    return (*increasing(before, final), max(float(events), 1e-9) / final, *(count / final for count in after), 1.0)


def increasing(counts: list[float], whole: float) -> list[float]:
    """Return counts over ``whole``; looks without events of their own lie next to 0, one after the other."""
    return [max(count / whole, 1e-6 * (place + 1)) for place, count in enumerate(counts)]
