"""Annotations read as kinds: whether a value is of the kind, and in words what was given and what to give instead."""

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin

import numpy as np

from escc_bayes.foundation.kinds import told

# Binary digits of the largest number that arithmetic takes.
LONGEST = 1023
# Types that say all of a value: whether one fits, the next of the type fits.
ALIKE = frozenset({str, float, bool, NoneType})
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


@cache
def parts(hint: Any) -> tuple[Any, ...]:
    """Return the kinds of which a value may be any."""
    if isinstance(hint, TypeAliasType):
        return parts(hint.__value__)
    alias = get_origin(hint)
    if isinstance(alias, TypeAliasType):
        return parts(alias.__value__[get_args(hint)])
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
        return any(type(value) is type(word) and value == word for word in get_args(kind))
    if origin in (int, float, complex):
        numbers = Integral if origin is int else Real
        return not isinstance(value, bool | np.bool_) and isinstance(value, numbers) and within_reach(value)
    if origin is bool:
        return isinstance(value, bool | np.bool_)
    if origin is np.ndarray:
        return isinstance(value, np.ndarray | Sequence) and not isinstance(value, str)
    if kind is Any or not isinstance(origin, type):
        return True
    if origin in (Sequence, tuple, list, Iterable):
        return is_list(value, kind)
    if getattr(origin, "_is_protocol", False):
        return all(hasattr(value, name) for name in getattr(origin, "__protocol_attrs__", ()))
    if origin is Mapping or origin is dict:
        keys, values = get_args(kind) or (Any, Any)
        return isinstance(value, Mapping) and all(fits(k, keys) and fits(v, values) for k, v in value.items())
    return isinstance(value, origin)


def within_reach(value: Any) -> bool:
    """Whether a number can be computed with: no whole number of hundreds of digits."""
    return not isinstance(value, int) or value.bit_length() <= LONGEST


def is_list(value: Any, kind: Any) -> bool:
    """Whether a value is a list, or a tuple of as many items, of the kind."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping | Set):
        return False
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.dtype == object or value.ndim != 1 else value[:1].tolist()
    if several := several_of(kind):
        return isinstance(value, Sequence) and len(value) == len(several) and all(map(fits, value, several))
    item = item_of(kind)
    return item is None or all_fit(value, item)


def all_fit(values: Iterable[Any], hint: Any) -> bool:
    """Whether each value fits; of kinds that their type alone decides, a million cost what one costs."""
    decides = frozenset() if any(get_origin(part) is Literal for part in parts(hint)) else ALIKE
    known: set[type] = set()
    for one in values:
        if type(one) in known:
            continue
        if not fits(one, hint):
            return False
        if type(one) in decides:
            known.add(type(one))
    return True


@cache
def several_of(kind: Any) -> tuple[Any, ...]:
    """Return the kinds of a tuple of so many items; none for a list of any length."""
    inside = get_args(kind) if get_origin(kind) is tuple else ()
    return () if Ellipsis in inside else inside


@cache
def item_of(hint: Any) -> Any:
    """Return the kind of the items of a list of any length; None where the hint is no such list."""
    for part in parts(hint):
        inside = [one for one in get_args(part) if one is not Ellipsis]
        if get_origin(part) in (Sequence, tuple, list, Iterable) and len(inside) == 1 and not several_of(part):
            return inside[0]
    return None


@cache
def takes_tuple(hint: Any) -> bool:
    """Whether a list is to be made a tuple: what is frozen holds tuples."""
    return any(get_origin(part) is tuple for part in parts(hint))


def said(value: Any, hint: Any) -> str:
    """Say what was given; of a list or dictionary, the first item that is of another kind."""
    item = item_of(hint)
    if item is not None and isinstance(value, list | tuple):
        for place, one in enumerate(value, start=1):
            if not fits(one, item):
                return f"a list whose item {place} is {told(one)}"
    if isinstance(value, Mapping):
        for part in parts(hint):
            keys, values = get_args(part) if get_origin(part) is Mapping else (Any, Any)
            for key, one in value.items():
                if not (fits(key, keys) and fits(one, values)):
                    return f"a dictionary that holds {told(one)} for {told(key)}"
    return told(value)


def wanted(hint: Any) -> str:
    """Say what to give instead."""
    words = []
    for part in parts(hint):
        if get_origin(part) is Literal:
            words.append(f"one of {', '.join(map(str, get_args(part)))}")
        elif several := several_of(part):
            words.append(f"({', '.join(map(wanted, several))})")
        elif get_origin(part) in (Mapping, dict):
            words.append(f"a dictionary from {' to '.join(map(wanted, get_args(part)))}")
        elif (item := item_of(part)) is not None:
            words.append(f"{wanted(item)}, or a list of such")
        else:
            name = getattr(get_origin(part) or part, "__name__", str(part))
            words.append(WANTED.get(name, f"a {name}"))
    if "HazardRatio" in {getattr(part, "__name__", "") for part in parts(hint)}:
        return WANTED["HazardRatio"]
    return " or ".join(dict.fromkeys(word for word in words if word != "None" or len(words) == 1))
