"""Robust errors where they are known: equal to Greenwood's without weights, zero for what a unit shares with itself."""

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_robust import score_residuals, with_robust_errors
from escc_bayes.classical.km import kaplan_meier
from escc_bayes.classical.rmst import rmst, rmst_difference

N = 50


@pytest.fixture
def patients():
    rng = np.random.default_rng(8)
    time = np.ceil(rng.exponential(12.0, N))
    entry = np.where(rng.random(N) < 0.3, np.floor(0.5 * time), 0.0)
    return {
        "time": time,
        "event": (rng.random(N) < 0.7).astype(float),
        "entry": entry,
        "weight": rng.uniform(0.2, 3.0, N),
        "X": rng.normal(size=(N, 2)),
    }


def test_without_weights_the_jackknife_of_kaplan_meier_is_greenwoods(patients):
    """Closed form: the influences' squares add up to Greenwood's sum."""
    of = (patients["time"], patients["event"])
    plain, robust = (kaplan_meier(*of, cluster=unit, level=0.9) for unit in (None, np.arange(N)))
    inside = plain.survival > 0.0
    np.testing.assert_allclose(robust.log_std_error[inside], plain.log_std_error[inside], rtol=1e-12)
    first, second = (rmst(*of, until=15.0, cluster=unit).std_error for unit in (None, np.arange(N)))
    assert first == pytest.approx(second, rel=1e-12)


def test_the_influence_is_the_derivative_by_the_weight(patients):
    """Second source: central differences of log S and of the restricted mean when one weight moves."""
    time, event, entry, weight = (patients[name] for name in ("time", "event", "entry", "weight"))
    options = {"entry": entry, "weight": weight}
    area = rmst(time, event, until=15.0, **options, cluster=np.arange(N))
    curve = kaplan_meier(time, event, **options, cluster=np.arange(N), level=0.95)
    squares, moved_means = np.zeros(curve.time.size), np.zeros(N)
    for i in range(N):
        ends = []
        for sign in (1.0, -1.0):
            changed = weight.copy()
            changed[i] *= 1.0 + sign * 1e-5
            changed_curve = kaplan_meier(time, event, entry=entry, weight=changed, level=0.95)
            with np.errstate(divide="ignore"):
                log_survival = np.log(changed_curve.survival)
            ends.append((log_survival, rmst(time, event, until=15.0, entry=entry, weight=changed).value))
        with np.errstate(invalid="ignore"):
            squares += ((ends[0][0] - ends[1][0]) / 2e-5) ** 2
        moved_means[i] = (ends[0][1] - ends[1][1]) / 2e-5
    known = np.isfinite(squares)
    np.testing.assert_allclose(curve.log_std_error[known] ** 2, squares[known], rtol=1e-6)
    np.testing.assert_allclose(area.units, moved_means, rtol=1e-6, atol=1e-9)


def test_weighted_score_residuals_sum_to_the_gradient(patients):
    """They vanish at the maximum, with ties, delayed entry and weights."""
    of = (patients["X"], patients["time"], patients["event"])
    options = {"entry": patients["entry"], "weight": patients["weight"]}
    fit = cox(*of, **options)
    residuals = score_residuals(*of, fit.coef, **options)
    np.testing.assert_allclose(patients["weight"] @ residuals, 0.0, atol=1e-6)


@pytest.mark.parametrize("factor", [7.0, 1e-6])
def test_the_unit_of_weights_leaves_robust_errors_alone(patients, factor):
    of = (patients["X"], patients["time"], patients["event"])
    found = []
    for weight in (patients["weight"], factor * patients["weight"]):
        fit = with_robust_errors(cox(*of, weight=weight), *of, weight=weight, cluster=np.arange(N))
        curve = kaplan_meier(*of[1:], weight=weight, cluster=np.arange(N), level=0.95)
        found.append(np.concatenate([fit.coef, fit.covariance.ravel(), curve.log_std_error[curve.survival > 0.0]]))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-7)


def test_twins_in_both_groups_take_nothing_from_the_difference_of_restricted_means():
    """Two groups of the same patients, twin by twin: every unit moves both means alike, so the difference is exact."""
    time, event = np.array([2.0, 4.0, 5.0, 9.0, 12.0]), np.array([1.0, 0.0, 1.0, 1.0, 1.0])
    twins = np.arange(5)
    area = rmst(time, event, until=10.0, cluster=twins)
    assert rmst_difference(area, area, 0.95).std_error == 0.0
    apart = rmst(time, event, until=10.0, cluster=twins + 5)
    expected = np.sqrt(2.0) * area.std_error
    assert rmst_difference(area, apart, 0.95).std_error == pytest.approx(expected, rel=1e-12)
