"""One reconstructed cohort: columns drawn, curves matched, then everything annealed together.

A search depends on its seed alone, so that any number of searches side by side gives the same cohorts.
"""

from dataclasses import dataclass, replace

import numpy as np

from escc_bayes.data.published import Study
from escc_bayes.evidence.reconstruction import problem as kinds
from escc_bayes.evidence.reconstruction.annealing import anneal
from escc_bayes.evidence.reconstruction.assemble import assemble, first_state
from escc_bayes.evidence.reconstruction.columns import Columns, draw_columns
from escc_bayes.evidence.reconstruction.layout import Layout
from escc_bayes.evidence.reconstruction.problem import RandomState, State
from escc_bayes.evidence.reconstruction.start import draw_outcomes
from escc_bayes.evidence.reconstruction.targets import CountKey, CurveKey, Target
from escc_bayes.foundation.seeds import Seed, generator, stream
from escc_bayes.hazard.piecewise import FloatArray

# Proposals: for the curves alone (and how often that is begun again; less often beyond ``MANY`` patients), and for the
# signs of the effects.
CURVE_STEPS, CURVE_STARTS, MANY, STARTS_OF_MANY, SIGN_STEPS = 150_000, 2, 200, 1, 20_000
# Shares of exchanges of columns, of those or exchanges of times, and of exchanges between neighbours in time. While it
# is hot no single time changes, so that the curves stay matched.
ONLY_TIMES, ONLY_COLUMNS, HOT_MIX, COLD_MIX = (0.0, 0.3, 0.5), (0.95, 1.0, 0.5), (0.8, 1.0, 0.5), (0.5, 0.9, 0.5)
HOT, WARM, COLD = 20.0, 1.0, 0.01
# Short searches, and the length of each of their two parts as a share of the long one.
CANDIDATES, SHORT = 5, 0.1
# Where a further round begins.
REHEATED = 0.3
# Weights by rank.
FIRST, SECOND, THIRD = 10.0, 1.0, 0.7
# A search that leaves a required target unmatched goes on from where it is, this many times.
MORE_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What every search of a study shares: targets in order, how many patients, and the weight of each target.

    ``required`` (T,) marks the targets that a cohort must match.
    """

    study: Study
    layout: Layout
    targets: tuple[Target, ...]
    n: int
    weight: FloatArray
    required: np.ndarray
    steps: int


@dataclass(frozen=True, slots=True)
class Found:
    """A cohort that a search ended with: columns, state, the value (T,) of each target in its unit, and the loss."""

    columns: Columns
    state: State
    value: FloatArray
    loss: float

    def distance(self, targets: tuple[Target, ...]) -> FloatArray:
        """Return how far each value is from those that count as matched."""
        return np.array([t.distance(float(v)) for t, v in zip(targets, self.value, strict=True)])


def search(plan: Plan, seed: Seed) -> Found:
    """Return the best cohort of one search: several short ones, the best of them taken further.

    What a long search changes least, such as the number of deaths and the sizes of classes that were not printed,
    decides how near it can come.

    Raises
    ------
    ReconstructionError : the layout's counts contradict each other.
    """
    short = replace(plan, steps=round(SHORT * plan.steps))
    candidates = [started(short, stream(seed, "candidate", str(k))) for k in range(CANDIDATES)]
    found = min(candidates, key=lambda c: c.loss)
    random = first_random(seed)
    problem = assemble(plan.layout, plan.targets, found.columns, plan.weight)
    value = found.value * units(plan.targets)
    loss = found.loss
    for hot in (WARM, *[REHEATED] * MORE_ROUNDS):
        if is_matched(plan, value):
            break
        loss, _ = anneal(problem, found.state, random, np.array(COLD_MIX), plan.steps, hot, COLD, value)
    return Found(found.columns, found.state, value / units(plan.targets), loss)


def first_random(seed: Seed) -> RandomState:
    """Return the first state of the search's random numbers."""
    return stream(seed, "annealing").generate_state(1, np.uint64).astype(np.uint64)


def started(plan: Plan, seed: Seed) -> Found:
    """Return what a short search from new columns and outcomes ends with."""
    random = first_random(seed)
    columns, state = matched_curves(plan, seed, random)
    value = np.zeros(len(plan.targets))
    of_columns = np.array([t.kind == kinds.LOG_HR or is_curve(t) for t in plan.targets])
    signs = assemble(plan.layout, plan.targets, columns, plan.weight * of_columns)
    anneal(signs, state, random, np.array(ONLY_COLUMNS), SIGN_STEPS, HOT, WARM, value)
    problem = assemble(plan.layout, plan.targets, columns, plan.weight)
    anneal(problem, state, random, np.array(HOT_MIX), plan.steps, HOT, WARM, value)
    loss, _ = anneal(problem, state, random, np.array(COLD_MIX), plan.steps, WARM, COLD, value)
    return Found(columns, state, value / units(plan.targets), loss)


def matched_curves(plan: Plan, seed: Seed, random: RandomState) -> tuple[Columns, State]:
    """Return columns, and outcomes that match the required curves of all patients or arms; the best of a few starts."""
    best: tuple[float, Columns, State] | None = None
    curves = np.array([is_curve(t) and rank_weight(t) == FIRST for t in plan.targets]) & plan.required
    for start in range(CURVE_STARTS if plan.n <= MANY else STARTS_OF_MANY):
        rng = generator(seed, "start", str(start))
        columns = draw_columns(plan.layout, plan.study, plan.n, rng)
        ticks, events = draw_outcomes(plan.layout, plan.targets, columns.codes, plan.n, rng)
        state = first_state(columns, ticks, events)
        problem = assemble(plan.layout, plan.targets, columns, plan.weight * curves)
        loss, _ = anneal(
            problem, state, random, np.array(ONLY_TIMES), CURVE_STEPS, 30.0, COLD, np.zeros(len(plan.targets))
        )
        if best is None or loss < best[0]:
            best = loss, columns, state
        if loss == 0.0:
            break
    assert best is not None
    return best[1], best[2]


def is_curve(target: Target) -> bool:
    """Return whether a target depends on outcomes alone."""
    return isinstance(target.key, CurveKey) or target.kind == kinds.PROGRESSED


def is_matched(plan: Plan, value: FloatArray) -> bool:
    """Return whether every required target is matched; values in ticks."""
    found = value / units(plan.targets)
    return all(t.distance(float(v)) == 0.0 for t, v, r in zip(plan.targets, found, plan.required, strict=True) if r)


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
