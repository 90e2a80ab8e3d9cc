"""When a trial is analysed."""

from dataclasses import dataclass

from escc_bayes.foundation.sentence import counted


@dataclass(frozen=True, slots=True)
class Look:
    """An analysis: when all that is stated has come about, whichever is later or, where ``first``, earlier.

    Attributes
    ----------
    events : events of both arms.
    month : calendar months since the first entry.
    follow_up : months since the last entry.
    first : events or month, whichever comes first.
    """

    events: int | None = None
    month: float | None = None
    follow_up: float | None = None
    first: bool = False

    @property
    def awaited(self) -> int | None:
        """The events without which it does not come; None where it waits for none."""
        return None if self.first else self.events

    def due(self, by_events: float, last_entry: float, lag: float) -> float:
        """Return the month to which its data reach.

        Parameters
        ----------
        by_events : month of its last event; ignored where it has none.
        last_entry : month of the last entry.
        lag : months by which data are known later: those of a look in month 36 reach to month 36 - lag.
        """
        month = max(self.month - lag, 0.0) if self.month is not None else None
        if self.first:
            assert month is not None
            return min(by_events, month)
        after = last_entry + self.follow_up if self.follow_up is not None else 0.0
        return max(by_events if self.events is not None else 0.0, month or 0.0, after)

    def words(self) -> str:
        """Say when the look is.

        Examples
        --------
        >>> Look(events=160, month=36.0, first=True).words()
        '160 events or month 36, whichever comes first'
        """
        said = []
        if self.events is not None:
            said.append(counted(self.events, "event"))
        if self.month is not None:
            said.append(f"month {self.month:g}")
        if self.follow_up is not None:
            said.append(f"{counted(self.follow_up, 'month')} after the last entry")
        return f"{' or '.join(said)}, whichever comes first" if self.first else " and ".join(said)
