"""A whole run: rows, probabilities, the cohort, a treatment that starts."""

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.foundation.errors import CohortError
from tests.unit.matching.cohorts import cohort, frame
from tests.unit.time_zero.patients import cohort as late_treatment

EXPECTED = {
    "cox",
    "cox_m_estimation",
    "cox_stratified",
    "cox_unadjusted",
    "weibull",
    "bayes_piecewise",
    "bayes_weibull",
    "bayes_frailty",
    "bayes_design",
}


@pytest.fixture(scope="module")
def paired():
    return eb.match(cohort(frame(60)), "os", "arm", ["x", "stage"], caliper=0.5, designs=20, seed=3)


def test_every_method_has_one_row(paired):
    methods = [one.method for one in paired.answers]
    assert set(methods) == EXPECTED
    assert len(methods) == len(EXPECTED)
    absent = [one.method for one in paired.answers if np.isnan(one.hr)]
    assert absent == ["cox_m_estimation"]


def test_posteriors_agree_with_cox_and_carry_probabilities(paired):
    known = paired.answer("cox")
    for method in ("bayes_piecewise", "bayes_weibull"):
        one = paired.answer(method)
        assert abs(np.log(one.hr / known.hr)) < 0.5 * known.se
        assert 0.0 <= one.prob_lt_08 <= one.prob_lt_1 <= 1.0
    assert "designs of draws of the score" in paired.answer("bayes_design").note


def test_a_seed_gives_the_same_numbers(paired):
    again = eb.match(cohort(frame(60)), "os", "arm", ["x", "stage"], caliper=0.5, designs=20, seed=3)
    assert [one.hr for one in again.answers if one.hr == one.hr] == [
        one.hr for one in paired.answers if one.hr == one.hr
    ]


def test_the_matched_are_a_cohort_with_pairs_as_clusters(paired):
    own = paired.cohort
    assert len(own) == 2 * paired.design.sets
    assert own.schema.cluster == "matched_set"
    assert not own.sampled


def test_contrasts_hold_medians_months_gained_and_ratios_over_time(paired):
    found = {(row["quantity"], row["method"]) for row in paired.contrasts}
    assert found >= {
        ("median", "kaplan_meier"),
        ("rmst_difference", "kaplan_meier"),
        ("rmst_difference", "bayes_piecewise"),
        ("survival_difference", "kaplan_meier"),
        ("hazard_ratio", "cox"),
        ("probability", "bayes_piecewise"),
    }
    assert "NOT BALANCED" in " ".join(paired.sentences) or "0.1 or less" in " ".join(paired.sentences)
    assert any("does not say in which month 'arm' began" in one for one in paired.sentences)


def test_a_treatment_that_starts_is_naive_with_the_others_beside(monkeypatch):
    monkeypatch.setattr("escc_bayes.time_zero.run.DRAWS", 60)
    found = eb.match(late_treatment(), "os", "treated", ["stage"], method="overlap", designs=0)
    assert found.sentences[-1].startswith("NAIVE: 'treated' starts during follow-up")
    analyses = {row["analysis"] for row in found.time_zero.rows if row["method"]}
    assert analyses == {"naive", "landmark", "time_updated", "clone_censor_weight"}


def test_a_group_without_events_has_no_ratio_and_says_so():
    table = frame(60)
    table.loc[table["arm"] == "yes", "death"] = 0
    found = eb.match(cohort(table), "os", "arm", ["x"], method="iptw", designs=0)
    assert np.isnan(found.answer("cox").hr)
    assert "no events" in found.answer("cox").note


def test_start_stop_rows_are_refused():
    table = frame(20).assign(start=0.0)
    rows = {"os": {"start": "start", "stop": "months", "event": "death"}}
    with pytest.raises(CohortError, match="one row for each patient"):
        eb.match(cohort(table, endpoints=rows), "os", "arm", ["x"])


def test_what_there_is_none_of_is_printed_with_its_reason_and_not_as_nan(paired):
    assert "nan" not in repr(paired)
    assert "no cox_m_estimation: who is matched with whom jumps" in repr(paired)
