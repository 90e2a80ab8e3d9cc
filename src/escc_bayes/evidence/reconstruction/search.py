"""One reconstructed cohort: columns drawn, curves matched, then everything annealed together.

A search depends on its seed alone, so that any number of searches side by side gives the same cohorts.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.published import Study
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.annealing import CLOSE, Schedule, anneal
from escc_bayes.evidence.reconstruction.assemble import Asked, assemble, first_state
from escc_bayes.evidence.reconstruction.columns import Columns, draw_columns
from escc_bayes.evidence.reconstruction.layout import Layout
from escc_bayes.evidence.reconstruction.loss import precise_values
from escc_bayes.evidence.reconstruction.problem import BoolArray, RandomState, State
from escc_bayes.evidence.reconstruction.start import draw_outcomes
from escc_bayes.evidence.reconstruction.target import CountKey, CurveKey, Target
from escc_bayes.foundation.ending import ended_with_block
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.hazard.piecewise import FloatArray

type Progress = Callable[[str, int, int], None]

# Proposals at most: for the curves alone (and how often that is begun again; less often beyond ``MANY`` patients), and
# for the signs of the effects; a search that is allowed fewer takes fewer.
CURVE_STEPS, CURVE_STARTS, MANY, STARTS_OF_MANY, SIGN_STEPS = 100_000, 8, 200, 1, 20_000
# Shares of exchanges of columns, of those or exchanges of times, and of exchanges between neighbours in time. While it
# is hot no single time changes, so that the curves stay matched.
ONLY_TIMES, ONLY_COLUMNS, HOT_MIX, COLD_MIX = (0.0, 0.3, 0.5), (0.95, 1.0, 0.5), (0.8, 1.0, 0.5), (0.55, 0.95, 0.5)
CURVES_HOT, HOT, WARM, COLD = 30.0, 20.0, 1.0, 0.01
# Length of each of the two parts of the short search that begins a turn.
SHORT = 100_000
# The long search: at one temperature, with weights that grow where a target is not matched; given up after the trial if
# it is still far away, begun anew after a round.
STEADY, PATIENCE, TRIAL, ROUND, MORE = 0.05, 3000, 600_000, 6_000_000, 300_000
# Weights by rank.
FIRST, SECOND, THIRD = 10.0, 1.0, 0.7


@dataclass(frozen=True, slots=True)
class Plan:
    """What every search of a study shares: targets in order, how many patients, and what is asked of each target."""

    study: Study
    layout: Layout
    targets: tuple[Target, ...]
    n: int
    asked: Asked
    steps: int


@dataclass(frozen=True, slots=True)
class Solution:
    """A cohort that a search ended with: columns, state, and the value (T,) of each target in its unit.

    ``loss`` is that of the required targets.
    """

    columns: Columns
    state: State
    value: FloatArray
    loss: float

    @property
    def matched(self) -> bool:
        """Whether every required target is within its tolerance."""
        return self.loss <= CLOSE

    def distance(self, targets: tuple[Target, ...]) -> FloatArray:
        """Return how far each value is from those that count as matched."""
        return np.array([t.distance(float(v)) for t, v in zip(targets, self.value, strict=True)])


def missed(plan: Plan, cohort: Solution) -> BoolArray:
    """Return which required targets (T,) a cohort misses."""
    return plan.asked.required & (cohort.distance(plan.targets) > 0.0)


def has_all(plan: Plan, cohort: Solution) -> bool:
    """Return whether a cohort has every required target."""
    return not bool(missed(plan, cohort).any())


def side_by_side[A, R](work: Callable[[A], R], items: Sequence[A], workers: int) -> list[R]:
    """Return the results of independent searches, in order; the compiled search releases Python's lock."""
    with ended_with_block(ThreadPoolExecutor(max_workers=workers)) as pool:
        return list(pool.map(work, items))


def search(plan: Plan, seed: Seed, first: Solution | None = None) -> Solution:
    """Return the first cohort that matches every required target, or the nearest of all turns.

    Each turn begins anew and goes on for one round: what a long search changes least, such as the number of deaths and
    the sizes of classes that were not printed, decides how near it comes, and a short search does not show it. The
    first turn goes on from a cohort ``first`` if there is one.

    Raises
    ------
    ReconstructionError : the layout's counts contradict each other.
    """
    short, nearest = replace(plan, steps=min(SHORT, plan.steps)), None
    left, turn = plan.steps, 0
    while left > 0 and (nearest is None or not has_all(plan, nearest)):
        own = stream(seed, "turn", str(turn))
        start = first if turn == 0 and first is not None else started(short, own)
        found, used = carried_on(plan, start, own, left)
        if nearest is None or found.loss < nearest.loss:
            nearest = found
        left, turn = left - used, turn + 1
    assert nearest is not None
    return nearest


def carried_on(plan: Plan, found: Solution, seed: Seed, most: int) -> tuple[Solution, int]:
    """Return what a long search from a cohort ends with, and its proposals; ``most``, if that is less than a round."""
    others = bool((plan.asked.weight > 0.0)[~plan.asked.required].any())
    schedule = Schedule(min(ROUND, most), STEADY, STEADY, PATIENCE, min(MORE, most) if others else 0, TRIAL)
    return annealed_in(plan, found, first_random(seed), COLD_MIX, schedule)


def first_random(seed: Seed) -> RandomState:
    """Return the first state of the search's random numbers."""
    return stream(seed, "annealing").generate_state(1, np.uint64).astype(np.uint64)


def annealed(
    plan: Plan, found: Solution, random: RandomState, mix: tuple[float, float, float], schedule: Schedule
) -> Solution:
    """Return what a search from a cohort ends with."""
    return annealed_in(plan, found, random, mix, schedule)[0]


def annealed_in(
    plan: Plan, found: Solution, random: RandomState, mix: tuple[float, float, float], schedule: Schedule
) -> tuple[Solution, int]:
    """Return what a search from a cohort ends with, and its proposals.

    Targets without weight are not computed, their values NaN.
    """
    used = np.flatnonzero(plan.asked.weight > 0.0)
    targets = tuple(plan.targets[k] for k in used)
    asked = Asked(plan.asked.weight[used], plan.asked.required[used])
    problem = assemble(plan.layout, targets, found.columns, asked)
    state = State(*(rows.copy() for rows in found.state))
    loss, used_steps = anneal(problem, state, random, np.array(mix), schedule, np.zeros(used.size))
    values = np.full(len(plan.targets), np.nan)
    values[used] = precise_values(problem, state) / units(targets)
    return Solution(found.columns, state, values, loss), used_steps


def started(plan: Plan, seed: Seed) -> Solution:
    """Return what a short search from new columns and outcomes ends with."""
    random = first_random(seed)
    found = matched_curves(plan, seed, random)
    signs = asked_only(plan, np.array([t.kind == kinds.LOG_HR or is_curve(t) for t in plan.targets]))
    found = annealed(signs, found, random, ONLY_COLUMNS, Schedule(min(SIGN_STEPS, plan.steps), HOT, WARM))
    found = annealed(plan, found, random, HOT_MIX, Schedule(plan.steps, HOT, WARM))
    return annealed(plan, found, random, COLD_MIX, Schedule(plan.steps, WARM, COLD))


def asked_only(plan: Plan, some: BoolArray) -> Plan:
    """Return the plan in which only some targets (T,) have a weight."""
    return replace(plan, asked=Asked(plan.asked.weight * some, plan.asked.required & some))


def matched_curves(plan: Plan, seed: Seed, random: RandomState) -> Solution:
    """Return columns, and outcomes that match the required curves of all patients or arms; the best of a few starts."""
    first = np.array([is_curve(t) and rank_weight(t) == FIRST for t in plan.targets])
    curves = asked_only(plan, first & plan.asked.required)
    starts: list[Solution] = []
    steps = min(CURVE_STEPS, plan.steps)
    most = CURVE_STARTS if plan.n <= MANY else STARTS_OF_MANY
    for number in range(max(1, most * steps // CURVE_STEPS)):
        start = drawn(plan, generator(seed, "start", str(number)))
        starts.append(annealed(curves, start, random, ONLY_TIMES, Schedule(steps, CURVES_HOT, COLD)))
        if starts[-1].matched:
            break
    return min(starts, key=lambda found: found.loss)


def drawn(plan: Plan, rng: np.random.Generator) -> Solution:
    """Return columns with the printed counts and outcomes near the printed curves; no target computed."""
    columns = draw_columns(plan.layout, plan.study, plan.n, rng)
    ticks, events = draw_outcomes(plan.layout, plan.targets, columns.codes, plan.n, rng)
    return Solution(columns, first_state(columns, ticks, events), np.zeros(len(plan.targets)), np.inf)


def is_curve(target: Target) -> bool:
    """Return whether a target depends on outcomes alone."""
    return isinstance(target.key, CurveKey) or target.kind == kinds.PROGRESSED


def is_curve_of_some(target: Target) -> bool:
    """Return whether a target is of the curve of those who progressed."""
    return isinstance(target.key, CurveKey) and target.key.subset > 0


def units(targets: tuple[Target, ...]) -> FloatArray:
    """Return ticks per unit of each target's value."""
    return np.array([t.unit for t in targets])


def is_count(target: Target) -> bool:
    """Return whether a target is a number of patients."""
    return isinstance(target.key, CountKey)


def rank_weight(target: Target) -> float:
    """Return the weight of a target: counts and curves of all patients or an arm, then statistics, then Wald z."""
    if is_count(target) or (isinstance(target.key, CurveKey) and target.key.subset == 0):
        return FIRST
    return THIRD if target.kind == kinds.WALD_Z else SECOND
