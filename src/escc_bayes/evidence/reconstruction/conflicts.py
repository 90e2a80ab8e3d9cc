"""Which printed statistics no cohort can have together: pilots find them, and what each of them fights with.

What arithmetic denies is set aside before any search (``denied``), and no search asks for it again.
Pilot searches weigh all targets by rank (counts and curves of all patients first). What most pilots leave unmatched
is set aside; it then pulls only weakly, and the pilots are run again, until the rest is nearly matched. Whole searches
settle what is left. From the cohorts that they end with, each target that was set aside is asked for again
(``taken_back``). That none had a target is evidence, not proof, that no cohort can have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from escc_bayes.evidence.reconstruction.denied import denied
from escc_bayes.evidence.reconstruction.problem import BoolArray
from escc_bayes.evidence.reconstruction.reinstated import taken_back, units
from escc_bayes.evidence.reconstruction.search import (
    Plan,
    Progress,
    Solution,
    has_all,
    is_curve_of_some,
    missed,
    rank_weight,
    search,
    side_by_side,
    started,
)
from escc_bayes.evidence.reconstruction.target import Target
from escc_bayes.evidence.reconstruction.target_weights import demanding, without
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray

# How many times its weight a target has that is insisted on, to see what gives way.
INSISTENT = 20.0
PILOTS, ROUNDS = 4, 6
PILOT_STEPS, INSIST_STEPS = 200_000, 150_000
# A miss of fewer tolerances than this is put down to a short search.
NEAR = 1.5
# Share of the cohorts that have a target without its being required, from which on it is required of all.
OFTEN = 0.25
# Whole searches at a time, and their proposals.
WHOLE, WHOLE_STEPS = 2, 2_000_000


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Which targets cannot be had beside the rest (T,), and for each of them the targets that it fights with."""

    unreachable: BoolArray
    fights: dict[int, tuple[int, ...]]


def find_conflicts(plan: Plan, seed: Seed, workers: int, report: Progress) -> Conflicts:
    """Return the targets that cannot be had beside the rest, and what each of them fights with."""
    never, denials = denied(plan.targets)
    aside = missed_by_pilots(plan, never, seed, workers, report)
    aside, cohorts = missed_by_whole_searches(plan, aside, seed, workers, report)
    aside = never | taken_back(plan, aside, aside & ~never, cohorts, seed, workers, report)
    insisted = insist(plan, aside, aside & ~never, seed, workers, report)
    final = without(plan, aside)
    return Conflicts(aside, denials | {k: opponents(final, found) for k, found in insisted.items()})


def missed_by_pilots(plan: Plan, never: BoolArray, seed: Seed, workers: int, report: Progress) -> BoolArray:
    """Return the targets (T,) that short searches miss by far, beside those that ``never`` can be had."""
    aside = never.copy()
    for round_number in range(ROUNDS):
        current = replace(without(plan, aside), steps=min(PILOT_STEPS, plan.steps))
        seeds = [stream(seed, "pilot", str(round_number), str(k)) for k in range(PILOTS)]
        new = worst_of(side_by_side(partial(started, current), seeds, workers), current)
        report("Pilot searches, round", round_number + 1, ROUNDS)
        if not new.any():
            break
        aside |= new
    return aside


def missed_by_whole_searches(
    plan: Plan, aside: BoolArray, seed: Seed, workers: int, report: Progress
) -> tuple[BoolArray, list[Solution]]:
    """Return what is set aside with what whole searches miss too, until one of them has the rest, and their cohorts.

    What is missed by little escapes the pilots, and would keep every cohort from matching. Where each of the searches
    misses another target, the nearest decides. Each search goes on from where it was, until all of them have the rest.
    """
    found: list[Solution] = []
    for trial in range(ROUNDS):
        asked = replace(without(plan, aside), steps=min(WHOLE_STEPS, plan.steps))
        found = whole_searches(asked, found, stream(seed, "whole", str(trial)), workers)
        report("Whole searches, round", trial + 1, ROUNDS)
        matched = [has_all(asked, cohort) for cohort in found]
        if all(matched):
            break
        aside = aside if any(matched) else aside | lowest_missed(asked, found)
    return aside, found


def whole_searches(plan: Plan, first: Sequence[Solution], seed: Seed, workers: int) -> list[Solution]:
    """Return what a few searches end with, each from where it was if it was begun before, or had everything."""

    def one(number: int) -> Solution:
        if first and has_all(plan, first[number]):
            return first[number]
        return search(plan, stream(seed, str(number)), first[number] if first else None)

    return side_by_side(one, range(WHOLE), workers)


def lowest_missed(plan: Plan, cohorts: Sequence[Solution]) -> BoolArray:
    """Return what every cohort misses of the lowest rank; or what the nearest one does."""
    common = np.all([missed(plan, cohort) for cohort in cohorts], axis=0)
    if not common.any():
        common = missed(plan, min(cohorts, key=lambda cohort: cohort.loss))
    return lowest_rank(common, plan)


def insist(
    plan: Plan, aside: BoolArray, some: BoolArray, seed: Seed, workers: int, report: Progress
) -> dict[int, Solution]:
    """Insist on some of the targets set aside in turn: return what a short search that puts it first ends with."""
    base = replace(without(plan, aside), steps=min(INSIST_STEPS, plan.steps))
    numbers = np.flatnonzero(some).tolist()

    def one(number: int) -> Solution:
        return started(demanding(base, [number], INSISTENT), stream(seed, "insist", str(number)))

    found = side_by_side(one, numbers, workers)
    report("What fights with what", len(numbers), len(numbers))
    return dict(zip(numbers, found, strict=True))


def worst_of(pilots: Sequence[Solution], plan: Plan) -> BoolArray:
    """Return the required targets of the lowest rank that at least three in four pilots miss, and miss by far.

    A pilot is short: what it misses by less than ``NEAR`` tolerances the full search will reach. A curve of some of the
    patients goes first and goes whole, its limits with its rates, since its last numbers would bind what was printed
    of all patients.
    """
    far = np.median([pilot.distance(plan.targets) / tolerances(plan.targets) for pilot in pilots], axis=0) > NEAR
    worst = far & (np.mean([missed(plan, pilot) for pilot in pilots], axis=0) >= 0.75)
    keys = [t.key for t in plan.targets]
    curves = {keys[k] for k in np.flatnonzero(worst) if is_curve_of_some(plan.targets[k])}
    return np.array([key in curves for key in keys]) if curves else lowest_rank(worst, plan)


def lowest_rank(some: BoolArray, plan: Plan) -> BoolArray:
    """Return those of some targets (T,) whose rank is the lowest among them."""
    weight = np.where(some, [rank_weight(t) for t in plan.targets], np.inf)
    lowest: BoolArray = some & (weight == weight.min())
    return lowest


def tolerances(targets: tuple[Target, ...]) -> FloatArray:
    """Return the tolerance of each target; a count is missed by whole patients."""
    return np.array([t.tolerance or 0.1 for t in targets])


def had_after_all(plan: Plan, conflicts: Conflicts, cohorts: Sequence[Solution]) -> Conflicts:
    """Return the conflicts without what every fourth cohort has beside all that is required: all can have it."""
    aside = conflicts.unreachable.copy()
    matched = np.array([found.distance(plan.targets) == 0.0 for found in cohorts if has_all(plan, found)])
    for numbers in units(plan, aside) if matched.size else []:
        aside[numbers] = matched[:, numbers].all(axis=1).mean() < OFTEN
    return Conflicts(aside, {k: against for k, against in conflicts.fights.items() if aside[k]})


def opponents(plan: Plan, found: Solution) -> tuple[int, ...]:
    """Return the three required targets that give way most to one that is insisted on."""
    gap = np.where(plan.asked.required, found.distance(plan.targets) / tolerances(plan.targets), 0.0)
    return tuple(int(k) for k in np.argsort(-gap)[:3] if gap[k] > 0.0)
