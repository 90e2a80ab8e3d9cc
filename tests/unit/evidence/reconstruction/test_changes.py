"""Changes, their undoing and what they move: the search in small steps against everything computed anew."""

import numpy as np
import pytest

from escc_bayes.data.bundled import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.annealing import copy_values, empty_values
from escc_bayes.evidence.reconstruction.assemble import Asked, assemble, first_state, in_order
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.changes import BEFORE, CLASS, change_values, propose, undo
from escc_bayes.evidence.reconstruction.columns import draw_columns
from escc_bayes.evidence.reconstruction.loss import refresh
from escc_bayes.evidence.reconstruction.reach import Reach, mark_stale
from escc_bayes.evidence.reconstruction.start import draw_outcomes
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.evidence.reconstruction.working import working_from
from escc_bayes.foundation.seeds import generator

# Newton steps of a Cox model end when they are shorter.
PRECISE = 1e-6
MIX = np.array([0.5, 0.7, 0.5])


@pytest.fixture(scope="module")
def problem():
    """The problem and the first patients of a study with rules, measurements and a curve of those who progressed."""
    study = read_study(find_study("seed1_scirep2025"))
    layout = layout_for(study, None, ())
    targets, _ = targets_of(study, layout)
    targets = in_order(targets)
    rng = generator(3)
    columns = draw_columns(layout, study, 79, rng)
    ticks, events = draw_outcomes(layout, targets, columns.codes, 79, rng)
    asked = Asked(np.ones(len(targets)), np.ones(len(targets), bool))
    return assemble(layout, targets, columns, asked), first_state(columns, ticks, events)


def test_an_undone_change_leaves_every_row_as_it_was(problem):
    asked, state = problem
    working = working_from(asked.structure, state)
    random, change = np.array([7], np.uint64), np.zeros(BEFORE + 2 * state.time.shape[0], np.int64)
    kinds = set()
    for _ in range(2000):
        before = working.rows.copy()
        if propose(asked.structure, working, random, MIX, change):
            assert not np.array_equal(before, working.rows)
            kinds.add(int(change[0]))
            undo(asked.structure, working, change)
        assert np.array_equal(before, working.rows)
    assert kinds == {0, 1, 2, 3}


def test_values_followed_change_by_change_are_those_of_the_patients_anew(problem):
    """What a change is said not to move must indeed not have moved: 300 changes, every value compared."""
    asked, state = problem
    structure, aims = asked
    working = working_from(structure, state)
    values = empty_values(asked, 79)
    refresh(structure.endpoint, aims, working, np.inf, PRECISE, values)
    random, change = np.array([11], np.uint64), np.zeros(BEFORE + 2 * state.time.shape[0], np.int64)
    reach = Reach(np.zeros(structure.endpoint.shape[0], np.bool_), np.zeros(structure.grouping.shape[0], np.bool_))
    for _ in range(300):
        if not propose(structure, working, random, MIX, change):
            continue
        mark_stale(structure, aims, working, change, reach, values.stale)
        loss = refresh(structure.endpoint, aims, working, np.inf, PRECISE, values)
        anew = empty_values(asked, 79)
        copy_values(values, anew)
        anew.stale[:] = True
        assert refresh(structure.endpoint, aims, working, np.inf, PRECISE, anew) == pytest.approx(loss, rel=1e-6)
        assert values.value == pytest.approx(anew.value, abs=1e-5)
    times = working.rows[: working.event]
    orders = working.rows[working.order : working.place]
    assert all(np.all(np.diff(t[o]) > 0) for t, o in zip(times, orders, strict=True))
    inner, outer = 1, 0
    assert np.all(times[inner] <= times[outer])


def test_a_measurement_that_changes_class_moves_the_comparisons_of_its_classes(problem):
    """As above, for changes of measurements alone: few of them change a class."""
    asked, state = problem
    structure, aims = asked
    working = working_from(structure, state)
    values = empty_values(asked, 79)
    refresh(structure.endpoint, aims, working, np.inf, PRECISE, values)
    random, change = np.array([5], np.uint64), np.zeros(BEFORE + 2 * state.time.shape[0], np.int64)
    reach = Reach(np.zeros(structure.endpoint.shape[0], np.bool_), np.zeros(structure.grouping.shape[0], np.bool_))
    classes = 0
    while classes < 20:
        if not change_values(structure, working, random, change):
            continue
        classes += change[CLASS]
        mark_stale(structure, aims, working, change, reach, values.stale)
        refresh(structure.endpoint, aims, working, np.inf, PRECISE, values)
    followed = values.value.copy()
    values.stale[:] = True
    refresh(structure.endpoint, aims, working, np.inf, PRECISE, values)
    assert followed == pytest.approx(values.value, abs=1e-5)
