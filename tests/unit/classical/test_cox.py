"""Cox model: closed forms, lifelines, and what happens without a finite estimate. R is in tests/reference."""

import pickle

import numpy as np
import pytest

from escc_bayes.classical.cox import breslow, cox
from escc_bayes.classical.km import kaplan_meier
from escc_bayes.classical.newton import CollinearError


@pytest.fixture
def cohort():
    """Eighty patients: a level with indicator columns 0-1, a marker; tied months, delayed entry."""
    rng = np.random.default_rng(11)
    level, marker = rng.integers(0, 3, 80), rng.normal(60.0, 9.0, 80)
    X = np.column_stack((level == 1, level == 2, marker)).astype(float)
    time = np.ceil(rng.exponential(14.0, 80) * np.exp(-X @ [0.3, 0.8, 0.01]) * 4)
    return X, time, rng.random(80) < 0.7, np.floor(time * rng.random(80) * 0.5)


def test_one_covariate_by_hand():
    # Deaths at 1 (x = 0, risk set 0, 1) and 2 alone: l = -log(1 + e^b) has no maximum; with a third patient x = 0
    # censored last, deaths x = 0 then x = 1: l = -log(2 + r) + log r - log(1 + r), maximal at r = sqrt(2).
    fit = cox(np.array([[0.0], [1.0], [0.0]]), np.array([1.0, 2.0, 3.0]), np.array([1, 1, 0]))
    assert fit.coef[0] == pytest.approx(np.log(2) / 2, rel=1e-12)
    r = np.sqrt(2)
    information = 2 * r / (2 + r) ** 2 + r / (1 + r) ** 2
    assert fit.covariance[0, 0] == pytest.approx(1 / information, rel=1e-12)


@pytest.mark.parametrize("delayed", [False, True])
def test_estimates_equal_lifelines_with_ties_and_entry(cohort, delayed):
    import pandas as pd
    from lifelines import CoxPHFitter

    X, time, event, entry = cohort
    frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(time=time, event=event, entry=entry)
    frame = frame if delayed else frame.drop(columns="entry")
    theirs = CoxPHFitter().fit(
        frame,
        "time",
        "event",
        entry_col="entry" if delayed else None,
        fit_options={"precision": 1e-12, "r_precision": 1e-14},
    )
    fit = cox(X, time, event, entry=entry if delayed else None)
    np.testing.assert_allclose(fit.coef, theirs.params_, rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), theirs.standard_errors_, rtol=1e-6)


def test_entry_of_zero_changes_nothing(cohort):
    X, time, event, _ = cohort
    plain, entered = cox(X, time, event), cox(X, time, event, entry=np.zeros(time.size))
    np.testing.assert_allclose(entered.coef, plain.coef, rtol=1e-11)
    assert entered.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)


@pytest.mark.parametrize("scale", [1e12, 1e-9])
def test_unit_of_a_column_divides_its_coefficient(cohort, scale):
    X, time, event, entry = cohort
    plain = cox(X, time, event, entry=entry)
    scaled = cox(X * [1.0, scale, scale], time, event, entry=entry)
    units = np.array([1.0, scale, scale])
    np.testing.assert_allclose(scaled.coef * units, plain.coef, rtol=1e-10)
    np.testing.assert_allclose(scaled.covariance * np.outer(units, units), plain.covariance, rtol=1e-9)


def test_origin_of_a_column_and_time_unit_do_not_matter(cohort):
    X, time, event, entry = cohort
    plain = cox(X, time, event, entry=entry)
    moved = cox(X + np.array([0.0, 0.0, 1e7]), time * 30.4375, event, entry=entry * 30.4375)
    np.testing.assert_allclose(moved.coef, plain.coef, rtol=1e-7)


def test_weight_of_two_is_the_row_given_twice_without_ties(cohort):
    # Doubled deaths become ties, which Efron's rule treats otherwise, as R says; so only the censored are doubled.
    X, time, event, _ = cohort
    time = time + np.arange(time.size) / 1000
    weight = np.where(event, 1.0, 2.0)
    twice = np.repeat(np.arange(time.size), weight.astype(int))
    ours, theirs = cox(X, time, event, weight=weight), cox(X[twice], time[twice], event[twice])
    np.testing.assert_allclose(ours.coef, theirs.coef, rtol=1e-10)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=1e-10)


@pytest.mark.parametrize("lost", [1, 2])
def test_level_without_events_is_infinite_and_the_others_are_right(cohort, lost):
    """A level at infinity leaves the risk sets: the rest is the fit without its patients."""
    X, time, event, entry = cohort
    member = X[:, lost - 1] == 1
    fit = cox(X, time, event & ~member, entry=entry)
    others = [j for j in range(3) if j != lost - 1]
    rest = cox(X[~member][:, others], time[~member], event[~member], entry=entry[~member])
    np.testing.assert_array_equal(fit.infinite, np.arange(3) == lost - 1)
    assert not fit.converged
    assert fit.coef[lost - 1] < -20
    np.testing.assert_allclose(fit.coef[others], rest.coef, rtol=1e-7)
    np.testing.assert_allclose(fit.covariance[np.ix_(others, others)], rest.covariance, rtol=1e-6, atol=1e-9)
    assert fit.log_likelihood == pytest.approx(rest.log_likelihood, rel=1e-9)


def test_reference_level_without_events_makes_the_other_levels_infinite(cohort):
    X, time, event, _ = cohort
    reference = X[:, :2].sum(axis=1) == 0
    fit = cox(X, time, event & ~reference)
    np.testing.assert_array_equal(fit.infinite, [True, True, False])
    rest = cox(X[~reference][:, 1:], time[~reference], event[~reference])
    assert fit.coef[1] - fit.coef[0] == pytest.approx(rest.coef[0], rel=1e-7)


def test_level_censored_before_the_first_event_is_unknown(cohort):
    X, time, event, _ = cohort
    member = X[:, 1] == 1
    fit = cox(X, np.where(member, 0.01, time), event & ~member)
    rest = cox(X[~member][:, [0, 2]], time[~member], event[~member])
    np.testing.assert_array_equal(fit.infinite, [False, True, False])
    np.testing.assert_allclose(fit.coef[[0, 2]], rest.coef, rtol=1e-8)
    assert np.sqrt(fit.covariance[1, 1]) > 1e3


def test_group_that_always_dies_first_is_infinite():
    time = np.arange(1.0, 11.0)
    fit = cox((time <= 5)[:, None].astype(float), time, np.ones(10))
    assert fit.infinite[0]
    # In the limit each early death is among the early ones alone, each late one among the late ones: 1 / (5! 5!).
    assert fit.log_likelihood == pytest.approx(-2 * np.log(120.0), rel=1e-9)


def test_collinear_columns_are_named(cohort):
    X, time, event, _ = cohort
    both = np.column_stack((X, 2 * X[:, 2] + 1))
    with pytest.raises(CollinearError, match=r"columns 2, 3 of X determine each other") as caught:
        cox(both, time, event)
    assert caught.value.columns == (2, 3)
    # The error crosses process borders whole.
    assert pickle.loads(pickle.dumps(caught.value)).columns == (2, 3)


def test_every_level_with_its_own_column_is_collinear(cohort):
    X, time, event, _ = cohort
    full = np.column_stack((X, 1 - X[:, 0] - X[:, 1]))
    with pytest.raises(CollinearError) as caught:
        cox(full, time, event)
    assert caught.value.columns == (0, 1, 3)


def test_constant_column_is_named(cohort):
    X, time, event, _ = cohort
    with pytest.raises(CollinearError, match="column 3 of X is constant"):
        cox(np.column_stack((X, np.full(80, 0.1))), time, event)


def test_no_event_is_refused():
    with pytest.raises(ValueError, match="at least one event"):
        cox(np.array([[0.0], [1.0]]), np.array([1.0, 2.0]), np.zeros(2))


def test_baseline_without_effect_is_nelson_aalen():
    # With coefficients of 0 and no ties the hazard jumps by 1 / at risk.
    X, time = np.array([[0.0], [1.0], [1.0], [0.0]]), np.array([1.0, 2.0, 3.0, 4.0])
    fit = cox(X, time, np.ones(4))
    at_risk = kaplan_meier(time, np.ones(4), level=0.95).at_risk
    flat = type(fit)(np.zeros(1), fit.covariance, 0.0, 0.0, converged=True, infinite=fit.infinite, flat=fit.flat)
    np.testing.assert_allclose(
        breslow(flat, X, time, np.ones(4), np.array([0.5, 1.0, 4.0])), [0.0, 0.25, np.sum(1 / at_risk)]
    )
