"""Weibull by maximum likelihood: closed forms, lifelines, numerical derivatives. R is in tests/reference."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from tests.unit.classical.test_ratios import cohort_of, weibull

from escc_bayes.classical.fit import fit_classical
from escc_bayes.classical.newton import CollinearError
from escc_bayes.classical.weibull import NoMaximumError, weibull_mle
from escc_bayes.estimand.estimand import MedianSurvival, SurvivalAt


@pytest.fixture
def cohort():
    rng = np.random.default_rng(5)
    X = np.column_stack((rng.random(70) < 0.4, rng.normal(60.0, 10.0, 70))).astype(float)
    time = 15.0 * rng.weibull(1.3, 70) * np.exp(-0.5 * X[:, 0]) + 0.05
    return X, time, rng.random(70) < 0.75, time * rng.random(70) * 0.6


def by_scipy(X, time, event, entry, weight, reference_time):
    """Maximise the same likelihood written out naively, without its derivatives."""

    def loss(b):
        k, linear = np.exp(b[1]), b[0] + X @ b[2:]
        H = np.exp(linear) * ((time / reference_time) ** k - (entry / reference_time) ** k)
        log_hazard = linear + np.log(k / reference_time) + (k - 1) * np.log(time / reference_time)
        return -np.sum(weight * (event * log_hazard - H))

    start = np.zeros(2 + X.shape[1])
    found = optimize.minimize(
        loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20000}
    )
    return found.x, -found.fun


def test_shape_score_and_scale_match_the_closed_form_without_covariates():
    # The maximum solves sum t^k log t / sum t^k - 1/k = mean log t (no censoring); then H(t0) = n t0^k / sum t^k.
    time = np.array([1.0, 2.5, 4.0, 4.5, 9.0, 16.0])
    fit = weibull_mle(np.empty((6, 0)), time, np.ones(6), reference_time=6.0)

    def score(k):
        return (time**k @ np.log(time)) / np.sum(time**k) - 1 / k - np.mean(np.log(time))

    k = optimize.brentq(score, 0.1, 10.0, xtol=1e-14)
    assert np.exp(fit.log_shape) == pytest.approx(k, rel=1e-10)
    assert np.exp(fit.log_cumulative_hazard) == pytest.approx(6 * 6.0**k / np.sum(time**k), rel=1e-10)


def test_exponential_quantiles_give_a_shape_near_1_and_the_rate_events_over_months():
    # Times at the expected order statistics of an exponential with rate 0.1, a smooth sample of 2,000.
    time = -np.log(1 - (np.arange(2000) + 0.5) / 2000) / 0.1
    fit = weibull_mle(np.empty((2000, 0)), time, np.ones(2000), reference_time=10.0)
    assert fit.log_shape == pytest.approx(0.0, abs=2e-3)
    assert fit.log_cumulative_hazard == pytest.approx(np.log(2000 / time.sum() * 10.0), abs=2e-3)


def test_delayed_entry_weights_and_covariates_match_a_search_without_derivatives(cohort):
    X, time, event, entry = cohort
    X = X - [0.0, 60.0]
    weight = 0.5 + (np.arange(70) % 3)
    fit = weibull_mle(X, time, event, entry=entry, weight=weight, reference_time=12.0)
    point, value = by_scipy(X, time, event, entry, weight, 12.0)
    np.testing.assert_allclose([fit.log_cumulative_hazard, fit.log_shape, *fit.coef], point, atol=1e-5)
    assert fit.log_likelihood == pytest.approx(value, abs=1e-9)


def test_delayed_entry_equals_lifelines(cohort):
    import pandas as pd
    from lifelines import WeibullAFTFitter

    X, time, event, entry = cohort
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(time=time, event=event, entry=entry)
    theirs = WeibullAFTFitter().fit(frame, "time", "event", entry_col="entry")
    k = np.exp(theirs.params_["rho_", "Intercept"])
    # lifelines: H = (t / lambda)^rho, log lambda linear; so beta = -rho times its coefficients.
    expected = -k * theirs.params_["lambda_"][["a", "b"]].to_numpy()
    fit = weibull_mle(X, time, event, entry=entry, reference_time=1.0)
    np.testing.assert_allclose(np.exp(fit.log_shape), k, rtol=1e-4)
    np.testing.assert_allclose(fit.coef, expected, rtol=1e-3)
    assert fit.log_likelihood == pytest.approx(theirs.log_likelihood_, rel=1e-7)


def test_covariance_is_the_inverse_of_the_numerical_hessian(cohort):
    X, time, event, entry = cohort
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    fit = weibull_mle(X, time, event, entry=entry, reference_time=10.0)
    point = np.array([fit.log_cumulative_hazard, fit.log_shape, *fit.coef])

    def log_likelihood(b):
        k, linear = np.exp(b[1]), b[0] + X @ b[2:]
        H = np.exp(linear) * ((time / 10.0) ** k - (entry / 10.0) ** k)
        return np.sum(event * (linear + b[1] + (k - 1) * np.log(time / 10.0)) - H)

    step = 1e-4 * np.eye(4)
    hessian = np.array(
        [
            [
                (
                    log_likelihood(point + a + b)
                    - log_likelihood(point + a - b)
                    - log_likelihood(point - a + b)
                    + log_likelihood(point - a - b)
                )
                / 4e-8
                for b in step
            ]
            for a in step
        ]
    )
    np.testing.assert_allclose(fit.covariance, np.linalg.inv(-hessian), rtol=1e-4, atol=1e-6)


def test_weight_of_two_is_the_row_given_twice(cohort):
    X, time, event, entry = cohort
    weight = 1.0 + (np.arange(70) % 2)
    twice = np.repeat(np.arange(70), weight.astype(int))
    ours = weibull_mle(X, time, event, entry=entry, weight=weight, reference_time=12.0)
    theirs = weibull_mle(X[twice], time[twice], event[twice], entry=entry[twice], reference_time=12.0)
    np.testing.assert_allclose(ours.coef, theirs.coef, rtol=1e-9)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=1e-8)


@pytest.mark.parametrize("scale", [1e12, 1e-9])
def test_units_of_a_column_and_of_time_change_no_hazard_ratio(cohort, scale):
    X, time, event, entry = cohort
    plain = weibull_mle(X, time, event, entry=entry, reference_time=12.0)
    days = weibull_mle(X * [1.0, scale], time * 30.4375, event, entry=entry * 30.4375, reference_time=12.0 * 30.4375)
    np.testing.assert_allclose(days.coef * [1.0, scale], plain.coef, rtol=1e-9)
    assert days.log_cumulative_hazard == pytest.approx(plain.log_cumulative_hazard, rel=1e-9)
    assert days.covariance[1, 1] == pytest.approx(plain.covariance[1, 1], rel=1e-8)


def test_reference_time_moves_the_level_along_the_curve(cohort):
    # H(t1) = H(t0) (t1 / t0)^k, so b0 moves by k log(t1 / t0) and nothing else does.
    X, time, event, entry = cohort
    one = weibull_mle(X, time, event, entry=entry, reference_time=12.0)
    other = weibull_mle(X, time, event, entry=entry, reference_time=24.0)
    moved = one.log_cumulative_hazard + np.exp(one.log_shape) * np.log(2.0)
    assert other.log_cumulative_hazard == pytest.approx(moved, rel=1e-10)
    np.testing.assert_allclose(other.coef, one.coef, rtol=1e-10)


def test_level_without_events_is_infinite_and_the_others_are_right(cohort):
    """Patients without hazard say nothing: the rest is the fit without them."""
    X, time, event, entry = cohort
    member = X[:, 0] == 1
    fit = weibull_mle(X, time, event & ~member, entry=entry, reference_time=12.0)
    rest = weibull_mle(X[~member][:, 1:], time[~member], event[~member], entry=entry[~member], reference_time=12.0)
    np.testing.assert_array_equal(fit.infinite, [True, False])
    assert not fit.converged
    assert fit.coef[1] == pytest.approx(rest.coef[0], rel=1e-7)
    assert fit.log_shape == pytest.approx(rest.log_shape, rel=1e-7)


def test_patient_censored_at_time_zero_changes_nothing(cohort):
    X, time, event, _ = cohort
    plain = weibull_mle(X, time, event, reference_time=12.0)
    more = weibull_mle(np.vstack((X, X[:1])), np.append(time, 0.0), np.append(event, False), reference_time=12.0)
    np.testing.assert_allclose(more.coef, plain.coef, rtol=1e-9)


def test_event_at_time_zero_and_no_event_and_collinear_columns_are_refused(cohort):
    X, time, event, _ = cohort
    with pytest.raises(ValueError, match="row 0 has an event at time 0"):
        weibull_mle(X[:2], np.array([0.0, 1.0]), np.ones(2), reference_time=1.0)
    with pytest.raises(ValueError, match="at least one event"):
        weibull_mle(X, time, np.zeros(70), reference_time=1.0)
    with pytest.raises(CollinearError):
        weibull_mle(np.column_stack((X, X[:, 0])), time, event, reference_time=1.0)


def test_level_without_events_leaves_the_curve_of_the_other_as_its_own_fit_gives_it():
    """Nobody of b has an event: at the maximum b has no hazard, and a is the Weibull fit of a alone."""
    rng = np.random.default_rng(11)
    time = rng.uniform(5.0, 30.0, 40).round(1)
    frame = pd.DataFrame({"t": time, "d": [1, 0] * 5 + [0] * 30, "g": ["a", "b"] * 20, "i": range(40)})
    levels = {"kind": "binary", "levels": ["a", "b"]}
    both = fit_classical(weibull(["g"]), cohort_of(frame, {"g": levels}))
    alone = fit_classical(weibull([]), cohort_of(frame[frame["g"] == "a"], {}))
    for asked, same in (
        (SurvivalAt(12.0, "g", "a"), SurvivalAt(12.0)),
        (SurvivalAt(24.0, "g", "a"), SurvivalAt(24.0)),
        (MedianSurvival("g", "a"), MedianSurvival()),
    ):
        ours, theirs = both.estimate(asked, level=0.95)[1], alone.estimate(same, level=0.95)[1]
        assert (ours.value, ours.lower, ours.upper) == pytest.approx(
            (theirs.value, theirs.lower, theirs.upper), rel=1e-4
        )
    silent = both.estimate(SurvivalAt(24.0, "g", "b"), level=0.95)[1]
    assert silent.value == 1.0
    assert np.isnan(silent.lower)
    assert silent.note.startswith("a coefficient is infinite")
    everyone = both.estimate(SurvivalAt(24.0), level=0.95)[1]
    half = both.estimate(SurvivalAt(24.0, "g", "a"), level=0.95)[1].value
    assert everyone.value == pytest.approx((half + 1.0) / 2)
    never = both.estimate(MedianSurvival("g", "b"), level=0.95)[1]
    assert np.isnan(never.value)
    assert never.note.startswith("not reached; a coefficient is infinite")


def test_events_on_one_month_have_no_maximum_and_the_reason_is_the_shape():
    with pytest.raises(NoMaximumError, match="shape runs to infinity"):
        weibull_mle(np.empty((5, 0)), np.full(5, 3.0), np.ones(5), reference_time=1.0)
    # One event, the last of all.
    with pytest.raises(NoMaximumError):
        weibull_mle(np.empty((4, 0)), np.array([1.0, 2.0, 3.0, 9.0]), np.array([0, 0, 0, 1]), reference_time=1.0)


def test_one_event_among_longer_followed_patients_has_a_maximum():
    # Closed form at the maximum without covariates: expected events equal the one observed.
    time = np.array([4.0, 6.0, 8.0, 11.0])
    fit = weibull_mle(np.empty((4, 0)), time, np.array([0, 1, 0, 0]), reference_time=6.0)
    k = np.exp(fit.log_shape)
    assert (np.exp(fit.log_cumulative_hazard) * (time / 6.0) ** k).sum() == pytest.approx(1.0, rel=1e-8)
