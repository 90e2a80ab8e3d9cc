"""Firth's penalty: a closed form, the penalised likelihood searched without derivatives, invariances."""

import numpy as np
import pytest
from scipy import optimize
from scipy.special import chdtrc, chdtri

import escc_bayes.classical.firth as module
from escc_bayes.classical.cox import cox
from escc_bayes.classical.firth import firth
from escc_bayes.classical.newton import CollinearError


@pytest.fixture
def silent_level():
    """Forty patients; nobody in the second level has an event, so Cox has no finite estimate."""
    rng = np.random.default_rng(8)
    X = np.column_stack((np.arange(40) % 4 == 0, rng.normal(size=40))).astype(float)
    time = rng.exponential(10.0, 40)
    return X, time, (rng.random(40) < 0.6) & (X[:, 0] == 0)


def penalised(X, time, event, beta):
    """Breslow's log partial likelihood + log det I / 2, risk set by risk set."""
    value, information = 0.0, np.zeros((X.shape[1],) * 2)
    for i in np.flatnonzero(event):
        at_risk = X[time >= time[i]]
        risk = np.exp(at_risk @ beta)
        mean = risk @ at_risk / risk.sum()
        value += X[i] @ beta - np.log(risk.sum())
        information += (at_risk.T * risk) @ at_risk / risk.sum() - np.outer(mean, mean)
    return value + np.linalg.slogdet(information)[1] / 2


def profile(X, time, event, j, fixed):
    def loss(others):
        return -penalised(X, time, event, np.insert(others, j, fixed))

    return -optimize.minimize(loss, np.zeros(1), method="Nelder-Mead", options={"xatol": 1e-8}).fun


def test_one_death_of_two_by_hand():
    # l* = log(r / (1 + r)) + log(r / (1 + r)^2) / 2 with r = e^b: slope 1 / (1 + r) + (1 - r) / (2 (1 + r)) = 0
    # at r = 3.
    fit = firth(np.array([[1.0], [0.0]]), np.array([1.0, 2.0]), np.array([1, 0]), level=0.95)
    assert fit.coef[0] == pytest.approx(np.log(3), rel=1e-6)
    assert fit.covariance[0, 0] == pytest.approx(16 / 3, rel=1e-6)


def test_level_without_events_gets_finite_limits_where_cox_has_none(silent_level):
    X, time, event = silent_level
    assert cox(X, time, event).infinite[0]
    fit = firth(X, time, event, level=0.9)
    top = penalised(X, time, event, fit.coef)
    reach = chdtri(1, 0.1) / 2
    for j in range(2):
        for limit in (fit.lower[j], fit.upper[j]):
            assert top - profile(X, time, event, j, limit) == pytest.approx(reach, abs=1e-5)
        expected = chdtrc(1, 2 * (top - profile(X, time, event, j, 0.0)))
        assert fit.p_value[j] == pytest.approx(expected, abs=1e-6)


def test_own_search_finds_what_firthmodels_finds(silent_level, monkeypatch):
    """The slow way that replaces failed iterations gives the same limits and p-values."""
    X, time, event = silent_level
    quick = firth(X, time, event, level=0.95)
    library = module._firthmodels

    def lost(*args):
        coef, limits, p = library(*args)
        return coef, np.full_like(limits, np.nan), np.full_like(p, np.nan)

    monkeypatch.setattr(module, "_firthmodels", lost)
    slow = firth(X, time, event, level=0.95)
    np.testing.assert_allclose(slow.lower, quick.lower, rtol=1e-5)
    np.testing.assert_allclose(slow.upper, quick.upper, rtol=1e-5)
    np.testing.assert_allclose(slow.p_value, quick.p_value, rtol=1e-5)


@pytest.mark.parametrize("scale", [1e12, 1e-9])
def test_unit_of_a_column_divides_its_coefficient(silent_level, scale):
    # Jeffreys' prior does not change with the units.
    X, time, event = silent_level
    plain, scaled = (firth(X * [1.0, s], time, event, level=0.95) for s in (1.0, scale))
    np.testing.assert_allclose(scaled.coef * [1.0, scale], plain.coef, rtol=1e-6)
    np.testing.assert_allclose(scaled.upper * [1.0, scale], plain.upper, rtol=1e-6)


def test_large_cohort_approaches_cox():
    # The bias removed is of order 1 / events: 700 events leave less than a tenth of a standard error.
    rng = np.random.default_rng(4)
    X, time = rng.normal(size=(700, 1)), rng.exponential(1.0, 700)
    ordinary, corrected = cox(X, time, np.ones(700)), firth(X, time, np.ones(700), level=0.95)
    assert abs(corrected.coef[0] - ordinary.coef[0]) < 0.1 * np.sqrt(ordinary.covariance[0, 0])


def test_delayed_entry_no_event_and_collinear_columns_are_refused(silent_level):
    X, time, event = silent_level
    with pytest.raises(ValueError, match="delayed entry"):
        firth(X, time, event, entry=time / 2, level=0.95)
    with pytest.raises(ValueError, match="at least one event"):
        firth(X, time, np.zeros(40), level=0.95)
    with pytest.raises(CollinearError):
        firth(np.column_stack((X, X[:, 1])), time, event, level=0.95)
