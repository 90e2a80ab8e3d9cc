"""Which cohort each analysis looks at, and which analyses there are not."""

import math

import numpy as np
import pytest

from escc_bayes.foundation.errors import CohortError
from escc_bayes.spec.selection import select_rows
from escc_bayes.time_zero.views import DELAYED, LANDMARK, NAIVE, UPDATED, Refused, View, views
from tests.unit.time_zero.patients import YES_NO, cohort, frame


@pytest.fixture(scope="module")
def patients():
    return cohort()


def view_of(patients, name, analysis, landmarks=()):
    return next(v for v in views(patients, "os", name, landmarks) if v.analysis == analysis)


def rows_of(view, name):
    outcome = view.outcome
    return select_rows(view.cohort, "os", (name,), landmark=outcome.landmark, naive=outcome.naive)


def test_naive_takes_whoever_ever_started_as_started_at_zero(patients):
    rows = rows_of(view_of(patients, "treated", NAIVE), "treated")
    assert rows.naive
    assert rows.covariates["treated"].values.tolist() == (frame()["treated"] == "yes").astype(float).tolist()


def test_a_landmark_counts_starts_by_its_month_alone(patients):
    rows, table = rows_of(view_of(patients, "treated", LANDMARK, (4.0,)), "treated"), frame()
    kept = table[table["months"] > 4.0]
    assert rows.n == len(kept)
    assert rows.covariates["treated"].values.tolist() == (kept["wait"] <= 4.0).astype(float).tolist()
    np.testing.assert_allclose(rows.time, kept["months"] - 4.0)


def test_delayed_entry_is_refused_for_a_treatment_with_the_reason(patients):
    found = view_of(patients, "treated", DELAYED)
    assert isinstance(found, Refused)
    assert "Suissa 2008" in found.why
    assert "leave them in 'no'" in found.why


def test_a_marker_enters_when_it_is_measured_and_time_updated_has_the_same_rows(patients):
    late, now = (rows_of(view_of(patients, "low", analysis), "low") for analysis in (DELAYED, UPDATED))
    table = frame()
    kept = table[table["months"] > 2.0]
    assert (late.n, set(late.entry.tolist())) == (len(kept), {2.0})
    np.testing.assert_array_equal(late.time, now.time)
    assert f"{len(table) - len(kept)} with 'low' without a value before the end of follow-up" in late.sentence()
    assert "same rows as delayed_entry" in view_of(patients, "low", UPDATED).note


def test_a_marker_brings_its_own_landmark(patients):
    at = [v.landmark for v in views(patients, "os", "low", ()) if v.analysis == LANDMARK]
    assert at == [2.0]


def test_of_several_measurements_the_landmark_holds_the_last_and_delayed_entry_is_refused(patients):
    rows = rows_of(view_of(patients, "alc", LANDMARK, (4.0,)), "alc")
    kept = frame()[frame()["months"] > 4.0]
    np.testing.assert_array_equal(rows.covariates["alc"].values, kept["m1"])
    assert isinstance(view_of(patients, "alc", DELAYED), Refused)


@pytest.mark.parametrize(("month", "words"), [(60.0, "the last event is at"), (1.0, "known at 2 months, after")])
def test_landmarks_that_say_nothing_are_refused_with_numbers(patients, month, words):
    found = view_of(patients, "low", LANDMARK, (month,))
    assert isinstance(found, Refused)
    assert words in found.why


def test_a_covariate_known_at_zero_has_no_analyses(patients):
    with pytest.raises(CohortError, match="'stage' is known at time zero"):
        views(patients, "os", "stage", ())


def test_every_view_leaves_the_other_covariates_alone(patients):
    for view in views(patients, "os", "treated", (4.0,)):
        if isinstance(view, View):
            assert view.cohort.covariate("stage") is patients.covariate("stage")
            assert math.isnan(view.landmark) == (view.analysis != LANDMARK)


@pytest.mark.parametrize("how", ["known_at", "measured"])
def test_a_treatment_written_as_a_marker_is_told_by_its_months_and_has_no_analysis_as_one(how):
    """Month 0 in the untreated and the start in the treated: entry there would be delayed in one arm alone."""
    table = frame().assign(wait=lambda t: t["wait"].fillna(0.0))
    own = {"known_at": "wait"} if how == "known_at" else {"measured": [["treated", "wait"]]}
    with pytest.warns(UserWarning, match="every 'no' of 'treated' is known at month 0 and 'yes' later"):
        patients = cohort(table, covariates={"treated": {**YES_NO, **own}})
    found = views(patients, "os", "treated", (4.0,))
    assert [one.analysis for one in found if isinstance(one, View)] == [NAIVE]
    refused = {one.analysis: one.why for one in found if isinstance(one, Refused)}
    assert set(refused) == {LANDMARK, DELAYED, UPDATED}
    assert all("write starts_at in covariates.treated" in why for why in refused.values())


def test_a_marker_measured_late_in_some_of_each_level_is_none_of_that():
    rng = np.random.default_rng(3)
    table = frame().assign(seen=lambda t: np.where(rng.random(len(t)) < 0.5, 0.0, np.minimum(1.0, t["months"])))
    patients = cohort(table, covariates={"low": {**YES_NO, "known_at": "seen"}})
    assert all(isinstance(one, View) for one in views(patients, "os", "low", (4.0,)))
    assert not any("as of a treatment" in note for note in patients.notes)


def test_a_start_on_the_day_of_the_landmark_has_started_by_it():
    """37 days, of a file in days and as a landmark in months, are one month."""
    table = frame()
    months = table["months"].to_numpy() * 30.4375
    table = table.assign(months=months, wait=np.where((table["treated"] == "yes") & (months > 37.0), 37.0, np.nan))
    table = table.assign(treated=np.where(table["wait"].isna(), "no", "yes"))
    patients = cohort(table, time_unit="days", covariates={"treated": {**YES_NO, "starts_at": "wait"}})
    rows = rows_of(view_of(patients, "treated", LANDMARK, (37.0 / 30.4375,)), "treated")
    assert rows.covariates["treated"].values.sum() == (table["treated"] == "yes").sum()
