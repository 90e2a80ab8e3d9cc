"""Which printed statistics no cohort can have together: pilots find them, and what each of them fights with.

Pilot searches weigh all targets by rank (counts and curves of all patients first). What most pilots leave unmatched
is set aside; it then pulls only weakly, and the pilots are run again, until the rest is matched. Each target that was
set aside is then insisted on, and comes back if whole searches have it beside the rest. That none had a target is
evidence, not proof, that no cohort can have it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from escc_bayes.evidence.reconstruction.assemble import Asked
from escc_bayes.evidence.reconstruction.problem import BoolArray
from escc_bayes.evidence.reconstruction.search import FIRST, Found, Plan, rank_weight, search, started
from escc_bayes.evidence.reconstruction.targets import CurveKey, Target
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray

type Progress = Callable[[str, int, int], None]

# Pull of a target that cannot be had beside the rest; and of one that is insisted on to see what gives way.
WEAK, INSISTENT = 0.003, 20.0
PILOTS, ROUNDS = 4, 6
PILOT_STEPS, INSIST_STEPS = 400_000, 150_000
# Proposals of a search for one target beside the rest, and of one that confirms what was had.
ALONE_STEPS, CONFIRM_STEPS = 2_000_000, 6_000_000
# A miss of fewer tolerances than this is put down to a short search.
NEAR = 1.5
# Share of the cohorts that have a target without its being required, from which on it is required of all.
OFTEN = 0.25
# Whole searches at a time: one must match all that is left, all must match a target that was had once.
CONFIRMATIONS = 2


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Which targets cannot be had beside the rest (T,), and for each of them the targets that it fights with.

    ``nearest`` : (T,) how near each came when it was insisted on, whatever gave way; infinite for the others.
    """

    unreachable: BoolArray
    nearest: FloatArray
    fights: dict[int, tuple[int, ...]]


def with_conflicts(plan: Plan, unreachable: BoolArray) -> Plan:
    """Return the plan in which the unreachable targets pull weakly and are not required."""
    weight = np.array([rank_weight(t) for t in plan.targets])
    return replace(plan, asked=Asked(np.where(unreachable, WEAK, weight), ~unreachable))


def find_conflicts(plan: Plan, seed: Seed, workers: int, report: Progress) -> Conflicts:
    """Return the targets that cannot be had beside the rest, and what each of them fights with."""
    unreachable = np.zeros(len(plan.targets), dtype=bool)
    for round_number in range(ROUNDS):
        current = replace(with_conflicts(plan, unreachable), steps=min(PILOT_STEPS, plan.steps))
        seeds = [stream(seed, "pilot", str(round_number), str(k)) for k in range(PILOTS)]
        pilots = side_by_side(partial(started, current), seeds, workers)
        report(f"Pilot searches, round {round_number + 1}", round_number + 1, ROUNDS)
        missed = np.mean([pilot.distance(plan.targets) > 0.0 for pilot in pilots], axis=0)
        new = worst_of(missed, pilots, current)
        if not new.any():
            break
        unreachable |= new
    unreachable = until_matched(plan, unreachable, seed, workers, report)
    insisted = insist(plan, unreachable, seed, workers, report)
    unreachable = without_had(plan, unreachable, seed, workers, report)
    final = with_conflicts(plan, unreachable)
    nearest = np.full(unreachable.size, np.inf)
    for number, found in insisted.items():
        nearest[number] = found.distance(plan.targets)[number]
    return Conflicts(unreachable, nearest, {k: opponents(final, f) for k, f in insisted.items() if unreachable[k]})


def until_matched(plan: Plan, unreachable: BoolArray, seed: Seed, workers: int, report: Progress) -> BoolArray:
    """Return the unreachable targets with what whole searches miss too, until one of them has all the rest.

    What is missed by little escapes the pilots, and would keep every cohort from matching.
    """
    found = unreachable.copy()
    for trial in range(ROUNDS):
        asked = replace(with_conflicts(plan, found), steps=min(CONFIRM_STEPS, plan.steps))
        seeds = [stream(seed, "whole", str(trial), str(k)) for k in range(CONFIRMATIONS)]
        whole = side_by_side(partial(search, asked), seeds, workers)
        report(f"Whole searches, round {trial + 1}", trial + 1, ROUNDS)
        if any(one.matched for one in whole):
            break
        missed = np.all([one.distance(plan.targets) > 0.0 for one in whole], axis=0) & asked.asked.required
        if not missed.any():
            break
        weight = np.array([rank_weight(t) for t in plan.targets])
        found |= missed & (weight == weight[missed].min())
    return found


def insist(plan: Plan, unreachable: BoolArray, seed: Seed, workers: int, report: Progress) -> dict[int, Found]:
    """Insist on each unreachable target in turn: return what a short search that puts it first ends with."""
    base = replace(with_conflicts(plan, unreachable), steps=min(INSIST_STEPS, plan.steps))
    numbers = np.flatnonzero(unreachable).tolist()

    def one(number: int) -> Found:
        return started(demanding(base, number, INSISTENT), stream(seed, "insist", str(number)))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(one, numbers))
    report("What fights with what", len(numbers), len(numbers))
    return dict(zip(numbers, found, strict=True))


def had_alone(plan: Plan, unreachable: BoolArray, seed: Seed, workers: int, report: Progress) -> list[int]:
    """Return the unreachable targets that a search has beside all the reachable ones, each asked for alone."""
    base = replace(with_conflicts(plan, unreachable), steps=min(ALONE_STEPS, plan.steps))
    numbers, had = np.flatnonzero(unreachable).tolist(), []

    def one(number: int) -> Found:
        asked = demanding(base, number, rank_weight(plan.targets[number]))
        return search(asked, stream(seed, "alone", str(number)))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        for done, (number, found) in enumerate(zip(numbers, pool.map(one, numbers), strict=True), start=1):
            had += [number] if found.matched else []
            report("What can be had after all", done, len(numbers))
    return had


def demanding(plan: Plan, number: int, weight: float) -> Plan:
    """Return the plan that requires one target more."""
    asked = Asked(plan.asked.weight.copy(), plan.asked.required.copy())
    asked.weight[number], asked.required[number] = weight, True
    return replace(plan, asked=asked)


def without_had(plan: Plan, unreachable: BoolArray, seed: Seed, workers: int, report: Progress) -> BoolArray:
    """Return the unreachable targets without those that can be had: each alone, then all together or one by one."""
    remaining = unreachable.copy()
    had = had_alone(plan, unreachable, seed, workers, report)
    for step, numbers in enumerate([had, *[[number] for number in had if len(had) > 1]]):
        trial = remaining.copy()
        trial[numbers] = False
        if not numbers or np.array_equal(trial, remaining):
            continue
        seeds = [stream(seed, "confirm", str(step), str(k)) for k in range(CONFIRMATIONS)]
        asked = replace(with_conflicts(plan, trial), steps=min(CONFIRM_STEPS, plan.steps))
        found = side_by_side(partial(search, asked), seeds, workers)
        report("What can be had together", step + 1, 1 + len(had) * (len(had) > 1))
        if all(f.matched for f in found):
            remaining = trial
            if step == 0:
                break
    return remaining


def worst_of(missed: FloatArray, pilots: Sequence[Found], plan: Plan) -> BoolArray:
    """Return the required targets that at least three in four pilots miss, and miss by far; lower ranks first.

    A pilot is short: what it misses by less than ``NEAR`` tolerances the full search will reach. A curve of some of the
    patients goes first and goes whole, its limits with its rates, since its last numbers would bind what was printed
    of all patients.
    """
    far = np.median([pilot.distance(plan.targets) / tolerances(plan.targets) for pilot in pilots], axis=0) > NEAR
    worst = plan.asked.required & (missed >= 0.75) & far
    keys = [t.key for t in plan.targets]
    curves = {keys[k] for k in np.flatnonzero(worst) if is_curve_of_some(plan.targets[k])}
    if curves:
        return np.array([key in curves for key in keys])
    first = np.array([rank_weight(t) == FIRST for t in plan.targets])
    return worst & ~first if (worst & ~first).any() else worst


def is_curve_of_some(target: Target) -> bool:
    """Return whether a target is of the curve of those who progressed."""
    return isinstance(target.key, CurveKey) and target.key.subset > 0


def tolerances(targets: tuple[Target, ...]) -> FloatArray:
    """Return the tolerance of each target; a count is missed by whole patients."""
    return np.array([t.tolerance or 0.1 for t in targets])


def side_by_side[T](work: Callable[[Seed], T], seeds: Sequence[Seed], workers: int) -> list[T]:
    """Return the results of independent searches, in order; the compiled search releases Python's lock."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(work, seeds))


def had_after_all(plan: Plan, conflicts: Conflicts, cohorts: Sequence[Found]) -> Conflicts:
    """Return the conflicts without what every fourth cohort has beside all that is required: all can have it."""
    matched = [found.distance(plan.targets) == 0.0 for found in cohorts if found.matched]
    had = np.mean(matched, axis=0) >= OFTEN if matched else np.zeros(len(plan.targets), dtype=bool)
    unreachable = conflicts.unreachable & ~had
    return Conflicts(
        unreachable, conflicts.nearest, {k: against for k, against in conflicts.fights.items() if unreachable[k]}
    )


def opponents(plan: Plan, found: Found) -> tuple[int, ...]:
    """Return the three required targets that give way most to one that is insisted on."""
    gap = np.where(plan.asked.required, found.distance(plan.targets) / tolerances(plan.targets), 0.0)
    return tuple(int(k) for k in np.argsort(-gap)[:3] if gap[k] > 0.0)
