"""Test of proportional hazards: the augmented likelihood by numbers, size by simulation. R is in tests/reference."""

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.classical.km import kaplan_meier
from escc_bayes.classical.ph_test import ph_test


def untied(seed, n=60):
    rng = np.random.default_rng(seed)
    X = np.column_stack((rng.random(n) < 0.5, rng.normal(size=n))).astype(float)
    time = rng.exponential(10.0, n) * np.exp(-X @ [0.5, 0.3])
    censored = rng.exponential(25.0, n)
    return X, np.minimum(time, censored), time <= censored


def augmented_log_likelihood(X, time, event, g, point):
    """Log partial likelihood with columns x and x g(t), patient by patient (no ties)."""
    beta, theta = np.split(point, 2)
    total = 0.0
    for i in np.flatnonzero(event):
        effects = beta + theta * g[i]
        total += X[i] @ effects - np.log(np.exp(X[time >= time[i]] @ effects).sum())
    return total


def test_global_test_is_the_score_test_of_the_augmented_likelihood():
    X, time, event = untied(1)
    coef = cox(X, time, event).coef
    curve = kaplan_meier(time, event, level=0.95)
    g = 1 - np.concatenate(([1.0], curve.survival))[np.searchsorted(curve.time, time)]
    point, h = np.concatenate((coef, np.zeros(2))), 1e-4 * np.eye(4)

    def log_likelihood(b):
        return augmented_log_likelihood(X, time, event, g, b)

    score = np.array([(log_likelihood(point + a) - log_likelihood(point - a)) / 2e-4 for a in h])
    information = -np.array(
        [
            [sum(s * q * log_likelihood(point + s * a + q * b) for s in (1, -1) for q in (1, -1)) / 4e-8 for b in h]
            for a in h
        ]
    )
    expected = score @ np.linalg.solve(information, score)
    tests = ph_test(X, time, event, coef, (("arm", (0,)), ("marker", (1,))))
    assert tests[-1].term == "GLOBAL"
    assert (tests[-1].chi2, tests[-1].df) == pytest.approx((expected, 2), rel=1e-4)


def test_p_values_are_uniform_when_hazards_are_proportional():
    # 200 simulated trials: the share below 0.1 has a Monte Carlo error of 0.021.
    below = 0
    for seed in range(200):
        X, time, event = untied(seed, n=80)
        below += ph_test(X, time, event, cox(X, time, event).coef, (("both", (0, 1)),))[0].p_value < 0.1
    assert below / 200 == pytest.approx(0.1, abs=4 * 0.021)


def test_crossing_hazards_are_found():
    # Early deaths in one group, late deaths in the other: Schoenfeld residuals change sign.
    time = np.concatenate((np.linspace(1, 5, 20), np.linspace(20, 30, 20), np.linspace(8, 15, 40)))
    X = (np.arange(80) < 40)[:, None].astype(float)
    assert ph_test(X, time, np.ones(80), cox(X, time, np.ones(80)).coef, (("arm", (0,)),))[0].p_value < 1e-3


@pytest.mark.parametrize("scale", [1e12, 1e-9])
def test_units_do_not_matter(scale):
    X, time, event = untied(4)
    terms = (("arm", (0,)), ("marker", (1,)))
    plain = ph_test(X, time, event, cox(X, time, event).coef, terms)
    Z = X * [1.0, scale]
    scaled = ph_test(Z, time * 30.4375, event, cox(Z, time * 30.4375, event).coef, terms)
    assert [t.chi2 for t in scaled] == pytest.approx([t.chi2 for t in plain], rel=1e-8)


def test_level_without_events_is_left_out_of_the_test():
    """Its patients leave the risk sets, so the test is that of the data without them."""
    X, time, event = untied(6)
    silent = np.arange(60) % 4 == 0
    Z, died = np.column_stack((X, silent)), event & ~silent
    tests = ph_test(Z, time, died, cox(Z, time, died).coef, (("x", (0, 1)), ("silent", (2,))))
    # g counts the silent patients among those at risk, so it must be the same one: compare through weights of 0.
    weight = np.where(silent, 0.0, 1.0)
    rest = ph_test(X, time, died, cox(X, time, died, weight=weight).coef, (("x", (0, 1)),), weight=weight)
    assert tests[0].chi2 == pytest.approx(rest[0].chi2, rel=1e-6)
    assert tests[1].df == 0
    assert np.isnan(tests[1].p_value)
    assert tests[2].df == 2


def test_separated_column_has_no_degree_of_freedom_however_the_iteration_ended():
    """Six patients without an event against ten with six: nothing of the column can be tested."""
    time = np.array([30, 28, 26, 31, 29, 33, 12, 14, 26, 9, 31, 5, 29, 18, 22, 35], dtype=float)
    event = np.array([0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0])
    X = (np.arange(16) >= 6)[:, None].astype(float)
    fitted = cox(X, time, event)
    assert fitted.infinite.all()
    for test in ph_test(X, time, event, fitted.coef, (("arm", (0,)),), infinite=fitted.infinite):
        assert test.df == 0
        assert np.isnan(test.p_value)
