"""The door of the public functions: what is given is what the signature says, or one sentence says what to write.

The command line checks its words before anything is computed; from Python the same slips (a path for a cohort, two
arguments swapped, 95 for 0.95, a negative seed) end here, as ``InputError``, and not in the middle of the arithmetic.
Whole and real numbers of numpy become Python's.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin

import numpy as np

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.kinds import LEAST, level_of, seed_of, told, whole

# How each kind of argument is had.
WANTED = {
    "Cohort": "a cohort from read_cohort or example_cohort",
    "CohortSchema": "a schema from load_schema",
    "ModelSpec": "a model from load_spec",
    "ModelPlan": "a plan from make_plan",
    "RunSettings": 'settings, as RunSettings("laplace", draws=1000)',
    "Posterior": "a posterior from fit or load_posterior",
    "EnsemblePosterior": "a posterior from fit_ensemble or load_ensemble_posterior",
    "ClassicalFit": "a result of fit_classical",
    "Ensemble": "an ensemble from read_ensemble or example_ensemble",
    "RefitRequest": "a request from prior_grid, leave_one_out, each_cohort or each_model",
    "TrialDesign": "a design from load_design",
    "Study": "a study from read_study",
    "PublishedEffect": "effects as published_effects returns them",
    "PoolRequest": "a PoolRequest(effect, endpoint, ...)",
    "HazardRatio": 'an estimand such as HazardRatio("stage", "III", versus="II"), SurvivalAt(24.0) or MedianSurvival()',
    "Interim": "an Interim of the patients entered so far",
    "DigitisedCurve": "a curve of read_digitised_curves",
    "NumbersAtRisk": "numbers of read_numbers_at_risk",
    "ArmFromCurve": "an arm of patients_from_curve",
    "Bundle": "what gather returns",
    "Path": 'a path, as "folder/file"',
    "str": "a word in quotes",
    "bool": "True or False",
    "int": "a whole number",
    "float": "a number",
    "DataFrame": "a data frame",
    "NoneType": "None",
}


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

    @wraps(function)
    def checked(*args: Given.args, **options: Given.kwargs) -> Answer:
        signature, hints = asked_by(function)
        try:
            bound = signature.bind(*args, **options)
        except TypeError as error:
            raise InputError(f"{function.__name__}: {error}; write {call_of(function.__name__, signature)}") from None
        for name, value in bound.arguments.items():
            if name != "self":
                bound.arguments[name] = argument(function.__name__, signature, hints, bound.arguments, name, value)
        return function(*bound.args, **bound.kwargs)

    return checked


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
    if fits(value, hint):
        return plain(value)
    item = item_of(hint)
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


def plain(value: Any) -> Any:
    """Return a number of numpy as Python's; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def parts(hint: Any) -> tuple[Any, ...]:
    """Return the kinds of which a value may be any."""
    if isinstance(hint, TypeAliasType):
        return parts(hint.__value__)
    if get_origin(hint) in (Union, UnionType):
        return tuple(part for one in get_args(hint) for part in parts(one))
    return (hint,)


def admits(hint: Any, kind: type) -> bool:
    """Whether one of the kinds is this one."""
    return kind in parts(hint)


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of one of the kinds."""
    return any(is_of(value, part) for part in parts(hint))


def is_of(value: Any, kind: Any) -> bool:
    """Whether a value is of one kind; what cannot be told is taken as it is."""
    origin: Any = get_origin(kind) or kind
    if kind in (None, NoneType):
        return value is None
    if origin is Literal:
        return value in get_args(kind)
    if origin in (int, float, complex):
        numbers = Integral if origin is int else Real
        return isinstance(value, numbers) and not isinstance(value, bool | np.bool_)
    if origin is bool:
        return isinstance(value, bool | np.bool_)
    if origin is np.ndarray:
        return isinstance(value, np.ndarray | Sequence) and not isinstance(value, str)
    if kind is Any or not isinstance(origin, type):
        return True
    if origin in (Sequence, tuple, list, Iterable):
        item = item_of(kind)
        listed = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
        return listed and (item is None or isinstance(value, np.ndarray) or all(fits(one, item) for one in value))
    if getattr(origin, "_is_protocol", False):
        return True
    if origin is Mapping or origin is dict:
        return isinstance(value, Mapping)
    return isinstance(value, origin)


def item_of(hint: Any) -> Any:
    """Return the kind of the items of a list; None where the hint is no list, or its items are of several kinds."""
    for part in parts(hint):
        inside = [one for one in get_args(part) if one is not Ellipsis]
        if get_origin(part) in (Sequence, tuple, list, Iterable) and len(set(inside)) == 1:
            return inside[0]
    return None


def said(value: Any, hint: Any) -> str:
    """Say what was given; of a list, the first item that is of another kind."""
    item = item_of(hint)
    if item is not None and isinstance(value, list | tuple):
        for place, one in enumerate(value, start=1):
            if not fits(one, item):
                return f"a list whose item {place} is {told(one)}"
    return told(value)


def wanted(hint: Any) -> str:
    """Say what to give instead."""
    words = []
    for part in parts(hint):
        if get_origin(part) is Literal:
            words.append(f"one of {', '.join(map(str, get_args(part)))}")
        elif (item := item_of(part)) is not None:
            words.append(f"{wanted(item)}, or a list of such")
        else:
            name = getattr(get_origin(part) or part, "__name__", str(part))
            words.append(WANTED.get(name, f"a {name}"))
    if "HazardRatio" in {getattr(part, "__name__", "") for part in parts(hint)}:
        return WANTED["HazardRatio"]
    return " or ".join(dict.fromkeys(word for word in words if word != "None" or len(words) == 1))
