"""Simulated annealing over sets of patients: one change at a time, accepted by the Metropolis rule, compiled."""

from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.affected_targets import moved_tasks
from escc_bayes.evidence.reconstruction.borrow import (
    borrowed_aims,
    borrowed_structure,
    borrowed_working,
    borrowed_workspace,
)
from escc_bayes.evidence.reconstruction.compiled import borrowed, compiled
from escc_bayes.evidence.reconstruction.incremental_loss import computed, judged, settle, weighed
from escc_bayes.evidence.reconstruction.loss import loss_of
from escc_bayes.evidence.reconstruction.problem import (
    REQUIRED,
    WEIGHT,
    Problem,
    RandomState,
    State,
)
from escc_bayes.evidence.reconstruction.proposals import propose, undo
from escc_bayes.evidence.reconstruction.random_numbers import uniform
from escc_bayes.evidence.reconstruction.working import Working, store, working_from
from escc_bayes.evidence.reconstruction.workspace import Workspace, new_workspace
from escc_bayes.hazard.piecewise import FloatArray

# What an unmatched target's weight is multiplied with, and the share of the way back of a matched one's.
HARDER, EASED = 1.1, 0.2
# Once the required targets are matched: what their weights and those of the others are multiplied with, and the heat.
HOLD, APPROACH, KEEP = 3.0, 5.0, 0.02
# A loss of the required targets with which none is outside its tolerance: the search aims two per cent inside, and the
# lowest weight is 0.7.
CLOSE = 0.013
# A loss of the required targets after the trial with which a search is given up.
HOPELESS = 3.0


class Schedule(NamedTuple):
    """How long a search goes on, and how it gets over what holds it.

    ``steps`` : proposals at most. ``hot``, ``cold`` : temperatures in units of the loss; geometric in between.
    ``patience`` : proposals after which the weight of every target that is not matched grows, and that of the others
    goes back towards its own; 0 never (Morris 1993, AAAI-93:40, the breakout method). ``more`` : proposals that bring
    the other targets nearer once every required one is matched. ``trial`` : proposals after which a search that is
    still far away is given up; 0 never.
    """

    steps: int
    hot: float
    cold: float
    patience: int = 0
    more: int = 0
    trial: int = 0


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
def weigh_matched(own: FloatArray, window: FloatArray) -> None:
    """Set the weights with which matched targets are kept while the others come nearer."""
    for k in range(own.shape[0]):
        window[k, WEIGHT] = own[k, WEIGHT] * (HOLD if own[k, REQUIRED] > 0.0 else APPROACH)


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
    working = working_from(problem.structure, state)
    workspace = new_workspace(problem.structure, problem.aims, state.time.shape[1])
    found: tuple[float, int] = walk(problem, state, random, mix, schedule, value, working, workspace)
    return found


@compiled
def walk(
    problem: Problem,
    state: State,
    random: RandomState,
    mix: FloatArray,
    schedule: Schedule,
    value: FloatArray,
    working: Working,
    workspace: Workspace,
) -> tuple[float, int]:
    """Propose, judge, and accept by the Metropolis rule, as ``anneal`` says; whoever calls keeps every array alive.

    Arrays are borrowed here, where the compiler sees that they have no reference counts.
    """
    structure, aims = borrowed_structure(problem.structure), borrowed_aims(problem.aims)
    working, workspace = borrowed_working(working), borrowed_workspace(workspace)
    random, mix, own = borrowed(random), borrowed(mix), problem.aims.window.copy()
    loss = computed(structure, aims, working, workspace)
    now, change = workspace.now, workspace.change
    best, rest = loss_by_rank(now.value, own)
    anew, end, matched = 0, schedule.steps, False
    value[:] = now.value
    step = 0
    while step < end and (step != schedule.trial or best <= HOPELESS or step == 0):
        if best <= CLOSE and not matched:
            matched, end = True, step + schedule.more
            weigh_matched(own, aims.window)
            loss = weighed(aims, workspace)
        elif schedule.patience > 0 and not matched and step - anew == schedule.patience:
            anew = step
            weigh_anew(now.value, own, aims.window)
            loss = weighed(aims, workspace)
        step += 1
        if not propose(structure, working, random, mix, change):
            continue
        count = moved_tasks(structure, aims, working, change, workspace.moved)
        # Metropolis rule with the uniform number drawn first: a loss above this is rejected.
        heat = KEEP if matched else schedule.hot * (schedule.cold / schedule.hot) ** (step / schedule.steps)
        bound = loss - heat * np.log(uniform(random) + 1e-300)
        if judged(structure, aims, working, count, loss, bound, workspace) > bound:
            undo(structure, working, change)
            continue
        loss = settle(aims, working, count, workspace)
        required, other = loss_by_rank(now.value, own)
        if required < best or (required <= max(best, CLOSE) and other < rest):
            best, rest = required, other
            store(working, state)
            value[:] = now.value
    aims.window[:] = own
    return best, step
