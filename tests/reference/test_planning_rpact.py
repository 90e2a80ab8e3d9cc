"""Boundaries, sizes, event probabilities, months and powers against rpact 3.3.4 (planning_rpact.R)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.trial.significance.alpha_spending import AlphaSpending
from escc_bayes.trial.significance.boundaries import futility_design
from escc_bayes.trial.significance.boundary_crossing import boundary_crossing, upper_crossing
from escc_bayes.trial.significance.closed_forms import (
    freedman_events,
    hsieh_freedman_events,
    schoenfeld_events,
    schoenfeld_power,
)
from escc_bayes.trial.significance.spending_functions import hwang_shih_decani, obrien_fleming, pocock
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.data_generating import Effect, Exponential, PiecewiseControl, TreatedHazard, WeibullControl
from escc_bayes.trial.truth.expected_events import expected_events, month_of_events

RPACT = json.loads((Path(__file__).parent / "planning_rpact.json").read_text(encoding="utf-8"))
RATES = (0.2, 0.45, 0.7, 1.0)
THIRDS = (1 / 3, 2 / 3, 1.0)
PARAMETER = {"hwang_shih_decani": -4.0, "kim_demets": 2.5, "wang_tsiatis": 0.25}
# rpact solves for its boundaries to about 1e-8.
CLOSE = {"rel": 1e-6}
RATE = math.log(2.0) / 14.0


def yearly(share):
    return -math.log(1.0 - share) / 12.0


@pytest.mark.parametrize("name", list(RPACT["upper"]))
def test_spending_boundaries_at_uneven_looks(name):
    found = AlphaSpending(name, parameter=PARAMETER.get(name)).boundaries(RATES, 0.025)
    assert found == pytest.approx(RPACT["upper"][name], **CLOSE)


@pytest.mark.parametrize("name", list(RPACT["classical"]))
def test_classical_boundaries_at_uneven_looks(name):
    found = AlphaSpending(name, classical=True, parameter=PARAMETER.get(name)).boundaries(RATES, 0.025)
    assert found == pytest.approx(RPACT["classical"][name], **CLOSE)


@pytest.mark.parametrize(
    ("name", "fractions", "spending", "beta_spending", "power"),
    [
        ("obrien_fleming", (0.4, 0.8, 1.0), obrien_fleming, obrien_fleming, 0.8),
        ("hwang_shih_decani", THIRDS, hwang_shih_decani(-4.0), hwang_shih_decani(-2.0), 0.9),
        ("pocock", THIRDS, pocock, pocock, 0.9),
    ],
)
def test_non_binding_futility(name, fractions, spending, beta_spending, power):
    """Boundaries, and the squared drift that gives the power (rpact's shift)."""
    found = futility_design(fractions, alpha=0.025, power=power, spending=spending, beta_spending=beta_spending)
    assert found.upper == pytest.approx(RPACT["futility"][name]["upper"], **CLOSE)
    assert found.lower[:-1] == pytest.approx(RPACT["futility"][name]["lower"], **CLOSE)
    assert found.drift**2 == pytest.approx(RPACT["futility"][name]["shift"], **CLOSE)


@pytest.mark.parametrize(
    ("name", "form", "hr", "power", "dropout"),
    [
        ("schoenfeld", schoenfeld_events, 0.65, 0.8, (0.10, 0.05)),
        ("freedman", freedman_events, 0.6, 0.9, (0.0, 0.0)),
        ("hsieh_freedman", hsieh_freedman_events, 0.6, 0.9, (0.0, 0.0)),
    ],
)
def test_sizes_at_two_to_one(name, form, hr, power, dropout):
    """Patients are events over the probability of an event: 20 months of accrual, 12 of follow-up, dropout by arm."""
    events, accrual = form(hr, alpha=0.025, power=power, allocation=(1.0, 2.0)), Accrual.uniform(1.0, 20.0)
    control = expected_events(32.0, accrual, Exponential(RATE), yearly(dropout[0]))
    treated = expected_events(32.0, accrual, Exponential(RATE * hr), yearly(dropout[1]))
    assert (events / ((control + 2.0 * treated) / 3.0), events) == pytest.approx(RPACT["size"][name], **CLOSE)


def test_events_that_exclude_a_hazard_ratio_above_one():
    """rpact's thetaH0 = 1.3 at a true ratio of 0.9, power 0.8: 232.178431 events (run beside the script)."""
    events = schoenfeld_events(0.9, alpha=0.025, power=0.8, null_hr=1.3)
    assert events == pytest.approx(232.178431, abs=1e-5)
    assert schoenfeld_power(0.9, events, alpha=0.025, null_hr=1.3) == pytest.approx(0.8, abs=1e-12)


def test_size_under_weibull_hazards():
    """Shape 1.5, control median 15 months; proportional hazards 0.7."""
    control, accrual = WeibullControl(1.5, 15.0 / math.log(2.0) ** (1.0 / 1.5)), Accrual.uniform(1.0, 20.0)
    arms = (control, TreatedHazard(control, Effect((0.7,))))
    share = sum(expected_events(32.0, accrual, arm, 0.0) for arm in arms) / 2.0
    events = schoenfeld_events(0.7, alpha=0.025, power=0.8)
    assert (events / share, events) == pytest.approx(RPACT["size"]["weibull"], **CLOSE)


CONTROL = PiecewiseControl(np.array([[0.03, 0.05, 0.02]]), (6.0, 14.0))
TREATED = TreatedHazard(CONTROL, Effect((0.7,)))


def test_event_probabilities_under_piecewise_accrual_and_hazards():
    """10 then 20 patients a month from month 6 until 300 are in; dropout by arm."""
    accrual = Accrual(300.0, (10.0, 20.0), (6.0,))
    for arm, hazard, dropout in (("control", CONTROL, 0.03), ("treated", TREATED, 0.1)):
        found = [expected_events(month, accrual, hazard, yearly(dropout)) / 300.0 for month in (10, 20, 30, 45)]
        assert found == pytest.approx(RPACT["event_probabilities"][arm], **CLOSE)


def test_month_of_the_events_under_piecewise_accrual_and_hazards():
    """246.787 events of 400 patients."""
    half, events = Accrual(200.0, (5.0, 10.0), (6.0,)), schoenfeld_events(0.7, alpha=0.025, power=0.8)
    arms = ((half, CONTROL, yearly(0.06)), (half, TREATED, yearly(0.06)))
    assert month_of_events(events, arms) == pytest.approx(RPACT["month"], **CLOSE)


def test_three_looks_with_uneven_information():
    """Pocock spending at 50, 75, 100 %: critical ratios, crossing probabilities, months."""
    events = np.array(RPACT["looks"]["events"])
    upper = AlphaSpending("pocock").boundaries((0.5, 0.75, 1.0), 0.025)
    assert np.exp(-upper * 2.0 / np.sqrt(events)) == pytest.approx(RPACT["looks"]["hazard_ratios"], **CLOSE)
    found = boundary_crossing(events / 4.0, np.full(3, -np.inf), upper, drift=-math.log(0.72))
    assert found.upper == pytest.approx(RPACT["looks"]["reject"], **CLOSE)
    half, control = Accrual.uniform(200.0, 16.0), PiecewiseControl(np.array([[math.log(2.0) / 11.0]]))
    arms = ((half, control, yearly(0.04)), (half, TreatedHazard(control, Effect((0.72,))), yearly(0.04)))
    months = [month_of_events(count, arms) for count in events]
    assert months == pytest.approx(RPACT["looks"]["months"], **CLOSE)


def test_power_and_expected_events_at_two_to_one():
    """200 events at most, hazard ratios 0.6, 0.7, 0.8, 1."""
    upper, nothing = AlphaSpending("pocock").boundaries((0.5, 0.75, 1.0), 0.025), np.full(3, -np.inf)
    information = np.array([100.0, 150.0, 200.0]) * 2.0 / 9.0
    drifts = -np.log([0.6, 0.7, 0.8, 1.0])
    assert upper_crossing(information, nothing, upper, drifts) == pytest.approx(RPACT["power"]["overall"], **CLOSE)
    early = [boundary_crossing(information, nothing, upper, drift=drift).upper for drift in drifts]
    expected = [200.0 - 100.0 * p[0] - 50.0 * p[1] for p in early]
    assert expected == pytest.approx(RPACT["power"]["expected_events"], **CLOSE)
