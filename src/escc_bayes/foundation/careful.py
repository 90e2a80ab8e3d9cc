"""The door of the public functions: what is given is what the signature says, or one sentence says what to write.

The command line checks its words before anything is computed; from Python the same slips (a path for a cohort, two
arguments swapped, 95 for 0.95, a negative seed) end here, as ``InputError``, and not in the middle of the arithmetic.
Whole and real numbers of numpy become Python's.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

import numpy as np

from escc_bayes.foundation.arrays import array_kinds, as_array
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.hints import admits, fits, item_of, said, takes_tuple, wanted
from escc_bayes.foundation.kinds import LEAST, level_of, seed_of, whole


def careful[**Given, Answer](function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Check the arguments of a function against its signature before it runs.

    Examples
    --------
    >>> @careful
    ... def doubled(number: int, *, level: float = 0.95) -> int:
    ...     return 2 * number
    >>> doubled(np.int64(4))
    8
    >>> doubled("4")
    Traceback (most recent call last):
        ...
    escc_bayes.foundation.errors.InputError: doubled: number is '4'; give a whole number
    >>> doubled(4, level=95)
    Traceback (most recent call last):
        ...
    escc_bayes.foundation.errors.InputError: doubled: level is 95; give a share, not a percentage: level=0.95
    """

    return checked(function, function.__name__)


def careful_class[Made](made: type[Made]) -> type[Made]:
    """Check what a class is made of against its fields, as ``careful`` does for a function; above ``@dataclass``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @careful_class
    ... @dataclass(frozen=True)
    ... class Pair:
    ...     name: str
    ...     number: float = 0.0
    >>> Pair("b", "1")
    Traceback (most recent call last):
        ...
    escc_bayes.foundation.errors.InputError: Pair: number is '1'; give a number
    """
    setattr(made, "__init__", checked(made.__init__, made.__name__))  # noqa: B010 - mypy refuses the assignment
    return made


def checked[**Given, Answer](function: Callable[Given, Answer], called: str) -> Callable[Given, Answer]:
    """Return the function behind a check of its arguments; ``called`` names it in messages."""

    @wraps(function)
    def behind(*args: Given.args, **options: Given.kwargs) -> Answer:
        signature, hints = asked_by(function)
        try:
            bound = signature.bind(*args, **options)
        except TypeError as error:
            raise InputError(f"{called}: {error}; write {call_of(called, signature)}") from None
        for name, value in bound.arguments.items():
            if name != "self":
                bound.arguments[name] = argument(called, signature, hints, bound.arguments, name, value)
        return function(*bound.args, **bound.kwargs)

    return behind


@cache
def asked_by(function: Callable[..., object]) -> tuple[inspect.Signature, Mapping[str, Any]]:
    """Return the signature, and the kind of each argument; one that cannot be told without imports is not checked."""
    signature = inspect.signature(function)
    hints = {}
    for name, parameter in signature.parameters.items():
        hint = parameter.annotation
        if isinstance(hint, str):
            hint = resolved(hint, getattr(function, "__globals__", {}))
        hints[name] = Any if hint is inspect.Parameter.empty else hint
    return signature, hints


def resolved(text: str, names: Mapping[str, object]) -> object:
    """Return an annotation that stands as text; ``Any`` where its names are known to type checkers alone."""
    try:
        return eval(text, dict(names))  # noqa: S307 - text of our own source
    except NameError:
        return Any


def call_of(name: str, signature: inspect.Signature) -> str:
    """Say how a function is called: its arguments without the kinds."""
    words = []
    for one in signature.parameters.values():
        if one.name == "self" or one.kind in (one.VAR_KEYWORD,):
            continue
        star = "*" if one.kind is one.VAR_POSITIONAL else ""
        words.append(f"{star}{one.name}" + ("=..." if one.kind is one.KEYWORD_ONLY else ""))
    return f"{name}({', '.join(words)})"


def argument(
    function: str,
    signature: inspect.Signature,
    hints: Mapping[str, Any],
    given: Mapping[str, Any],
    name: str,
    value: Any,
) -> Any:
    """Return one argument as the function takes it; raise ``InputError`` where it is another kind."""
    hint = hints[name]
    if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
        return tuple(plain(one) for one in value if fits_or_raise(function, name, one, hint))
    if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
        return value
    if name == "level" and admits(hint, float):
        return level_of(value, function)
    if name == "seed":
        return seed_of(value, function)
    if name in LEAST and admits(hint, int):
        return None if value is None and fits(None, hint) else whole(value, function, name, least=LEAST[name])
    if of_array := array_kinds(hint):
        return as_array(function, name, value, hint, of_array)
    item = item_of(hint)
    if item is not None and isinstance(value, Iterator):
        value = tuple(value)
    if fits(value, hint):
        return as_tuple(value) if isinstance(value, list | np.ndarray) and takes_tuple(hint) else plain(value)
    if item is not None and fits(value, item):
        return (plain(value),)
    other = next((o for o in given if o != name and swapped(o, name, hints, given)), None)
    if other is not None:
        raise InputError(f"{function}: {name} and {other} are swapped; write {call_of(function, signature)}")
    raise InputError(f"{function}: {name} is {said(value, hint)}; give {wanted(hint)}")


def fits_or_raise(function: str, name: str, value: Any, hint: Any) -> bool:
    """Return True for a value of the kind; else raise."""
    if fits(value, hint):
        return True
    raise InputError(f"{function}: {name} is {said(value, hint)}; give {wanted(hint)}")


def swapped(one: str, other: str, hints: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether two arguments are each of the other's kind, and neither of its own."""
    return (
        not fits(given[one], hints[one])
        and fits(given[one], hints[other])
        and fits(given[other], hints[one])
        and hints[one] is not Any
    )


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Return a list or array as a tuple; whatever is frozen holds tuples."""
    return tuple(value.tolist() if isinstance(value, np.ndarray) else value)


def plain(value: Any) -> Any:
    """Return a number of numpy as Python's; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value
