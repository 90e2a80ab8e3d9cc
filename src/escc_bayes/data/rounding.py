"""Printed numbers as the intervals they stand for: "0.50" is any value in [0.495, 0.505].

Closed at both ends, because the rule for a final 5 is unknown. See ``docs/methods/audit.md``.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from escc_bayes.foundation.errors import InputError

SLACK = 1e-9
"""Relative slack of comparisons: what binary fractions lose, far below any printed digit."""

type PrintedNumber = str | Decimal | int


class RoundingError(InputError):
    """A text is no printed number."""


class Interval(NamedTuple):
    """A closed interval of values that could stand behind a print."""

    low: float
    high: float

    def meets(self, other: "Interval") -> bool:
        """Whether the two intervals share a value."""
        slack = SLACK * max(1.0, *(abs(v) for v in (*self, *other) if math.isfinite(v)))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies inside."""
        return self.meets(Interval(value, value))

    def gap(self, other: "Interval") -> float:
        """Return the distance between the two intervals; 0 if they meet."""
        return 0.0 if self.meets(other) else max(self.low - other.high, other.low - self.high)


def interval(text: PrintedNumber, *, whole: Literal["count", "rounded"] = "count") -> Interval:
    """Return the values that print as ``text``.

    Parameters
    ----------
    text : the number as printed: "0.50", "8.1%", ".0262", Decimal("0.030"), 79; "<0.001" or ">0.99" for a bound of
        a quantity that cannot be negative.
    whole : what a number without decimals is: an exact ``count``, or ``rounded`` to the last unit.

    Raises
    ------
    RoundingError : the text holds no number, or more than one.

    Examples
    --------
    >>> interval("0.50")
    Interval(low=0.495, high=0.505)
    >>> interval("38"), interval("38", whole="rounded")
    (Interval(low=38.0, high=38.0), Interval(low=37.5, high=38.5))
    >>> interval("<0.001")
    Interval(low=0.0, high=0.001)
    """
    sign, value = split_sign(str(text))
    if sign:
        return Interval(0.0, float(value)) if sign in "<≤" else Interval(float(value), math.inf)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise RoundingError(f"'{text}' is not finite; give the digits as printed")
    if exponent >= 0 and whole == "count":
        return Interval(float(value), float(value))
    half = Decimal(5).scaleb(exponent - 1)
    return Interval(float(value - half), float(value + half))


def split_sign(text: str) -> tuple[str, Decimal]:
    """Return the sign of a bound ("", "<", ">", "≤" or "≥") and the number after it."""
    found = re.fullmatch(r"\s*([<>≤≥]?)=?\s*(\S+?)\s*%?\s*", text)
    try:
        if found is None:
            raise InvalidOperation
        value = Decimal(found[2])
    except InvalidOperation:
        raise RoundingError(f"'{text}' is no printed number; give digits, such as 0.50, 8.1% or <0.001") from None
    return found[1], value


def decimals(text: PrintedNumber) -> int:
    """Return how many decimals are printed.

    Examples
    --------
    >>> decimals("0.030"), decimals("38")
    (3, 0)
    """
    exponent = split_sign(str(text))[1].as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
