"""Which printed numbers no cohort can have together: found by arithmetic, before any search.

A Kaplan-Meier estimate never rises, passes one half at its median, is 1 before the first event and falls with events
only (Kaplan & Meier 1958, J Am Stat Assoc 53:457). One statistic has one value. Of numbers that deny each other those
are set aside that leave most of the others: what denies most of them goes first, the one printed last where that is
tied.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.problem import TICKS_PER_MONTH, BoolArray
from escc_bayes.evidence.reconstruction.target import Target

HALF = 0.5


def denied(targets: Sequence[Target]) -> tuple[BoolArray, dict[int, tuple[int, ...]]]:
    """Return the targets (T,) that others of the same key deny, and for each of them those others."""
    against: dict[int, set[int]] = {}
    for i, j in combinations(range(len(targets)), 2):
        if targets[i].key == targets[j].key and (deny(targets[i], targets[j]) or deny(targets[j], targets[i])):
            against.setdefault(i, set()).add(j)
            against.setdefault(j, set()).add(i)
    aside = np.zeros(len(targets), dtype=bool)
    fights: dict[int, tuple[int, ...]] = {}
    while any(against.values()):
        worst = max(against, key=lambda k: (len(against[k]), k))
        aside[worst], fights[worst] = True, tuple(sorted(against.pop(worst)))
        for others in against.values():
            others.discard(worst)
    return aside, fights


def deny(one: Target, other: Target) -> bool:
    """Return whether no cohort has both of two targets of one key; asked in both orders.

    Examples
    --------
    >>> from escc_bayes.data.rounding import Interval
    >>> from escc_bayes.evidence.reconstruction.target import CurveKey
    >>> curve = CurveKey("os")
    >>> low = Target("OS", "S(6)", "0.20", curve, kinds.SURVIVAL, Interval(0.195, 0.205), 0.2, 0.005, arg=600.0)
    >>> median = Target("OS", "median", "7.1", curve, kinds.MEDIAN, Interval(7.05, 7.15), 7.1, 0.05, unit=100.0)
    >>> deny(low, median)
    True
    """
    if (one.kind, one.arg, one.level) == (other.kind, other.arg, other.level):
        return not one.allowed.meets(other.allowed)
    if one.kind in (kinds.SURVIVAL, kinds.MEDIAN) and other.kind == kinds.EVENTS:
        return other.allowed.high < 1.0 and (one.kind == kinds.MEDIAN or one.allowed.high < 1.0)
    if one.kind == kinds.MEDIAN:
        return other.kind == kinds.NOT_REACHED
    return one.kind == kinds.SURVIVAL and rate_denies(one, other)


def rate_denies(mark: Target, other: Target) -> bool:
    """Return whether a landmark denies a later landmark, the median, or that it is not reached."""
    rate, month = mark.allowed, mark.arg / TICKS_PER_MONTH
    if other.kind == kinds.SURVIVAL:
        return mark.arg < other.arg and other.allowed.low > rate.high
    if other.kind == kinds.MEDIAN:
        before, after = month < other.allowed.low, month > other.allowed.high
        return (before and rate.high < HALF) or (after and rate.low > HALF)
    return other.kind == kinds.NOT_REACHED and rate.high < HALF
