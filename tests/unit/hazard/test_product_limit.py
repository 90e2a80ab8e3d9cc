"""One point of the product-limit curve: digits of R and of plain shares."""

import numpy as np
import pytest

from escc_bayes.hazard.product_limit import survival_point


def point(time, event, month, entry=None, weight=None):
    n = len(time)
    return survival_point(
        np.array(time, dtype=float),
        np.array(event, dtype=float),
        np.zeros(n) if entry is None else np.array(entry, dtype=float),
        np.ones(n) if weight is None else np.array(weight, dtype=float),
        month,
    )


def test_without_censoring_it_is_a_share_of_all_patients():
    found = point([1, 2, 3, 4, 5, 6, 7, 8], [1] * 8, 3.0)
    assert found.survival == pytest.approx(5 / 8, rel=1e-12)
    assert found.patients == pytest.approx(8.0, rel=1e-12)


def test_censored_and_late_patients_count_as_in_r():
    # R survival 3.5: summary(survfit(Surv(entry, time, event) ~ 1), times = 5): surv 0.48, std.err 0.205523721
    found = point([2, 3, 4, 5, 6, 7, 9], [1, 0, 1, 1, 0, 1, 1], 5.0, entry=[0, 0, 0, 1, 2, 3, 0])
    assert found.survival == pytest.approx(0.48, rel=1e-12)
    assert np.sqrt(found.survival * (1 - found.survival) / found.patients) == pytest.approx(0.205523721, abs=5e-10)


def test_a_weight_is_the_row_given_so_often():
    weighted = point([2, 3, 4, 5], [1, 0, 1, 0], 4.5, weight=[2, 1, 3, 1])
    repeated = point([2, 2, 3, 4, 4, 4, 5], [1, 1, 0, 1, 1, 1, 0], 4.5)
    assert weighted.survival == pytest.approx(repeated.survival, rel=1e-12)
    assert weighted.patients == pytest.approx(repeated.patients, rel=1e-12)


def test_nobody_dead_so_far_counts_those_at_risk():
    found = point([4, 5, 6, 7], [0, 0, 1, 1], 4.5)
    assert (found.survival, found.patients) == (1.0, 3.0)


def test_a_curve_at_zero_stays_there_and_one_above_it_ends_with_follow_up():
    gone = point([1, 2, 3], [1, 1, 1], 50.0)
    assert (gone.survival, gone.patients) == (0.0, pytest.approx(3.0, rel=1e-12))
    assert point([1, 2, 3], [1, 1, 0], 50.0) is None
    assert point([2, 2], [1, 1], 2.0).patients == 2.0
