"""Which targets that were set aside can be had after all: each is asked for from cohorts that have the rest.

What is taken back is required from then on, in the order of rank, so that no target could be added to those that are
required in the end: the set is the largest that the searches found in this order, not the largest that there is.
"""

from collections.abc import Sequence

import numpy as np

from escc_bayes.evidence.reconstruction.problem import BoolArray
from escc_bayes.evidence.reconstruction.search import (
    Plan,
    Progress,
    Solution,
    carried_on,
    has_all,
    is_curve_of_some,
    rank_weight,
    side_by_side,
)
from escc_bayes.evidence.reconstruction.target import Key
from escc_bayes.evidence.reconstruction.target_weights import demanding, without
from escc_bayes.foundation.seeds import Seed, stream

# Proposals of a search for one target more from a cohort that has all others, how often it goes on while one of the
# searches is near, and the loss that counts as near.
BACK_STEPS, TRIES, NEAR = 3_000_000, 3, 1.5


def taken_back(
    plan: Plan,
    aside: BoolArray,
    some: BoolArray,
    cohorts: Sequence[Solution],
    seed: Seed,
    workers: int,
    report: Progress,
) -> BoolArray:
    """Return the targets (T,) that stay set aside: no search from one of the cohorts has them.

    Parameters
    ----------
    some : which of those set aside are asked for.
    cohorts : cohorts that have everything but what is set aside; without any, nothing is taken back.
    """
    remaining, current = aside.copy(), [c for c in cohorts if has_all(without(plan, aside), c)]
    together = units(plan, some) if current else []
    for done, numbers in enumerate(together, start=1):
        asked = demanding(without(plan, remaining), numbers)
        found = from_each(asked, current, stream(seed, "back", str(numbers[0])), workers)
        if any(had := [has_all(asked, one) for one in found]):
            remaining[numbers] = False
            current = [one for one, has in zip(found, had, strict=True) if has]
        report("What can be had after all", done, len(together))
    return remaining


def units(plan: Plan, aside: BoolArray) -> list[list[int]]:
    """Return the numbers of what is set aside, the highest rank first; a curve of those who progressed is one unit.

    Each number of such a curve can be had by leaving few patients at risk, but a curve says what it says as a whole.
    """
    numbers = np.flatnonzero(aside).tolist()
    single = [k for k in numbers if not is_curve_of_some(plan.targets[k])]
    curves: dict[Key, list[int]] = {}
    for k in numbers:
        if is_curve_of_some(plan.targets[k]):
            curves.setdefault(plan.targets[k].key, []).append(k)
    return [[k] for k in sorted(single, key=lambda k: -rank_weight(plan.targets[k]))] + list(curves.values())


def from_each(plan: Plan, cohorts: Sequence[Solution], seed: Seed, workers: int) -> list[Solution]:
    """Return what a search from each cohort ends with; they go on while none has everything and one is near."""
    found = list(cohorts)
    for attempt in range(TRIES):
        found = each(plan, found, stream(seed, str(attempt)), workers)
        if any(has_all(plan, one) for one in found) or min(one.loss for one in found) > NEAR:
            break
    return found


def each(plan: Plan, cohorts: Sequence[Solution], seed: Seed, workers: int) -> list[Solution]:
    """Return what one search from each cohort ends with; one that has everything is left as it is."""

    def one(number: int) -> Solution:
        if has_all(plan, cohorts[number]):
            return cohorts[number]
        return carried_on(plan, cohorts[number], stream(seed, str(number)), min(BACK_STEPS, plan.steps))[0]

    return side_by_side(one, range(len(cohorts)), workers)
