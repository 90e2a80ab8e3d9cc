"""What a plan predicts beside its operating characteristics, against closed forms and the classical room."""

import math

import numpy as np
import pytest

from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.trial.design.sensitivity_grid import power_grids, timing_grid
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.significance.closed_forms import schoenfeld_power
from escc_bayes.trial.simulation.expected_course import arm_truths, curve_at, expected_course
from escc_bayes.trial.truth.expected_events import expected_events
from tests.unit.trial.designs import small


def test_curves_of_trials_are_kaplan_meier_with_ties():
    """300 patients on a grid of half months, a third censored; the classical curve at every month inside."""
    random = np.random.default_rng(3)
    time = np.ceil(2.0 * random.exponential(12.0, 300)) / 2.0
    event = random.random(300) < 0.67
    months = np.linspace(0.0, time.max() - 1.0, 40)
    expected = survival_at(kaplan_meier(time, event, level=0.95), months).survival
    np.testing.assert_allclose(curve_at(time, event, months), expected, rtol=0.0, atol=1e-12)


def test_median_curves_follow_what_is_true():
    """Exponential arms: median of 400 curves within 4 standard errors, and half a step of a curve of 50 patients."""
    design = small(dropout=None)
    found = expected_course(design, seed=5, level=0.95)[0]
    for fan, rate in zip(found.curves, (math.log(2) / 12.0, 0.7 * math.log(2) / 12.0), strict=True):
        error = 1.2533 * (fan.upper - fan.lower).max() / (2 * 1.96) / 400**0.5
        np.testing.assert_allclose(fan.median, np.exp(-rate * fan.months), rtol=0.0, atol=4.0 * error + 0.01)


def test_events_to_expect_come_at_the_expected_month():
    """Event 60 of 400 trials comes on average in the month by which 60 are expected, within 1 %: near-linear."""
    design = small()
    found = expected_course(design, seed=6, level=0.95)[0].forecast
    assert found.final_months.mean() == pytest.approx(design.month_of(design.looks[-1], design.effect), rel=0.01)
    arms = design.arms_under(design.effect)
    middle = found.events.months[24]
    assert found.events.median[24] == pytest.approx(sum(expected_events(middle, *arm) for arm in arms), abs=1.5)


def test_what_is_true_of_the_arms_is_said_in_closed_form():
    control, treated = arm_truths(small())
    assert control.median == pytest.approx(12.0)
    assert treated.median == pytest.approx(12.0 / 0.7)
    assert treated.survival == pytest.approx([2.0 ** (-0.7 * month / 12.0) for month in (12.0, 24.0, 36.0)])
    assert control.yearly_dropout == pytest.approx(0.05)
    assert arm_truths(small(control={"median": 12.0, "cure": 0.6}, analyses={"events": [20]}))[0].median == math.inf


def test_the_power_grid_is_schoenfelds_power():
    grid = next(grid for grid in power_grids(planned(small())) if grid.rule == "logrank")
    for row, values in zip(grid.rows[:-1], grid.values[:-1], strict=True):
        for share, value in zip((0.75, 0.9, 1.0, 1.1, 1.25), values, strict=True):
            hr = float(row)
            expected = schoenfeld_power(hr, 60.0 * share, alpha=0.025) if hr != 1.0 else 0.025
            assert value == pytest.approx(expected, abs=1e-6)
    assert grid.rows[-1] == "assurance"


def test_the_timing_grid_solves_the_expected_count():
    """Hazards and dropout of the cell put into the integral give the 60 events again; impossible cells say never."""
    design = small(dropout=None, accrual={"patients": 100, "months": 1e-6})
    grid = timing_grid(planned(design))
    rates = [math.log(2) / 12.0, 0.7 * math.log(2) / 12.0]
    for step, (month,) in zip((0.7, 0.85, 1.0, 1.2, 1.4), grid.values, strict=True):
        assert sum(50.0 * -math.expm1(-step * rate * month) for rate in rates) == pytest.approx(60.0, abs=1e-3)
    # Twice the rate of loss of 5 % a year is 1 - 0.95^2 a year.
    twice = small(dropout={"yearly": 1.0 - 0.95**2})
    doubled = timing_grid(planned(small())).values[2][2]
    assert doubled == pytest.approx(twice.month_of(twice.looks[-1], twice.effect), abs=1e-6)
    losing = timing_grid(planned(small(dropout={"yearly": 0.25})))
    assert losing.values[0][-1] == math.inf
