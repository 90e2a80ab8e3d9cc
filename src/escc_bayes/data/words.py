"""What a single cell says: a word, a number, or nothing; and of a whole column, each distinct cell asked once."""

from collections.abc import Callable, Collection, Mapping

import numpy as np

from escc_bayes.hazard.piecewise import FloatArray

MISSING_WORDS = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "."})

# What a workbook shows for a formula without a value.
FAILED_FORMULAS = frozenset({"#N/A", "#NULL!"})


def is_blank(value: object) -> bool:
    """Whether a value is one of the words for a missing one."""
    return isinstance(value, str) and value.strip() in MISSING_WORDS


def cell_value(value: object) -> object:
    """Return a cell as a value of a table: text without spaces around it, None where it is missing.

    Examples
    --------
    >>> cell_value(" II "), cell_value("#N/A"), cell_value(float("nan")), cell_value(2.0)
    ('II', None, None, 2.0)
    """
    if isinstance(value, str):
        text = value.strip()
        return None if text in MISSING_WORDS or text in FAILED_FORMULAS else text
    return None if value is None or value != value else value


def word(value: object) -> str | None:
    """Return the word a value stands for: 2, 2.0 and '2.0' are '2'; True is 'true'.

    Examples
    --------
    >>> word("2.0"), word(True), word(" II ")
    ('2', 'true', 'II')
    """
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    text = str(value).strip()
    number = as_number(text)
    return text if number is None or not number.is_integer() else str(int(number))


def as_number(value: object) -> float | None:
    """Return a value as a float, or None if it is no number."""
    if isinstance(value, str) and "_" in value:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None


def words(values: list[object]) -> list[str | None]:
    """Return the word of every value."""
    return of_distinct(word, values)


def spoken_by_codes(values: list[object], meant: Mapping[str, str], known: Collection[str]) -> list[object]:
    """Return cells with what their codes mean in place of them, but where the code itself is a word that is known.

    Examples
    --------
    >>> spoken_by_codes([1.0, "2", None, "II"], {"1": "I", "2": "II"}, {"I", "II"})
    ['I', 'II', None, 'II']
    """

    def said(value: object) -> object:
        found = word(value)
        return value if found is None or found in known else meant.get(found, value)

    return of_distinct(said, values)


def coded(values: list[object], codes: Mapping[str | None, float]) -> FloatArray | None:
    """Return the code of each value's word, (n,); None where a word has no code."""
    if mixed(values):
        found = [codes.get(word(value)) for value in values]
        return None if None in found else np.array(found, dtype=np.float64)
    code_of = {value: codes.get(word(value)) for value in set(values)}
    if None in code_of.values():
        return None
    return np.fromiter(map(code_of.__getitem__, values), np.float64, len(values))


def mixed(values: list[object]) -> bool:
    """Whether values are of several types: True, 1 and 1.0 are equal, and are not the same word."""
    return len(set(map(type, values)) - {type(None)}) > 1


def of_distinct[Answer](said: Callable[[object], Answer], values: list[object]) -> list[Answer]:
    """Return what a function says of each value, asking it once for each distinct one unless types are mixed."""
    if mixed(values):
        return [said(value) for value in values]
    answers = {value: said(value) for value in set(values)}
    return list(map(answers.__getitem__, values))
