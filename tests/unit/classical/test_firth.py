"""Firth's penalty: a closed form, the penalised likelihood searched without derivatives, invariances."""

import warnings

import numpy as np
import pytest
from firthmodels import FirthCoxPH
from scipy import optimize
from scipy.special import chdtrc, chdtri

import escc_bayes.classical.penalised as module
from escc_bayes.classical.cox import cox
from escc_bayes.classical.firth import firth
from escc_bayes.classical.firth_search import FirthError
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


def test_estimates_limits_and_p_values_are_those_of_firthmodels(silent_level):
    # firthmodels 0.8.2, an independent program, to its own tolerance.
    X, time, event = silent_level
    time = np.ceil(time)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = FirthCoxPH(backend="numpy", max_iter=500, gtol=1e-8, xtol=1e-6).fit(X, (event, time))
        limits = library.conf_int(alpha=0.05, method="pl", max_iter=500, tol=1e-8)
        library.lrt()
    ours = firth(X, time, event, level=0.95)
    np.testing.assert_allclose(ours.coef, library.coef_, atol=1e-6)
    np.testing.assert_allclose(np.column_stack((ours.lower, ours.upper)), limits, rtol=1e-6)
    np.testing.assert_allclose(ours.p_value, library.lrt_pvalues_, atol=1e-8)


def test_running_sums_give_what_laid_out_risk_sets_give(silent_level, monkeypatch):
    X, time, event = silent_level
    laid_out = firth(X, np.ceil(time), event, level=0.95)
    monkeypatch.setattr(module, "LAID_OUT", 0)
    summed = firth(X, np.ceil(time), event, level=0.95)
    np.testing.assert_allclose(summed.lower, laid_out.lower, rtol=1e-8)
    np.testing.assert_allclose(summed.p_value, laid_out.p_value, rtol=1e-8)


def test_score_is_the_slope_of_the_penalised_likelihood(silent_level):
    X, time, event = silent_level
    deaths = module.deaths_in_order(X, np.ceil(time), event)
    at = np.array([0.4, -0.7])
    slopes = [
        (module.penalised(deaths, at + step).value - module.penalised(deaths, at - step).value) / 2e-5
        for step in 1e-5 * np.eye(2)
    ]
    np.testing.assert_allclose(module.penalised(deaths, at).score, slopes, rtol=1e-6)


def test_number_that_orders_every_death_has_the_maximum_that_a_search_without_derivatives_finds():
    # Each death has the largest x of those at risk: Cox rises without end, the penalty brings it back, far out.
    time = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0])
    X = -time[:, None] / time.std()
    found = firth(X, time, np.ones(7), level=0.95)
    search = optimize.minimize_scalar(
        lambda b: -penalised(X, time, np.ones(7), np.array([b])), bounds=(0.0, 200.0), options={"xatol": 1e-8}
    )
    assert found.coef[0] == pytest.approx(search.x, rel=1e-5)
    reach = chdtri(1, 0.05) / 2
    for limit in (found.lower[0], found.upper[0]):
        assert -search.fun - penalised(X, time, np.ones(7), np.array([limit])) == pytest.approx(reach, abs=1e-6)


@pytest.mark.parametrize(("seed", "n"), [(3012, 12), (5006, 6)])
def test_two_numbers_that_each_order_the_deaths_have_both_limits(seed, n):
    # Each death has the largest value of both numbers; l* has ridges and several maxima. A grid over the other
    # coefficient, refined without derivatives, is the second source of the profile.
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.sort(rng.lognormal(0.0, 2.0, n)), np.sort(rng.lognormal(0.0, 2.0, n))])
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    time, event = n - np.arange(n, dtype=float), np.ones(n)
    found = firth(X, time, event, level=0.95)
    axis = np.geomspace(1e-2, 3000.0, 120)
    axis = np.concatenate([-axis[::-1], [0.0], axis])

    def best(j, fixed):
        def value(other):
            with np.errstate(all="ignore"):
                at = penalised(X, time, event, np.insert([other], j, fixed))
            return at if np.isfinite(at) else -1e9

        at = int(np.argmax([value(other) for other in axis]))
        fine = np.linspace(axis[max(at - 1, 0)], axis[min(at + 1, axis.size - 1)], 400)
        return max(value(other) for other in fine)

    top, reach = penalised(X, time, event, found.coef), chdtri(1, 0.05) / 2
    for j in (0, 1):
        for limit in (found.lower[j], found.upper[j]):
            assert top - best(j, limit) == pytest.approx(reach, abs=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_huge_skew_has_a_maximum(seed):
    # Lognormal with sigma 3: one patient's value is thousands of times the median.
    rng = np.random.default_rng(seed)
    X, time = rng.lognormal(0.0, 3.0, (50, 1)), rng.exponential(10.0, 50)
    event = rng.random(50) < 0.6
    found = firth(X, time, event, level=0.95)
    z = X / X.std()
    search = optimize.minimize_scalar(lambda b: -penalised(z, time, event, np.array([b])), bracket=(-0.3, 0.3))
    assert found.coef[0] * X.std() == pytest.approx(search.x, abs=1e-5)


def test_nobody_differs_at_an_event_is_the_reason_given():
    # The one event is the last patient's: nobody else is at risk.
    with pytest.raises(FirthError, match="do not differ"):
        firth(np.array([[1.0], [0.0], [1.0]]), np.array([1.0, 2.0, 3.0]), np.array([0, 0, 1]), level=0.95)


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


def test_columns_that_nearly_say_the_same_have_the_limits_of_what_tells_them_apart():
    """Second source: x b1 + (x + e) b2 = x (b1 + b2) + e b2, and x and e are hardly correlated."""
    rng = np.random.default_rng(20261130)
    x, e, own = rng.normal(size=(3, 60))
    time = rng.exponential(np.exp(-0.5 * x))
    event = rng.random(60) < 0.8
    close = firth(np.column_stack((x, own, x + 0.02 * e)), time, event, level=0.95)
    apart = firth(np.column_stack((x, own, 0.02 * e)), time, event, level=0.95)
    for found in ("coef", "lower", "upper", "p_value"):
        # Of the two columns that differ in their terms the last; the middle one is the same in both.
        np.testing.assert_allclose(getattr(close, found)[1:], getattr(apart, found)[1:], rtol=2e-7, atol=1e-9)
    assert abs(close.coef[2]) > 1.0
    # The first column's coefficient differs by that of the third.
    assert close.coef[0] + close.coef[2] == pytest.approx(apart.coef[0], abs=1e-7)
