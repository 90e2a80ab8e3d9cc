"""Arguments of the public functions: of the right kind, or one sentence that says what to write instead."""

import math
from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path

import numpy as np

from escc_bayes.foundation.errors import InputError

# As on the command line.
LEVEL = 0.95
SEED = 20251
SHOWN = 60
# Binary digits up to which a whole number is printed.
LONG = 200
# The least that counts of computing can be.
LEAST = {
    **dict.fromkeys(
        ("draws", "chains", "trials", "completions", "workers", "replicates", "steps", "most", "simulations"), 1
    ),
    "tune": 0,
}
MOST = 10**12


def told(value: object) -> str:
    """Say what a value is, in a few words."""
    if value is None:
        return "None"
    if isinstance(value, str | Path):
        return shown(str(value))
    if isinstance(value, int) and value.bit_length() > LONG:
        return f"a number of {value.bit_length()} binary digits"
    if isinstance(value, bool | Integral | Real):
        return f"{value}"
    article = "an" if type(value).__name__[0] in "AEIOUaeiou" else "a"
    return f"{article} {type(value).__name__}"


def shown(text: str) -> str:
    """Return a word in quotes, cut where it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def readable(value: Real) -> float:
    """Return a number as Python's; infinite where it has more digits than can be computed with."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def level_of(value: object, function: str) -> float:
    """Return a level between 0 and 1; 95 is told that it is 0.95."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{function}: level is {told(value)}; give a number between 0 and 1, as level=0.95")
    found = readable(value)
    if 1.0 < found < 100.0:
        raise InputError(f"{function}: level is {told(value)}; give a share, not a percentage: level={found / 100.0:g}")
    if not 0.0 < found < 1.0:
        raise InputError(f"{function}: level is {told(value)}; give a number between 0 and 1, as level=0.95")
    return found


def seed_of(value: object, function: str) -> int | np.random.SeedSequence:
    """Return a seed: a whole number of 0 or more, or a stream."""
    if isinstance(value, np.random.SeedSequence):
        return value
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral) or value < 0:
        raise InputError(f"{function}: seed is {told(value)}; give a whole number of 0 or more, as seed={SEED}")
    return int(value)


def whole(value: object, function: str, name: str, *, least: int) -> int:
    """Return a whole number of at least ``least``, also of numpy."""
    found = int(value) if not isinstance(value, bool | np.bool_) and isinstance(value, Integral) else None
    if found is None or not least <= found <= MOST:
        raise InputError(f"{function}: {name} is {told(value)}; give a whole number of {least} or more")
    return found


def month_of(value: float, function: str, name: str, *, zero: bool = False) -> float:
    """Return a month: finite and above 0, or from 0 on."""
    if not (0.0 < value < math.inf or (zero and value == 0.0)):
        least = "0 or more" if zero else "more than 0"
        raise InputError(f"{function}: {name} is {told(value)}; give a number of months, {least}")
    return float(value)


def months_of(values: Iterable[float], function: str, name: str) -> tuple[float, ...]:
    """Return months, at least one, each finite and above 0."""
    found = tuple(month_of(value, function, name) for value in values)
    if not found:
        raise InputError(f"{function}: {name} is empty; give months, as {name}=(12.0, 24.0)")
    return found
