"""What follows from cumulative hazards: against the closed forms of proportional hazards, and plain quadrature."""

import numpy as np
import pytest
from scipy import integrate, optimize

from escc_bayes.hazard.baseline import PiecewiseHazard, WeibullHazard
from escc_bayes.hazard.by_segment import BySegment
from escc_bayes.hazard.crossing import crossing_time
from escc_bayes.hazard.patients import PatientHazards
from escc_bayes.hazard.proportional import Proportional

RNG = np.random.default_rng(5)
DRAWS = 40
COLUMNS = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [-1.0, 0.5]])
SHARE = np.array([[0.4, 0.3, 0.3, 0.0], [0.0, 0.0, 0.5, 0.5]])
# Segments end within a piece and on one of its ends.
ENDS, ACTING = np.array([4.0, 18.0]), np.array([[0, 1], [0, 2], [0, 3]])
BETA = RNG.normal(0.0, 0.8, size=(DRAWS, 4))
HAZARDS = {
    "piecewise": PiecewiseHazard(RNG.normal(-3.0, 0.4, size=(DRAWS, 3)), np.array([6.0, 18.0])),
    "weibull": WeibullHazard(RNG.normal(-0.5, 0.3, DRAWS), RNG.normal(0.1, 0.2, DRAWS), 24.0),
}
DERIVED = ("survival", "median", "restricted_mean", "event_times", "log_likelihood")


class Plain(Proportional):
    """Proportional hazards of which only the cumulative hazard is known to be so."""

    __slots__ = ()
    survival, median, restricted_mean = (
        PatientHazards.survival,
        PatientHazards.median,
        PatientHazards.restricted_mean,
    )
    event_times, log_likelihood = PatientHazards.event_times, PatientHazards.log_likelihood


@pytest.fixture(params=HAZARDS)
def hazard(request):
    return HAZARDS[request.param]


def segments(hazard):
    return BySegment(BETA, hazard, ENDS, ACTING)


def cumulative(hazard, draw, patient):
    """Return H of one patient in one draw as a function of the month, added up segment by segment."""
    one = hazard.part(np.array([draw]))

    def reached(month):
        total = 0.0
        for start, stop, acting in zip([0.0, *ENDS], [*ENDS, np.inf], ACTING, strict=True):
            if month > start:
                low, high = one.cumulative(np.array([start, min(month, stop)]))[0]
                total += (high - low) * np.exp(COLUMNS[patient] @ BETA[draw, acting])
        return total

    return reached


def asked_of(hazards, name):
    """Return one derived quantity of both groups, or of each patient."""
    entry, time, event = (
        np.array([0.0, 3.0, 0.0, 5.0]),
        np.array([5.0, 18.0, 4.0, 30.0]),
        np.array([1.0, 0.0, 1.0, 1.0]),
    )
    unit = np.random.default_rng(8).standard_exponential((DRAWS, 4))
    match name:
        case "survival" | "restricted_mean":
            return getattr(hazards, name)(COLUMNS, SHARE, np.array([3.0, 12.0, 30.0]))
        case "median":
            return hazards.median(COLUMNS, SHARE[0])
        case "event_times":
            return hazards.event_times(COLUMNS, entry, unit)
        case _:
            return hazards.log_likelihood(COLUMNS, time, event, entry, np.array([1.0, 2.0, 1.0, 0.5]))


@pytest.mark.parametrize("name", DERIVED)
def test_the_fast_path_is_what_follows_from_cumulative_hazards(hazard, name):
    fast, plain = Proportional(BETA[:, :2], hazard), Plain(BETA[:, :2], hazard)
    np.testing.assert_allclose(asked_of(fast, name), asked_of(plain, name), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", DERIVED)
def test_coefficients_that_do_not_change_are_proportional_hazards(hazard, name):
    same = BySegment(BETA, hazard, ENDS, np.array([[0, 1]] * 3))
    np.testing.assert_allclose(asked_of(same, name), asked_of(Plain(BETA[:, :2], hazard), name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("draw", [0, 23])
def test_curves_of_changing_coefficients_are_those_of_plain_loops(hazard, draw):
    def curve(month):
        alive = [np.exp(-cumulative(hazard, draw, patient)(month)) for patient in range(4)]
        return float(SHARE[0] @ alive)

    found, months = segments(hazard), [3.0, 12.0, 30.0]
    surviving = [curve(month) for month in months]
    np.testing.assert_allclose(found.survival(COLUMNS, SHARE, np.array(months))[:, 0, draw], surviving, rtol=1e-12)
    half = optimize.brentq(lambda month: curve(month) - 0.5, 1e-6, 1e6, xtol=1e-12, rtol=1e-13)
    assert found.median(COLUMNS, SHARE[0])[draw] == pytest.approx(half, rel=1e-10)
    area = integrate.quad(curve, 0.0, 30.0, points=[4.0, 6.0, 18.0], epsabs=1e-11, limit=200)[0]
    assert found.restricted_mean(COLUMNS, SHARE, np.array([30.0]))[0, draw, 0] == pytest.approx(area, abs=2e-7)


def test_event_times_and_likelihood_of_changing_coefficients_are_those_of_each_patient(hazard):
    found = segments(hazard)
    entry = np.array([0.0, 3.0, 0.0, 5.0])
    unit = np.random.default_rng(8).standard_exponential((DRAWS, 4))
    times, gained = found.event_times(COLUMNS, entry, unit), asked_of(found, "log_likelihood")
    for draw, patient in ((0, 1), (11, 3), (39, 2)):
        own = cumulative(hazard, draw, patient)
        assert own(times[draw, patient]) == pytest.approx(own(entry[patient]) + unit[draw, patient], rel=1e-10)
    # Patient 2 dies on the end of the first segment, which is that segment's.
    own = cumulative(hazard, 7, 2)
    log_hazard = np.log((own(4.0) - own(4.0 - 1e-6)) / 1e-6)
    assert gained[7, 2] == pytest.approx(log_hazard - own(4.0), abs=1e-5)


@pytest.mark.parametrize(("target", "expected"), [(0.0, 0.0), (np.inf, np.inf), (1e-30, 1e-15), (1e8, 1e4)])
def test_crossing_times_of_extremes(target, expected):
    assert crossing_time(lambda t: t * t, np.array([[target]]))[0, 0] == pytest.approx(expected, rel=1e-12)


def test_a_hazard_that_ends_never_reaches_more():
    assert crossing_time(lambda t: np.minimum(t, 3.0), np.array([[4.0]]))[0, 0] == np.inf
