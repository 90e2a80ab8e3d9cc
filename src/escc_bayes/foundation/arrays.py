"""Arrays among arguments: also from lists, of the numbers that the annotation names."""

from collections.abc import Sequence
from functools import cache
from typing import Any, get_args, get_origin

import numpy as np

from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.hints import fits, is_of, parts
from escc_bayes.foundation.kinds import told

# What the items of an array may be written as, by what they are to be: numbers, whole numbers, True and False.
ITEMS = {"f": ("fiu", "numbers"), "i": ("iu", "whole numbers"), "b": ("b", "True and False")}


@cache
def array_kinds(hint: Any) -> tuple[Any, ...]:
    """Return the kinds of array that an argument may be; none where it is no array."""
    return tuple(np.dtype(get_args(get_args(one)[1])[0]) for one in parts(hint) if get_origin(one) is np.ndarray)


def as_array(function: str, name: str, value: Any, hint: Any, kinds: tuple[Any, ...]) -> Any:
    """Return an array of one of the kinds, also from a list; 0 and 1 serve as False and True."""
    if value is None and fits(None, hint):
        return None
    if is_of(value, float):
        value = [value]
    wanted = " or ".join(ITEMS[kind.kind][1] for kind in kinds)
    if not isinstance(value, np.ndarray | Sequence) or isinstance(value, str | bytes):
        raise InputError(f"{function}: {name} is {told(value)}; give an array of {wanted}")
    try:
        found = np.asarray(value)
    except ValueError:
        raise InputError(f"{function}: {name} has rows of different lengths; give an array of {wanted}") from None
    # Positions 0 and 1 are no mask where whole numbers are taken too: every kind is asked before that.
    for kind in kinds:
        if found.dtype.kind in ITEMS[kind.kind][0] or found.size == 0:
            return found.astype(kind, copy=False)
    for kind in kinds:
        if kind.kind == "b" and found.dtype.kind in "iuf" and np.isin(found, (0, 1)).all():
            return found.astype(kind)
    raise InputError(f"{function}: {name} holds {told(found.ravel().tolist()[0])}; give an array of {wanted}")
