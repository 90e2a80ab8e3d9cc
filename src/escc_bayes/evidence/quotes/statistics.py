"""Chi-square statistics and group sizes in a sentence: "chi-square(2) = 9.49, P = 0.009", "the CRT group (n = 45)"."""

import re
from typing import NamedTuple

NUMBER = r"\d+(?:\.\d+)?"
CHI = re.compile(
    r"(?:chi|\N{GREEK SMALL LETTER CHI}|(?<![A-Za-z])X)[- ]?(?:squared?|2|\N{SUPERSCRIPT TWO})?"
    rf"(?: ?\((?P<df>\d+)(?:, ?N ?= ?\d+)?\))? ?[=:] ?(?P<value>{NUMBER})",
    re.IGNORECASE,
)
DF = re.compile(
    r"(?:\b(?:df|d\.f\.|degrees? of freedom)\s*[=:]?\s*(?P<after>\d+)\b|\b(?P<before>\d+)\s*(?:df\b"
    r"|d\.f\.|degrees? of freedom))",
    re.IGNORECASE,
)
SIZE = re.compile(r"\(n ?= ?(?P<n>\d+)\)|\bn ?= ?(?P<bare>\d+)\b", re.IGNORECASE)
ANY_NUMBER = re.compile(r"(?<![A-Za-z\d.])(?:\d+(?:\.\d+)?|\.\d+)")


class ChiSquare(NamedTuple):
    """A statistic as printed, with its degrees of freedom where they stand with it."""

    value: str
    df: int | None


def chi_squares(text: str) -> tuple[ChiSquare, ...]:
    """Return the chi-square statistics of a plain sentence.

    Examples
    --------
    >>> chi_squares("chi-square(2) = 9.49"), chi_squares("chi2 = 9.49, df = 4")
    ((ChiSquare(value='9.49', df=2),), (ChiSquare(value='9.49', df=4),))
    """
    said = degrees_of_freedom(text)
    return tuple(ChiSquare(found["value"], int(found["df"]) if found["df"] else said) for found in CHI.finditer(text))


def degrees_of_freedom(text: str) -> int | None:
    """Return the degrees of freedom that a sentence names, if it names one number."""
    inside = {int(found["df"]) for found in CHI.finditer(text) if found["df"]}
    said = inside | {int(found["after"] or found["before"]) for found in DF.finditer(text)}
    return said.pop() if len(said) == 1 else None


def sizes(text: str) -> tuple[int, ...]:
    """Return the group sizes that a sentence prints as "n = 45"."""
    return tuple(int(found["n"] or found["bare"]) for found in SIZE.finditer(text))


def numbers(text: str) -> tuple[str, ...]:
    """Return every number of a sentence, as printed."""
    return tuple(ANY_NUMBER.findall(text))
