"""Start-stop rows: what is read, what is refused, with file, row and column."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.intervals import patients_of
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, EsccBayesError, LandmarkError, SchemaError
from escc_bayes.spec.selection import select_rows

ENDPOINT = {"start": "start", "stop": "stop", "event": "death"}
SCHEMA = {
    "id": "who",
    "endpoints": {"os": ENDPOINT},
    "covariates": {"drug": {"kind": "binary", "levels": ["no", "yes"]}},
}


def frame(**changes):
    """Patient a in two rows, b in three with a gap, c in one; in no order."""
    columns = {
        "who": ["b", "a", "b", "c", "a", "b"],
        "start": [0.0, 0.0, 2.0, 1.0, 4.0, 6.0],
        "stop": [2.0, 4.0, 5.0, 9.0, 7.0, 8.0],
        "death": [0, 0, 0, 0, 1, 1],
        "drug": ["no", "no", "yes", "no", "yes", "yes"],
    }
    return pd.DataFrame(columns | changes)


def cohort(table=None, **schema):
    return read_cohort(frame() if table is None else table, schema_from(SCHEMA | schema, "schema.toml"))


def test_patients_are_counted_and_rows_said():
    found = cohort()
    assert (len(found), found.rows, found.followed("os")) == (3, 6, 3)
    assert "3 patients in 6 rows" in repr(found)
    rows = select_rows(found, "os", ("drug",))
    assert (rows.n, rows.events, rows.ids) == (3, 2, ("b", "a", "c"))
    assert rows.patient.tolist() == [0, 1, 0, 2, 1, 0]
    assert "3 of 3 patients of cohort in 6 rows at risk; 1 with gaps, in which they are not at risk" in rows.sentence()


def test_one_row_each_goes_from_first_start_to_last_stop():
    rows = select_rows(cohort(), "os", ("drug",)).one_each
    assert rows.entry.tolist() == [0.0, 0.0, 1.0]
    assert rows.time.tolist() == [8.0, 7.0, 9.0]
    assert rows.event.tolist() == [1.0, 1.0, 0.0]
    assert rows.covariates["drug"].values.tolist() == [0.0, 0.0, 0.0]


def test_a_row_without_a_value_is_left_out_and_said():
    rows = select_rows(cohort(frame(drug=["no", None, "yes", None, "yes", "yes"])), "os", ("drug",))
    assert (rows.n, rows.ids) == (2, ("b", "a"))
    assert "2 rows with 'drug' missing" in rows.sentence()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": [0.0, 0.0, 1.5, 1.0, 4.0, 6.0]}, ("rows 0, 2", "'start'", "'b'", "starts at 1.5", "stops at 2")),
        ({"death": [1, 0, 0, 0, 1, 1]}, ("row 0", "'death'", "'b' has the event", "row 2")),
        ({"stop": [2.0, 4.0, 2.0, 9.0, 7.0, 8.0]}, ("row 2", "'stop'", "must stop after it starts", "'start'")),
        ({"start": [0.0, None, 2.0, 1.0, 4.0, 6.0]}, ("row 1", "'start'", "missing")),
        ({"who": ["b", None, "b", "c", "a", "b"]}, ("row 1", "'who'", "no identifier")),
    ],
)
def test_rows_that_cannot_be_are_refused_by_place(changes, words):
    with pytest.raises(CohortError) as error:
        cohort(frame(**changes))
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"id": None}, 'add id = "COLUMN"'),
        ({"endpoints": {"os": ENDPOINT | {"time": "stop"}}}, "'time' stands beside start and stop"),
        ({"endpoints": {"os": {"start": "start", "event": "death"}}}, "the key 'stop' is missing"),
        ({"endpoints": {"os": ENDPOINT, "pfs": {"time": "stop", "event": "death"}}}, "endpoints.pfs"),
        ({"weight": "start"}, "weights of patients with several rows are not read"),
        ({"covariates": {"drug": SCHEMA["covariates"]["drug"] | {"known_at": 3.0}}}, "remove known_at"),
    ],
)
def test_schemas_that_do_not_go_with_start_and_stop_are_refused(schema, words):
    given = {key: value for key, value in (SCHEMA | schema).items() if value is not None}
    with pytest.raises(SchemaError, match="schema.toml") as error:
        schema_from(given, "schema.toml")
    assert words in str(error.value)


def test_repeated_identifiers_are_refused_without_start_and_stop():
    with pytest.raises(CohortError, match="stands twice.*declare start and stop"):
        cohort(endpoints={"os": {"time": "stop", "event": "death"}})


def test_a_landmark_is_refused():
    with pytest.raises(LandmarkError, match="rows with start and stop hold covariates as they change"):
        select_rows(cohort(), "os", ("drug",), landmark=3.0)


def test_verbs_that_take_a_row_for_each_patient_say_so(tmp_path):
    from escc_bayes.data.ensemble import read_ensemble
    from escc_bayes.evidence.publish import publish

    path = tmp_path / "rows.csv"
    frame().assign(member="m1", provenance="reconstructed").to_csv(path, index=False)
    for ask in (
        lambda: publish(cohort(), study="s", landmarks=(6.0,)),
        lambda: read_ensemble(path, schema_from(SCHEMA, "schema.toml")),
    ):
        with pytest.raises(EsccBayesError, match="one row for each patient"):
            ask()


def test_patients_in_order_of_their_first_row():
    np.testing.assert_array_equal(patients_of(("x", "y", "x", "z")), [0, 1, 0, 2])
