"""Rows of one patient in a file whose schema takes each for a patient: refused, asked about, or left in peace."""

import warnings

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import load_schema
from escc_bayes.foundation.errors import CohortError

SCHEMA = """schema = 1
{identifier}
[endpoints.os]
time = "stop"
event = "died"
entry = "start"
[covariates.arm]
kind = "binary"
levels = ["A", "B"]
"""


def schema_of(tmp_path, identifier=""):
    """Return the schema of a file with late entries."""
    path = tmp_path / "schema.toml"
    path.write_text(SCHEMA.format(identifier=identifier))
    return load_schema(path)


def episodes(seed, patients=12):
    """Return SIMULATED patients, a row for each three months, and how many months each was followed."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(patients):
        last, died, arm = float(rng.integers(4, 30)), int(rng.integers(2)), "AB"[i % 2]
        starts = np.arange(0.0, last, 3.0)
        stops = np.append(starts[1:], last)
        rows += [(f"P{i}", arm, start, stop, died * (stop == last)) for start, stop in zip(starts, stops, strict=True)]
    return pd.DataFrame(rows, columns=["patient", "arm", "start", "stop", "died"]).sample(frac=1.0, random_state=seed)


@pytest.mark.parametrize("seed", range(5))
def test_rows_that_follow_each_other_in_a_column_are_refused_with_what_to_write(tmp_path, seed):
    with pytest.raises(CohortError, match=r"column 'patient': rows of 'P\d+' follow each other.* id = \"patient\""):
        read_cohort(episodes(seed), schema_of(tmp_path))


def test_an_identifier_of_rows_does_not_hide_the_patients(tmp_path):
    table = episodes(1)
    table["row"] = [f"R{i}" for i in range(len(table))]
    with pytest.raises(CohortError, match="column 'patient'"):
        read_cohort(table, schema_of(tmp_path, 'id = "row"'))


def test_without_a_column_of_patients_the_rows_are_asked_about(tmp_path):
    with pytest.warns(UserWarning, match="begin in the month in which another row with the same covariates ends"):
        read_cohort(episodes(1).drop(columns="patient"), schema_of(tmp_path))


def test_rows_after_an_event_are_no_episodes_of_a_patient(tmp_path):
    """Beds: one is taken in the month in which another patient's stay ended by death."""
    stays = [("B1", 0.0, 3.0, 1), ("B1", 3.0, 9.0, 0), ("B2", 0.0, 4.0, 1), ("B2", 4.0, 8.0, 1)]
    table = pd.DataFrame([(bed, "AB"[i % 2], *rest) for i, (bed, *rest) in enumerate(stays)])
    table.columns = ["bed", "arm", "start", "stop", "died"]
    assert read_cohort(table, schema_of(tmp_path)).rows == 4


@pytest.mark.parametrize("seed", range(20))
def test_patients_who_enter_late_are_left_in_peace(tmp_path, seed):
    rng = np.random.default_rng(seed)
    n = 80
    start = np.where(rng.random(n) < 0.5, 0.0, rng.integers(0, 12, n)).astype(float)
    table = pd.DataFrame(
        {
            "centre": rng.integers(0, 40, n).astype(str),
            "arm": np.where(rng.random(n) < 0.5, "A", "B"),
            "start": start,
            "stop": start + rng.integers(1, 40, n),
            "died": rng.integers(0, 2, n),
        }
    )
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert read_cohort(table, schema_of(tmp_path)).rows == n
    assert not [one for one in said if "same covariates" in str(one.message)]


def test_a_time_that_is_a_date_is_called_one(tmp_path):
    table = pd.DataFrame({"start": 0.0, "stop": ["2020-03-01", "2021-04-01"], "died": [1, 0], "arm": ["A", "B"]})
    with pytest.raises(CohortError, match=r"'2020-03-01' is a date, not a time; write in endpoints.os start_date"):
        read_cohort(table, schema_of(tmp_path))


def test_one_mistyped_time_makes_no_others_one(tmp_path):
    table = pd.DataFrame({"start": 0.0, "stop": [3.0, 4.0, 5.0, 6.0, 1e12], "died": 1, "arm": list("ABABA")})
    with pytest.warns(UserWarning, match="far|median"):
        found = read_cohort(table, schema_of(tmp_path))
    np.testing.assert_array_equal(found.endpoint("os").time, table["stop"])
