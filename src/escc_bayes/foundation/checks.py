"""Closed vocabularies: words, keys and numbers that a file may hold, with a suggestion for a wrong one."""

import difflib
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from escc_bayes.foundation.errors import EsccBayesError, TomlError
from escc_bayes.foundation.letters import control_character

# Letters of a label and of a name that files are called by; numbers of a list of cut points.
LONGEST_TEXT, LONGEST_NAME, MOST_NUMBERS = 400, 100, 250


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
        raise TomlError(f"{where}: expected a finite number, was given {shown(value)}")
    if above is not None and not value > above:
        raise TomlError(f"{where}: must be above {above:g}, was given {shown(value)}")
    if least is not None and not value >= least:
        raise TomlError(f"{where}: must be {least:g} or above, was given {shown(value)}")
    if below is not None and not value < below:
        raise TomlError(f"{where}: must be below {below:g}, was given {shown(value)}")
    return float(value)


def whole_number(value: object, where: str, *, least: int, most: int = 10_000_000) -> int:
    """Return ``value`` as an int from ``least`` to ``most``; else raise ``TomlError``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise TomlError(f"{where}: expected a whole number of at least {least}, was given {shown(value)}")
    if value > most:
        raise TomlError(f"{where}: must be {most:,} or less, was given {value:,}")
    return value


def prose(value: object, where: str) -> str:
    """Return ``value`` if it is non-empty text; else raise ``TomlError``."""
    if isinstance(value, str) and value.strip():
        return value
    raise TomlError(f"{where}: expected text, was given {shown(value)}")


def text(value: object, where: str) -> str:
    """Return ``value`` if it is one line of non-empty text, as a label is; else raise ``TomlError``."""
    found = prose(value, where)
    strange = control_character(found, lines=False)
    if strange:
        raise TomlError(f"{where}: holds the control character {strange}; leave it out")
    if len(found) > LONGEST_TEXT:
        raise TomlError(f"{where}: {len(found):,} letters are too long for a label; {LONGEST_TEXT} is the most")
    return found


def shown(value: object, most: int = 120) -> str:
    """Return a value for a message; of a long one its beginning."""
    written = repr(value)
    return written if len(written) <= most else f"{written[:most]}..."


def identifier(value: object, where: str) -> str:
    """Return ``value`` if it can name a variable in every output; else raise ``TomlError``."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", value):
        return not_too_long(value, where)
    raise TomlError(f"{where}: {shown(value)} cannot be a name; use letters, digits and underscores, a letter first")


def covariate_name(value: object, where: str) -> str:
    """Return ``value`` if a covariate can be called so: any text of one line, with no space around it."""
    if not isinstance(value, str) or not value.strip():
        raise TomlError(f"{where}: {shown(value)} cannot be a name; give some text")
    strange = control_character(value, lines=False)
    if strange or value != value.strip() or "=" in value:
        raise TomlError(f"{where}: {shown(value)} cannot be a name; leave out {strange or 'spaces around it and ='}")
    return not_too_long(value, where)


def file_name(value: object, where: str) -> str:
    """Return ``value`` if it can name a file in every folder; else raise ``TomlError``."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]*", value):
        return not_too_long(value, where)
    raise TomlError(
        f"{where}: {shown(value)} cannot name a file; use letters, digits, spaces, points, dashes and underscores, "
        "a letter or digit first"
    )


def not_too_long(name: str, where: str) -> str:
    """Return a name if files can be called by it; else raise ``TomlError``."""
    if len(name) > LONGEST_NAME:
        raise TomlError(f"{where}: {len(name)} letters are too long for a name; {LONGEST_NAME} is the most")
    return name


def table(value: object, where: str) -> dict[str, object]:
    """Return ``value`` if it is a TOML table; else raise ``TomlError``."""
    if isinstance(value, dict):
        return value
    raise TomlError(f"{where}: expected a table [..] or {{ .. }}, was given {shown(value)}")


def words(value: object, where: str) -> tuple[str, ...]:
    """Return a TOML list as distinct words (whole numbers become their digits)."""
    if not isinstance(value, list) or not value:
        raise TomlError(f"{where}: expected a list of words, was given {shown(value)}")
    found = tuple(str(v) for v in value if isinstance(v, str | int) and not isinstance(v, bool))
    if len(found) != len(value):
        raise TomlError(f"{where}: expected words or whole numbers, was given {shown(value)}")
    for word in found:
        text(word, where)
    if len(set(found)) != len(found):
        raise TomlError(f"{where}: a word stands twice in {shown(value)}")
    return found


def increasing(
    value: object, where: str, *, error: type[EsccBayesError] = TomlError, above: float | None = None
) -> tuple[float, ...]:
    """Return a list of strictly increasing numbers, all over ``above``; else raise ``error``.

    The message shows the first pair at fault.
    """
    if not isinstance(value, list | tuple) or not value:
        raise error(f"{where}: expected a list of increasing numbers, was given {shown(value)}")
    if len(value) > MOST_NUMBERS:
        raise error(f"{where}: {len(value):,} numbers are more than any cohort tells apart; {MOST_NUMBERS} is the most")
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
