"""Which printed statistics no cohort can have together: pilots find them, and what each of them fights with.

Pilot searches weigh all targets by rank (counts and curves of all patients first). What most pilots leave unmatched
is taken as not to be had beside the rest; it then pulls only weakly, and the pilots are run again, until the rest is
matched. That no short search had a target is evidence, not proof, that none can have it.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from escc_bayes.evidence.reconstruction.search import FIRST, Found, Plan, rank_weight, started
from escc_bayes.evidence.reconstruction.targets import Target
from escc_bayes.foundation.seeds import Seed, stream
from escc_bayes.hazard.piecewise import FloatArray

type BoolArray = NDArray[np.bool_]
type Progress = Callable[[str, int, int], None]

# Pull of a target that cannot be had beside the rest; and of one that is insisted on to see what gives way.
WEAK, INSISTENT = 0.003, 20.0
PILOTS, ROUNDS = 4, 5
PILOT_STEPS, INSIST_STEPS = 400_000, 150_000
# A miss of fewer tolerances than this is put down to a short search.
NEAR = 1.5


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Which targets cannot be had beside the rest (T,), and for each of them the targets that it fights with."""

    unreachable: BoolArray
    fights: dict[int, tuple[int, ...]]


def with_conflicts(plan: Plan, unreachable: BoolArray) -> Plan:
    """Return the plan in which the unreachable targets pull weakly and are not required."""
    weight = np.array([rank_weight(t) for t in plan.targets])
    return replace(plan, weight=np.where(unreachable, WEAK, weight), required=~unreachable)


def find_conflicts(plan: Plan, seed: Seed, workers: int, report: Progress) -> Conflicts:
    """Return the targets that no pilot matches beside the rest, and what each of them fights with."""
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
    fights, had = opponents(plan, unreachable, seed, workers, report)
    return Conflicts(unreachable & ~had, {k: v for k, v in fights.items() if not had[k]})


def worst_of(missed: FloatArray, pilots: Sequence[Found], plan: Plan) -> BoolArray:
    """Return the required targets that at least three in four pilots miss, and miss by far; lower ranks first.

    A pilot is short: what it misses by less than ``NEAR`` tolerances the full search will reach.
    """
    far = np.median([pilot.distance(plan.targets) / tolerances(plan.targets) for pilot in pilots], axis=0) > NEAR
    worst = plan.required & (missed >= 0.75) & far
    first = np.array([rank_weight(t) == FIRST for t in plan.targets])
    return worst & ~first if (worst & ~first).any() else worst


def tolerances(targets: tuple[Target, ...]) -> FloatArray:
    """Return the tolerance of each target; a count is missed by whole patients."""
    return np.array([t.tolerance or 0.1 for t in targets])


def side_by_side[T](work: Callable[[Seed], T], seeds: Sequence[Seed], workers: int) -> list[T]:
    """Return the results of independent searches, in order; the compiled search releases Python's lock."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(work, seeds))


def opponents(
    plan: Plan, unreachable: BoolArray, seed: Seed, workers: int, report: Progress
) -> tuple[dict[int, tuple[int, ...]], BoolArray]:
    """Insist on each unreachable target in turn.

    Returns
    -------
    The required targets that give way to each, worst first; and (T,) the targets that were had with nothing giving way:
    these can be had beside the rest after all.
    """
    base = with_conflicts(plan, unreachable)
    numbers = np.flatnonzero(unreachable).tolist()

    def insisted(number: int) -> FloatArray:
        weight = base.weight.copy()
        weight[number] = INSISTENT
        insisting = replace(base, weight=weight, steps=min(INSIST_STEPS, plan.steps))
        return started(insisting, stream(seed, "insist", str(number))).distance(plan.targets) / tolerances(plan.targets)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        gaps = list(pool.map(insisted, numbers))
    report("What fights with what", len(numbers), len(numbers))
    fights = {k: worst_required(gap, base.required) for k, gap in zip(numbers, gaps, strict=True)}
    had = np.zeros(unreachable.size, dtype=bool)
    for k, gap in zip(numbers, gaps, strict=True):
        had[k] = gap[k] <= NEAR and not fights[k]
    return fights, had


def worst_required(gap: FloatArray, required: BoolArray) -> tuple[int, ...]:
    """Return the three required targets that are missed by most, of those missed by more than ``NEAR`` tolerances."""
    return tuple(int(k) for k in np.argsort(-gap)[:3] if gap[k] > NEAR and required[k])
