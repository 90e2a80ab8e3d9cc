"""Changes, their undoing and what they move: the search in small steps against everything computed anew."""

import numpy as np
import pytest

from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.reconstruction.affected_targets import moved_tasks
from escc_bayes.evidence.reconstruction.assemble import Asked, assemble, first_state, in_order
from escc_bayes.evidence.reconstruction.automatic import layout_for
from escc_bayes.evidence.reconstruction.columns import draw_columns
from escc_bayes.evidence.reconstruction.incremental_loss import computed, judged, settle
from escc_bayes.evidence.reconstruction.proposals import BEFORE, CLASS, change_values, propose, undo
from escc_bayes.evidence.reconstruction.start import draw_outcomes
from escc_bayes.evidence.reconstruction.targets import targets_of
from escc_bayes.evidence.reconstruction.working import working_from
from escc_bayes.evidence.reconstruction.workspace import new_workspace
from escc_bayes.foundation.seeds import generator

# Newton steps of a Cox model end when they are shorter; standard errors are those before the last one.
STEP_LEFT = 1e-3
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


def followed(problem, draw, until):
    """Make changes that ``draw`` proposes, all accepted, until ``until`` says so; return workspace and patients."""
    (structure, aims), state = problem
    working, workspace = working_from(structure, state), new_workspace(structure, aims, 79)
    loss, random = computed(structure, aims, working, workspace), np.array([11], np.uint64)
    made = []
    while not until(made):
        if not draw(structure, working, random, workspace.change):
            continue
        made.append(workspace.change.copy())
        count = moved_tasks(structure, aims, working, workspace.change, workspace.moved)
        judged(structure, aims, working, count, loss, np.inf, workspace)
        loss = settle(aims, working, count, workspace)
        anew = new_workspace(structure, aims, 79)
        anew.trial.beta[:] = workspace.now.beta
        assert computed(structure, aims, working, anew) == pytest.approx(loss, rel=1e-3)
        assert workspace.now.value == pytest.approx(anew.now.value, abs=STEP_LEFT)
    return workspace, working


def test_values_followed_change_by_change_are_those_of_the_patients_anew(problem):
    """What a change is said not to move must indeed not have moved: 300 changes, every value compared."""

    def draw(structure, working, random, change):
        return propose(structure, working, random, MIX, change)

    _, working = followed(problem, draw, lambda made: len(made) == 300)
    times = working.rows[: working.event]
    orders = working.rows[working.order : working.place]
    assert all(np.all(np.diff(t[o]) > 0) for t, o in zip(times, orders, strict=True))
    inner, outer = 1, 0
    assert np.all(times[inner] <= times[outer])


def test_a_measurement_that_changes_class_moves_the_comparisons_of_its_classes(problem):
    """As above, for changes of measurements alone: few of them change a class."""
    followed(problem, change_values, lambda made: sum(change[CLASS] for change in made) == 10)


def test_what_is_judged_above_the_bound_is_no_more_than_the_loss(problem):
    """A change given up early has at least the loss at which it was given up."""
    (structure, aims), state = problem
    working, workspace = working_from(structure, state), new_workspace(structure, aims, 79)
    loss, random = computed(structure, aims, working, workspace), np.array([13], np.uint64)
    given_up = 0
    for _ in range(300):
        if not propose(structure, working, random, MIX, workspace.change):
            continue
        count = moved_tasks(structure, aims, working, workspace.change, workspace.moved)
        limit = judged(structure, aims, working, count, loss, loss, workspace)
        whole = judged(structure, aims, working, count, loss, np.inf, workspace)
        # What one Newton step suggests for a Cox model may be off where a change is large.
        assert limit <= whole * 1.01 + 0.5 or whole > loss
        assert (limit > loss) == (whole > loss) or abs(whole - loss) < 1.0
        given_up += limit > loss
        undo(structure, working, workspace.change)
    assert given_up > 100
