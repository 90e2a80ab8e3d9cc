"""What rules of inclusion make by themselves: closed forms, and simulation with its Monte Carlo error."""

import math

import numpy as np
import pytest
from scipy import integrate, optimize

from escc_bayes.data.guarantee import GuaranteeRules
from escc_bayes.foundation.errors import CohortError, InputError
from escc_bayes.foundation.seeds import stream
from escc_bayes.time_zero.asked import guarantee_time
from escc_bayes.time_zero.guarantee import (
    NO_HAZARD,
    NoEffect,
    closed_form,
    guaranteed_months,
    simulated_follow_up,
    simulated_ratios,
)
from escc_bayes.time_zero.guarantee_rows import guarantee_rows, simulated
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
    rules = GuaranteeRules({"II": 4.0}, 0.69, 0.75, lead={"I": 1.5})
    months = guaranteed_months(data, rules)
    assert sorted(set(months.round(6).tolist())) == [1.5, round(4 * 0.69 * 0.75, 6)]
    assert set(guaranteed_months(data, GuaranteeRules({"": 4.0}, 0.5)).tolist()) == {2.0}


def test_a_number_is_its_own_cycles():
    found = cohort(covariates={"m0": {"kind": "continuous"}})
    np.testing.assert_allclose(guaranteed_months(found.covariate("m0"), GuaranteeRules({}, 2.0, 0.5)), frame()["m0"])
    everybody = guaranteed_months(found.covariate("m0"), GuaranteeRules({"": 4.0}, 2.0, 0.5, lead={"": 1.0}))
    assert set(everybody.tolist()) == {5.0}


def test_equal_guarantees_make_no_hazard_ratio():
    (row,) = guarantee_rows((cohort(),), "os", "stage", GuaranteeRules({}, 1.0), level=0.95, seed=1, simulations=300)
    assert math.log(row["hr"]) == pytest.approx(0.0, abs=3 * row["mc_error"])
    assert row["hr_closed_form"] == 1.0
    assert row["false_positive"] == pytest.approx(0.05, abs=3 * max(row["false_positive_mc_error"], 0.0126))


def test_a_guarantee_of_one_group_makes_a_hazard_ratio_below_one():
    (row,) = guarantee_rows(
        (cohort(),), "os", "stage", GuaranteeRules({"II": 4.0}, 1.0), level=0.95, seed=1, simulations=300
    )
    assert row["hr"] + 5 * row["mc_error"] < 1.0
    assert row["guaranteed"] == 4.0
    assert "followed for less than the rules guarantee" in row["note"]
    assert row["simulations"] == 300


def test_several_cohorts_pool_what_each_says_alone():
    """The mean of the log ratios, the mean share of false positives; each cohort with its own hundred."""
    members, rules = [cohort(frame(seed=seed)) for seed in (5, 6)], GuaranteeRules({"II": 4.0}, 1.0)
    asked = {"level": 0.95, "seed": 1, "simulations": 200}
    (row,) = guarantee_rows(members, "os", "stage", rules, **asked)
    each = [
        simulated(m, "os", "stage", rules, level=0.95, seed=stream(1, str(i)), simulations=100)[0]
        for i, m in enumerate(members)
    ]
    assert math.log(row["hr"]) == pytest.approx(np.mean([one.logs.mean() for one in each]), rel=1e-12)
    assert row["false_positive"] == pytest.approx(np.mean([one.hits.mean() for one in each]))
    errors = [one.logs.std(ddof=1) / 10.0 for one in each]
    assert row["mc_error"] / row["hr"] == pytest.approx(math.hypot(*errors) / 2.0)
    assert row["simulations"] == 200
    assert row["note"].startswith("2 of 2 reconstructions pooled, ratios 0.")


def test_rules_that_the_schema_states_are_those_of_the_call():
    rules = {"cycles": {"II": 4}, "interval": 0.69, "fraction": 0.75, "lead": 1}
    stated = cohort(covariates={"stage": {"kind": "binary", "levels": ["I", "II"], "guarantee": rules}})
    given = GuaranteeRules({"II": 4.0}, 0.69, 0.75, {"": 1.0})
    assert stated.covariate("stage").schema.guarantee == given
    asked = {"seed": 1, "simulations": 50}
    assert guarantee_time(stated, "os", "stage", **asked) == guarantee_time(cohort(), "os", "stage", given, **asked)


def test_without_rules_the_refusal_says_how_a_schema_states_them():
    with pytest.raises(CohortError, match=r"\[covariates.stage\] guarantee = \{ cycles = 4"):
        guarantee_time(cohort(), "os", "stage")


def test_impossible_rules_are_refused():
    with pytest.raises(InputError, match="cycles of 'II' is -1; give a number from 0"):
        GuaranteeRules({"II": -1.0}, 0.7)


def test_an_unknown_level_is_refused():
    with pytest.raises(CohortError, match="has no level 'III'"):
        guaranteed_months(cohort().covariate("stage"), GuaranteeRules({"III": 4.0}, 1.0))
