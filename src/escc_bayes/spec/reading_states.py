"""TOML to the states of an outcome, and to the transitions or causes in which an effect acts."""

from collections.abc import Mapping

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.transitions import (
    CLOCKS,
    COMPETING,
    ENDPOINT,
    EVERY,
    KIND,
    KINDS,
    TRANSITION,
    TRANSITIONS,
    CompetingCauses,
    IllnessDeath,
    SeveralEndpoints,
    States,
)

STATE_KEYS = {
    KIND: ("kind", "progression", "death", "clock", "landmark", "time_zero"),
    COMPETING: ("kind", "endpoint", "cause", "landmark", "time_zero"),
}
ENDPOINTS_KEYS = ("endpoints", "landmark", "time_zero")
TRANSITION_KEYS = ("transitions", "shared")


def keys_of(raw: Mapping[str, object], at: str) -> tuple[str, ...]:
    """Return the keys of ``[outcome]`` that belong to its kind."""
    return STATE_KEYS[checks.one_of(raw["kind"], KINDS, f"{at}, kind")]


def states_from(raw: Mapping[str, object], at: str) -> IllnessDeath | CompetingCauses:
    """Read the states of an outcome."""
    return illness_death_from(raw, at) if raw["kind"] == KIND else causes_from(raw, at)


def endpoints_from(raw: Mapping[str, object], at: str) -> SeveralEndpoints:
    """Read several endpoints of the same patients."""
    names = checks.words(raw["endpoints"], f"{at}, endpoints")
    if len(names) < 2 or len(set(names)) < len(names):
        raise SpecError(f'{at}, endpoints: name two or more, each once, as in ["os", "pfs"]; one is endpoint = "os"')
    return SeveralEndpoints(names)


def within_endpoints(body: Mapping[str, object], at: str) -> dict[str, object]:
    """Return an effect of several endpoints that says ``transitions`` where its file says ``endpoints``."""
    if "transitions" in body:
        raise SpecError(
            f"{at}: 'transitions' belongs to an outcome with states; of several endpoints write endpoints = [..]"
        )
    return {"transitions" if key == "endpoints" else key: value for key, value in body.items()}


def causes_from(raw: Mapping[str, object], at: str) -> CompetingCauses:
    """Read competing causes: the endpoint, and the covariate that says the cause of each event."""
    for key, form in (("endpoint", '"os"'), ("cause", '"cause_of_death"')):
        if key not in raw:
            raise SpecError(f'{at}: kind = "{COMPETING}" needs {key} = {form}')
    return CompetingCauses(*(checks.text(raw[key], f"{at}, {key}") for key in ("endpoint", "cause")))


def illness_death_from(raw: Mapping[str, object], at: str) -> IllnessDeath:
    """Read the states of an illness-death model: their endpoints, and the clock after progression."""
    for key, form in (("progression", '"pfs"'), ("death", '"os"'), ("clock", '"forward" or "reset"')):
        if key not in raw:
            raise SpecError(f'{at}: kind = "{KIND}" needs {key} = {form}')
    progression, death = (checks.text(raw[key], f"{at}, {key}") for key in ("progression", "death"))
    if progression == death:
        raise SpecError(f"{at}: progression and death are both '{death}'; name two endpoints of the cohort schema")
    return IllnessDeath(progression, death, checks.one_of(raw["clock"], CLOCKS, f"{at}, clock"))


def transitions_from(body: Mapping[str, object], at: str, kind: str) -> tuple[tuple[str, ...], ...]:
    """Read in which transitions an effect acts: for each of its coefficients, those in which it does.

    Causes, whose names the cohort alone knows, may be left out: ``()`` stands for a coefficient of its own in each,
    ``EVERY`` for one in all.
    """
    every = TRANSITIONS if kind == KIND else ()
    within = checks.words(body["transitions"], f"{at}, transitions") if "transitions" in body else every
    for name in within if every else ():
        checks.one_of(name, every, f"{at}, transitions")
    if len(set(within)) < len(within) or ("transitions" in body and not within):
        raise SpecError(f"{at}, transitions: name each once, of {', '.join(every) or 'the causes'}")
    shared = shared_from(body, at, within)
    if not within:
        return (EVERY if shared else (),)
    ordered = tuple(name for name in every or within if name in within)
    return (ordered,) if shared else tuple((name,) for name in ordered)


def shared_from(body: Mapping[str, object], at: str, within: tuple[str, ...]) -> bool:
    """Read whether one coefficient acts in all transitions of an effect."""
    shared = body.get("shared", False)
    if not isinstance(shared, bool):
        raise SpecError(f"{at}, shared: write true or false, was given {checks.shown(shared)}")
    if shared and len(within) == 1:
        raise SpecError(f"{at}, shared: one transition shares with none; leave shared out, or name two or more")
    return shared


def refuse_outcome_as_effect(states: States, covariates: tuple[str, ...], at: str) -> None:
    """Raise where a covariate of an effect is part of the outcome."""
    taken = (TRANSITION, ENDPOINT, states.cause) if isinstance(states, CompetingCauses) else (TRANSITION, ENDPOINT)
    for name in covariates:
        if name in taken:
            raise SpecError(f"{at}: '{name}' says which event patients have, and has no effect on it; leave it out")


def refuse_transitions(body: Mapping[str, object], at: str) -> None:
    """Raise where an effect on one endpoint names transitions."""
    for key in TRANSITION_KEYS:
        if key in body:
            kinds = " or ".join(f'"{kind}"' for kind in KINDS)
            raise SpecError(f"{at}: '{key}' belongs to an outcome of kind = {kinds}; remove it")


def refuse_named(body: Mapping[str, object], word: str, at: str) -> None:
    """Raise where an effect in every transition names some, or says that it shares one coefficient."""
    for key in TRANSITION_KEYS:
        if key in body:
            raise SpecError(f"{at}: structure '{word}' has an effect in every transition; leave '{key}' out")


def refuse_one_name(names: list[str], where: str) -> None:
    """Raise where two effects of an outcome of several transitions would have one name, by which variants call them."""
    for name in names:
        if names.count(name) > 1:
            raise SpecError(
                f"{where}: two effects are called '{name}'; give one of them a name of its own, as in "
                f'name = "{name}_after"'
            )
