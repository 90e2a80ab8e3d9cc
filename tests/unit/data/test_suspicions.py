"""What looks wrong is said with rows, once; what is ordinary is not."""

import re
import warnings
from collections import Counter
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.plausibility import perhaps_equal, possible_values
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import DataWarning


def read(times, *, unit="months", path=None, provenance=None, **columns):
    n = len(times)
    frame = pd.DataFrame({"id": np.arange(n), "t": times, "d": np.arange(n) % 2} | columns)
    raw = {"time_unit": unit, "id": "id", "endpoints": {"os": {"time": "t", "event": "d"}}}
    if path is None:
        return read_cohort(frame, schema_from(raw, "s"), provenance=provenance)
    frame.to_csv(path, index=False)
    return read_cohort(path, schema_from(raw, "s"), provenance=provenance)


@pytest.fixture
def months():
    """79 exponential times with median 24 months, censored between 40 and 60, all different."""
    rng = np.random.default_rng(79)
    return np.round(np.minimum(rng.exponential(24 / np.log(2), 79) + 0.5, rng.uniform(40.0, 60.0, 79)), 4)


def messages(*arguments, **named):
    """Read and return what was warned of, every message."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cohort = read(*arguments, **named)
    assert all(w.category is DataWarning for w in caught)
    assert cohort.notes == tuple(str(w.message) for w in caught)
    return list(cohort.notes)


def test_an_ordinary_cohort_is_read_without_a_word(months):
    assert messages(months) == []


def test_duplicate_rows_are_named_although_their_identifiers_differ(months, tmp_path):
    times = months.copy()
    times[[7, 40]] = times[[5, 20]]
    (found,) = messages(times, path=tmp_path / "c.csv")
    assert "2 duplicate row(s) (line 9 repeats 7; 42 repeats 22)" in found
    assert "c.csv" in found
    assert "if they are one patient entered twice, remove them" in found


@pytest.mark.parametrize("provenance", ["reconstructed", "simulated"])
def test_equal_rows_are_no_double_entry_where_nobody_was_observed(months, provenance):
    times = months.copy()
    times[[7, 40]] = times[[5, 20]]
    assert messages(times, provenance=provenance) == []


def test_equal_rows_are_expected_of_few_coarse_columns(months):
    """79 times in whole months below 60 with an event: comb(79, 2) / (60 x 2) = 26 equal pairs by chance."""
    assert messages(np.ceil(months)) == []


def test_equal_rows_are_unlikely_once_columns_tell_patients_apart(months):
    """The same with age in whole years (40 values) and a marker in tenths (80): 26 / 3200 = 0.008 by chance."""
    rng = np.random.default_rng(5)
    age, marker = rng.integers(45, 85, 79), np.round(rng.uniform(1.0, 9.0, 79), 1)
    times, event = np.ceil(months), np.arange(79) % 2
    times[40], age[40], marker[40] = times[20], age[20], marker[20]
    assert event[40] == event[20]
    (found,) = messages(times, age=age, marker=marker)
    assert "row 40 repeats 20" in found


def test_three_of_79_times_in_days_are_named(months, tmp_path):
    longest = np.sort(np.argsort(months)[-3:])
    times = months.copy()
    times[longest] = np.round(times[longest] * 30.4375)
    unit, apart = messages(times, path=tmp_path / "c.csv")
    assert "is time_unit right" in unit
    assert f"lines {', '.join(str(i + 2) for i in longest)}, column 't'" in apart
    assert "far above all other times" in apart
    assert "another unit, or a slip of the pen?" in apart


@pytest.mark.parametrize(("time", "side"), [(250.0, "above"), (0.001, "below")])
def test_one_outlying_time_is_named(months, tmp_path, time, side):
    times = months.copy()
    times[30] = time
    (found,) = messages(times, path=tmp_path / "c.csv")
    assert f"line 32, column 't': {time} lie(s) far {side} all other times (nearest: " in found


def test_days_declared_as_months_are_said(months):
    (found,) = messages(months * 30.4375)
    assert "column 't': follow-up declared in months has a median of 4" in found
    assert "is time_unit right (days, perhaps)?" in found


def test_months_declared_as_days_are_said():
    (found,) = messages(np.random.default_rng(1).uniform(3.0, 29.0, 40), unit="days")
    ends = r"declared in days ends after 2\d\.\d days for everyone; is time_unit right \(months, perhaps\)\?"
    assert re.search(ends, found)


@pytest.mark.parametrize(("longest", "unit", "said"), [(95.0, "days", 1), (190.0, "days", 0), (3.0, "months", 0)])
def test_a_cohort_followed_for_five_years_is_not_told_in_days(longest, unit, said):
    # 95 months of follow-up declared as days are 3.1 months: nobody follows patients for so short a time.
    assert len(messages(np.linspace(2.0, longest, 40), unit=unit)) == said


def test_an_endpoint_that_shares_its_time_column_is_judged_once(months):
    frame = pd.DataFrame({"t": np.append(months, 250.0), "d": 1, "e": 0})
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}, "dss": {"time": "t", "event": "e"}}}
    with pytest.warns(DataWarning, match="250.0 lie") as caught:
        read_cohort(frame, schema_from(raw, "s"))
    assert len(caught) == 1


def test_rows_that_are_perhaps_equal_are_all_that_are_equal():
    """Second source: every row counted as a tuple; hashes of 64 bits add none of 3,000 rows."""
    rng = np.random.default_rng(2)
    columns = [
        list(rng.choice(words, 3000)) for words in (["a", "b"], np.arange(40), [1.5, 2.5, np.inf], [True, False])
    ]
    columns.append([None, "x"] * 1500)
    rows = list(zip(*columns, strict=True))
    times = Counter(rows)
    assert perhaps_equal(columns).tolist() == [i for i, row in enumerate(rows) if times[row] > 1]
    distinct = [list(range(3000)), *columns]
    assert perhaps_equal(distinct).size == 0


@pytest.mark.parametrize("seed", range(20))
def test_possible_values_are_steps_of_the_last_decimal(seed):
    """Second source: exact decimal arithmetic on the text of each value."""
    rng = np.random.default_rng(seed)
    places, scale = int(rng.integers(0, 8)), 10.0 ** rng.integers(-2, 6)
    written = [f"{value:.{places}f}" for value in rng.uniform(-scale, scale, int(rng.integers(1, 2500)))]
    exact = [Decimal(text) for text in written]
    finest = min(int(value.normalize().as_tuple().exponent) for value in exact)
    steps = int((max(exact) - min(exact)).scaleb(-min(finest, 0))) + 1
    assert possible_values([*written, None]) == steps
    assert possible_values([float(text) for text in written]) == steps


def test_bundled_cohorts_raise_no_warning():
    assert example_cohort("escc79").notes == ()
    assert example_cohort("larynx").notes == ()


def test_ordinary_cohorts_are_called_outlying_in_fewer_than_2_percent():
    """500 exponential cohorts of 80 without censoring, the worst case; two Monte Carlo errors are allowed."""
    rng = np.random.default_rng(2024)
    warned = sum(any("far above" in note for note in messages(rng.exponential(18.0, 80) + 1e-3)) for _ in range(500))
    assert warned / 500 < 0.02 + 2 * np.sqrt(0.02 * 0.98 / 500)


START_STOP = {
    "id": "who",
    "endpoints": {"os": {"start": "start", "stop": "stop", "event": "death"}},
    "covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}},
}


def in_two_rows(months):
    """Every patient in two rows, the first as all others' of the arm: months 0 to 0.01 without an event."""
    n = months.size
    first = {"start": 0.0, "stop": 0.01, "death": 0}
    last = {"start": 0.01, "stop": months + 0.02, "death": np.arange(n) % 2}
    beside = {"who": [f"P{i}" for i in range(n)], "arm": np.where(np.arange(n) % 3 == 0, "a", "b")}
    return pd.concat([pd.DataFrame(beside | part) for part in (first, last)], ignore_index=True)


def test_rows_alike_of_patients_with_several_are_no_double_entry(months):
    schema = schema_from(START_STOP, "schema.toml")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_cohort(in_two_rows(months), schema)
    assert not [w for w in caught if "rows as another" in str(w.message) or "duplicate" in str(w.message)]


def test_a_patient_with_several_rows_entered_twice_is_named(months):
    """Whatever the order of the rows."""
    rows = in_two_rows(months)
    copy = rows[rows["who"] == "P4"].iloc[::-1].assign(who="P80")
    with pytest.warns(
        DataWarning, match=r"column 'who': 1 patient\(s\) with the same rows as another \(P80 repeats P4\)"
    ):
        read_cohort(pd.concat([rows, copy], ignore_index=True), schema_from(START_STOP, "schema.toml"))


def test_a_number_that_a_patient_keeps_is_no_cell_filled_down(months):
    """Ages stay in the rows of a patient; six patients in a row of one age are as suspicious as ever."""
    schema = schema_from(START_STOP | {"covariates": {"age": {"kind": "continuous"}}}, "schema.toml")
    rows = in_two_rows(months).drop(columns="arm").sort_values("who", kind="stable", ignore_index=True)
    rows = rows.loc[rows.index.repeat(5)].reset_index(drop=True)
    rows["start"] = rows["stop"] = 0.0
    rows["start"] = rows.groupby("who").cumcount() * 2.0
    rows["stop"], rows["death"] = rows["start"] + 2.0, 0
    kept = rows.assign(age=40.0 + rows["who"].str[1:].astype(int) % 37 + rows["who"].str[1:].astype(int) / 100)
    assert not read_cohort(kept, schema).notes
    filled = kept.assign(age=np.where(kept["who"].between("P10", "P18"), 66.0, kept["age"]))
    with pytest.warns(DataWarning, match="was a cell filled down"):
        read_cohort(filled, schema)
