"""ADTTE: a row for each endpoint of a patient becomes one row for each patient; nothing else is touched."""

import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.data.table import read_table
from escc_bayes.foundation.errors import CohortError

ROWS = pd.DataFrame(
    {
        "USUBJID": ["1", "1", "2", "2", "3"],
        "TRTP": ["A", "A", "B", "B", "A"],
        "PARAMCD": ["OS", "PFS", "OS", "PFS", "OS"],
        "PARAM": ["Overall", "Progression", "Overall", "Progression", "Overall"],
        "AVAL": [300.0, 200.0, 150.0, 150.0, 90.0],
        "CNSR": [1, 0, 0, 0, 0],
    }
)
OS = {"endpoints": {"os": {"time": "AVAL OS", "event": "CNSR OS"}}, "time_unit": "days", "id": "USUBJID"}


def test_each_patient_has_one_row_and_a_column_for_each_endpoint():
    table = read_table(ROWS)
    assert table.columns["USUBJID"] == ["1", "2", "3"]
    assert table.columns["AVAL OS"] == [300.0, 150.0, 90.0]
    assert table.columns["CNSR PFS"] == [0, 0, None]
    assert table.columns["TRTP"] == ["A", "B", "A"]
    assert any("one row for each of 3 patients" in note for note in table.notes)


@pytest.mark.filterwarnings("ignore")
def test_a_censoring_of_adam_stays_reversed():
    cohort = read_cohort(ROWS, schema_from(OS, "s"))
    assert (len(cohort), cohort.endpoints["os"].events) == (3, 2)


def test_a_schema_for_the_long_table_is_refused_with_the_new_name():
    long = {**OS, "endpoints": {"os": {"time": "AVAL", "event": "CNSR"}}}
    with pytest.raises(CohortError, match="column 'AVAL' is missing; did you mean 'AVAL OS'"):
        read_cohort(ROWS, schema_from(long, "s"))


def test_one_endpoint_and_repeated_rows_stay_as_they_are():
    assert len(read_table(ROWS[ROWS.PARAMCD == "OS"]).rows) == 3
    twice = pd.concat([ROWS, ROWS.iloc[[0]]])
    assert len(read_table(twice).rows) == 6
