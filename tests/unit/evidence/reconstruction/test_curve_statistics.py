"""The compiled Kaplan-Meier statistics against lifelines 0.30.3, on patients without ties."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from escc_bayes.evidence.reconstruction.curve_statistics import (
    kaplan_meier,
    log_log_limit,
    slope_limit,
    sort_both,
)

Z = 1.959963984540054


def test_kaplan_meier_is_that_of_lifelines(patients):
    ticks, events, _, _ = patients
    fitted = KaplanMeierFitter().fit(ticks, events)
    survival, _ = kaplan_meier(events)
    assert survival == pytest.approx(fitted.survival_function_at_times(ticks).to_numpy(), abs=1e-12)


def test_who_is_censored_at_the_time_of_an_event_was_at_risk():
    """A restarted clock gives equal times; lifelines 0.30.3 counts those censored at them as at risk."""
    ticks, events = np.array([5, 3, 3, 3, 5, 1]), np.array([0, 0, 1, 0, 1, 1])
    fitted = KaplanMeierFitter().fit(ticks, events)
    sort_both(ticks, events, ticks.size)
    assert ticks.tolist() == [1, 3, 3, 3, 5, 5]
    survival, _ = kaplan_meier(events)
    assert survival == pytest.approx(fitted.survival_function_at_times(ticks).to_numpy(), abs=1e-12)


def test_log_log_limits_of_the_median_are_where_those_of_lifelines_cross_one_half(patients):
    ticks, events, _, _ = patients
    limits = KaplanMeierFitter().fit(ticks, events).confidence_interval_.loc[ticks]
    survival, greenwood = kaplan_meier(events)
    lower = ticks[np.flatnonzero(limits.iloc[:, 0].to_numpy() <= 0.5)[0]]
    upper = ticks[np.flatnonzero(limits.iloc[:, 1].to_numpy() <= 0.5)[0]]
    assert log_log_limit(ticks, survival, greenwood, Z) == lower
    assert log_log_limit(ticks, survival, greenwood, -Z) == upper


def test_slope_limits_follow_the_formula_of_collett():
    """Ten deaths at 1, 2, .. 10 of 10 patients: median 5, u = 4 (S 0.6), l = 6 (S 0.4), slope 0.1 a tick.

    SE = S(5) sqrt(Greenwood) / 0.1 with S(5) = 0.5 and Greenwood = sum 1 / (r (r - 1)), r = 10 .. 6 = 1/5 - 1/10.
    """
    ticks, events = np.arange(1, 11), np.ones(10, dtype=np.int64)
    survival, greenwood = kaplan_meier(events)
    expected = 5.0 - Z * 0.5 * np.sqrt(1.0 / 5.0 - 1.0 / 10.0) / 0.1
    assert slope_limit(ticks, survival, greenwood, Z) == pytest.approx(expected, abs=1e-9)
