"""Every kind of bad input is refused with file, line, column, what was given and what to do."""

import numpy as np
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError

# What is spoiled in the rows (old text, new text); the changes of the schema; words of the message in their order.
SPOILED = {
    "unknown level": (
        ("P3,24.25,1,21.25,1,II", "P3,24.25,1,21.25,1,V"),
        {},
        ["line 4", "column 'stage'", "level 'V' is not declared", "II, III, IV", "correct the rows or add"],
    ),
    "level in another case": (
        ("P3,24.25,1,21.25,1,II", "P3,24.25,1,21.25,1,ii"),
        {},
        ["line 4", "column 'stage'", "level 'ii'", "did you mean 'II'?"],
    ),
    "negative time": (
        ("P2,36.5", "P2,-36.5"),
        {},
        ["line 3", "column 'os_months'", "must be above 0", "was given -36.5", "correct or remove"],
    ),
    "zero time": (("P5,13,", "P5,0,"), {}, ["line 6", "column 'os_months'", "must be above 0", "given 0;", "correct"]),
    "infinite time": (
        ("P5,13,", "P5,inf,"),
        {},
        ["line 6", "column 'os_months'", "must be finite", "given inf", "correct"],
    ),
    "huge time": (("P5,13,", "P5,1e400,"), {}, ["line 6", "column 'os_months'", "must be finite", "given 1e400"]),
    "vanishing time": (("P5,13,", "P5,1e-310,"), {}, ["line 6", "column 'os_months'", "above 0", "given 1e-310"]),
    "time missing": (
        ("P5,13,", "P5,,"),
        {},
        ["line 6", "column 'os_months'", "time is missing", 'missing = "drop"'],
    ),
    "NaN time": (("P5,13,", "P5,NaN,"), {}, ["line 6", "column 'os_months'", "time is missing", "correct them"]),
    "time in words": (
        ("P5,13,", "P5,13 months,"),
        {},
        ["line 6", "column 'os_months'", "'13 months' is not a number", "correct it"],
    ),
    "digits grouped by underscores": (("P5,13,", "P5,1_3,"), {}, ["line 6", "column 'os_months'", "'1_3' is not a"]),
    "decimal comma in quotes": (
        ("P2,36.5,", 'P2,"36,5",'),
        {},
        ["line 3", "column 'os_months'", "decimal comma", "write 36.5 in place of 36,5"],
    ),
    "decimal comma without quotes": (
        ("P2,36.5,", "P2,36,5,"),
        {},
        ["line 3", "has 8 values, the header has 7", "decimal comma", "write 12.5"],
    ),
    "ragged line": (("P4,25.75,0,", "P4,25.75,"), {}, ["line 5", "has 6 values, the header has 7", "correct the line"]),
    "event missing": (
        ("P3,24.25,1", "P3,24.25,NaN"),
        {},
        ["line 4", "column 'os_event'", "event is missing", "remove the rows"],
    ),
    "event 2": (
        ("P3,24.25,1", "P3,24.25,2"),
        {},
        ["line 4", "column 'os_event'", "'2' is not a declared", "holds 0, 1, 2", "declare event_values"],
    ),
    "event 0.5": (
        ("P3,24.25,1", "P3,24.25,0.5"),
        {},
        ["line 4", "column 'os_event'", "'0.5' is not a declared", "declare event_values"],
    ),
    "event a word": (
        ("P3,24.25,1", "P3,24.25,dead"),
        {},
        ["line 4", "column 'os_event'", "'dead' is not a declared", "declare event_values"],
    ),
    "event outside both lists": (
        ("P3,24.25,1", "P3,24.25,7"),
        {"endpoints__os": {"event_values": ["1"], "censored_values": ["0"]}},
        ["line 4", "column 'os_event'", "'7' is not a declared", "add it to event_values or censored_values"],
    ),
    "no event value occurs": (
        ("P1", "P1"),
        {"endpoints__os": {"event_values": ["dead"]}},
        ["column 'os_event'", "none of the declared event_values", "holds 0, 1", "correct the schema"],
    ),
    "entry at exit": (
        ("P5,13,", "P5,11.25,"),
        {"endpoints__os": {"entry": "pfs_months"}, "endpoints__pfs": None},
        ["lines 5, 6, 7", "column 'os_months'", "after entry", "25.75 (entry 25.75)", "correct or remove"],
    ),
    "entry negative": (
        ("P3,24.25,1,21.25,1,II,69", "P3,24.25,1,21.25,1,II,-1"),
        {"endpoints__os": {"entry": "age"}},
        ["line 4", "column 'age'", "entry cannot be negative", "given -1", "correct or remove"],
    ),
    "entry missing": (
        ("P3,24.25,1,21.25,1,II,69", "P3,24.25,1,21.25,1,II,"),
        {"endpoints__os": {"entry": "age"}, "covariates__age": None},
        ["line 4", "column 'age'", "entry is missing", "write 0 for a patient seen from time zero"],
    ),
    "progression after death": (
        ("P3,24.25,1,21.25", "P3,24.25,1,24.26"),
        {},
        ["line 4", "column 'pfs_months'", "pfs ends after os", "24.26 > 24.25", "correct these rows"],
    ),
    "patient twice": (
        ("P4,", "P2,"),
        {},
        ["lines 3, 5", "column 'patient'", "'P2' stands twice", "keep one row for each"],
    ),
    "patient without identifier": (("P4,", ","), {}, ["line 5", "column 'patient'", "no identifier", "fill it in"]),
    "infinite covariate": (("P1,22.5,0,3.25,1,II,66", "P1,22.5,0,3.25,1,II,-inf"), {}, ["line 2", "'age'", "infinite"]),
    "weight zero": (
        ("P1,22.5,0,3.25,1,II,66", "P1,22.5,0,3.25,1,II,0"),
        {"weight": "age"},
        ["line 2", "column 'age'", "weight must be above 0", "correct or remove"],
    ),
    "weight missing": (
        ("P1,22.5,0,3.25,1,II,66", "P1,22.5,0,3.25,1,II,NA"),
        {"weight": "age"},
        ["line 2", "column 'age'", "weight must be above 0"],
    ),
    "column missing": (
        ("os_months", "os_month"),
        {},
        ["column 'os_months' is missing", "did you mean 'os_month'?", "correct the header or the schema"],
    ),
    "column twice": (("stage,age", "stage,stage"), {}, ["column 'stage' stands twice in the header", "rename one"]),
    "provenance unknown": (
        ("stage,age", "stage,provenance"),
        {"covariates__age": None},
        ["lines 2, 3", "column 'provenance'", "was given 66", "write the same one of observed"],
    ),
}


def assert_in_order(message, words):
    position = 0
    for word in words:
        found = message.find(word, position)
        assert found >= 0, f"{word!r} is not in (the rest of) {message!r}"
        position = found


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_cell_is_refused_with_file_line_column_and_remedy(small, case):
    (old, new), changes, words = SPOILED[case]
    with pytest.raises(CohortError) as caught:
        small.read(small.replaced(old, new) if old != new else small.rows, **changes)
    assert_in_order(str(caught.value), ["cohort.csv", *words])


def test_all_rows_at_fault_are_listed_and_long_lists_are_cut(small):
    rows = small.rows.splitlines()
    many = "\n".join([rows[0]] + [f"N{i},-1,0,1,1,II,60" for i in range(20)])
    with pytest.raises(CohortError, match="lines 2, 3, 4, 5, 6, 7, 8, 9 and 12 more"):
        small.read(many)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty; give a header line"),
        (b" \n\n", "the file is empty"),
        (b"patient,os_months\n", "has a header and no rows; give one row for each patient"),
        (b"patient,stage\nP1,\x81\x8d\n", "text in no encoding that can be told .*; save the file as CSV UTF-8"),
        (b"patient,stage\nP1,II\x00\nP2,III\n", "holds zero bytes.*save the file as CSV UTF-8"),
        (b"%PDF-1.7 patients", "is a PDF, which holds no table that can be read here; give a CSV, Excel"),
        (b"\x1f\x8b\x08\x00", "is a gzip archive"),
        (b"PK\x03\x04 spoiled", "is a damaged Excel workbook or ZIP archive"),
        (b"<html><table><tr><td>patient", "is an HTML page"),
        (b'patient,stage\nP1,"II\n', "line 2: has 2 values|column 'os_months' is missing"),
    ],
)
def test_a_file_that_is_no_table_is_refused(small, content, words):
    with pytest.raises(CohortError, match=words) as caught:
        small.read(content)
    assert "cohort.csv" in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path, small):
    schema = schema_from(small.schema, "small.toml")
    with pytest.raises(CohortError, match=r"absent\.csv: no such file; give a CSV, Excel"):
        read_cohort(tmp_path / "absent.csv", schema)
    with pytest.raises(CohortError, match="no such file"):
        read_cohort(tmp_path, schema)


def test_a_file_that_only_claims_to_be_parquet_is_refused(small):
    with pytest.raises(CohortError, match=r"cohort\.parquet: .*Parquet"):
        small.read("not parquet", name="cohort.parquet")


@pytest.mark.parametrize("column", ["os_months", "os_event", "stage", "age"])
def test_a_column_without_any_value_is_refused(small, column):
    rows = [line.split(",") for line in small.rows.splitlines()]
    at = rows[0].index(column)
    emptied = "\n".join(
        ",".join("" if r and i == at else cell for i, cell in enumerate(row)) for r, row in enumerate(rows)
    )
    with pytest.raises(CohortError, match=f"cohort.csv, column '{column}': every value is missing; .*another column"):
        small.read(emptied)


def test_follow_up_without_any_complete_patient_is_refused_even_where_missing_is_allowed(small):
    rows = small.rows.splitlines()
    half = "\n".join([rows[0], "P1,,1,3,1,II,60", "P2,5,,3,1,III,61", "P3,,0,3,1,III,62"])
    with pytest.raises(CohortError, match="'os_months' and 'os_event': no patient has a value in both"):
        small.read(half, endpoints__os={"missing": "drop"})


def test_semicolon_tables_with_decimal_commas_are_the_same_cohort(small):
    text = small.rows.replace(",", ";").replace(".", ",")
    assert small.read(text).digest == small.read(small.rows).digest


def test_a_comma_among_points_is_a_slip(small):
    with pytest.raises(CohortError, match=r"column 'os_months': '24,25' is a decimal comma; write 24.25"):
        small.read(small.rows.replace("24.25", '"24,25"'))


def test_words_that_resemble_an_event_are_not_counted_as_censored(small):
    # 'Dead' beside event_values = ["dead"] would turn a death into a censored time without a word.
    text = small.rows.replace(",0,", ",alive,").replace(",1,", ",dead,")
    spoiled = text.replace("P3,24.25,dead", "P3,24.25,Dead")
    declared = {"endpoints__os": {"event_values": ["dead"]}, "endpoints__pfs": {"event_values": ["dead"]}}
    assert small.read(text, **declared).endpoint("os").events == 3
    with pytest.raises(CohortError, match=r"line 4, column 'os_event': 'Dead' is not a declared event value"):
        small.read(spoiled, **declared)


def test_a_stated_provenance_must_agree_with_the_column(small):
    with_column = "\n".join(
        line + (",provenance" if i == 0 else ",simulated") for i, line in enumerate(small.rows.splitlines())
    )
    assert small.read(with_column).provenance == "simulated"
    with pytest.raises(CohortError, match="says simulated, the call says observed; correct one"):
        small.read(with_column, provenance="observed")
    with pytest.raises(CohortError, match="'real' is not possible; one of observed, reconstructed, simulated"):
        small.read(provenance="real")
    mixed = with_column.replace("71,simulated", "71,observed")
    with pytest.raises(CohortError, match="line 7, column 'provenance': was given observed; write the same"):
        small.read(mixed)
    with pytest.raises(CohortError, match="line 7, column 'provenance': was given an empty cell"):
        small.read(with_column.replace("71,simulated", "71,"))


def test_data_frames_name_their_index_labels(small):
    small.read()
    frame = small.frame().set_index("patient", drop=False)
    frame.loc["P3", "os_months"] = -2.0
    with pytest.raises(CohortError, match=r"data frame, row P3, column 'os_months'.*was given -2\.0"):
        small.read_frame(frame)
    with pytest.raises(CohortError, match="data frame: has no rows"):
        small.read_frame(frame.iloc[:0])
    frame["os_months"] = np.datetime64("2020-01-01")
    with pytest.raises(CohortError, match="row.*'os_months'.*is a date, not a time"):
        small.read_frame(frame)


def test_an_endpoint_or_covariate_that_is_not_there_is_named_with_the_nearest(small):
    cohort = small.read()
    with pytest.raises(CohortError, match=r"cohort\.csv: no endpoint 'pf'; did you mean 'pfs'\?"):
        cohort.endpoint("pf")
    with pytest.raises(CohortError, match=r"no covariate 'stages'; did you mean 'stage'\?"):
        cohort.covariate("stages")
