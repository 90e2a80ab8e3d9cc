"""The ratio that guaranteed months alone make in a large cohort: quadrature of a constant hazard, and simulations."""

import math

import numpy as np
import pytest

from escc_bayes.time_zero.guarantee import NoEffect, simulated_ratios
from escc_bayes.time_zero.guarantee_limit import limit_ratio
from tests.unit.time_zero.test_guarantee import MONTHS, RATE, limit_of_cox

CHANGING = NoEffect(np.array([6.0, 18.0]), np.log([0.01, 0.05, 0.02]), np.log([0.002, 0.01, 0.05]))


def test_a_constant_hazard_without_censoring_agrees_with_quadrature():
    hazards = NoEffect(np.array([]), np.log([RATE]), np.array([-50.0]))
    assert math.log(limit_ratio(hazards, (0.0, MONTHS), (0.5, 0.5))) == pytest.approx(limit_of_cox(), abs=2e-4)


@pytest.mark.parametrize("guaranteed", [(0.0, 5.0), (2.0, 9.0)])
def test_large_simulated_cohorts_have_the_limit(guaranteed):
    """Hazards of death and of loss that change, one third treated: 100 cohorts of 3,000."""
    treated = np.repeat([0.0, 1.0], [2000, 1000])
    months = np.where(treated == 1.0, guaranteed[1], guaranteed[0])
    rng = np.random.default_rng(4)
    logs, _ = simulated_ratios(treated[:, None], np.ones((1, 1)), CHANGING, months, rng, 100, 0.95)
    error = logs.std(ddof=1) / 10.0
    expected = math.log(limit_ratio(CHANGING, guaranteed, (2 / 3, 1 / 3)))
    assert logs.mean() == pytest.approx(expected, abs=3 * error)


def test_without_a_guarantee_there_is_no_ratio():
    assert limit_ratio(CHANGING, (3.0, 3.0), (0.3, 0.7)) == pytest.approx(1.0, abs=1e-9)
