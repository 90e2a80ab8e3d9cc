"""When a trial is analysed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """An analysis: when all that is stated has come about, whichever is later.

    Attributes
    ----------
    events : events of both arms.
    month : calendar months since the first entry.
    follow_up : months since the last entry.
    """

    events: int | None = None
    month: float | None = None
    follow_up: float | None = None

    def words(self) -> str:
        """Say when the look is."""
        said = []
        if self.events is not None:
            said.append(f"{self.events} events")
        if self.month is not None:
            said.append(f"month {self.month:g}")
        if self.follow_up is not None:
            said.append(f"{self.follow_up:g} months after the last entry")
        return " and ".join(said)
