"""Checks of fit: predictions by others against brute force, periods, and sentences from the table."""

from dataclasses import replace

import numpy as np
import pytest

from escc_bayes.bayes.refits.weighted_draws import weighted_draws
from escc_bayes.classical.cox import breslow, cox
from escc_bayes.sensitivity.checks import part
from escc_bayes.sensitivity.checks.foretold import by_bayes, by_cox, months_foretold
from escc_bayes.sensitivity.checks.periods import cut_month, early, late
from escc_bayes.sensitivity.influence.changed import without_patients
from escc_bayes.sensitivity.part import number
from escc_bayes.sensitivity.subject import Asked, subject_of
from tests.unit.sensitivity.small import cohort, model


@pytest.fixture(scope="module")
def subject():
    return subject_of(cohort(60, seed=2), model(), Asked(seed=1))


@pytest.fixture(scope="module")
def rows(subject):
    return [dict(row) for row in part.run(subject, lambda done, total: None)]


def test_a_patient_is_foretold_by_a_cox_fit_to_the_others(subject):
    plan, months = subject.classical.plan, np.array([12.0, 24.0])
    found = by_cox(plan, months)
    others = np.arange(60) != 7
    X, rows = plan.design.columns, plan.rows
    fit = cox(X[others], rows.time[others], rows.event[others])
    hazard = breslow(fit, X[others], rows.time[others], rows.event[others], months, at=X[7])
    np.testing.assert_allclose(found.left_out[7], np.exp(-hazard), rtol=1e-10)


def test_a_patient_is_foretold_by_the_posterior_of_the_others(subject):
    """Exact refit without the patient; Monte Carlo error of 4,000 weighted draws."""
    months = np.array([12.0])
    drawn = weighted_draws(subject.plan, 3, draws=4000)
    found = by_bayes(drawn, months)
    for who in (0, 7, 30):
        exact = weighted_draws(without_patients(subject.plan, [who]), 3, draws=4000)
        alive = np.exp(-exact.hazards.cumulative(subject.plan.design.centred[[who]], months)[0, :, 0])
        assert found.left_out[who, 0] == pytest.approx(exact.weight @ alive, abs=0.003)


def test_months_have_events_before_and_patients_after(subject):
    for month in months_foretold(subject.plan):
        assert subject.plan.rows.event[subject.plan.rows.time <= month].sum() > 0
        assert (subject.plan.rows.time > month).any()


def test_periods_share_out_events_and_months(subject):
    plan = subject.plan
    at = cut_month(plan)
    first, second = early(plan, at).rows, late(plan, at).rows
    assert first.event.sum() + second.event.sum() == plan.rows.event.sum()
    months = sum(((r.time - r.entry) * (r.weight > 0.0)).sum() for r in (first, second))
    assert months == pytest.approx((plan.rows.time - plan.rows.entry).sum())


def test_hazard_ratios_of_periods_are_those_of_the_cohort_cut_there(subject, rows):
    """Second source: Cox on those still followed, from the median event time on."""
    at = cut_month(subject.plan)
    r, X = subject.plan.rows, subject.classical.plan.design.columns
    kept = r.time > at
    fit = cox(X[kept], r.time[kept], r.event[kept], entry=np.full(int(kept.sum()), at))
    own = next(
        row for row in rows if row["kind"] == part.PERIOD and row["who"].startswith("from") and row["method"] == "cox"
    )
    assert number(own, "value") == pytest.approx(float(np.exp(fit.coef[0])), rel=1e-8)


def test_martingale_residuals_sum_to_zero_and_cox_snell_to_the_events(subject, rows):
    for method in ("cox", "bayes_laplace"):
        own = [row for row in rows if row["kind"] == part.RESIDUAL and row["method"] == method]
        total = sum(number(row, "value") for row in own if row["quantity"] == "martingale")
        # Cox: exactly; the posterior is pulled by its prior.
        assert total == pytest.approx(0.0, abs=1e-8 if method == "cox" else 0.15 * subject.plan.rows.events)


def test_replicates_of_the_true_model_give_back_the_data(rows):
    found = [row for row in rows if row["kind"] == part.REPLICATED and row["p_value"] != ""]
    assert found
    assert np.mean([number(row, "p_value") > 0.02 for row in found]) > 0.9


def test_sentences_change_with_the_table(rows):
    said = part.words(rows)
    changed = [dict(row) for row in rows]
    slope = next(row for row in changed if row["quantity"] == "calibration slope")
    slope["value"] = 0.321
    other = part.words(changed)
    assert [a for a, b in zip(said, other, strict=True) if a != b] != []
    assert any("calibration slope 0.32" in sentence for sentence in other)


def test_predictions_are_not_computed_with_delayed_entry(subject):
    late_entry = subject.plan.rows.entry.copy()
    late_entry[0] = 0.005
    plan = replace(subject.plan, rows=replace(subject.plan.rows, entry=late_entry))
    found = part.prediction_rows(
        replace(subject, posterior=replace(subject.posterior, plan=plan)), weighted_draws(plan, 1, draws=1000)
    )
    assert [row["note"] for row in found] == ["not computed: not defined here with delayed entry"]
