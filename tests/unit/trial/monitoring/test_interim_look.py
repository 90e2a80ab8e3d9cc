"""A look at a running trial: posterior, conditional power, conflict and forecast against second sources."""

import math

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from escc_bayes.classical.cox import cox
from escc_bayes.classical.logrank import logrank
from escc_bayes.spec.mixture import mixture_of
from escc_bayes.trial.design.trial_plan import planned
from escc_bayes.trial.monitoring.interim import FollowUp
from escc_bayes.trial.monitoring.interim_look import interim_look
from escc_bayes.trial.monitoring.interim_posterior import posterior_of, prior_conflict
from escc_bayes.trial.monitoring.interim_rules import conditional_powers, log_rank_now
from escc_bayes.trial.simulation.simulate import draw, patients
from tests.unit.trial.designs import small
from tests.unit.trial.monitoring.test_monitoring import interim_of


@pytest.fixture(scope="module")
def interim():
    """One trial at month 14 under hazard ratio 0.67."""
    design = small()
    return interim_of(patients(design, draw(design, 1, 1, 0), np.array([[-0.4]])), 0, 14.0)


def test_limits_of_the_hazard_ratio_hold_the_stated_probability(interim):
    """The density integrated by scipy.integrate.quad, without the quadrature of the package."""
    prior = small().analysis_prior
    found = posterior_of(interim, prior)
    data, base = found.data, prior.baseline

    def log_density(beta):
        events = data.control_events[0] + data.treated_events[0] + base.shape
        months = data.control_months[0] * math.exp(-beta / 2) + data.treated_months[0] * math.exp(beta / 2) + base.rate
        slope = (data.treated_events.sum() - data.control_events.sum()) / 2
        return slope * beta - float(events @ np.log(months)) - 0.5 * (beta / 10.0) ** 2

    peak = max(log_density(beta) for beta in np.linspace(-3, 3, 301))

    def mass(low, high):
        return integrate.quad(lambda beta: math.exp(log_density(beta) - peak), low, high, epsabs=1e-12)[0]

    low, middle, high = (math.log(found.quantile(p)) for p in (0.025, 0.5, 0.975))
    whole = mass(-6.0, 6.0)
    assert mass(-6.0, low) / whole == pytest.approx(0.025, abs=1e-7)
    assert mass(-6.0, middle) / whole == pytest.approx(0.5, abs=1e-7)
    assert mass(-6.0, high) / whole == pytest.approx(0.975, abs=1e-7)


def test_log_rank_is_that_of_the_classical_room(interim):
    theirs = logrank(interim.time, interim.event, interim.treated.astype(int))
    assert log_rank_now(interim, small().analysis_prior) ** 2 == pytest.approx(theirs.chi2, rel=1e-9)


def test_conditional_power_is_the_share_of_normal_increments_that_pass(interim):
    """Closed form of Lachin 2005 written out; log-rank rule at 1.96, 25 of 60 events, Z 1.2."""
    found = {(c.rule, c.assumed): c for c in conditional_powers(planned(small()), 25, {"bayes": 1.2, "logrank": 1.2})}
    t, information = 25.0 / 60.0, 60.0 / 4.0
    for assumed, log_ratio in (
        ("null", 0.0),
        ("design", math.log(0.7)),
        ("trend", -1.2 / math.sqrt(25.0 / 4.0)),
    ):
        mean = 1.2 * math.sqrt(t) - log_ratio * math.sqrt(information) * (1.0 - t)
        expected = norm.sf((norm.ppf(0.975) - mean) / math.sqrt(1.0 - t))
        power = found["logrank", assumed]
        assert power.probability == pytest.approx(expected, rel=1e-9)
        assert math.log(power.hr) == pytest.approx(log_ratio, abs=1e-12)
    assert conditional_powers(planned(small()), 60, {"bayes": 1.2, "logrank": 1.2}) == ()
    assert conditional_powers(planned(small()), 0, {"bayes": 0.0, "logrank": 0.0}) == ()


def test_tail_probability_of_a_conflict_is_that_of_the_prior_predictive_distribution(interim):
    """The estimate is close to Cox's; a normal prior gives 2 Phi(-|estimate - m| / sqrt(s^2 + se^2))."""
    prior = small().analysis_prior
    theirs = cox(interim.treated[:, None].astype(float), interim.time, interim.event)
    found = prior_conflict(interim, prior, mixture_of([(1.0, 1.5, 0.2)]))
    assert found.estimate == pytest.approx(float(theirs.coef[0]), abs=0.1 * found.se)
    z = abs(found.estimate - 1.5) / math.hypot(0.2, found.se)
    assert found.tail == pytest.approx(2.0 * norm.sf(z), rel=1e-9)
    agreeing = prior_conflict(interim, prior, mixture_of([(1.0, found.estimate, 0.2)]))
    assert agreeing.tail == pytest.approx(1.0)


def test_tail_probabilities_are_uniform_where_the_design_prior_is_true():
    """Truth drawn from the design prior, 300 looks at month 14: Kolmogorov's distance below its 0.1 % bound."""
    design = small()
    believed = mixture_of([(1.0, -0.3, 0.3)])
    log_ratio = np.random.default_rng(8).normal(-0.3, 0.3, (300, 1))
    seen = patients(design, draw(design, 300, 2, 0), log_ratio)
    tails = np.sort(
        [prior_conflict(interim_of(seen, k, 14.0), design.analysis_prior, believed).tail for k in range(300)]
    )
    distance = np.max(np.abs(tails - (np.arange(300) + 0.5) / 300))
    assert distance < 1.95 / math.sqrt(300)


def test_a_blinded_look_says_nothing_that_the_arms_would_change(interim):
    """Arms swapped: not a word and not a number of the blinded look moves; it names neither arm."""
    design = small()
    seen = FollowUp(interim.month, interim.entry, interim.time, interim.event, interim.lost)
    asked = {"completions": 200, "seed": 3, "level": 0.95, "provenance": "simulated", "data_digest": "x"}
    blinded = interim_look(design, seen, **asked)
    assert blinded.unblinded is None
    assert {found.quantity for found in blinded.findings} == {
        *("look", "information_fraction", "patients", "events", "lost", "accrual_pace"),
        *("final_month_blinded", "final_month_plan"),
        *(["last_entry_month"] if interim.entry.size < 100 else []),
    }
    opened = interim_look(design, interim, **asked)
    np.testing.assert_array_equal(opened.blinded.final_months, blinded.blinded.final_months)
    said = " ".join(found.words for found in blinded.findings)
    assert "RT" not in said
    assert said.startswith("SIMULATED data. VERDICT before the look")
    assert "SIMULATED data of small at month 14.0" in said
