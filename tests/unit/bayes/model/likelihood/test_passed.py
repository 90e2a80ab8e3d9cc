"""Groups that passed a time at risk: closed forms, central differences, and the cells of those censored."""

import numpy as np
import pytest

from escc_bayes.bayes.model.likelihood.counted import Counted
from escc_bayes.bayes.model.likelihood.passed import Passed, log1mexp
from escc_bayes.bayes.model.likelihood.protocol import Together

ARM = Passed(np.ones((1, 1)), np.array([12.0]), np.array([0]), np.array([12.0]), np.array([8.0]))


def random_groups():
    """Six rows of four groups, two of them with two rows; a group without failures, one without survivors."""
    rng = np.random.default_rng(5)
    survived, failed = np.array([3.0, 7.0, 0.0, 2.5]), np.array([2.0, 0.0, 4.0, 1.0])
    return Passed(rng.normal(size=(6, 3)), rng.uniform(1.0, 20.0, 6), np.array([0, 0, 1, 2, 3, 3]), survived, failed)


def test_value_is_the_binomial_log_likelihood_by_hand():
    """8 of 20 fail by month 12 at a rate of 0.05 a month: 8 log(1 - exp(-0.6)) - 12 x 0.6."""
    assert ARM.value(np.log([[0.05]]))[0] == pytest.approx(8 * np.log(1 - np.exp(-0.6)) - 12 * 0.6, rel=1e-13)


def test_mode_and_information_of_one_count_in_closed_form():
    """S = 12 / 20 at the mode; with dS / d log rate = -M S the binomial information is 20 (M S)^2 / (S F)."""
    hazard = -np.log(0.6)
    found = ARM.derivatives(np.log([[hazard / 12.0]]))
    assert found.gradient[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.information[0, 0, 0] == pytest.approx(20 * (hazard * 0.6) ** 2 / (0.6 * 0.4), rel=1e-12)


def test_an_event_between_two_visits_is_a_pass_and_a_failure():
    """P(a < T <= b) = S(a) - S(b): a patient passes (0, a] and fails in (a, b]."""
    rate, a, b = 0.08, 5.0, 9.0
    seen = Passed(np.ones((2, 1)), np.array([a, b - a]), np.array([0, 1]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    expected = np.log(np.exp(-rate * a) - np.exp(-rate * b))
    assert seen.value(np.log([[rate]]))[0] == pytest.approx(expected, rel=1e-12)


def test_derivatives_equal_central_differences():
    groups, psi = random_groups(), np.random.default_rng(6).normal(-2.0, 0.3, (2, 3))
    found = groups.derivatives(psi)
    np.testing.assert_allclose(found.value, groups.value(psi), rtol=1e-13)
    for j, e in enumerate(np.eye(3)):
        up, down = groups.derivatives(psi + 1e-6 * e), groups.derivatives(psi - 1e-6 * e)
        np.testing.assert_allclose(found.gradient[:, j], (up.value - down.value) / 2e-6, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(found.information[:, j], (down.gradient - up.gradient) / 2e-6, rtol=1e-4, atol=1e-4)


def test_a_group_without_failures_is_a_censored_cell_and_terms_add_up():
    """Second source: general cells without events."""
    groups, psi = random_groups(), np.random.default_rng(7).normal(-2.0, 0.3, (3, 3))
    censored = Passed(groups.design, groups.months, groups.group, np.ones(4), np.zeros(4))
    cells = Counted(groups.design, np.zeros(6), groups.months, pieces=1)
    one, other = censored.derivatives(psi), cells.derivatives(psi)
    both = Together([censored, cells]).derivatives(psi)
    for name in ("value", "gradient", "information"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)
        np.testing.assert_allclose(getattr(both, name), 2.0 * getattr(one, name), rtol=1e-12)


def test_log_of_failing_keeps_its_digits():
    """Tiny and ordinary hazards against long double; of a large one the logarithm is -exp(-M) (1 + exp(-M) / 2)."""
    hazard = np.array([1e-14, 1e-6, 0.3, 0.7, 5.0])
    exact = np.log(-np.expm1(-hazard.astype(np.longdouble)))
    assert log1mexp(np.array([40.0]))[0] == pytest.approx(-np.exp(-40.0), rel=1e-14, abs=0.0)
    np.testing.assert_allclose(log1mexp(hazard), exact.astype(float), rtol=1e-14)
