"""What is read is what stands in the file: values, units, provenance, digests; and it stays so."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from


def times(cohort, endpoint="os"):
    return cohort.endpoint(endpoint).time


def assert_same(one, other):
    assert one.arrays().keys() == other.arrays().keys()
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name], err_msg=name)
    assert one.digest == other.digest


def test_values_are_those_of_the_file(small):
    cohort = small.read()
    assert cohort.ids == ("P1", "P2", "P3", "P4", "P5", "P6")
    np.testing.assert_array_equal(times(cohort), [22.5, 36.5, 24.25, 25.75, 13.0, 9.25])
    np.testing.assert_array_equal(cohort.endpoint("pfs").event, [1, 1, 1, 0, 1, 1])
    np.testing.assert_array_equal(cohort.covariate("stage").values, [0, 1, 0, 2, 2, 1])
    np.testing.assert_array_equal(cohort.covariate("age").values, [66, 78, 69, 57, 69.5, 71])
    np.testing.assert_array_equal(cohort.weight, 1.0)
    np.testing.assert_array_equal(cohort.endpoint("os").entry, 0.0)


def test_the_printed_cohort_says_provenance_events_and_what_is_missing(small):
    cohort = small.read(small.replaced("II,66", "II,"), provenance="simulated")
    assert repr(cohort).splitlines() == [
        "SIMULATED cohort small: 6 patients",
        "  os: 3 events in 6 patients, 50 % censored",
        "  pfs: 5 events in 6 patients, 17 % censored",
        "  age: 1 missing",
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_do_not_change_a_value(small, separator):
    plain = small.read()
    assert_same(small.read(small.rows.replace(",", separator)), plain)


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: ("\ufeff" + text).encode(),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\r\n \r\n" + text.replace(",", ";"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("\n", "\n,,,,,,\n"),
        lambda text: text.replace(",", " , "),
        lambda text: "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in text.splitlines()),
    ],
    ids=["byte order mark", "CRLF", "leading blank lines", "blank lines", "rows of commas", "spaces", "quotes"],
)
def test_how_a_spreadsheet_saves_does_not_change_a_value(small, disguise):
    plain = small.read()
    assert_same(small.read(disguise(small.rows)), plain)


def test_line_numbers_are_those_of_the_file_also_after_blank_lines_and_quoted_line_breaks(small):
    text = "\n" + small.rows.replace("P1,", '"P\n1",').replace("P3,24.25", "\nP3,-1")
    with pytest.raises(Exception, match=r"line 7, column 'os_months'"):
        small.read(text)


def test_parquet_and_data_frame_equal_csv(small, tmp_path):
    from_csv = small.read()
    frame = small.frame()
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "cohort.parquet")
    schema = schema_from(small.schema, "small.toml")
    assert_same(read_cohort(tmp_path / "cohort.parquet", schema), from_csv)
    assert_same(read_cohort(str(tmp_path / "cohort.parquet"), schema), from_csv)
    assert_same(small.read_frame(frame), from_csv)


def test_missing_cells_are_the_same_in_csv_and_data_frame(small):
    for blank in ("", "NA", "NaN", ".", "null"):
        from_csv = small.read(small.rows.replace("II,66", "II,").replace("III,78", f"{blank},78"))
        frame = pd.read_csv(
            pd.io.common.StringIO(small.rows.replace("II,66", "II,").replace("III,78", f"{blank},78")),
            keep_default_na=False,
        )
        frame["age"] = frame["age"].replace("", None)
        assert_same(small.read_frame(frame), from_csv)
        np.testing.assert_array_equal(from_csv.covariate("stage").missing, [False, True, *[False] * 4])
        np.testing.assert_array_equal(from_csv.covariate("age").missing, [True, *[False] * 5])


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "boolean", "category", "string"])
def test_pandas_types_of_events_do_not_change_a_value(small, dtype):
    plain = small.read()
    frame = small.frame()
    frame["os_event"] = (
        (frame["os_event"] == 1).astype(dtype) if dtype == "boolean" else frame["os_event"].astype(dtype)
    )
    assert_same(small.read_frame(frame), plain)


@pytest.mark.parametrize("coded", [("0", "1"), ("0.0", "1.0"), ("false", "true"), ("FALSE", "TRUE"), ("False", "True")])
def test_events_are_understood_as_0_1_and_as_truth_values(small, coded):
    plain = small.read()
    text = small.rows.replace(",0,", f",{coded[0]},").replace(",1,", f",{coded[1]},")
    assert_same(small.read(text), plain)


@pytest.mark.parametrize(
    ("censored", "dead", "declared"),
    [
        ("alive", "dead", {"event_values": ["dead"]}),
        ("1", "2", {"event_values": [2]}),
        ("1", "2.0", {"event_values": ["2"], "censored_values": ["1.0"]}),
        ("lost", "relapse", {"event_values": ["relapse", "dead"], "censored_values": ["lost"]}),
    ],
)
def test_declared_event_values_are_honoured(small, censored, dead, declared):
    plain = small.read()
    text = small.rows.replace(",0,", ",no,").replace(",1,", f",{dead},").replace(",no,", f",{censored},")
    assert_same(small.read(text, endpoints__os=declared, endpoints__pfs=declared), plain)


@pytest.mark.parametrize(
    ("declared", "written"),
    [([1, 2, 3], ("1", "2", "3")), (["1", "2", "3"], ("1.0", "2.0", "3.0")), (["1.0", "2.0", "3.0"], ("1", "2", "3"))],
)
def test_levels_given_as_numbers_are_found_however_they_are_written(small, declared, written):
    text = small.rows
    for roman, digit in zip(("III", "II", "IV"), (written[1], written[0], written[2]), strict=True):
        text = text.replace(f",{roman},", f",{digit},")
    cohort = small.read(text, covariates__stage={"levels": declared})
    np.testing.assert_array_equal(cohort.covariate("stage").values, [0, 1, 0, 2, 2, 1])
    assert_same(small.read_frame(small.frame(), covariates__stage={"levels": declared}), cohort)


def test_days_weeks_months_and_years_give_bit_identical_months():
    # Months with two decimals, as registries write them; one tie, one time on a usual cut.
    rng = np.random.default_rng(12)
    months = np.round(np.concatenate([rng.uniform(0.03, 90.0, 196), [6.0, 12.0, 7.77, 7.77]]), 2)
    entry = np.round(months * rng.random(200) * 0.9, 2)
    found = []
    for unit, per_month in (("months", 1.0), ("days", 30.4375), ("weeks", 30.4375 / 7), ("years", 1 / 12)):
        schema = schema_from(
            {"time_unit": unit, "endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}}}, "units"
        )
        frame = pd.DataFrame({"t": months * per_month, "d": 1, "e": entry * per_month})
        found.append(read_cohort(frame, schema).endpoint("os"))
    for other in found[1:]:
        assert other.time.tobytes() == found[0].time.tobytes()
        assert other.entry.tobytes() == found[0].entry.tobytes()
    np.testing.assert_array_equal(found[0].time, months)


def test_near_ties_of_float_noise_become_ties():
    months = np.array([5.0, 5.0 * (1 + 1e-9), 5.0 * (1 - 1e-9), 5.001, 9.0, 9.0])
    schema = schema_from({"endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}}}, "ties")
    frame = pd.DataFrame({"t": months, "d": 1, "e": [0.0, 0.0, 0.0, 5.0 * (1 + 1e-9), 1.0, 2.0]})
    data = read_cohort(frame, schema).endpoint("os")
    assert np.unique(data.time).size == 3
    assert data.time[0] == data.time[1] == data.time[2] == data.entry[3]
    assert data.time[3] > data.time[0]


def test_ties_within_pfs_alone_do_not_put_pfs_after_os(small):
    # OS 24.25 and 24.25(1 + 1e-8) become one time, the earlier; PFS of the second has no neighbour to snap to.
    text = small.rows.replace("P2,36.5,0,9.5", "P2,24.25000024,0,24.25000024").replace("21.25", "21.25")
    cohort = small.read(text)
    assert times(cohort)[1] == times(cohort)[2]


def test_pfs_may_end_with_os_and_may_outlast_another_endpoint(small):
    assert small.read().endpoint("pfs").time[3] == small.read().endpoint("os").time[3]
    free = {"endpoints__ttp": {"time": "os_months", "event": "os_event"}, "endpoints__pfs": {"not_after": "ttp"}}
    assert small.read(**free).endpoint("pfs").events == 5


def test_missing_drop_keeps_the_patient_and_counts(small):
    text = small.replaced("P3,24.25,1,21.25", "P3,24.25,1,").replace("P4,25.75,0", "P4,25.75,")
    cohort = small.read(text, endpoints__os={"missing": "drop"}, endpoints__pfs={"missing": "drop"})
    np.testing.assert_array_equal(cohort.endpoint("os").present, [True, True, True, False, True, True])
    np.testing.assert_array_equal(cohort.endpoint("pfs").present, [True, True, False, True, True, True])
    assert cohort.endpoint("os").events == 3
    assert cohort.endpoint("pfs").events == 4
    assert "os: 3 events in 5 patients, 40 % censored; 1 without follow-up" in repr(cohort)


def test_delayed_entry_is_read_in_the_unit_of_the_times(small):
    text = small.rows.replace(",age", ",entry").replace("II,66", "II,1").replace("III,78", "III,2")
    for old in ("II,69\n", "IV,57", "IV,69.5", "III,71"):
        text = text.replace(old, old.split(",")[0] + ",0" + ("\n" if old.endswith("\n") else ""))
    cohort = small.read(text, endpoints__os={"entry": "entry"}, covariates__age=None, time_unit="weeks")
    np.testing.assert_allclose(cohort.endpoint("os").entry, np.array([7, 14, 0, 0, 0, 0]) * 12 / 365.25, rtol=1e-10)
    np.testing.assert_array_equal(cohort.endpoint("pfs").entry, 0.0)


def test_sampling_weights_are_read(small):
    cohort = small.read(weight="age", weight_kind="sampling")
    assert cohort.sampled
    np.testing.assert_array_equal(cohort.weight, [66, 78, 69, 57, 69.5, 71])


@pytest.mark.parametrize("array", ["os.time", "pfs.event", "os.entry", "covariate.stage", "known.age", "weight"])
def test_arrays_of_a_cohort_cannot_be_written(small, array):
    for cohort in (small.read(), small.read().subset(np.array([0, 0, 3]))):
        with pytest.raises(ValueError, match="read-only"):
            cohort.arrays()[array][0] = 1.0


def test_attributes_and_tables_of_a_cohort_cannot_be_written(small):
    cohort = small.read()
    with pytest.raises(AttributeError):
        cohort.name = "other"
    with pytest.raises(TypeError):
        cohort.endpoints["os"] = None
    with pytest.raises(TypeError):
        cohort.schema.covariates["stage"] = None


def test_a_cohort_does_not_change_with_the_frame_it_came_from(small):
    small.read()
    frame = small.frame()
    cohort = small.read_frame(frame)
    before = cohort.digest
    frame.loc[:, "os_months"] = 1.0
    assert cohort.digest == before


def test_digest_depends_on_data_and_coding_not_on_the_path(small):
    plain = small.read().digest
    assert small.read(name="other.csv").digest == plain
    assert small.read(small.rows + "\n\n").digest == plain
    others = {
        "time": small.read(small.replaced("22.5", "22.6")).digest,
        "event": small.read(small.replaced("22.5,0", "22.5,1")).digest,
        "covariate": small.read(small.replaced("II,66", "II,67")).digest,
        "identifier": small.read(small.replaced("P1", "P9")).digest,
        "order of levels": small.read(covariates__stage={"levels": ["III", "II", "IV"]}).digest,
        "scale": small.read(covariates__age={"scale": 5.0}).digest,
        "known_at": small.read(covariates__age={"known_at": 1.0}).digest,
        "weight": small.read(weight="age", weight_kind="sampling").digest,
        "cluster": small.read(cluster="stage").digest,
        "unit": small.read(time_unit="weeks").digest,
        "order of rows": small.read().subset(np.array([1, 0, 2, 3, 4, 5])).digest,
    }
    assert plain not in others.values()
    assert len(set(others.values())) == len(others)


def test_row_labels_that_stand_in_for_identifiers_do_not_change_the_digest(small):
    from_csv = small.read(id=None)
    assert from_csv.ids == ("2", "3", "4", "5", "6", "7")
    assert_same(small.read_frame(small.frame(), id=None), from_csv)


def test_subset_takes_masks_and_positions_with_repeats(small):
    cohort = small.read()
    mask = np.array([True, False, False, False, False, True])
    assert_same(cohort.subset(mask), cohort.subset(np.array([0, 5])))
    twice = cohort.subset(np.array([2, 2]))
    np.testing.assert_array_equal(times(twice), [24.25, 24.25])
    assert twice.ids == ("P3", "P3")


def test_a_cohort_is_named_by_the_caller_the_schema_or_its_file(tmp_path):
    """In this order; a data frame without any of them is called cohort."""
    (tmp_path / "clinic.csv").write_text("t,d\n5,1\n9,0\n")
    plain = schema_from({"endpoints": {"os": {"time": "t", "event": "d"}}}, "s")
    named = schema_from({"name": "ward", "endpoints": {"os": {"time": "t", "event": "d"}}}, "s")
    path = tmp_path / "clinic.csv"
    assert read_cohort(path, plain).name == "clinic"
    assert read_cohort(path, named).name == "ward"
    assert read_cohort(path, named, name="mine").name == "mine"
    assert read_cohort(pd.DataFrame({"t": [5.0, 9.0], "d": [1, 0]}), plain).name == "cohort"
