"""What rules of inclusion make by themselves: closed forms, and simulation with its Monte Carlo error."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize

from escc_bayes.foundation.errors import CohortError
from escc_bayes.time_zero.guarantee import (
    NO_HAZARD,
    NoEffect,
    Rules,
    closed_form,
    guarantee_rows,
    guaranteed_months,
    simulated_follow_up,
    simulated_ratios,
)
from tests.unit.time_zero.patients import cohort, frame

RATE, MONTHS, EACH = 0.05, 4.0, 2000


def constant():
    """A constant hazard without censoring."""
    return NoEffect(np.zeros(0), np.array([math.log(RATE)]), np.array([NO_HAZARD]))


def guaranteed():
    return np.repeat([0.0, MONTHS], EACH)


def test_events_per_person_month_agree_with_the_closed_form():
    """(1 + rate 0) / (1 + rate 4) = 0.8333 within three Monte Carlo errors of 200 cohorts of 4,000."""
    rng, logs = np.random.default_rng(1), []
    for _ in range(200):
        time, event = simulated_follow_up(constant(), guaranteed(), rng)
        assert event.all()
        rates = event[EACH:].sum() / time[EACH:].sum(), event[:EACH].sum() / time[:EACH].sum()
        logs.append(math.log(rates[0] / rates[1]))
    error = np.std(logs, ddof=1) / math.sqrt(200)
    assert np.mean(logs) == pytest.approx(math.log(closed_form(RATE, MONTHS, 0.0)), abs=3 * error)


def limit_of_cox():
    """Large-sample log hazard ratio of Cox: the zero of the expected score, by quadrature."""

    def score(beta):
        def gain(t):
            without, guarded = math.exp(-RATE * t), math.exp(-RATE * max(t - MONTHS, 0.0))
            hazard_guarded = RATE if t > MONTHS else 0.0
            chance = guarded * math.exp(beta) / (guarded * math.exp(beta) + without)
            return guarded * hazard_guarded - chance * (guarded * hazard_guarded + without * RATE)

        first = integrate.quad(gain, 0.0, MONTHS)[0]
        return first + integrate.quad(gain, MONTHS, 400.0, limit=200)[0]

    return optimize.brentq(score, -2.0, 0.0)


def test_cox_without_an_effect_goes_where_its_expected_score_is_zero():
    rng = np.random.default_rng(2)
    x = np.repeat([0.0, 1.0], EACH)[:, None]
    logs, _ = simulated_ratios(x, np.ones((1, 1)), constant(), guaranteed(), rng, 100, 0.95)
    error = logs.std(ddof=1) / 10.0
    assert logs.mean() == pytest.approx(limit_of_cox(), abs=3 * error)


def test_months_are_lead_and_cycles_times_interval_times_fraction():
    data = cohort().covariate("stage")
    rules = Rules({"II": 4.0}, 0.69, 0.75, lead={"I": 1.5})
    months = guaranteed_months(data, rules)
    assert sorted(set(months.round(6).tolist())) == [1.5, round(4 * 0.69 * 0.75, 6)]
    assert set(guaranteed_months(data, Rules({"": 4.0}, 0.5)).tolist()) == {2.0}


def test_a_number_is_its_own_cycles():
    found = cohort(covariates={"m0": {"kind": "continuous"}})
    np.testing.assert_allclose(guaranteed_months(found.covariate("m0"), Rules({}, 2.0, 0.5)), frame()["m0"])
    everybody = guaranteed_months(found.covariate("m0"), Rules({"": 4.0}, 2.0, 0.5, lead={"": 1.0}))
    assert set(everybody.tolist()) == {5.0}


def test_equal_guarantees_make_no_hazard_ratio():
    (row,) = guarantee_rows(cohort(), "os", "stage", Rules({}, 1.0), level=0.95, seed=1, simulations=300)
    assert math.log(row["hr"]) == pytest.approx(0.0, abs=3 * row["mc_error"])
    assert row["hr_closed_form"] == 1.0
    assert row["false_positive"] == pytest.approx(0.05, abs=3 * max(row["false_positive_mc_error"], 0.0126))


def test_a_guarantee_of_one_group_makes_a_hazard_ratio_below_one():
    (row,) = guarantee_rows(cohort(), "os", "stage", Rules({"II": 4.0}, 1.0), level=0.95, seed=1, simulations=300)
    assert row["hr"] + 5 * row["mc_error"] < 1.0
    assert row["guaranteed"] == 4.0
    assert "followed for less than the rules guarantee" in row["note"]
    assert row["simulations"] == 300


def test_an_unknown_level_is_refused():
    with pytest.raises(CohortError, match="has no level 'III'"):
        guaranteed_months(cohort().covariate("stage"), Rules({"III": 4.0}, 1.0))
