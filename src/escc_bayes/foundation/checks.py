"""Closed vocabularies: words, keys and numbers that a file may hold, with a suggestion for a wrong one."""

import difflib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from escc_bayes.foundation.errors import EsccBayesError, TomlError


def suggestion(word: str, known: Iterable[str]) -> str:
    """Say which known word is nearest, or list them all.

    Examples
    --------
    >>> suggestion("struture", ["structure", "prior"])
    "did you mean 'structure'?"
    """
    words = list(known)
    near = [k for k in words if k.casefold() == word.casefold()] or difflib.get_close_matches(
        word, words, n=1, cutoff=0.6
    )
    if near:
        return f"did you mean '{near[0]}'?"
    return "known: " + ", ".join(words)


def refuse_unknown_keys(table: Mapping[str, object], known: Sequence[str], where: str) -> None:
    """Raise ``TomlError`` at the first key of ``table`` that is not in ``known``."""
    for key in table:
        if key not in known:
            raise TomlError(f"{where}: unknown key '{key}'; {suggestion(key, known)}")


def one_of(word: object, known: Sequence[str], where: str) -> str:
    """Return ``word`` if it is one of ``known``; else raise ``TomlError`` with the right words."""
    if isinstance(word, str) and word in known:
        return word
    near = suggestion(word, known) if isinstance(word, str) else ""
    hint = f"{near} " if near.startswith("did") else ""
    raise TomlError(f"{where}: {word!r} is not possible here; {hint}known: {', '.join(known)}")


def number(
    value: object, where: str, *, above: float | None = None, below: float | None = None, least: float | None = None
) -> float:
    """Return ``value`` as a finite float inside (above, below), from ``least`` on; else raise ``TomlError``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise TomlError(f"{where}: expected a finite number, was given {value!r}")
    if above is not None and not value > above:
        raise TomlError(f"{where}: must be above {above:g}, was given {value!r}")
    if least is not None and not value >= least:
        raise TomlError(f"{where}: must be {least:g} or above, was given {value!r}")
    if below is not None and not value < below:
        raise TomlError(f"{where}: must be below {below:g}, was given {value!r}")
    return float(value)


def whole_number(value: object, where: str, *, least: int) -> int:
    """Return ``value`` as an int of at least ``least``; else raise ``TomlError``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TomlError(f"{where}: expected a whole number of at least {least}, was given {value!r}")
    return value


def text(value: object, where: str) -> str:
    """Return ``value`` if it is non-empty text; else raise ``TomlError``."""
    if isinstance(value, str) and value.strip():
        return value
    raise TomlError(f"{where}: expected text, was given {value!r}")


def identifier(value: object, where: str) -> str:
    """Return ``value`` if it can name a variable in every output; else raise ``TomlError``."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value):
        return value
    raise TomlError(f"{where}: {value!r} cannot be a name; use letters, digits and underscores, a letter first")


def file_name(value: object, where: str) -> str:
    """Return ``value`` if it can name a file in every folder; else raise ``TomlError``."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]*", value):
        return value
    raise TomlError(
        f"{where}: {value!r} cannot name a file; use letters, digits, spaces, points, dashes and underscores, "
        "a letter or digit first"
    )


def table(value: object, where: str) -> dict[str, object]:
    """Return ``value`` if it is a TOML table; else raise ``TomlError``."""
    if isinstance(value, dict):
        return value
    raise TomlError(f"{where}: expected a table [..] or {{ .. }}, was given {value!r}")


def words(value: object, where: str) -> tuple[str, ...]:
    """Return a TOML list as distinct words (whole numbers become their digits)."""
    if not isinstance(value, list) or not value:
        raise TomlError(f"{where}: expected a list of words, was given {value!r}")
    found = tuple(str(v) for v in value if isinstance(v, str | int) and not isinstance(v, bool))
    if len(found) != len(value):
        raise TomlError(f"{where}: expected words or whole numbers, was given {value!r}")
    if len(set(found)) != len(found):
        raise TomlError(f"{where}: a word stands twice in {value!r}")
    return found


def increasing(
    value: object, where: str, *, error: type[EsccBayesError] = TomlError, above: float | None = None
) -> tuple[float, ...]:
    """Return a list of strictly increasing numbers, all over ``above``; else raise ``error``.

    The message shows the first pair at fault.
    """
    if not isinstance(value, list | tuple) or not value:
        raise error(f"{where}: expected a list of increasing numbers, was given {value!r}")
    numbers = tuple(number(v, where) for v in value)
    if above is not None and numbers[0] <= above:
        raise error(f"{where}: the first must be above {above:g}, was given {numbers[0]:g}")
    for left, right in pairwise(numbers):
        if not right > left:
            raise error(
                f"{where}: must be strictly increasing, but {left:g} is followed by {right:g}; "
                "sort them and remove repeats"
            )
    return numbers
