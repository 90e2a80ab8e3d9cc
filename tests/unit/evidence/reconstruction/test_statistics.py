"""The compiled statistics against lifelines 0.30.3, on patients without ties."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from escc_bayes.evidence.reconstruction.statistics import cox, kaplan_meier, log_log_limit, log_rank, slope_limit

Z = 1.959963984540054


@pytest.fixture(scope="module")
def patients():
    """60 patients without ties in the order of time: ticks, events, three groups, two columns."""
    rng = np.random.default_rng(4)
    ticks = np.sort(rng.choice(np.arange(100, 5000), 60, replace=False))
    events = (rng.random(60) < 0.6).astype(np.int64)
    group = rng.integers(0, 3, 60)
    return ticks, events, group, rng.integers(0, 2, (60, 2)).astype(np.float64)


def test_kaplan_meier_is_that_of_lifelines(patients):
    ticks, events, _, _ = patients
    fitted = KaplanMeierFitter().fit(ticks, events)
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


@pytest.mark.parametrize("groups", [2, 3])
def test_log_rank_is_that_of_lifelines(patients, groups):
    ticks, events, group, _ = patients
    of = np.where(group < groups, group, -1)
    inside = of >= 0
    expected = multivariate_logrank_test(ticks[inside], of[inside], events[inside]).test_statistic
    assert log_rank(of, events, np.arange(60), groups) == pytest.approx(expected, rel=1e-9)


def test_cox_estimates_and_errors_are_those_of_lifelines(patients):
    ticks, events, _, x = patients
    frame = pd.DataFrame({"t": ticks, "d": events, "a": x[:, 0], "b": x[:, 1]})
    fitted = CoxPHFitter().fit(frame, "t", "d", fit_options={"precision": 1e-10})
    beta, ses = np.zeros(2), np.zeros(2)
    assert cox(x, events, beta, ses)
    assert beta == pytest.approx(fitted.params_.to_numpy(), abs=1e-5)
    assert ses == pytest.approx(fitted.standard_errors_.to_numpy(), rel=1e-4)


def test_cox_without_a_maximum_says_so():
    """All deaths in one group come before every other time: the hazard ratio is infinite."""
    x = np.repeat([1.0, 0.0], 5)[:, None]
    assert not cox(x, np.ones(10, dtype=np.int64), np.zeros(1), np.zeros(1))
