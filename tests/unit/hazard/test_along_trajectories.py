"""Hazards along trajectories: cumulative hazards against quadrature of the hazard, everything else against these."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from escc_bayes.hazard.along_trajectories import AlongTrajectories
from escc_bayes.hazard.baseline import PiecewiseHazard
from escc_bayes.hazard.proportional import Proportional

MONTHS, CUTS = np.array([0.0, 0.75, 2.5]), np.array([1.0, 6.0])


@pytest.fixture
def hazards():
    """Three draws, two patients, one covariate beside the trajectory."""
    rng = np.random.default_rng(2)
    rates = PiecewiseHazard(rng.normal(-2.5, 0.4, (3, 3)), CUTS)
    return AlongTrajectories(rng.normal(0.0, 0.7, (3, 2)), rates, MONTHS, rng.normal(0.0, 0.8, (3, 2, 3)))


COLUMNS = np.array([[0.4, 0.0, 0.0], [-0.6, 0.0, 1.0]])


def by_quadrature(hazards, draw, patient, month):
    """Return the cumulative hazard as the integral of a hazard written here by hand."""

    def hazard(t):
        value = np.interp(t, MONTHS, hazards.apart[draw, patient])
        log_rate = hazards.hazard.log_rates[draw, np.searchsorted(CUTS, t, side="left")]
        return np.exp(log_rate + COLUMNS[patient, 0] * hazards.coefficients[draw, 0] + value)

    edges = [0.0, *(b for b in sorted({*MONTHS[1:], *CUTS}) if b < month), month]
    return sum(quad(hazard, a + 1e-12, b, epsabs=1e-13)[0] for a, b in pairwise(edges))


def test_cumulative_hazards_are_integrals(hazards):
    times = np.array([0.2, 0.75, 1.0, 2.0, 2.5, 4.0, 30.0])
    found = hazards.cumulative(COLUMNS, times)
    for patient, draw in ((0, 0), (1, 2)):
        exact = [by_quadrature(hazards, draw, patient, month) for month in times]
        np.testing.assert_allclose(found[patient, draw], exact, rtol=1e-9)
    each = hazards.cumulative_at(COLUMNS, np.broadcast_to([2.0, 30.0], (3, 2)))
    np.testing.assert_allclose(each[:, 0], found[0, :, 3])
    np.testing.assert_allclose(each[:, 1], found[1, :, 6])


def test_the_hazard_is_the_slope_of_the_cumulative_hazard(hazards):
    times = np.array([0.4, 3.0])
    apart = hazards.cumulative_at(COLUMNS, np.tile(times + 1e-6, (3, 1)))
    apart -= hazards.cumulative_at(COLUMNS, np.tile(times - 1e-6, (3, 1)))
    np.testing.assert_allclose(np.exp(hazards.log_hazard_at(COLUMNS, times)), apart / 2e-6, rtol=1e-6)


def test_event_times_invert_the_cumulative_hazard(hazards):
    unit = np.array([[0.05, 0.4], [0.01, 2.0], [0.3, 0.1]])
    times = hazards.event_times(COLUMNS, np.zeros(2), unit)
    np.testing.assert_allclose(hazards.cumulative_at(COLUMNS, times), unit, rtol=1e-8)


def test_a_value_that_stays_is_one_more_proportional_covariate(hazards):
    level = np.array([[0.3, -0.2], [0.1, 0.5], [0.0, 0.9]])
    still = AlongTrajectories(hazards.coefficients, hazards.hazard, MONTHS, np.repeat(level[..., None], 3, axis=2))
    times = np.array([0.5, 3.0, 20.0])
    for patient in (0, 1):
        own = np.column_stack([hazards.coefficients[:, :1], level[:, [patient]]])
        plain = Proportional(own, hazards.hazard).cumulative(np.array([[COLUMNS[patient, 0], 1.0]]), times)
        np.testing.assert_allclose(still.cumulative(COLUMNS[[patient]], times), plain, rtol=1e-12)
