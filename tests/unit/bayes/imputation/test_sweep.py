"""One sweep: a value is drawn from its regression times the likelihood of the follow-up."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from scipy import stats

from escc_bayes.bayes.imputation import sweep
from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.spec.imputable import Imputable
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec


@pytest.fixture
def held(larynx):
    """A plan with ages of its own, which a test writes into; hazards of one draw; a patient with the event early."""
    age = replace(larynx.covariate("age"), values=np.array(larynx.covariate("age").values))
    own = replace(larynx, covariates=MappingProxyType({**larynx.covariates, "age": age}))
    plan = make_plan(load_spec("larynx_piecewise"), own)
    drawn = prior_draws(plan, 1, 3)
    drawn["b_stage"][:] = [[0.3, 0.8, 1.6]]
    drawn["b_age"][:] = 1.2
    first = int(np.argmin(np.where(plan.rows.event == 1.0, plan.rows.time, 99.0)))
    return plan, parameters.hazards(plan, drawn, 1), first


def likelihood(plan, hazards, i, columns):
    """Return h exp(-H) of patient i by hand, from the baseline alone."""
    eta = float(hazards.coefficients[0] @ columns)
    cumulative = float(hazards.hazard.cumulative(plan.rows.time[[i]])[0, 0])
    log_rate = float(hazards.hazard.log_hazard(plan.rows.time[[i]])[0, 0])
    return np.exp(plan.rows.event[i] * (log_rate + eta) - cumulative * np.exp(eta))


def test_levels_are_drawn_from_the_product_by_bayes_theorem(held, monkeypatch):
    """p(stage) times the likelihood, by hand; 4,000 draws, chi-square."""
    plan, hazards, i = held
    prior = np.array([0.4, 0.3, 0.2, 0.1])
    every = np.broadcast_to(prior, (plan.rows.n, 4))
    monkeypatch.setattr(sweep, "draw_probabilities", lambda *_, **__: every)
    expected = []
    for code in range(4):
        columns = np.append((np.arange(1, 4) == code).astype(float), plan.design.columns[i, 3]) - plan.design.center
        expected.append(prior[code] * likelihood(plan, hazards, i, columns))
    expected = np.array(expected) / sum(expected)
    rng, of = np.random.default_rng(1), Imputable("stage", np.array([i]), 89)
    drawn = [int(sweep.drawn_values(plan, hazards, of, rng)[0]) for _ in range(4000)]
    assert stats.chisquare(np.bincount(drawn, minlength=4), 4000 * expected).pvalue > 0.01
    assert abs(expected - prior).max() > 0.1


def test_a_number_keeps_its_posterior(held, monkeypatch):
    """Normal regression times the likelihood, by quadrature; a chain of 6,000 steps with 3 candidates each."""
    plan, hazards, i = held
    monkeypatch.setattr(sweep, "draw_regression", lambda *_: (np.full(plan.rows.n, 65.0), 12.0))
    monkeypatch.setattr(sweep, "CANDIDATES", 3)
    ages = np.linspace(5.0, 125.0, 2401)
    columns = [np.append(plan.design.columns[i, :3], (age - 65.0) / 10.0) - plan.design.center for age in ages]
    density = stats.norm.pdf(ages, 65.0, 12.0) * [likelihood(plan, hazards, i, c) for c in columns]
    density /= density.sum()
    mean = density @ ages
    spread = np.sqrt(density @ (ages - mean) ** 2)
    rng, of, chain = np.random.default_rng(1), Imputable("age", np.array([i]), 89), []
    for _ in range(6000):
        plan.rows.covariates["age"].values.setflags(write=True)
        plan.rows.covariates["age"].values[i] = value = sweep.drawn_values(plan, hazards, of, rng)[0]
        chain.append(value)
    assert abs(mean - 65.0) > 4.0
    assert np.mean(chain) == pytest.approx(mean, abs=0.5)
    assert np.std(chain) == pytest.approx(spread, rel=0.05)
