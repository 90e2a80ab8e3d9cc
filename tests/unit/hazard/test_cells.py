"""Events and person-months per pattern and piece: the same likelihood as patient by patient."""

import numpy as np
import pytest

from escc_bayes.hazard import cells
from escc_bayes.hazard.baseline import PiecewiseHazard, log_likelihood

CUTS = np.array([4.0, 9.0, 20.0])


def total(collapsed, log_rates, coefficients):
    """Sum over cells of events x log rate - months x rate, for each draw. Holford 1980."""
    log_rate = log_rates[:, None, :] + (coefficients @ collapsed.patterns.T)[:, :, None]
    return (collapsed.events * log_rate - collapsed.exposure * np.exp(log_rate)).sum(axis=(1, 2))


@pytest.fixture
def patients():
    rng = np.random.default_rng(23)
    time = np.concatenate([rng.exponential(14.0, 77) + 0.1, [4.0, 9.0, 20.0]])
    event = (rng.random(80) < 0.6).astype(float)
    entry = np.where(rng.random(80) < 0.5, 0.0, time * rng.random(80))
    columns = rng.integers(0, 2, (80, 3)) - 0.37
    return columns, time, event, entry, 0.5 + rng.random(80)


def test_collapsed_data_give_the_total_of_the_patients(patients):
    columns, time, event, entry, weight = patients
    rng = np.random.default_rng(1)
    log_rates, coefficients = rng.normal(-3.5, 0.8, (5, 4)), rng.normal(0.0, 1.0, (5, 3))
    collapsed = cells.collapse(columns, time, event, entry, weight, CUTS)
    assert len(collapsed.patterns) == 8
    hazard = PiecewiseHazard(log_rates, CUTS)
    expected = log_likelihood(hazard, coefficients @ columns.T, time, event, entry, weight).sum(axis=1)
    np.testing.assert_allclose(total(collapsed, log_rates, coefficients), expected, rtol=1e-12, atol=1e-10)


def test_without_covariates_there_is_one_pattern(patients):
    _, time, event, entry, weight = patients
    collapsed = cells.collapse(np.zeros((80, 0)), time, event, entry, weight, CUTS)
    log_rates = np.random.default_rng(1).normal(-3.5, 0.8, (5, 4))
    expected = log_likelihood(PiecewiseHazard(log_rates, CUTS), np.zeros((5, 80)), time, event, entry, weight)
    found = total(collapsed, log_rates, np.zeros((5, 0)))
    np.testing.assert_allclose(found, expected.sum(axis=1), rtol=1e-12, atol=1e-10)


def test_each_pattern_holds_the_sums_of_its_members(patients):
    columns, time, event, entry, weight = patients
    collapsed = cells.collapse(columns, time, event, entry, weight, CUTS)
    np.testing.assert_array_equal(collapsed.patterns[collapsed.members], columns)
    for c in range(len(collapsed.patterns)):
        mine = collapsed.members == c
        assert collapsed.events[c].sum() == pytest.approx((event * weight)[mine].sum(), rel=1e-12)
        assert collapsed.exposure[c].sum() == pytest.approx(((time - entry) * weight)[mine].sum(), rel=1e-12)


def test_an_event_on_a_cut_is_counted_where_its_person_months_are():
    # Follow-up (4, 9] with an event at 9: exposure and event both in the second piece, none elsewhere.
    given = (np.zeros((1, 0)), np.array([9.0]), np.ones(1), np.array([4.0]), np.ones(1))
    collapsed = cells.collapse(*given, CUTS)
    np.testing.assert_array_equal(collapsed.events, [[0, 1, 0, 0]])
    np.testing.assert_array_equal(collapsed.exposure, [[0, 5, 0, 0]])


def test_distinct_rows_equal_numpy():
    """Second source: numpy.unique over rows; ties in every column, one column, none."""
    rng = np.random.default_rng(3)
    for columns in (rng.integers(0, 3, (200, 5)) - 0.37, rng.standard_normal((50, 1)), np.zeros((4, 0))):
        patterns, members = cells.distinct_rows(columns)
        np.testing.assert_array_equal(patterns[members], columns)
        if columns.shape[1]:
            np.testing.assert_array_equal(patterns, np.unique(columns, axis=0))


@pytest.mark.parametrize(
    "kind", ["indicators", "levels", "continuous", "mixed", "constant", "large_keys"], ids=lambda kind: kind
)
def test_distinct_rows_are_those_of_numpy(kind):
    """numpy's unique along rows is the second source: rows in lexicographic order, and which each row is."""
    rng = np.random.default_rng(3)
    columns = {
        "indicators": rng.integers(0, 2, (500, 6)) - rng.random(6),
        "levels": rng.integers(0, 7, (500, 3)).astype(float),
        "continuous": rng.normal(size=(300, 2)),
        "mixed": np.c_[rng.integers(0, 2, 300), rng.normal(size=300).round(1), rng.integers(0, 3, 300)],
        "constant": np.full((5, 2), 1.5),
        "large_keys": rng.normal(size=(400, 12)),
    }[kind]
    patterns, members = cells.distinct_rows(columns)
    expected, inverse = np.unique(columns, axis=0, return_inverse=True)
    np.testing.assert_array_equal(patterns, expected)
    np.testing.assert_array_equal(members, inverse.ravel())


def test_rows_taken_in_blocks_give_the_same_cells(patients, monkeypatch):
    """Bounded memory: 80 patients in blocks of 7."""
    columns, time, event, entry, weight = patients
    whole = cells.collapse(columns, time, event, entry, weight, CUTS)
    monkeypatch.setattr(cells, "BLOCK", 7)
    blocked = cells.collapse(columns, time, event, entry, weight, CUTS)
    np.testing.assert_allclose(blocked.exposure, whole.exposure, rtol=1e-12)
    np.testing.assert_allclose(blocked.events, whole.events, rtol=1e-12)
