"""Turnbull's estimate: closed forms, Kaplan-Meier where months are known, and the conditions of a maximum."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escc_bayes.classical.km import kaplan_meier
from escc_bayes.hazard.turnbull import turnbull


def test_known_months_give_kaplan_meier():
    rng = np.random.default_rng(1)
    time, event = rng.integers(1, 15, 60).astype(float), (rng.random(60) < 0.7).astype(float)
    found = turnbull(time, np.where(event > 0.0, time, np.inf))
    curve = kaplan_meier(time, event > 0.0, level=0.95)
    months = np.arange(1.0, time[event > 0.0].max() + 1.0)
    expected = np.concatenate([[1.0], curve.survival])[np.searchsorted(curve.time, months, side="right")]
    np.testing.assert_allclose(found.survival(months), expected, atol=1e-9)


def test_current_status_in_closed_form():
    """Seen once, at 2 (1 of 4 with the event), 5 (2 of 4) or 9 (3 of 4): the shares themselves, since they rise."""
    seen = np.repeat([2.0, 5.0, 9.0], 4)
    had = np.concatenate([np.arange(4) < k for k in (1, 2, 3)])
    found = turnbull(np.where(had, 0.0, seen), np.where(had, seen, np.inf))
    np.testing.assert_allclose(found.bounds(np.array([2.0, 5.0, 9.0]))[0], [0.75, 0.5, 0.25], atol=1e-9)


def test_within_a_span_survival_is_open():
    found = turnbull(np.array([0.0, 2.0]), np.array([4.0, 6.0]))
    assert (found.start.tolist(), found.stop.tolist()) == ([2.0], [4.0])
    low, high = found.bounds(np.array([2.0, 3.0, 4.0]))
    assert (low.tolist(), high.tolist()) == ([1.0, 0.0, 0.0], [1.0, 1.0, 0.0])
    assert found.survival(np.array([3.0])).tolist() == [0.5]


def test_median_is_a_span():
    found = turnbull(np.array([0.0, 2.0, 6.0, 6.0]), np.array([2.0, 4.0, 9.0, 9.0]))
    assert found.median == (2.0, 4.0)
    assert turnbull(np.array([1.0, 5.0, 5.0]), np.array([2.0, np.inf, np.inf])).median[1] == np.inf


SPANS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5), st.booleans()), min_size=1, max_size=25)


@given(SPANS)
def test_no_span_would_take_more_mass(drawn):
    """Gentleman & Geyer 1994: every directional derivative is at most 1, and 1 where there is mass."""
    left = np.array([float(a) for a, _, _ in drawn])
    right = np.array([np.inf if c else max(float(a + w), 1.0) for a, w, c in drawn])
    left = np.minimum(left, right)
    found = turnbull(left, right)
    assert found.mass.sum() == pytest.approx(1.0)
    exact = (left == right)[:, None]
    ends = np.unique(np.concatenate([left, right]))
    inside = (found.start >= left[:, None]) & (found.stop <= right[:, None])
    inside &= (found.start > left[:, None]) | (found.start < found.stop) | exact
    seen = inside @ found.mass
    assert (seen > 0.0).all()
    for low, high in [(e, e) for e in ends if np.isfinite(e) and e > 0.0] + list(pairwise(ends)):
        holds = (low >= left) & (high <= right) & ((low > left) | (low < high) | exact[:, 0])
        assert (holds / seen).mean() < 1.0 + 1e-6
