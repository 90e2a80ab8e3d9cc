"""Products in parts are products, whatever side is long; sums over patterns do not depend on how many are held."""

import numpy as np
import pytest

from escc_bayes import example_cohort, load_spec
from escc_bayes.bayes.model.likelihood import product
from escc_bayes.bayes.model.likelihood.of_plan import cells_of
from escc_bayes.hazard.matrix_product import on_one_thread
from escc_bayes.spec.plan import make_plan

SHAPES = [(3, 4, 5), (40_000, 13, 13), (13, 13, 40_000), (4, 90_000, 6), (1, 90_000, 6), (90_000, 6, 1), (1, 7, 1)]


@pytest.mark.parametrize("shape", [*SHAPES, (700, 800, 900), (0, 5, 4)], ids=str)
def test_a_product_in_parts_is_the_product(shape):
    """Tall, wide and long ones, vectors, one where no side is short, one without rows; of transposed arrays, too."""
    n, k, m = shape
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(n, k)), rng.normal(size=(k, m))
    expected, size = left @ right, np.abs(left) @ np.abs(right)
    for one, other in ((left, right), (np.asfortranarray(left), np.asfortranarray(right))):
        found = on_one_thread(one, other)
        assert found.shape == (n, m)
        assert (np.abs(found - expected) <= 1e-14 * size).all()


def test_patterns_held_at_once_change_no_likelihood(monkeypatch):
    """Seven at a time: the last block is shorter."""
    data = cells_of(make_plan(load_spec("larynx_piecewise"), example_cohort("larynx"))).given(None)
    psi = np.random.default_rng(2).normal(-0.5, 0.3, size=(9, data.patterns.shape[1] + data.exposure.shape[1]))
    months = data.with_months(np.random.default_rng(3).normal(size=(9, len(data.patterns))), np.zeros(9))
    whole, spent = data.value(psi), months.spent(psi[:, : data.patterns.shape[1]])
    monkeypatch.setattr(product, "WIDTH", 7)
    np.testing.assert_allclose(data.value(psi), whole, rtol=1e-13)
    np.testing.assert_allclose(months.spent(psi[:, : data.patterns.shape[1]]), spent, rtol=1e-13)
