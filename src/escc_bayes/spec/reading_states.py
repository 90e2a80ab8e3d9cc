"""TOML to the states of an illness-death model, and to the transitions in which an effect acts."""

from collections.abc import Mapping

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import SpecError
from escc_bayes.spec.transitions import CLOCKS, KIND, TRANSITIONS, IllnessDeath

STATE_KEYS = ("kind", "progression", "death", "clock", "landmark", "time_zero")
TRANSITION_KEYS = ("transitions", "shared")


def states_from(raw: Mapping[str, object], at: str) -> IllnessDeath:
    """Read the states of an illness-death model: their endpoints, and the clock after progression."""
    checks.one_of(raw["kind"], (KIND,), f"{at}, kind")
    for key, form in (("progression", '"pfs"'), ("death", '"os"'), ("clock", '"forward" or "reset"')):
        if key not in raw:
            raise SpecError(f'{at}: kind = "{KIND}" needs {key} = {form}')
    progression, death = (checks.text(raw[key], f"{at}, {key}") for key in ("progression", "death"))
    if progression == death:
        raise SpecError(f"{at}: progression and death are both '{death}'; name two endpoints of the cohort schema")
    return IllnessDeath(progression, death, checks.one_of(raw["clock"], CLOCKS, f"{at}, clock"))


def transitions_from(body: Mapping[str, object], at: str) -> tuple[tuple[str, ...], bool]:
    """Read in which transitions an effect acts, in their order, and whether by one coefficient."""
    within = checks.words(body.get("transitions", list(TRANSITIONS)), f"{at}, transitions")
    for name in within:
        checks.one_of(name, TRANSITIONS, f"{at}, transitions")
    if not within or len(set(within)) < len(within):
        raise SpecError(f"{at}, transitions: name each transition once, of {', '.join(TRANSITIONS)}")
    shared = body.get("shared", False)
    if not isinstance(shared, bool):
        raise SpecError(f"{at}, shared: write true or false, was given {checks.shown(shared)}")
    if shared and len(within) < 2:
        raise SpecError(f"{at}, shared: one transition shares with none; leave shared out, or name two or more")
    return tuple(name for name in TRANSITIONS if name in within), shared


def refuse_transitions(body: Mapping[str, object], at: str) -> None:
    """Raise where an effect on one endpoint names transitions."""
    for key in TRANSITION_KEYS:
        if key in body:
            raise SpecError(f"{at}: '{key}' belongs to an outcome of kind = \"{KIND}\"; remove it")


def refuse_one_name(names: list[str], where: str) -> None:
    """Raise where two effects of an illness-death model would have one name, by which variants call them."""
    for name in names:
        if names.count(name) > 1:
            raise SpecError(
                f"{where}: two effects are called '{name}'; give one of them a name of its own, as in "
                f'name = "{name}_after"'
            )
