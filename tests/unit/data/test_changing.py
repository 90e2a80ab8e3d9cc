"""Covariates that change, read from one row for each patient: what is read, what is said, what is refused."""

import warnings

import numpy as np
import pandas as pd
import pytest

from escc_bayes.classical.characteristics import characteristics
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.recode import merged
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, DataWarning, EsccBayesError, LandmarkError, SchemaError
from escc_bayes.spec.selection import select_rows

YES_NO = {"kind": "binary", "levels": ["no", "yes"]}
TREATED = {**YES_NO, "starts_at": "wait"}
MARKER = {"kind": "continuous", "measured": [["m0", 0.0], ["m1", 1.0], ["m2", "when"]]}


def frame(**changes):
    columns = {
        "os_months": [9.0, 5.0, 7.0, 2.0],
        "os_event": [1, 0, 1, 1],
        "treated": ["yes", "no", "yes", "no"],
        "wait": [3.0, None, 0.0, None],
        "m0": [1.0, None, 3.0, None],
        "m1": [1.0, 2.0, None, None],
        "m2": [4.0, None, 5.0, None],
        "when": [6.0, None, 2.0, None],
    }
    return pd.DataFrame(columns | changes)


def cohort(table=None, covariates=None, **schema):
    raw = {"endpoints": {"os": {"time": "os_months", "event": "os_event"}}} | schema
    raw["covariates"] = {"treated": TREATED} if covariates is None else covariates
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_cohort(frame() if table is None else table, schema_from(raw, "schema.toml"))


def test_a_treatment_that_starts_cuts_follow_up_at_its_month():
    rows = select_rows(cohort(), "os", ("treated",))
    assert (rows.n, rows.events, len(rows.ids)) == (4, 3, 4)
    found = list(zip(rows.patient, rows.entry, rows.time, rows.event, rows.covariates["treated"].values, strict=True))
    assert found == [(0, 0, 3, 0, 0), (0, 3, 9, 1, 1), (1, 0, 5, 0, 0), (2, 0, 7, 1, 1), (3, 0, 2, 1, 0)]


def test_an_analysis_without_the_covariate_has_one_row_each():
    assert select_rows(cohort(), "os", ()).patient is None


def test_the_last_value_is_carried_forward_and_nobody_is_at_risk_before_the_first():
    """Patient 0: 1 until month 6, then 4; 1: late, 2 from month 1; 2: 3, then 5 from month 2; 3: never measured."""
    rows = select_rows(cohort(covariates={"marker": MARKER}), "os", ("marker",))
    found = list(zip(rows.whose, rows.entry, rows.time, rows.covariates["marker"].values, strict=True))
    assert found == [(0, 0, 6, 1), (0, 6, 9, 4), (1, 1, 5, 2), (2, 0, 2, 3), (2, 2, 7, 5)]
    assert "1 with 'marker' missing" in rows.sentence()


def test_who_is_measured_for_the_first_time_after_the_end_of_an_endpoint_is_left_out_and_counted():
    found = cohort(frame(os_months=[9.0, 0.8, 7.0, 2.0]), {"marker": MARKER})
    rows = select_rows(found, "os", ("marker",))
    assert "1 with 'marker' without a value before the end of follow-up" in rows.sentence()


def test_a_landmark_begins_with_the_value_then_and_goes_on():
    rows = select_rows(cohort(), "os", ("treated",), landmark=2.0)
    found = list(zip(rows.entry, rows.time, rows.covariates["treated"].values, strict=True))
    assert found == [(0, 1, 0), (1, 7, 1), (0, 3, 0), (0, 5, 1)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"wait": [None, None, 0.0, None]}, ("row 0", "column 'wait'", "no month at which it started")),
        ({"wait": [3.0, 4.0, 0.0, None]}, ("row 1", "column 'wait'", "column 'treated' does not say 'yes'")),
        ({"treated": ["yes", "no", None, "no"]}, ("row 2", "column 'wait'", "does not say 'yes'")),
        ({"wait": [-3.0, None, 0.0, None]}, ("row 0", "column 'wait'", "cannot be negative, was given -3.0")),
    ],
)
def test_treatment_and_month_that_do_not_go_together_are_refused_with_the_row(changes, words):
    with pytest.raises(CohortError) as told:
        cohort(frame(**changes))
    assert all(word in str(told.value) for word in words), str(told.value)


def test_months_that_fall_are_refused_with_the_row():
    with pytest.raises(CohortError, match="row 2, column 'when': 'marker' was measured at 0.5 months"):
        cohort(frame(when=[6.0, None, 0.5, None], m1=[1.0, 2.0, 4.0, None]), {"marker": MARKER})


def test_a_start_after_follow_up_is_said_and_never_counts():
    raw = {"endpoints": {"os": {"time": "os_months", "event": "os_event"}}, "covariates": {"treated": TREATED}}
    with pytest.warns(DataWarning, match=r"row 0, column 'wait': 'treated' starts when follow-up has ended"):
        found = read_cohort(frame(wait=[9.0, None, 0.0, None]), schema_from(raw, "s"))
    rows = select_rows(found, "os", ("treated",))
    assert rows.covariates["treated"].values.tolist() == [0, 0, 1, 0]
    assert rows.patient is None


def test_values_carried_forward_for_want_of_a_new_one_are_said_with_rows():
    raw = {"endpoints": {"os": {"time": "os_months", "event": "os_event"}}, "covariates": {"marker": MARKER}}
    with pytest.warns(DataWarning, match=r"row 2, column 'm1': no value of 'marker' at 1 month in 1 patient"):
        read_cohort(frame(), schema_from(raw, "s"))


@pytest.mark.parametrize(
    ("covariate", "words"),
    [
        ({**TREATED, "known_at": 3.0}, "known_at and starts_at both say"),
        ({**TREATED, "kind": "ordered"}, "starts_at belongs to a binary covariate"),
        ({**MARKER, "column": "m0"}, "column and measured both name"),
        ({**MARKER, "measured": [["m0", 1.0], ["m1", 0.0]]}, "months must increase"),
        ({**MARKER, "measured": [["m0", 0.0], ["m0", 1.0]]}, "stands twice"),
        ({**MARKER, "measured": []}, "expected a list of"),
    ],
)
def test_schemas_that_contradict_themselves_are_refused(covariate, words):
    with pytest.raises(SchemaError, match=words):
        cohort(covariates={"x": covariate})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"weight": "m0", "weight_kind": "sampling"}, "sampling weights of patients with several rows"),
        ({"strata": "treated"}, "makes no strata"),
        (
            {"id": "m0", "endpoints": {"os": {"start": "m0", "stop": "os_months", "event": "os_event"}}},
            "start and stop",
        ),
    ],
)
def test_what_changing_covariates_do_not_go_with_is_refused(schema, words):
    with pytest.raises(EsccBayesError, match=words):
        cohort(**schema)


def test_frequency_weights_copy_the_changes_of_a_patient():
    found = cohort(frame(w=[2, 1, 1, 1]), weight="w", weight_kind="frequency")
    rows = select_rows(found, "os", ("treated",))
    assert (rows.n, rows.time.size) == (5, 7)


def test_the_digest_knows_the_months_of_changes():
    one, other = cohort(), cohort(frame(wait=[4.0, None, 0.0, None]))
    assert one.digest != other.digest
    assert one.subset(np.array([0, 1, 2, 3])).digest == one.digest


def test_characteristics_are_those_of_time_zero_and_say_who_changes():
    rows = characteristics(cohort(covariates={"treated": TREATED, "marker": MARKER}))
    assert ("treated (at time zero)", "no", "3 (75 %)", "") in rows
    assert ("treated (changes later)", "", "1 (25 %)", "") in rows
    assert ("marker (at time zero)", "", "2 (1 to 3)", "2") in rows


def test_levels_that_change_are_not_merged():
    with pytest.raises(CohortError, match="changes during follow-up"):
        merged(cohort(), "treated", {"yes": ["yes"], "no": ["no"]})


def test_a_marker_used_before_it_is_known_is_an_error_with_three_ways_out_and_the_verb():
    found = cohort(covariates={"treated": {**YES_NO, "known_at": 1.0}})
    with pytest.raises(LandmarkError) as told:
        select_rows(found, "os", ("treated",))
    for way in ("landmark = 1", 'measured = [["treated", 1]]', 'time_zero = "naive"', "`escc-bayes time-zero`"):
        assert way in str(told.value), way
