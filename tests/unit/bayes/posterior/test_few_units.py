"""Scores of few units are enlarged by their leverage: as HC2 does in a generalised linear model, in any coordinates."""

import numpy as np
import pytest
from tests.unit.bayes.posterior.test_pseudo_posterior import ARM, EVERY, cohort_of, frame, model

from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.posterior import few_units
from escc_bayes.bayes.posterior.few_units import enlarged, shares_of, variance_of_scores
from escc_bayes.bayes.posterior.pseudo_posterior import directions
from escc_bayes.bayes.posterior.pseudo_scores import scores
from escc_bayes.spec.plan import make_plan


def asked(baseline, effects, n=40):
    """Return what ``variance_of_scores`` is asked of a plan at some point: baseline, rows, columns, point."""
    plan = make_plan(model(baseline, effects), cohort_of(frame(n)))
    draws = prior_draws(plan, 200, 5)
    columns = plan.design.centred @ directions(plan, draws, np.full(200, 1 / 200))
    first = [-3.0, -2.5, -2.7] if baseline != "weibull" else [0.1, 0.2]
    return plan.baseline, plan.rows.at_risk, columns, np.concatenate([first, np.full(columns.shape[1], 0.1)])


def root_of(size):
    """Return a matrix that turns coordinates: a root of some covariance."""
    return 0.1 * np.random.default_rng(4).normal(size=(size, size))


@pytest.mark.parametrize("baseline", ["walk", "weibull"])
def test_what_units_know_adds_up_to_the_information(baseline):
    given = asked(baseline, EVERY)
    root, unit = root_of(given[3].size), np.arange(40) // 4
    found = shares_of(*given, unit, root).sum(axis=0)
    expected = root.T @ scores(*given).information @ root
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7 * np.abs(expected).max())


def test_units_of_one_row_and_one_rate_have_the_scores_of_hc2():
    """Poisson regression: s_i / sqrt(1 - h_i), h_i = mu_i x_i' S x_i (MacKinnon & White 1985)."""
    rng = np.random.default_rng(6)
    x = np.column_stack([np.ones(12), rng.normal(size=12)])
    mean = np.exp(x @ [-0.5, 0.4])
    covariance = np.linalg.inv((mean[:, None] * x).T @ x)
    residual = rng.poisson(mean) - mean
    leverage = mean * np.einsum("ia,ab,ib->i", x, covariance, x)
    expected = (residual / np.sqrt(1.0 - leverage))[:, None] * x
    root = np.linalg.cholesky(covariance)
    shares = np.einsum("i,ia,ib->iab", mean, x @ root, x @ root)
    found = enlarged(shares, (residual[:, None] * x) @ root)
    np.testing.assert_allclose(found, expected @ root, rtol=1e-10)
    assert leverage.max() < few_units.MOST


def test_no_score_is_more_than_doubled():
    """A unit that alone knows a direction would have an endless score: held at 3/4, the score is twice what it was."""
    assert enlarged(np.array([[[1.0]]]), np.array([[0.5]]))[0, 0] == pytest.approx(1.0)


def test_many_units_at_once_are_few_at_a_time(monkeypatch):
    given = asked("free", ARM)
    root, unit = root_of(given[3].size), np.arange(40)
    whole = variance_of_scores(*given, unit, root)
    monkeypatch.setattr(few_units, "AT_ONCE", 7)
    np.testing.assert_allclose(variance_of_scores(*given, unit, root), whole, rtol=1e-10)
