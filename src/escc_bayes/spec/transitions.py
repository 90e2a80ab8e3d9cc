"""Outcomes of several transitions: what they are called, and how an outcome asks for them.

Illness-death: everybody starts free of progression and of death; progression leads to a second state, death from
either ends follow-up (docs/methods/illness_death.md). Competing causes: one event, of one of several causes
(docs/methods/competing_causes.md). Several endpoints of the same patients stand where transitions do, each with its own
follow-up (docs/methods/several_endpoints.md).
"""

from dataclasses import dataclass

KIND = "illness_death"
COMPETING = "competing_causes"
KINDS = (KIND, COMPETING)
# The covariate of stacked rows that says which transition a row is at risk of: each has a baseline of its own.
TRANSITION = "transition"
# Of several endpoints the covariate that says of which a row is.
ENDPOINT = "endpoint"
PROGRESSION = "progression"
DEATH_WITHOUT = "death_without_progression"
DEATH_AFTER = "death_after_progression"
TRANSITIONS = (PROGRESSION, DEATH_WITHOUT, DEATH_AFTER)
STATES = ("start", "progressed", "dead")
CLOCKS = ("forward", "reset")
# One coefficient for every transition, where a specification does not know their names: causes are levels of a cohort.
EVERY = ("*",)


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
    def alone(self) -> str:
        """The endpoint that a model of one endpoint would have."""
        return self.death

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints of the schema that it is made of."""
        return (self.progression, self.death)


@dataclass(frozen=True, slots=True)
class CompetingCauses:
    """Whose events have causes, and which covariate of the schema says them.

    Attributes
    ----------
    endpoint : name of the endpoint.
    cause : a covariate with levels, or a stratum, of the schema; read for patients with the event alone.
    """

    endpoint: str
    cause: str

    @property
    def alone(self) -> str:
        """The endpoint that a model of one endpoint would have."""
        return self.endpoint

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints of the schema that it is made of."""
        return (self.endpoint,)


class EndpointName(str):
    """The name of an endpoint that stands where transitions do: words tell it from that of a cause."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Transitions:
    """What rows one below the other are at risk of.

    Attributes
    ----------
    names : of the transitions, in the order of their codes.
    clock : ``forward`` or ``reset``: from when time counts after progression.
    unknown : deaths after follow-up for progression had ended, which are of no transition.
    competing : whether all of them leave one state: causes of one event.
    marginal : whether they are endpoints of the same patients, each by itself.
    """

    names: tuple[str, ...]
    clock: str
    unknown: int = 0
    competing: bool = False
    marginal: bool = False

    def __post_init__(self) -> None:
        if self.marginal:
            # Read back from a file they are plain words.
            object.__setattr__(self, "names", tuple(EndpointName(name) for name in self.names))


@dataclass(frozen=True, slots=True)
class SeveralEndpoints:
    """Which endpoints of the same patients are fitted together.

    Attributes
    ----------
    endpoints : of the schema, in order.
    """

    endpoints: tuple[str, ...]

    @property
    def alone(self) -> str:
        """The endpoint that a model of one endpoint would have."""
        return self.endpoints[0]

    @property
    def name(self) -> str:
        """All of them in words."""
        return " and ".join(self.endpoints)


type States = IllnessDeath | CompetingCauses | SeveralEndpoints


def in_words(transition: str) -> str:
    """Return a transition as readers see it; a cause says that it is one, and one endpoint has none.

    Examples
    --------
    >>> in_words("death_after_progression"), in_words("local"), in_words(EndpointName("os")), in_words("")
    ('death after progression', 'cause local', 'os', '')
    """
    if isinstance(transition, EndpointName):
        return str(transition)
    if transition in TRANSITIONS:
        return transition.replace("_", " ")
    return f"cause {transition}" if transition else ""


def heading(term: str, transition: str) -> str:
    """Return the words over the hazard ratios of a term in one transition, or of one endpoint.

    Examples
    --------
    >>> heading("Stage", "progression"), heading("Stage", "")
    ('Stage: progression', 'Stage')
    """
    return f"{term}: {in_words(transition)}" if transition else term


def together(names: tuple[str, ...]) -> str:
    """Say in which transitions one coefficient acts; nothing where it acts in all of them, or there are none.

    Examples
    --------
    >>> together(("progression", "death_after_progression"))
    'progression and death_after_progression'
    """
    return "" if names in ((), TRANSITIONS) else " and ".join(names)
