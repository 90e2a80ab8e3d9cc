"""States of Weibull transitions against quadrature, draw by draw."""

import numpy as np
import pytest
from scipy import integrate
from tests.calibration.transitions import KINDS, Truth, read

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.estimand.states import last_progression
from escc_bayes.spec.reading import spec_from

MONTHS = np.array([1.0, 9.0, 24.0])
WEIBULL = {
    "baseline": {"family": "weibull", "reference_time": 12.0},
    "priors": {"baseline_log_cumulative_hazard": {"normal": [-1.0, 1.5]}, "log_shape": {"normal": [0.0, 0.5]}},
}
EFFECT = {"covariate": "arm", "structure": "fixed", "prior": {"normal": [0.0, 2.0]}}


def fitted(kind, clock="forward", draws=1000):
    """Return a posterior of a SIMULATED cohort with shapes on both sides of 1."""
    of = KINDS[kind]
    outcome = of.outcome | ({"clock": clock} if kind == "illness_death" else {})
    truth = Truth(np.array(of.rates), np.array([1.4, 0.7, 1.2])[: len(of.rates)], np.array(of.effects), clock)
    rng = np.random.default_rng(3)
    arm = rng.integers(0, 2, 150)
    cohort = read(of, of.course(rng, arm, truth), arm)
    spec = spec_from({"name": "weibull", "outcome": outcome, **WEIBULL, "effect": [EFFECT]}, "weibull")
    return fit(spec, cohort, seed=1, engine="laplace", draws=draws)


def hazards_of(posterior, draw):
    """Return H and h of each transition in arm b, of one draw; columns are centred at the share of arm b."""
    level, shape = posterior.flat["baseline"][draw], np.exp(posterior.flat["log_shape"][draw])
    arm = posterior.plan.design.center
    at = level + posterior.coefficients[draw] * (1.0 - arm)
    spent = [lambda t, k=k: np.exp(at[k]) * (t / 12.0) ** shape[k] for k in range(level.size)]
    return spent, [lambda t, k=k: spent[k](t) * shape[k] / t for k in range(level.size)]


def integral(function, until):
    """Return the integral from 0; the root at 0 is left to the algorithm."""
    return integrate.quad(lambda v: function(v**2) * 2.0 * v, 1e-9, np.sqrt(until), epsabs=1e-12, limit=400)[0]


@pytest.fixture(scope="module", params=["forward", "reset"])
def posterior(request):
    return fitted("illness_death", request.param)


def leaving(spent, rate, k):
    """Return the density of leaving the start state by transition k."""
    return lambda u: np.exp(-spent[0](u) - spent[1](u)) * rate[k](u)


def progressed(posterior, draw, month):
    """Return the probability of being alive after progression at a month."""
    spent, rate = hazards_of(posterior, draw)
    gone = leaving(spent, rate, 0)
    return integral(lambda u: gone(u) * after(posterior, spent, u, month), month)


def after(posterior, spent, u, month):
    """Return survival from progression at u to a month."""
    if posterior.plan.rows.transitions.clock == "reset":
        return np.exp(-spent[2](month - u))
    return np.exp(-spent[2](month) + spent[2](u))


def test_states_are_the_integrals_over_the_month_of_progression(posterior):
    found = posterior.states(MONTHS, term="arm", group="b")
    for draw in range(4):
        spent, _ = hazards_of(posterior, draw)
        expected = [progressed(posterior, draw, month) for month in MONTHS]
        np.testing.assert_allclose(found[draw, :, 1], expected, atol=2e-4)
        np.testing.assert_allclose(found[draw, :, 0], np.exp(-spent[0](MONTHS) - spent[1](MONTHS)), atol=1e-12)


def test_months_in_states_are_the_areas_below(posterior):
    fine = np.linspace(0.0, 24.0, 481)
    some = posterior.thinned(50)
    expected = integrate.trapezoid(some.states(fine, term="arm", group="b"), fine, axis=1)
    np.testing.assert_allclose(some.months_in_states(24.0, term="arm", group="b"), expected, atol=5e-3)


def test_survival_after_progression_is_the_ratio_of_integrals(posterior):
    until = last_progression(posterior.plan.rows)
    found = posterior.after_progression(np.array([12.0]), term="arm", group="b")
    spent, rate = hazards_of(posterior, 0)
    gone = leaving(spent, rate, 0)
    alive = integral(lambda u: gone(u) * after(posterior, spent, u, u + 12.0), until)
    assert found[0, 0] == pytest.approx(alive / integral(gone, until), abs=2e-4)


def test_incidences_of_causes_are_the_integrals_of_their_hazards():
    posterior = fitted("competing_causes")
    found = posterior.cumulative_incidence(MONTHS, term="arm", group="b")
    for draw in range(4):
        spent, rate = hazards_of(posterior, draw)
        expected = [[integral(leaving(spent, rate, k), month) for k in range(2)] for month in MONTHS]
        np.testing.assert_allclose(found[draw], expected, atol=2e-4)
