"""The transitions of an illness-death model: what they are called, and how an outcome asks for them.

Everybody starts free of progression and of death; progression leads to a second state, death from either ends
follow-up. docs/methods/illness_death.md.
"""

from dataclasses import dataclass

KIND = "illness_death"
# The covariate of stacked rows that says which transition a row is at risk of: each has a baseline of its own.
TRANSITION = "transition"
PROGRESSION = "progression"
DEATH_WITHOUT = "death_without_progression"
DEATH_AFTER = "death_after_progression"
TRANSITIONS = (PROGRESSION, DEATH_WITHOUT, DEATH_AFTER)
STATES = ("start", "progressed", "dead")
CLOCKS = ("forward", "reset")


@dataclass(frozen=True, slots=True)
class IllnessDeath:
    """Which endpoints the states are made of, and from when time after progression counts.

    Attributes
    ----------
    progression : the endpoint of progression, with or without deaths among its events.
    death : the endpoint of death.
    clock : ``forward``: months since time zero; ``reset``: months since progression.
    """

    progression: str
    death: str
    clock: str

    @property
    def words(self) -> str:
        """Say from when time counts in death after progression."""
        since = "months since time zero" if self.clock == "forward" else "months since progression"
        return f"progression from '{self.progression}', death from '{self.death}'; after progression, {since}"


def together(names: tuple[str, ...]) -> str:
    """Say in which transitions one coefficient acts; nothing where it acts in all of them, or there are none.

    Examples
    --------
    >>> together(("progression", "death_after_progression"))
    'progression and death_after_progression'
    """
    return "" if names in ((), TRANSITIONS) else " and ".join(names)
