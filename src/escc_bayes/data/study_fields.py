"""Fields of study files: what a number may be, and what no print can mean.

A value of the wrong kind (words for a number, a percentage for a fraction) is a fault of the file: ``StudyError``. A
number that no print can mean (a negative hazard ratio, P of 1.2) is a finding: ``ImpossiblePrint``.
"""

from decimal import Decimal

from escc_bayes.foundation import checks
from escc_bayes.foundation.errors import InputError

PERCENTAGES = (2, 100)
"""What a fraction cannot be and a percentage can."""


class StudyError(InputError):
    """A study file cannot be read."""


class ImpossiblePrint(StudyError):  # noqa: N818 - what is wrong is the print, not the program
    """A number that nothing can have: it is the finding, and not a reason to stop."""


def decimal(value: object, at: str) -> Decimal:
    """Return a finite number with the digits of its print."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise StudyError(
            f"{at}: expected a number with its printed digits, was given {value!s}; leave out what is unknown"
        )
    return Decimal(value)


def positive(value: object, at: str) -> Decimal:
    """Return a number above 0."""
    number = decimal(value, at)
    if number <= 0:
        raise ImpossiblePrint(f"{at}: must be above 0, was given {number}")
    return number


def not_negative(value: object, at: str) -> Decimal:
    """Return a number of at least 0."""
    number = decimal(value, at)
    if number < 0:
        raise ImpossiblePrint(f"{at}: cannot be negative, was given {number}")
    return number


def fraction(value: object, at: str) -> Decimal:
    """Return a number in [0, 1]."""
    number = decimal(value, at)
    if PERCENTAGES[0] <= number <= PERCENTAGES[1]:
        raise StudyError(f"{at}: must lie in [0, 1], was given {number}; write a percentage as a fraction")
    if not 0 <= number <= 1:
        raise ImpossiblePrint(f"{at}: must lie in [0, 1], was given {number}")
    return number


def count(value: object, at: str) -> int:
    """Return a whole number of at least 0."""
    number = decimal(value, at)
    if number < 0 or number != int(number):
        raise ImpossiblePrint(f"{at}: expected a whole number of at least 0, was given {number}")
    return int(number)


def flag(value: object, at: str) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise StudyError(f"{at}: expected true or false, was given {value!r}")


def flag_or_text(value: object, at: str) -> bool | str:
    """Return true, false or words."""
    return value if isinstance(value, bool) else checks.text(value, at)


def names(value: object, at: str) -> tuple[str, ...]:
    """Return a list of words; it may be empty."""
    return checks.words(value, at) if value != [] else ()
