"""Landmark analysis: restart the clock at a month and keep who is still at risk. Anderson 1983, J Clin Oncol 1:710.

Kept: follow-up beyond the landmark. An event or a censoring exactly at the landmark is dropped, since it
leaves no time at risk after it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escc_bayes.data.endpoints import EndpointData, as_read, significant


@dataclass(frozen=True, slots=True)
class RestartedClock:
    """Follow-up counted from the landmark.

    Attributes
    ----------
    data : (n,) follow-up with the clock at 0 at the landmark; dropped patients have NaN.
    keep : (n,) who is at risk after the landmark.
    events_before, censored_before : patients dropped because follow-up ended by the landmark.
    """

    data: EndpointData
    keep: NDArray[np.bool_]
    events_before: int
    censored_before: int


def restart_clock(data: EndpointData, at: float) -> RestartedClock:
    """Restart the clock of every patient at ``at`` months.

    Parameters
    ----------
    data : follow-up from time zero.
    at : landmark, months.

    Returns
    -------
    RestartedClock; a span of which a part lies before the landmark starts at 0. Times are rounded as on reading, so
    that 8.3 - 2.3 falls on a cut at 6.

    Examples
    --------
    >>> d = EndpointData(np.array([2.0, 9.0]), np.array([1.0, 1.0]), np.zeros(2))
    >>> restart_clock(d, 2.0).data.time
    array([nan,  7.])
    """
    at = as_read(at)
    keep = data.present & (np.nan_to_num(data.time) > at)
    gone = data.present & ~keep
    had_event = int((gone & (data.event == 1.0)).sum())
    restarted = EndpointData(
        time=np.where(keep, significant(data.time - at), np.nan),
        event=np.where(keep, data.event, np.nan),
        entry=np.where(keep, significant(np.maximum(data.entry - at, 0.0)), 0.0),
        left=None if data.left is None else np.where(keep, significant(np.maximum(data.left - at, 0.0)), np.nan),
    )
    return RestartedClock(restarted, keep, had_event, int(gone.sum()) - had_event)
