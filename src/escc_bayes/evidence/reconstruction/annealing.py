"""Simulated annealing over sets of patients: one change at a time, accepted by the Metropolis rule, compiled."""

import numpy as np
from numpy.typing import NDArray

from escc_bayes.evidence.reconstruction.changes import BEFORE, propose, undo
from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.loss import EXACT, ROUGH, Values, refresh
from escc_bayes.evidence.reconstruction.problem import KIND, LOG_HR, WALD_Z, Aims, Problem, RandomState, State
from escc_bayes.evidence.reconstruction.random_numbers import uniform
from escc_bayes.evidence.reconstruction.reach import Reach, mark_stale
from escc_bayes.evidence.reconstruction.working import store, working_from
from escc_bayes.hazard.piecewise import FloatArray


@compiled
def copy_values(source: Values, target: Values) -> None:
    """Copy values, losses and estimates."""
    target.value[:] = source.value
    target.loss[:] = source.loss
    target.beta[:] = source.beta


@compiled
def empty_values(aims: Aims) -> Values:
    """Return values of which every one is stale."""
    tasks, targets = aims.task_start.size - 1, aims.target.shape[0]
    beta = np.zeros((aims.model.shape[0], aims.model.shape[1]))
    return Values(np.zeros(targets), np.zeros(tasks), beta, np.ones(tasks, np.bool_))


@compiled
def only_models(aims: Aims, stale: NDArray[np.bool_]) -> bool:
    """Leave only Cox models stale; return whether one is."""
    found = False
    for task in range(stale.size):
        stale[task] = stale[task] and aims.target[aims.task_start[task], KIND] in (LOG_HR, WALD_Z)
        found = found or stale[task]
    return found


@compiled
def anneal(
    problem: Problem,
    state: State,
    random: RandomState,
    mix: FloatArray,
    steps: int,
    hot: float,
    cold: float,
    value: FloatArray,
) -> tuple[float, int]:
    """Anneal a state in place, and leave it at the best that was met.

    Parameters
    ----------
    random : (1,) uint64 state of the random numbers.
    mix : (3,) shares of the kinds of change (``changes.propose``).
    steps : proposals at most; the search stops at a loss of 0.
    hot, cold : temperatures, in units of the loss; geometric in between.
    value : (T,) written with the values of the state returned.

    Returns
    -------
    The loss, and the number of proposals used.
    """
    structure, aims = problem.structure, problem.aims
    endpoint = structure.endpoint
    working = working_from(structure, state)
    now, trial = empty_values(aims), empty_values(aims)
    loss = refresh(endpoint, aims, working, np.inf, EXACT, now)
    copy_values(now, trial)
    reach = Reach(np.zeros(endpoint.shape[0], np.bool_), np.zeros(structure.grouping.shape[0], np.bool_))
    change = np.zeros(BEFORE + 2 * endpoint.shape[0], np.int64)
    best, used = loss, steps
    value[:] = now.value
    for step in range(steps):
        if best <= 0.0:
            used = step
            break
        if not propose(structure, working, random, mix, change):
            continue
        mark_stale(structure, aims, working, change, reach, trial.stale)
        # Metropolis rule with the uniform number drawn first: a loss above this is rejected.
        heat = hot * (cold / hot) ** (step / steps)
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
        if loss < best:
            best = loss
            store(working, state)
            value[:] = now.value
    return best, used
