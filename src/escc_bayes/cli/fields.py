"""Options held together by a dataclass: a verb takes the object, the command line shows its fields."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, get_type_hints


def fields_as_options(parameter: str, group: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that shows the fields of a parameter as options of their own, where the parameter stands.

    Parameters
    ----------
    parameter : of the verb; annotated with ``group``.
    group : dataclass whose every field has a Typer annotation and a default.
    """
    hints = get_type_hints(group, include_extras=True)
    shown = {
        f.name: inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(group)
    }

    def decorated(verb: Callable[..., None]) -> Callable[..., None]:
        @wraps(verb)
        def told(**words: Any) -> None:
            mine = {name: words.pop(name) for name in shown}
            verb(**words, **{parameter: group(**mine)})

        signature = inspect.signature(verb)
        wanted: list[inspect.Parameter] = []
        for name, own in signature.parameters.items():
            wanted.extend(shown.values() if name == parameter else [own])
        told.__signature__ = signature.replace(parameters=wanted)  # type: ignore[attr-defined]
        told.__annotations__ = {p.name: p.annotation for p in wanted} | {"return": None}
        return told

    return decorated
