"""The compiled log-rank and Cox statistics against lifelines 0.30.3, on patients without ties."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from lifelines.statistics import multivariate_logrank_test

from escc_bayes.evidence.reconstruction.rank_statistics import SE, CoxData, cox, cox_room, log_rank


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_log_rank_is_that_of_lifelines(patients, groups):
    ticks, events, group, _ = patients
    of = np.where(group < groups, group, -1)
    of[:5] = groups - 1
    inside = of >= 0
    expected = multivariate_logrank_test(ticks[inside], of[inside], events[inside]).test_statistic
    assert log_rank(of, events, np.arange(60), groups) == pytest.approx(expected, rel=1e-9)


def data_of(x, events):
    """Return the table of a Cox model: order, events, covariates."""
    n, size = x.shape
    rows = np.vstack([np.arange(n), events, x.T]).astype(np.int64)
    return CoxData(rows, 0, 1, np.arange(2, 2 + size))


def test_cox_estimates_and_errors_are_those_of_lifelines(patients):
    ticks, events, _, x = patients
    frame = pd.DataFrame({"t": ticks, "d": events, "a": x[:, 0], "b": x[:, 1]})
    fitted = CoxPHFitter().fit(frame, "t", "d", fit_options={"precision": 1e-10})
    beta, room = np.zeros(2), cox_room(60, 2, 2)
    assert cox(data_of(x, events), room, beta, 1e-6)
    assert beta == pytest.approx(fitted.params_.to_numpy(), abs=1e-5)
    assert room.vector[SE] == pytest.approx(fitted.standard_errors_.to_numpy(), rel=1e-4)


def test_cox_without_a_maximum_says_so():
    """All deaths in one group come before every other time: the hazard ratio is infinite."""
    x = np.repeat([1.0, 0.0], 5)[:, None]
    assert not cox(data_of(x, np.ones(10)), cox_room(10, 1, 2), np.zeros(1), 1e-6)


def test_a_rough_cox_estimate_errs_by_the_square_of_its_last_step(patients):
    """One step from 0.01 beside the maximum: what is left is of the order of 0.01 squared."""
    _, events, _, x = patients
    exact, data, room = np.zeros(2), data_of(x, events), cox_room(60, 2, 2)
    cox(data, room, exact, 1e-9)
    rough = exact + 0.01
    cox(data, room, rough, 0.02)
    assert np.abs(rough - exact).max() < 1e-4
