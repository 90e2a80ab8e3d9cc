"""The month from which somebody is at risk for good: cases by hand."""

import numpy as np
import pytest

from escc_bayes.hazard.late_entry import watched_from


@pytest.mark.parametrize(
    ("time", "event", "entry", "expected"),
    [
        ([5, 6, 7], [1, 1, 1], [0, 0, 0], 0.0),  # nobody enters late
        ([5, 6, 7], [1, 1, 1], [2, 3, 4], 2.0),  # nobody before month 2
        ([5, 6, 7], [1, 1, 1], [0, 0, 6.5], 6.5),  # all die by 6, one enters at 6.5
        ([5, 6, 7], [1, 0, 1], [0, 0, 6.5], 6.5),  # the last is censored at 6: still a gap
        ([5, 6, 7], [1, 1, 1], [0, 0, 6], 6.0),  # dies in the month in which the next one enters
        ([5, 6, 7], [1, 0, 1], [0, 0, 6], 0.0),  # censored there: never empty
        ([2, 9, 4, 6], [1, 1, 1, 1], [0, 5, 3, 1], 0.0),  # overlapping
    ],
)
def test_month_from_which_somebody_is_always_at_risk(time, event, entry, expected):
    assert watched_from(*(np.array(values, dtype=float) for values in (time, event, entry))) == expected
