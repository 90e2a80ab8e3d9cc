"""Residuals and scores of predictions against R: tests/reference/checks_of_fit.R."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.classical.cox import cox
from escc_bayes.classical.cox_residuals import cumulative_hazards, deviance_residuals, martingale
from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.classical.prediction import auc, brier, censoring_weights


@pytest.fixture(scope="module")
def held():
    path = Path(__file__).parents[2] / "reference" / "checks_of_fit.json"
    return {n: np.array(v) for n, v in json.loads(path.read_text()).items()}


def test_martingale_and_deviance_residuals_are_those_of_r_with_ties(held):
    X = np.column_stack([held["x"], held["z"]])
    found = cumulative_hazards(X, held["time"], held["event"], cox(X, held["time"], held["event"]).coef)
    np.testing.assert_allclose(martingale(held["event"], found), held["martingale"], atol=1e-8)
    np.testing.assert_allclose(deviance_residuals(held["event"], found), held["deviance"], atol=1e-7)
    assert martingale(held["event"], found).sum() == pytest.approx(0.0, abs=1e-9)


def test_martingale_residuals_with_delayed_entry_and_weights(held):
    X = np.column_stack([held["x"], held["z"]])
    found = cumulative_hazards(
        X, held["time"], held["event"], held["coef_late"], entry=held["entry"], weight=held["weight"]
    )
    np.testing.assert_allclose(martingale(held["event"], found), held["martingale_late"], atol=1e-8)


@pytest.mark.parametrize("place", [0, 1])
def test_brier_score_and_auc_are_those_of_risk_regression(held, place):
    month = (12.0, 24.0)[place]
    predicted = held[f"survival{month:g}"]
    assert brier(predicted, held["smooth"], held["event"], month) == pytest.approx(held["brier"][place], abs=1e-9)
    assert auc(predicted, held["smooth"], held["event"], month) == pytest.approx(held["auc"][place], abs=1e-9)


@pytest.mark.parametrize("place", [0, 1])
def test_score_of_kaplan_meier_is_that_of_the_null_model(held, place):
    month = (12.0, 24.0)[place]
    curve = survival_at(kaplan_meier(held["smooth"], held["event"], level=0.95), np.array([month])).survival[0]
    found = brier(np.full(held["smooth"].size, curve), held["smooth"], held["event"], month)
    assert found == pytest.approx(held["brier_null"][place], abs=1e-9)


def test_weights_of_those_whose_state_is_known_sum_to_everybody(held):
    """Inverse-probability weights: their sum is n, as long as somebody is followed beyond the month."""
    weight = censoring_weights(held["smooth"], held["event"], 12.0)
    assert weight.sum() == pytest.approx(held["smooth"].size, rel=1e-9)
