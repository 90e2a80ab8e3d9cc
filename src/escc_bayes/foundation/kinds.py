"""Arguments of the public functions: of the right kind, or one sentence that says what to write instead."""

from numbers import Integral, Real
from pathlib import Path

import numpy as np

from escc_bayes.foundation.errors import InputError

# As on the command line.
LEVEL = 0.95
SEED = 20251
SHOWN = 60
# The least that counts of computing can be.
LEAST = {
    **dict.fromkeys(("draws", "chains", "trials", "completions", "workers", "replicates", "steps", "most"), 1),
    "tune": 0,
}


def told(value: object) -> str:
    """Say what a value is, in a few words."""
    if value is None:
        return "None"
    if isinstance(value, str | Path):
        return shown(str(value))
    if isinstance(value, bool | Integral | Real):
        return f"{value}"
    article = "an" if type(value).__name__[0] in "AEIOUaeiou" else "a"
    return f"{article} {type(value).__name__}"


def shown(text: str) -> str:
    """Return a word in quotes, cut where it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")


def level_of(value: object, function: str) -> float:
    """Return a level between 0 and 1; 95 is told that it is 0.95."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{function}: level is {told(value)}; give a number between 0 and 1, as level=0.95")
    found = float(value)
    if 1.0 < found < 100.0:
        raise InputError(f"{function}: level is {value}; give a share, not a percentage: level={found / 100.0:g}")
    if not 0.0 < found < 1.0:
        raise InputError(f"{function}: level is {value}; give a number between 0 and 1, as level=0.95")
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
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral) or value < least:
        raise InputError(f"{function}: {name} is {told(value)}; give a whole number of {least} or more")
    return int(value)
