"""What a search computes with: the values of the patients as they are, and of a change that is tried."""

from typing import NamedTuple

import numpy as np

from escc_bayes.evidence.reconstruction.cached_cox import KeptModels, kept_models
from escc_bayes.evidence.reconstruction.cached_logrank import KeptTests, kept_tests
from escc_bayes.evidence.reconstruction.compiled import compiled
from escc_bayes.evidence.reconstruction.problem import (
    MODEL_COLUMNS,
    Aims,
    IntArray,
    Structure,
)
from escc_bayes.evidence.reconstruction.proposals import BEFORE
from escc_bayes.evidence.reconstruction.rank_statistics import CoxRoom, cox_room
from escc_bayes.hazard.piecewise import FloatArray


class Values(NamedTuple):
    """Values of targets (T,), losses of tasks (Q,), log hazard ratios (M, P) from which the next estimate starts."""

    value: FloatArray
    loss: FloatArray
    beta: FloatArray


class Workspace(NamedTuple):
    """What a search computes with: values of the patients as they are, ``now``, and of a change that is tried.

    ``change`` : the change that is tried. ``moved`` : (Q,) tasks that it moves. ``place`` : (4,) where an exchange
    takes place. ``columns`` (P,) rows of a model's covariates, ``swapped`` (P,) which of them an exchange moved.
    """

    now: Values
    trial: Values
    tests: KeptTests
    models: KeptModels
    room: CoxRoom
    change: IntArray
    moved: IntArray
    place: IntArray
    columns: IntArray
    swapped: IntArray


@compiled
def new_values(targets: int, tasks: int, models: int, size: int) -> Values:
    """Return values of nothing yet."""
    return Values(np.zeros(targets), np.zeros(tasks), np.zeros((models, size)))


@compiled
def new_workspace(structure: Structure, aims: Aims, n: int) -> Workspace:
    """Return a workspace for ``n`` patients, nothing computed."""
    tasks, targets = aims.task.shape[0], aims.target.shape[0]
    models, size = aims.model.shape[0], aims.model.shape[1] - MODEL_COLUMNS
    levels = structure.lut.max() + 1 if structure.lut.size else 1
    return Workspace(
        new_values(targets, tasks, models, size),
        new_values(targets, tasks, models, size),
        kept_tests(aims.test.shape[0], n),
        kept_models(models, size, levels, n),
        cox_room(n, size, levels),
        np.zeros(BEFORE + 2 * structure.endpoint.shape[0], np.int64),
        np.zeros(tasks, np.int64),
        np.zeros(4, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )
