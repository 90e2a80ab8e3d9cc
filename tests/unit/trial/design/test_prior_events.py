"""What a borrowing prior is worth in events: conjugate cases, RBesT's mixture, limits."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import polygamma

from escc_bayes.trial.design.analysis_words import borrowing_sentences, worth_sentence
from escc_bayes.trial.design.prior_events import prior_event_rows, worth_of
from escc_bayes.trial.design.trial_plan import planned
from tests.unit.trial.designs import BORROWED as DESIGN
from tests.unit.trial.designs import small


@pytest.mark.parametrize("shape", [0.5, 4.0, 60.0, 900.0])
def test_one_gamma_is_worth_its_shape_and_by_moments_one_over_trigamma(shape):
    """Information of Gamma(a, b) on log lambda: E[(a - b lambda)^2] = a; Var(log lambda) = trigamma(a)."""
    found = worth_of(np.ones(1), np.array([shape]), np.array([10.0]))
    assert found == pytest.approx((shape, 1.0 / polygamma(1, shape)), rel=2e-4)


def test_a_mixture_is_worth_less_than_its_strongest_part():
    """Second source: the score of the mixture by 400,000 draws of it."""
    weight, shape, rate = np.array([0.8, 0.2]), np.array([30.0, 1.0]), np.array([500.0, 15.0])
    generator = np.random.default_rng(1)
    part = (generator.random(400_000) > 0.8).astype(int)
    rates = generator.gamma(shape[part], 1.0 / rate[part])
    from scipy.stats import gamma

    heights = weight * rates[:, None] * gamma.pdf(rates[:, None], shape, scale=1.0 / rate)
    score = (heights * (shape - rate * rates[:, None])).sum(axis=1) / heights.sum(axis=1)
    local, moments = worth_of(weight, shape, rate)
    assert local == pytest.approx(np.mean(score**2), rel=0.02)
    assert moments == pytest.approx(1.0 / np.var(np.log(rates)), rel=0.02)
    assert moments < local < 30.0


def design(gamma=(0.5, 10.0), **borrowing):
    base = {"events": [60.0, 30.0], "months": [1000.0, 520.0], "map_trials": 100}
    prior = {
        "log_hr": {"normal": [0.0, 10.0]},
        "baseline": {"cuts": [12.0], "gamma": list(gamma), "at": "reference"},
    }
    return small(**DESIGN | {"analysis_prior": prior, "borrowing": base | borrowing})


def test_power_priors_are_worth_their_share_of_each_piece():
    worth = planned(design(model="power", discount=0.4)).worth
    found = worth.pieces
    assert [one.effective for one in found] == pytest.approx([24.5, 12.5], rel=1e-4)
    assert [one.historical for one in found] == [60.0, 30.0]
    assert [row["stop"] for row in prior_event_rows(replace(worth, joint=None))] == [12.0, ""]
    assert "0 to 12: 24.5; 12 months on: 12.5" in worth_sentence(replace(worth, joint=None))


def test_a_normal_drift_limits_what_history_is_worth():
    """log lambda = log lambda_h - delta: variance 1 / D + sd^2, so at most 1 / sd^2 events, nearly normal.

    The gamma says next to nothing here: its events would inform the drift too.
    """
    found = planned(design(gamma=(0.01, 0.2), model="commensurate", sd=0.3)).worth.pieces
    assert [one.effective for one in found] == pytest.approx([1 / (1 / 60.0 + 0.09), 1 / (1 / 30.0 + 0.09)], rel=0.02)
    sure = planned(design(model="commensurate", sd=1e-4)).worth.pieces
    assert [one.effective for one in sure] == pytest.approx([60.5, 30.5], rel=1e-3)


def test_unsure_models_are_worth_less_than_pooling():
    for borrowing in (
        {"model": "robust_mixture", "weight": 0.7},
        {"model": "normalised_power", "discount": {"beta": [1, 1]}},
        {"model": "half_normal", "scale": 0.3},
        {"model": "spike_and_slab", "weight": 0.5, "sd": 0.5},
        {"model": "gamma_precision", "precision": {"gamma": [2.0, 0.1]}},
    ):
        found = planned(design(**borrowing)).worth.pieces
        assert all(1.0 < one.effective < one.historical for one in found), borrowing
        assert all(one.by_moments <= one.effective * 1.001 for one in found), borrowing


def test_without_borrowing_nothing_is_said():
    assert planned(small()).worth is None
    assert borrowing_sentences(planned(small())) == ()
