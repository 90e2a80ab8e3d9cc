"""t statistics against means and standard deviations: which sizes, or which correlation, could give them?

Two samples of n: t = |m1 - m2| / sqrt((s1^2 + s2^2) / n). Paired: s1^2 + s2^2 - 2 r s1 s2 in place of the sum.
Student 1908, Biometrika 6:1; recomputation as in Nuijten et al. 2016, Behav Res Methods 48:1205.
"""

import math
import re
from collections.abc import Iterator

from escc_bayes.data.rounding import Interval, interval
from escc_bayes.data.study import PublishedNumber, Study
from escc_bayes.evidence.finding import Finding
from escc_bayes.evidence.rules.wald import size

RULE = "t tests"


def t_against_moments(study: Study) -> Iterator[Finding]:
    """Recompute every ``t_X_vs_Y`` from ``X_mean``, ``X_sd``, ``Y_mean``, ``Y_sd`` and the number of patients."""
    numbers = {number.name: number for number in study.numbers}
    for number in study.numbers:
        found = re.fullmatch(r"t_(.+)_vs_(.+)", number.name)
        if found is None or study.n is None:
            continue
        sides = [moments(numbers, word) for word in (found[1], found[2])]
        if sides[0] is not None and sides[1] is not None:
            sizes = [size_of(numbers, word, study.n) for word in (found[1], found[2])]
            yield from recomputed(study, number, sides[0], sides[1], min(sizes))


def size_of(numbers: dict[str, PublishedNumber], word: str, n: int) -> int:
    """Return the patients with a measurement, if printed; else all."""
    found = [number for name, number in numbers.items() if name.endswith(f"{word}_n")]
    return int(found[0].value) if len(found) == 1 else n


def moments(numbers: dict[str, PublishedNumber], word: str) -> tuple[Interval, Interval] | None:
    """Return mean and SD of the quantity whose name ends with ``word``."""
    means = [name for name in numbers if name.endswith(f"{word}_mean")]
    if len(means) != 1 or means[0].replace("_mean", "_sd") not in numbers:
        return None
    sd = numbers[means[0].replace("_mean", "_sd")]
    return interval(numbers[means[0]].value, whole="rounded"), interval(sd.value, whole="rounded")


def recomputed(
    study: Study, number: PublishedNumber, one: tuple[Interval, Interval], other: tuple[Interval, Interval], n: int
) -> Iterator[Finding]:
    """Report a t that neither two samples of n nor n pairs with r >= 0 can give."""
    printed = size(interval(number.value, whole="rounded"))
    means = Interval(max(0.0, one[0].gap(other[0])), max(one[0].high - other[0].low, other[0].high - one[0].low))
    low = means.low / math.hypot(one[1].high, other[1].high) * math.sqrt(n)
    high = means.high / math.hypot(one[1].low, other[1].low) * math.sqrt(n)
    t = abs(float(number.value))
    if Interval(low, high).meets(printed) or t > high:
        return
    needed = n * (t / ((low + high) / 2)) ** 2
    variance = math.hypot(sum(one[1]) / 2, sum(other[1]) / 2) ** 2
    difference = (means.low + means.high) / 2
    product = 2 * (sum(one[1]) / 2) * (sum(other[1]) / 2)
    r = (variance - n * (difference / t) ** 2) / product if t > 0 and product > 0 else -math.inf
    paired = (
        f"a paired test of {n} would need a correlation of {r:.2f}" if r >= -1 else f"no paired test of {n} gives it"
    )
    yield Finding(
        study.id,
        RULE,
        "contradiction",
        f"{number.name} = {number.value}, but the printed means and SDs of {n} patients give "
        f"t = {(low + high) / 2:.3f}.",
        f"t = {low:.3f} to {high:.3f} with {n} a time; printed t needs {needed:.0f} a time; {paired}",
        number.place,
    )
