"""Planned visits: a progression is found at a visit, and lies between the visit before and the month it was found.

The last month known free of progression is the last planned visit before the month recorded. A death needs no visit:
its month is its own. docs/methods/interval_censoring.md.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.cohort import Cohort
from escc_bayes.data.endpoints import EndpointData, significant
from escc_bayes.data.interval_censored import last_without
from escc_bayes.foundation.errors import CohortError, some_of
from escc_bayes.foundation.sentence import counted
from escc_bayes.hazard.piecewise import FloatArray

# Said in place of an endpoint where no event of the endpoint is a death.
NO_DEATHS = "none"
# Two months closer than this are one.
SAME_MONTH = 1e-6


@dataclass(frozen=True, slots=True)
class Visits:
    """When visits were planned, and which events are deaths.

    Attributes
    ----------
    every : (from, to, step) in months from time zero, one after the other, the first from 0.
    deaths : the endpoint whose event in the same month makes an event a death; ``none``: no event is a death.
    late : months that a visit may have come after its planned month and still count as that visit.
    """

    every: tuple[tuple[float, float, float], ...]
    deaths: str
    late: float = 0.0

    @property
    def planned(self) -> FloatArray:
        """Months of the planned visits, that at month 0 among them.

        Examples
        --------
        >>> Visits(((0.0, 3.0, 1.0), (3.0, 9.0, 3.0)), "os").planned.tolist()
        [0.0, 1.0, 2.0, 3.0, 6.0, 9.0]
        """
        stretches = [begin + step * np.arange(1, count_of(begin, end, step) + 1) for begin, end, step in self.every]
        return significant(np.concatenate([[0.0], *stretches]))

    def words(self) -> str:
        """Say the schedule."""
        parts = [f"every {months(step)} to month {end:g}" for _, end, step in self.every]
        late = f", up to {counted(self.late, 'month')} late" if self.late else ""
        return f"visits planned {', '.join(parts)}{late}"


def months(step: float) -> str:
    """Say a step.

    Examples
    --------
    >>> months(1.0), months(3.0)
    ('month', '3 months')
    """
    return "month" if step == 1.0 else f"{counted(step, 'month')}"


def count_of(begin: float, end: float, step: float) -> int:
    """Return how many steps lie between two months."""
    return round((end - begin) / step)


def between_visits(cohort: Cohort, endpoint: str, visits: Visits) -> EndpointData:
    """Return an endpoint whose progressions lie between two visits; its deaths keep their month.

    Raises
    ------
    CohortError : the endpoint has intervals or several rows already, there is no endpoint of deaths, or a progression
        lies beyond the schedule.
    """
    cohort.refuse_several_rows("[visits], which makes intervals,")
    cohort.refuse_interval_censored(endpoint, "[visits], which makes intervals,")
    refuse_sampled(cohort)
    data = cohort.endpoint(endpoint)
    progressed = (data.event == 1.0) & ~died(cohort, data, visits.deaths)
    refuse_beyond(cohort, endpoint, data, progressed, visits)
    planned = visits.planned
    before = planned[np.maximum(np.searchsorted(planned, np.nan_to_num(data.time) - visits.late - SAME_MONTH) - 1, 0)]
    seen = np.where(progressed, before, data.time)
    return replace(data, left=last_without(seen, data.time, data.entry, data.event))


def died(cohort: Cohort, data: EndpointData, deaths: str) -> np.ndarray:
    """Return whose event is a death: those who have the event of the endpoint of deaths in the same month."""
    if deaths == NO_DEATHS:
        return np.zeros(data.time.size, dtype=np.bool_)
    death = cohort.endpoint(deaths)
    return np.asarray((death.event == 1.0) & (np.abs(death.time - data.time) <= SAME_MONTH))


def refuse_sampled(cohort: Cohort) -> None:
    """Raise for sampling weights."""
    if cohort.sampled:
        raise CohortError(
            f"{cohort.source}: [visits] makes intervals, and errors under sampling weights are not worked out for "
            "events between two months; leave weight, or [visits], away"
        )


def refuse_beyond(cohort: Cohort, endpoint: str, data: EndpointData, progressed: np.ndarray, visits: Visits) -> None:
    """Raise for progressions after the last planned visit."""
    last = float(visits.planned[-1])
    bad = np.flatnonzero(progressed & (np.nan_to_num(data.time) > last + visits.late + SAME_MONTH)).tolist()
    if bad:
        shown = some_of([f"{cohort.ids[i]} ({counted(data.time[i], 'month')})" for i in bad], most=3)
        raise CohortError(
            f"{cohort.source}: {len(bad)} event(s) of '{endpoint}' lie after the last planned visit at {last:g} "
            f"months: {shown}; let [visits] every reach further"
        )
