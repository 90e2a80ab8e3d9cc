"""Operating characteristics: theory under the null, coverage over the prior, screening, sentences from the table."""

import numpy as np
import pytest

from escc_bayes.bayes.model import parameters
from escc_bayes.bayes.model.prior import prior_draws
from escc_bayes.bayes.refits.weighted_draws import starts_of
from escc_bayes.classical.cox import cox
from escc_bayes.classical.firth import firth, firth_wald
from escc_bayes.foundation.seeds import spawned
from escc_bayes.sensitivity.operating import part
from escc_bayes.sensitivity.operating.methods import of_posterior, wald, with_outcomes
from escc_bayes.sensitivity.operating.summary import summary, theory
from escc_bayes.sensitivity.operating.truths import NULL, POSTERIOR, PRINTED, of_hazards, simulated, truth
from escc_bayes.sensitivity.part import number
from escc_bayes.sensitivity.subject import Asked, subject_of
from tests.unit.sensitivity.small import cohort, model

Z = 1.959963984540054


@pytest.fixture(scope="module")
def subject():
    return subject_of(cohort(80, seed=3), model(), Asked(seed=1))


def test_power_type_s_and_type_m_are_those_of_simulated_normals():
    """Second source: a million normal estimates; Monte Carlo error below 0.002."""
    rng = np.random.default_rng(1)
    x = rng.normal(0.4, 0.3, 1_000_000)
    kept = np.abs(x) > Z * 0.3
    found = theory(np.array([0.4]), np.array([0.3]), Z)
    assert found["power_theory"] == pytest.approx(kept.mean(), abs=0.003)
    assert found["type_s_theory"] == pytest.approx((x[kept] < 0.0).mean(), abs=0.002)
    assert found["type_m_theory"] == pytest.approx(np.abs(x[kept]).mean() / 0.4, abs=0.005)


def test_cox_and_firth_agree_with_theory_under_the_null(subject):
    """600 cohorts: intervals cover 95 % and exclude 1 in 5 %, half of these below 1; Monte Carlo error 0.009."""
    asked = part.questions(subject)
    null = truth(NULL, subject.posterior, subject.classical, subject.contrasts, 600, 5)
    outcomes = simulated(null, subject.plan, 5)
    X = subject.classical.plan.design.columns
    by_cox, by_firth = [], []
    for time, event in zip(outcomes.time, outcomes.event, strict=True):
        fit = cox(X, time, event)
        by_cox.append(wald(fit.coef, fit.covariance, fit.infinite, asked.classical, asked.half)[0])
        by_firth.append(wald(*firth_wald(X, time, event), np.zeros(1, dtype=bool), asked.classical, asked.half)[0])
    for numbers in (np.array(by_cox), np.array(by_firth)):
        found = summary(numbers, null.log_hr[:, 0])
        assert found["true_hr"] == 1.0
        assert found["coverage"] == pytest.approx(0.95, abs=3 * 0.009)
        assert found["power"] == pytest.approx(theory(null.log_hr[:, 0], numbers[:, 1], Z)["power_theory"], abs=0.027)
        # Among about 30 significant ones: SE 0.09.
        assert found["type_s"] == pytest.approx(0.5, abs=0.27)
        assert abs(found["bias"]) < 3 * found["bias_mc"]


def test_credible_intervals_cover_with_their_level_over_the_prior(subject):
    """200 truths from the prior, a cohort of each: 95 % within three Monte Carlo errors of 0.0154."""
    plan, asked = subject.plan, part.questions(subject)
    drawn = parameters.hazards(plan, prior_draws(plan, 200, 9), 200)
    prior = of_hazards("prior", plan, drawn, subject.contrasts)
    outcomes = simulated(prior, plan, 9)
    like, inside = starts_of(plan), []
    for place in range(200):
        one = with_outcomes(plan, outcomes.time[place], outcomes.event[place])
        _, _, lower, upper = of_posterior(one, asked, like, spawned(9, place))[0]
        inside.append(lower <= prior.log_hr[place, 0] <= upper)
    assert np.mean(inside) == pytest.approx(0.95, abs=3 * 0.0154)


def test_firth_without_profile_is_firth(subject):
    rows, X = subject.plan.rows, subject.classical.plan.design.columns
    whole = firth(X, rows.time, rows.event, level=0.95)
    coef, covariance = firth_wald(X, rows.time, rows.event)
    np.testing.assert_allclose(coef, whole.coef, rtol=1e-8)
    np.testing.assert_allclose(covariance, whole.covariance, rtol=1e-8)


def test_cohorts_keep_patients_and_censoring(subject):
    for scenario in (POSTERIOR, NULL, PRINTED):
        found = truth(scenario, subject.posterior, subject.classical, subject.contrasts, 20, 2)
        outcomes = simulated(found, subject.plan, 2)
        censored = subject.plan.rows.event == 0.0
        own = subject.plan.rows.time[censored]
        assert (outcomes.time[:, censored] <= own).all()
        assert outcomes.time.shape == (20, 80)
    printed = truth(PRINTED, subject.posterior, subject.classical, subject.contrasts, 2, 2)
    assert printed.log_hr[0, 0] == pytest.approx(subject.classical.cox.coef[0])


def test_rows_and_sentences(subject, monkeypatch):
    monkeypatch.setattr(part, "COHORTS", 6)
    rows = [dict(row) for row in part.run(subject, lambda done, total: None)]
    assert len(rows) == 3 * 1 * 5
    assert all(set(row) == set(part.COLUMNS) for row in rows)
    printed = next(row for row in rows if row["scenario"] == "printed" and row["method"] == "cox")
    assert number(printed, "cohorts") == 6
    said = part.words(rows)
    printed["power"], printed["true_hr"] = 0.123, 9.87
    other = part.words(rows)
    assert "power 12 %" in other[-1]
    assert said[0] == other[0]


def test_reconstructions_share_cohorts_and_their_errors_are_those_of_averages():
    """Second source: four tables of proportions with known errors; their mean has half the error of each."""
    asked = {"scenario": "null", "endpoint": "os", "model": "m", "term": "arm", "contrast": "b vs a", "method": "cox"}
    each = [
        [dict.fromkeys(part.COLUMNS, "") | asked | {"cohorts": 25.0, "power": p, "power_mc": 0.04, "note": ""}]
        for p in (0.0, 0.04, 0.08, 0.08)
    ]
    (row,) = part.PART.pool(each)
    assert (row["cohorts"], row["members"]) == (100.0, 4)
    assert row["power"] == pytest.approx(0.05)
    assert row["power_mc"] == pytest.approx(0.02)
    refused = dict.fromkeys(part.COLUMNS, "") | {"note": "not computed: no events"}
    assert part.PART.pool([[refused], [refused]])[0]["note"] == "not computed: no events"
