"""What a piecewise-exponential trial is to its posterior: events and person-months of each arm in each piece."""

from dataclasses import dataclass

import numpy as np

from escc_bayes.hazard.piecewise import BoolArray, FloatArray, IntArray, event_quantile_cuts, person_months, piece_of


@dataclass(frozen=True, slots=True, eq=False)
class ArmData:
    """Sufficient statistics of n trials with J pieces; arrays are read-only.

    Attributes
    ----------
    control_events, treated_events : (n, J).
    control_months, treated_months : (n, J) person-months.
    """

    control_events: FloatArray
    treated_events: FloatArray
    control_months: FloatArray
    treated_months: FloatArray

    def __post_init__(self) -> None:
        for values in (self.control_events, self.treated_events, self.control_months, self.treated_months):
            values.setflags(write=False)

    @property
    def trials(self) -> int:
        """Number of trials."""
        return int(self.control_events.shape[0])

    @property
    def events(self) -> FloatArray:
        """Events of both arms, (n,)."""
        return np.asarray((self.control_events + self.treated_events).sum(axis=1))


def reduced(time: FloatArray, event: BoolArray, treated: BoolArray, cuts: FloatArray) -> ArmData:
    """Reduce the patients of one trial; an event on a cut belongs to the piece that ends there.

    Parameters
    ----------
    time : (n,) months to event or censoring.
    event, treated : (n,).
    cuts : (k,) months.

    Examples
    --------
    >>> data = reduced(np.array([6.0, 8.0]), np.array([True, True]), np.array([False, True]), np.array([6.0]))
    >>> data.control_events, data.treated_months
    (array([[1., 0.]]), array([[6., 2.]]))
    """
    spent, piece = person_months(time, cuts), piece_of(time, cuts)

    def arm(chosen: BoolArray) -> tuple[FloatArray, FloatArray]:
        events = np.bincount(piece[chosen & event], minlength=cuts.size + 1).astype(np.float64)
        return events[None, :], spent[chosen].sum(axis=0)[None, :]

    (d0, y0), (d1, y1) = arm(~treated), arm(treated)
    return ArmData(d0, d1, y0, y1)


def quantile_cuts(time: FloatArray, event: BoolArray, pieces: int) -> FloatArray:
    """Return the cuts of one trial at quantiles of its pooled event times; none where nothing happened."""
    return event_quantile_cuts(time, event, pieces) if event.any() else np.empty(0)


def event_ranks(events: IntArray, pieces: int) -> IntArray:
    """Return which event of each trial ends each piece but the last, counted from 0: (n, pieces - 1).

    Piece k of K ends at event number ceil(k d / K); a trial without events has rank 0.
    """
    wanted = -(-np.arange(1, pieces) * events[:, None] // pieces) - 1
    return np.asarray(np.maximum(wanted, 0), dtype=np.int64)


def concatenated_data(parts: list[ArmData]) -> ArmData:
    """Return the trials of several blocks as one."""
    return ArmData(
        np.concatenate([part.control_events for part in parts]),
        np.concatenate([part.treated_events for part in parts]),
        np.concatenate([part.control_months for part in parts]),
        np.concatenate([part.treated_months for part in parts]),
    )
