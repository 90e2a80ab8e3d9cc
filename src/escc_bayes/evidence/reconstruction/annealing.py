"""Simulated annealing over sets of patients: one change at a time, accepted by the Metropolis rule, compiled."""

from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.changes import BEFORE, propose, undo
from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.loss import EXACT, ROUGH, Values, loss_of, refresh
from escc_bayes.evidence.reconstruction.problem import (
    LOG_HR,
    REQUIRED,
    TASK_KIND,
    WALD_Z,
    WEIGHT,
    Aims,
    BoolArray,
    IntArray,
    Problem,
    RandomState,
    State,
)
from escc_bayes.evidence.reconstruction.random_numbers import uniform
from escc_bayes.evidence.reconstruction.rank_statistics import cox_room
from escc_bayes.evidence.reconstruction.reach import Reach, mark_stale
from escc_bayes.evidence.reconstruction.working import Working, store, working_from
from escc_bayes.hazard.piecewise import FloatArray

# What an unmatched target's weight is multiplied with, and the share of the way back of a matched one's.
HARDER, EASED = 1.1, 0.2
# Once the required targets are matched: what their weights and those of the others are multiplied with, and the heat.
HOLD, APPROACH, KEEP = 3.0, 5.0, 0.02


class Schedule(NamedTuple):
    """How long a search goes on, and how it gets over what holds it.

    ``steps`` : proposals at most. ``hot``, ``cold`` : temperatures in units of the loss; geometric in between.
    ``patience`` : proposals after which the weight of every target that is not matched grows, and that of the others
    goes back towards its own; 0 never (Morris 1993, AAAI-93:40, the breakout method). ``more`` : proposals that bring
    the other targets nearer once every required one is matched.
    """

    steps: int
    hot: float
    cold: float
    patience: int
    more: int


@compiled
def empty_values(problem: Problem, n: int) -> Values:
    """Return values of ``n`` patients of which every one is stale."""
    aims, lut = problem.aims, problem.structure.lut
    tasks, targets, size = aims.task_start.size - 1, aims.target.shape[0], aims.model.shape[1]
    levels = lut.max() + 1 if lut.size else 1
    return Values(
        np.zeros(targets),
        np.zeros(tasks),
        np.zeros((aims.model.shape[0], size)),
        np.ones(tasks, np.bool_),
        np.zeros(size, np.int64),
        cox_room(n, size, levels),
    )


@compiled
def copy_values(source: Values, target: Values) -> None:
    """Copy values, losses and estimates."""
    target.value[:] = source.value
    target.loss[:] = source.loss
    target.beta[:] = source.beta


@compiled
def only_models(aims: Aims, stale: BoolArray) -> bool:
    """Leave only Cox models stale; return whether one is."""
    found = False
    for task in range(stale.size):
        stale[task] = stale[task] and aims.task[task, TASK_KIND] in (LOG_HR, WALD_Z)
        found = found or stale[task]
    return found


@compiled
def loss_by_rank(value: FloatArray, window: FloatArray) -> tuple[float, float]:
    """Return the loss of the targets that a set of patients must match, and of the others."""
    required, other = 0.0, 0.0
    for k in range(value.size):
        gap = loss_of(value, window, k, k + 1)
        if window[k, REQUIRED] > 0.0:
            required += gap
        else:
            other += gap
    return required, other


@compiled
def weigh_anew(value: FloatArray, own: FloatArray, window: FloatArray) -> None:
    """Raise the weight of each target that is not matched, and ease that of the others towards their ``own``."""
    for k in range(value.size):
        if own[k, REQUIRED] > 0.0 and loss_of(value, own, k, k + 1) > 0.0:
            window[k, WEIGHT] *= HARDER
        else:
            window[k, WEIGHT] += EASED * (own[k, WEIGHT] - window[k, WEIGHT])


@compiled
def reckoned(endpoint: IntArray, aims: Aims, working: Working, now: Values, trial: Values) -> float:
    """Return the loss with every value computed anew, after weights have changed."""
    now.stale[:] = True
    loss = refresh(endpoint, aims, working, np.inf, EXACT, now)
    copy_values(now, trial)
    return loss


@compiled
def weigh_matched(own: FloatArray, window: FloatArray) -> None:
    """Set the weights with which matched targets are kept while the others come nearer."""
    for k in range(own.shape[0]):
        window[k, WEIGHT] = own[k, WEIGHT] * (HOLD if own[k, REQUIRED] > 0.0 else APPROACH)


@compiled
def anneal(
    problem: Problem, state: State, random: RandomState, mix: FloatArray, schedule: Schedule, value: FloatArray
) -> tuple[float, int]:
    """Anneal a state in place, and leave it where the required targets were nearest.

    Parameters
    ----------
    random : (1,) uint64 state of the random numbers.
    mix : (3,) shares of the kinds of change (``changes.propose``).
    schedule : the search stops early once every required target is matched.
    value : (T,) written with the values of the state returned.

    Returns
    -------
    The loss of the required targets, and the number of proposals used.
    """
    structure, aims = problem.structure, problem.aims
    endpoint, own = structure.endpoint, aims.window.copy()
    working = working_from(structure, state)
    n = state.time.shape[1]
    now, trial = empty_values(problem, n), empty_values(problem, n)
    loss = reckoned(endpoint, aims, working, now, trial)
    reach = Reach(np.zeros(endpoint.shape[0], np.bool_), np.zeros(structure.grouping.shape[0], np.bool_))
    change = np.zeros(BEFORE + 2 * endpoint.shape[0], np.int64)
    best, rest = loss_by_rank(now.value, own)
    weighed, end, matched = 0, schedule.steps, False
    value[:] = now.value
    step = 0
    while step < end:
        if best <= 0.0 and not matched:
            matched, end = True, step + schedule.more
            weigh_matched(own, aims.window)
            loss = reckoned(endpoint, aims, working, now, trial)
        elif schedule.patience > 0 and not matched and step - weighed == schedule.patience:
            weighed = step
            weigh_anew(now.value, own, aims.window)
            loss = reckoned(endpoint, aims, working, now, trial)
        step += 1
        if not propose(structure, working, random, mix, change):
            continue
        mark_stale(structure, aims, working, change, reach, trial.stale)
        # Metropolis rule with the uniform number drawn first: a loss above this is rejected.
        heat = KEEP if matched else schedule.hot * (schedule.cold / schedule.hot) ** (step / schedule.steps)
        bound = loss - heat * np.log(uniform(random) + 1e-300)
        new = refresh(endpoint, aims, working, bound, ROUGH, trial)
        if new <= bound and only_models(aims, trial.stale):
            new = refresh(endpoint, aims, working, bound, EXACT, trial)
        if new > bound:
            undo(structure, working, change)
            copy_values(now, trial)
            continue
        loss = new
        copy_values(trial, now)
        required, other = loss_by_rank(now.value, own)
        if required < best or (required == best and other < rest):
            best, rest = required, other
            store(working, state)
            value[:] = now.value
    aims.window[:] = own
    return best, step
