"""Mean, median and SD within the range that is printed beside them.

Of n values between a and b with mean m: s^2 <= n/(n-1) (b - m)(m - a) (Bhatia & Davis 2000, Am Math Mon 107:353); of n
values that reach a and b: s^2 >= (b - a)^2 / (2 (n - 1)), the others halfway between.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.ledger import Ledger
from escc_bayes.evidence.rules.moments import Measured, measured

RULE = "ranges"
FOLLOW_UP = re.compile(r"follow_?up")
"""Compared with dates as well, by ``follow_up.py``."""

ORDER = ("min", "q1", "median", "q3", "max")


def values_within_ranges(study: Study, ledger: Ledger | None = None) -> Iterator[Finding]:
    """Compare mean, median, quartiles and SD of each quantity with its smallest and largest value."""
    book = ledger or Ledger()
    for quantity in measured(study):
        units = {number.unit for number in quantity.prints.values() if number.unit}
        if len(quantity.prints) < 2 or len(units) > 1 or FOLLOW_UP.search(quantity.label):
            continue
        book.made()
        yield from in_order(study, quantity)
        yield from spread(study, quantity)


def printed(quantity: Measured, key: str) -> Interval | None:
    """Return the values behind one print of a quantity."""
    number = quantity.prints.get(key)
    return None if number is None else interval(number.value, whole="rounded")


def in_order(study: Study, quantity: Measured) -> Iterator[Finding]:
    """Report smallest value, quartiles, median and largest value out of order, and a mean outside the ends."""
    five = [key for key in ORDER if key in quantity.prints]
    between = [("min", "mean"), ("mean", "max")] if "mean" in quantity.prints else []
    for low, high in (*pairwise(five), *(pair for pair in between if set(pair) <= set(quantity.prints))):
        one, other = printed(quantity, low), printed(quantity, high)
        if one is not None and other is not None and one.low > other.high:
            first, second = quantity.prints[low], quantity.prints[high]
            yield Finding(
                study.id,
                RULE,
                "impossible",
                f"{quantity.label}: the {low} is {first.value}, above the {high} of {second.value}.",
                f"{first.value} > {second.value}",
                f"{first.place}, {second.place}",
            )


def spread(study: Study, quantity: Measured) -> Iterator[Finding]:
    """Report an SD that no values between the ends have, or that values with these ends exceed."""
    sd, low, high = (printed(quantity, key) for key in ("sd", "min", "max"))
    if sd is None or low is None or high is None or low.low > high.high:
        return
    mean = printed(quantity, "mean")
    if mean is not None and not mean.meets(Interval(low.low, high.high)):
        return
    most = largest_sd(low.low, high.high, mean, quantity.n)
    least = smallest_sd(low, high, quantity.n)
    if least <= sd.high and sd.low <= most:
        return
    wrong = f"at most {most:.4g}" if sd.low > most else f"at least {least:.4g}"
    ends = f"{quantity.prints['min'].value} to {quantity.prints['max'].value}"
    about = f" with mean {quantity.prints['mean'].value}" if mean is not None else ""
    of = f" of {quantity.n}" if quantity.n else ""
    yield Finding(
        study.id,
        RULE,
        "impossible",
        f"{quantity.label}: an SD of {quantity.prints['sd'].value}, but values{of} from {ends}{about} have {wrong}.",
        "s^2 <= n/(n-1) (max - mean)(mean - min)" if sd.low > most else "s^2 >= (max - min)^2 / (2 (n - 1))",
        quantity.place,
    )


def largest_sd(low: float, high: float, mean: Interval | None, n: int | None) -> float:
    """Return the largest SD of values between two ends; without n, that of two values.

    Examples
    --------
    >>> round(largest_sd(0.0, 10.0, None, 10), 3), round(largest_sd(0.0, 10.0, Interval(1.0, 1.0), 10), 3)
    (5.27, 3.162)
    """
    middle = (low + high) / 2.0
    at = middle if mean is None else min(max(middle, mean.low), mean.high)
    patients = max(n or 2, 2)
    return math.sqrt(patients / (patients - 1) * max(0.0, (high - at) * (at - low)))


def smallest_sd(low: Interval, high: Interval, n: int | None) -> float:
    """Return the smallest SD of n values that reach both ends; 0 without n.

    Examples
    --------
    >>> round(smallest_sd(Interval(0.0, 0.0), Interval(10.0, 10.0), 51), 3)
    1.0
    """
    width = max(0.0, high.low - low.high)
    return 0.0 if n is None or n < 2 else width / math.sqrt(2.0 * (n - 1))
