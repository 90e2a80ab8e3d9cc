"""What a life table expects: R's expected hazards, and curves of all causes as products."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.hazard.baseline import WeibullHazard
from escc_bayes.hazard.expected import expected_hazard, with_expected
from escc_bayes.hazard.proportional import Proportional
from escc_bayes.spec.life_table import read_life_table

REFERENCE = Path(__file__).parents[2] / "reference"
R = json.loads((REFERENCE / "background.json").read_text())


@pytest.fixture(scope="module")
def known():
    """The expected hazards of R's patients."""
    table = read_life_table(REFERENCE / "us_life_table.csv")
    sex = np.array([table.sexes.index(word) for word in R["sex"]])
    return expected_hazard(
        table.cells, np.array(R["age"]), sex, np.array(R["year"]), first=(table.first_age, table.first_year)
    )


def test_cumulative_hazard_is_that_of_survexp(known):
    """R survival's survexp, method individual.h (tests/reference/background.R); to 1e-12 relative."""
    months, every = np.array(R["months"]), np.arange(len(R["months"]))
    np.testing.assert_allclose(known.cumulative_at(every, months[None])[0], R["expected"], rtol=1e-12)
    np.testing.assert_allclose(np.diag(known.cumulative(every, months)), R["expected"], rtol=1e-12)


def test_rate_is_the_slope(known):
    """By differences, away from the changes; at a change the rate before it."""
    months, every = np.array(R["months"]), np.arange(len(R["months"]))
    ahead = known.cumulative_at(every, months[None] + 1e-7)[0] - known.cumulative_at(every, months[None])[0]
    np.testing.assert_allclose(known.rate(every, months), ahead / 1e-7, rtol=1e-6)
    first = known.starts[:, 1]
    np.testing.assert_array_equal(known.rate(every, first), known.rates[:, 0])


def test_beyond_the_table_its_last_cell_holds():
    """From the 61st birthday the hazard of 60 years goes on; without a death it is 0 for ever."""
    table = np.array([[[0.012]], [[0.024]]])
    own = expected_hazard(table, np.array([59.0]), np.array([0]), None, first=(59, 0))
    assert own.cumulative(np.array([0]), np.array([12.0, 1200.0, np.inf])).tolist()[0] == pytest.approx(
        [0.012, 0.012 + 99 * 0.024, np.inf]
    )
    none = expected_hazard(0.0 * table, np.array([59.0]), np.array([0]), None, first=(59, 0))
    assert none.cumulative(np.array([0]), np.array([np.inf])).tolist() == [[0.0]]


@pytest.fixture(scope="module")
def hazards(known):
    """Three patients of R's in excess of a Weibull, in two draws; and their columns."""
    rng = np.random.default_rng(3)
    baseline = WeibullHazard(np.log([0.3, 0.5]), np.log([1.2, 0.8]), 12.0)
    excess = Proportional(rng.normal(0.0, 0.5, (2, 2)), baseline)
    columns = np.column_stack([rng.normal(size=(3, 2)), [4.0, 7.0, 18.0]])
    return with_expected(excess, known), columns


def test_survival_is_the_product_of_both_curves(hazards, known):
    found, columns = hazards
    times = np.array([3.0, 24.0, 60.0])
    expected = np.exp(-known.cumulative(columns[:, -1].astype(int), times))[:, None, :]
    excess = np.exp(-found.excess.cumulative(columns[:, :-1], times))
    np.testing.assert_allclose(
        found.survival(columns, np.full((1, 3), 1.0 / 3.0), times)[:, 0], (expected * excess).mean(axis=0).T, rtol=1e-12
    )


def test_median_and_restricted_mean_are_those_of_the_curve(hazards):
    """Second source: the trapezoids of 60,000 steps, to 1e-4 months (birthdays lie within the years of the rule)."""
    found, columns = hazards
    share = np.full((1, 3), 1.0 / 3.0)
    middle = found.median(columns, share[0])
    for draw, month in enumerate(middle):
        assert found.survival(columns, share, np.array([month]))[0, 0, draw] == pytest.approx(0.5, abs=1e-10)
    means = found.restricted_mean(columns, share, np.array([12.0, 60.0]))[0]
    times = np.linspace(0.0, 60.0, 60_001)
    curves = found.survival(columns, share, times)[:, 0]
    np.testing.assert_allclose(means[:, 1], np.trapezoid(curves, times, axis=0), atol=3e-4)


def test_predicted_months_reach_their_target(hazards):
    found, columns = hazards
    unit = np.random.default_rng(1).standard_exponential((2, 3))
    entry = np.array([0.0, 2.0, 5.0])
    months = found.event_times(columns, entry, unit)
    passed = found.cumulative_at(columns, months) - found.cumulative_at(columns, np.broadcast_to(entry, (2, 3)))
    np.testing.assert_allclose(passed, unit, rtol=1e-9)


def test_log_likelihood_is_that_of_all_causes(hazards, known):
    """By hand: log(h_expected + h_excess) - H."""
    found, columns = hazards
    time, entry, event = np.array([9.0, 14.0, 30.0]), np.array([0.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0])
    profile = columns[:, -1].astype(int)
    own = np.exp(found.excess.log_hazard_at(columns[:, :-1], time)) + known.rate(profile, time)
    spent = found.cumulative_at(columns, np.tile(time, (2, 1))) - found.cumulative_at(columns, np.tile(entry, (2, 1)))
    expected = np.where(event > 0.0, np.log(own), 0.0) - spent
    np.testing.assert_allclose(found.log_likelihood(columns, time, event, entry, np.ones(3)), expected, rtol=1e-12)
