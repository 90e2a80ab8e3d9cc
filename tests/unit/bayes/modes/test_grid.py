"""The grid's book-keeping against plain loops: neighbours, places not seen yet, draws moved along their nodes."""

import numpy as np
import pytest

from escc_bayes import example_cohort, load_spec
from escc_bayes.bayes.laplace import proposal as laplace_proposal
from escc_bayes.bayes.laplace.grid_cells import grid_cells
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.bayes.modes.grid import explore, neighbours_of, unseen
from escc_bayes.bayes.modes.layout import coordinates
from escc_bayes.bayes.modes.modes import Target
from escc_bayes.spec.plan import make_plan


def beside(place, axis, side):
    """Return the place next to one, as a tuple."""
    return (*place[:axis], place[axis] + side, *place[axis + 1 :])


@pytest.mark.parametrize(("axes", "spread"), [(1, 9), (3, 3), (5, 1), (6, 3000)], ids=str)
def test_neighbours_are_those_of_a_plain_search(axes, spread):
    """Six axes of 6,000 places are more than whole numbers of 63 bits can count."""
    rng = np.random.default_rng(axes)
    index = np.unique(
        np.concatenate([rng.integers(-spread, spread + 1, size=(60, axes)), np.eye(axes, dtype=int)]), axis=0
    )
    index = rng.permutation(index)
    where = {tuple(place): node for node, place in enumerate(index.tolist())}
    expected = [
        [[where.get(beside(place, axis, side), -1) for side in (-1, 1)] for axis in range(axes)]
        for place in index.tolist()
    ]
    assert neighbours_of(index).tolist() == expected


def test_places_beside_the_parents_are_found_once_and_in_order():
    frontier = np.array([[0, 0], [3, -2], [0, 1]])
    seen = {0, 3 - 2 * 80_000, 80_000}
    fresh, origin = unseen(frontier, np.array([0, 2]), seen)
    assert fresh.tolist() == [[-1, 0], [1, 0], [0, -1], [-1, 1], [1, 1], [0, 2]]
    assert origin == [0, 0, 0, 2, 2, 2]
    assert len(seen) == 9
    again, nobody = unseen(frontier, np.array([0, 2]), seen)
    assert again.shape == (0, 2)
    assert nobody == []


def test_draws_are_moved_along_their_own_node(monkeypatch):
    """One product for each draw; whether nodes are taken together, one by one, or in parts of one."""
    plan = make_plan(load_spec("larynx_piecewise"), example_cohort("larynx"))
    target = Target(coordinates(plan)[0], cells_of(plan))
    grid = explore(target)
    held, rng = grid_cells(target, grid), np.random.default_rng(3)
    node = np.sort(rng.integers(0, len(held.share), 300))
    features = rng.normal(size=(300, 1 + 2 * grid.step.size + target.coords.latents))
    every = laplace_proposal.directions(grid, held, np.arange(len(held.share)), 0)
    expected = np.stack([own @ every[j] for own, j in zip(features, node, strict=True)])
    for most in (2**18, 700, 1):
        monkeypatch.setattr(laplace_proposal, "ONE_THREAD", most)
        found = laplace_proposal.moved_along(grid, held, node, features, 0)
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)
