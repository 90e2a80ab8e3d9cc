"""Curves with delayed entry start where somebody is at risk for good: cases by hand."""

import numpy as np
import pandas as pd
import pytest
from tests.unit.classical.test_ratios import cohort_of

from escc_bayes.classical.baselines import baselines


@pytest.fixture
def emptied():
    """The first two die by month 3, before six others enter at month 4."""
    frame = pd.DataFrame(
        {
            "t": [2.0, 3.0, 10, 12, 14, 16, 18, 20],
            "d": [1, 1, 1, 0, 1, 0, 1, 0],
            "e": [0.0, 0.0, 4, 4, 4, 4, 4, 4],
        }
    )
    return baselines(cohort_of(frame, {}, entry="e"), "os", level=0.95, times=(3.5, 12.0)).tables


def test_curve_is_conditional_on_the_month_and_never_0_for_ever(emptied):
    # Six at risk from month 4: deaths at 10 (of 6), 14 (of 4), 18 (of 2).
    assert [r["survival"] for r in emptied["km"]] == pytest.approx([5 / 6] * 2 + [5 / 8] * 2 + [5 / 16] * 2)
    early, later = emptied["landmarks"]
    assert np.isnan(early["survival"])
    assert early["at_risk"] == 0
    assert later["survival"] == pytest.approx(5 / 6)
    for name in ("km", "landmarks", "medians", "rmst", "followup"):
        for row in emptied[name]:
            assert "conditional on surviving 4.0 months" in row["note"]
            assert "2 patients followed no further do not count" in row["note"]


def test_exact_limits_are_not_defined_and_it_says_so(emptied):
    for row in (*emptied["km"], *emptied["landmarks"], *emptied["medians"]):
        assert np.isnan(row["lower_exact"])
        assert "not defined for delayed entry, weights or clusters" in row["note"]


def test_restricted_mean_counts_the_months_that_it_is_conditional_on(emptied):
    # To 12 months, as far as asked: 10 whole months and 2 at 5/6.
    assert emptied["rmst"][0]["rmst"] == pytest.approx(10 + 2 * 5 / 6)


def test_a_curve_that_begins_within_days_does_not_say_0_0_months():
    """Day 1 of a month of 30.4375 days: 0.033 months, not 0.0."""
    frame = pd.DataFrame({"t": [0.02, 4.0, 6.0], "d": [1, 1, 0], "e": [0.0, 1 / 30.4375, 1 / 30.4375]})
    found = baselines(cohort_of(frame, {}, entry="e"), "os", level=0.95).tables
    assert all("conditional on surviving 0.033 months" in row["note"] for row in found["km"])
