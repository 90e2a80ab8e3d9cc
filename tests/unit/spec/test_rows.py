"""Who is analysed and who is left out: counts against pandas on the same table, clocks in words."""

import numpy as np
import pytest

from escc_bayes.foundation.errors import CohortError, LandmarkError
from escc_bayes.spec.selection import select_rows
from tests.unit.spec.conftest import cohort_from


def reasons(rows):
    return {d.reason: d.patients for d in rows.dropped}


def test_without_landmark_and_without_gaps_everybody_is_analysed(cohort):
    rows = select_rows(cohort, "os", ("stage", "age"))
    assert rows.n == 60
    assert rows.dropped == ()
    assert rows.clock == "time zero"
    assert "nobody left out (complete cases)." in rows.sentence()
    assert rows.sentence().startswith("OBSERVED: 60 of 60 patients of sixty, os from time zero: ")


def test_patients_by_the_landmark_are_counted_as_pandas_counts_them(frame):
    rows = select_rows(cohort_from(frame), "os", ("alc_b",), landmark=6.0)
    early = frame[frame.t <= 6.0]
    assert reasons(rows) == {
        "with the event by the landmark at 6 months": int((early.d == 1).sum()),
        "censored by the landmark at 6 months": int((early.d == 0).sum()),
    }
    later = frame[frame.t > 6.0]
    assert rows.ids == tuple(later.id)
    np.testing.assert_allclose(rows.time, later.t - 6.0, rtol=1e-10)
    assert rows.clock == "the landmark at 6 months"


def test_each_patient_left_out_is_counted_once_and_the_sum_is_all(frame):
    frame.loc[[3, 8, 9], "u"] = np.nan
    frame.loc[[8, 20, 21], "age"] = np.nan
    frame.loc[[21, 22], "stage"] = None
    rows = select_rows(cohort_from(frame), "pfs", ("stage", "age", "response"), landmark=2.0)
    follow_up = frame.u.notna()
    by = follow_up & (frame.u <= 2.0)
    stage = follow_up & ~by & frame.stage.isna()
    age = follow_up & ~by & ~stage & frame.age.isna()
    late = follow_up & ~by & ~stage & ~age & (frame.response_month > 2.0)
    expected = {
        "without follow-up": 3,
        "with the event by the landmark at 2 months": int(by.sum()),
        "with 'stage' missing": int(stage.sum()),
        "with 'age' missing": int(age.sum()),
        "with 'response' not yet known at 2 months": int(late.sum()),
    }
    assert reasons(rows) == {reason: n for reason, n in expected.items() if n}
    assert rows.n + sum(expected.values()) == rows.total == 60
    assert rows.ids == tuple(frame.id[follow_up & ~by & ~stage & ~age & ~late])


def test_complete_cases_are_those_of_the_covariates_used_alone(frame):
    frame.loc[[1, 2], "age"] = np.nan
    assert select_rows(cohort_from(frame), "os", ("stage",)).n == 60
    rows = select_rows(cohort_from(frame), "os", ("age",))
    assert rows.n == 58
    assert "left out: 2 with 'age' missing." in rows.sentence()


def test_a_covariate_known_later_needs_a_landmark_and_the_message_says_which(cohort):
    with pytest.raises(LandmarkError, match="'alc_b' becomes known up to 2 months .* no landmark is set") as caught:
        select_rows(cohort, "os", ("alc_b",))
    assert "landmark = 2 or later" in str(caught.value)
    assert 'time_zero = "naive"' in str(caught.value)
    with pytest.raises(LandmarkError, match=r"the landmark is at 1\.9 months: patients must survive"):
        select_rows(cohort, "os", ("alc_b",), landmark=1.9)
    assert select_rows(cohort, "os", ("alc_b",), landmark=2.0).n < 60


def test_a_covariate_known_at_each_patients_own_month_needs_a_landmark_too(cohort):
    with pytest.raises(LandmarkError, match="'response' becomes known up to .* no landmark is set"):
        select_rows(cohort, "os", ("response",))


def test_at_a_landmark_only_values_already_known_are_used(frame):
    rows = select_rows(cohort_from(frame), "os", ("response",), landmark=1.5)
    known = frame[(frame.t > 1.5) & (frame.response_month <= 1.5)]
    assert rows.ids == tuple(known.id)


def test_a_value_known_exactly_at_the_landmark_is_used(frame):
    frame["response_month"] = frame.t.clip(upper=2.0)
    rows = select_rows(cohort_from(frame), "os", ("response",), landmark=2.0)
    assert rows.n == int((frame.t > 2.0).sum())


def test_a_naive_clock_keeps_everyone_and_says_so(cohort):
    rows = select_rows(cohort, "os", ("alc_b", "response", "stage"), naive=True)
    assert rows.n == 60
    assert rows.clock == "NAIVE time zero (alc_b, response treated as known at time zero)"
    assert "NAIVE time zero (alc_b, response treated as known at time zero)" in rows.sentence()


def test_nobody_left_and_no_events_left_are_refused_with_the_counts(frame):
    with pytest.raises(CohortError, match="data frame, endpoint 'os': 0 patients are left .*with the event by"):
        select_rows(cohort_from(frame), "os", (), landmark=1000.0)
    frame["d"] = 0
    with pytest.raises(CohortError, match="endpoint 'os': no events among 60 patients .*check the event column"):
        select_rows(cohort_from(frame), "os", ())


def test_the_share_censored_is_that_of_the_patients_analysed(frame):
    """15 of 60 censored, or 75 % events: the sentence must not give one for the other."""
    frame["d"] = (np.arange(60) % 4 != 0).astype(int)
    assert "45 events, 25 % censored; nobody" in select_rows(cohort_from(frame), "os", ()).sentence()
    rows = select_rows(cohort_from(frame), "os", (), landmark=6.0)
    later = frame[frame.t > 6.0]
    assert f"{later.d.sum()} events, {100 * (later.d == 0).mean():.0f} % censored; left out" in rows.sentence()


def test_two_patients_are_the_fewest_that_are_analysed(frame):
    frame["d"] = 1
    last = np.sort(frame.t.to_numpy())[[-3, -2]]
    assert select_rows(cohort_from(frame), "os", (), landmark=float(last[0])).n == 2
    with pytest.raises(CohortError, match="1 patients are left to analyse .*fewer covariates or an earlier landmark"):
        select_rows(cohort_from(frame), "os", (), landmark=float(last[1]))


def test_thin_levels_are_said_with_their_events(frame):
    frame.loc[:, "d"] = (frame.stage != "IV").astype(int)
    frame.loc[frame.index[frame.stage == "IV"][:2], "d"] = 1
    rows = select_rows(cohort_from(frame), "os", ("stage",))
    assert rows.notes == ("stage = IV: 2 events in 20 patients; its estimate rests on little data",)


def test_rows_remember_the_cohort_they_come_from(cohort):
    rows = select_rows(cohort, "os", ("stage",), landmark=3.0)
    assert (rows.cohort, rows.provenance, rows.data_digest) == ("sixty", "observed", cohort.digest)
    assert rows.ids == tuple(cohort.ids[i] for i in rows.positions)
    assert rows.events == int(rows.event.sum())
    assert not rows.delayed


def test_weights_go_with_their_patients(frame):
    rows = select_rows(cohort_from(frame, weight="w"), "os", (), landmark=6.0)
    kept = frame.w[frame.t > 6.0]
    np.testing.assert_allclose(rows.weight, kept / kept.mean(), rtol=1e-10)
    assert rows.weighting.unit * rows.weight.sum() == pytest.approx(kept.sum(), rel=1e-10)
