"""The same rows in every text file that programs of hospitals write are the same cohort."""

import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.table import read_table
from escc_bayes.foundation.errors import CohortError, DataWarning, SchemaError, TomlError
from tests.unit.data.files.conftest import as_text, schema


def read(tmp_path, content, **more):
    path = tmp_path / "c.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_cohort(path, schema(**more))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_separators_and_encodings(tmp_path, plain, separator, encoding):
    assert read(tmp_path, as_text(separator).encode(encoding)).digest == plain.digest


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_decimal_commas(tmp_path, plain, separator, end):
    assert read(tmp_path, as_text(separator, ",", end=end)).digest == plain.digest
    stated = read(tmp_path, as_text(separator, ",", end=end), file={"decimal": ",", "delimiter": separator})
    assert stated.digest == plain.digest


def test_a_line_that_says_the_separator_and_line_numbers_count_it(tmp_path, plain):
    assert read(tmp_path, "sep=;\r\n" + as_text(";", ",", end="\r\n")).digest == plain.digest
    with pytest.raises(CohortError, match=r"line 4, column 'os_months': 'x' is not a number"):
        read(tmp_path, "sep=;\n" + as_text(";").replace("30.25", "x"))


def test_titles_above_empty_columns_and_notes_below(tmp_path, plain):
    above = ["Table 1. Cohort of 2021; all patients", "", ""]
    with pytest.warns(DataWarning, match=r"line 12: 'Note: data cut 31 Dec 2022' stands below the table"):
        found = read(tmp_path, as_text(above=above, below=["", "Note: data cut 31 Dec 2022"]))
    assert found.digest == plain.digest
    padded = "\n".join(line + ",," for line in as_text(above=above[:1]).splitlines())
    assert read(tmp_path, padded).digest == plain.digest


def test_a_row_of_units_is_the_other_half_of_the_header(tmp_path, plain):
    lines = as_text().splitlines()
    found = read(tmp_path, "\n".join([lines[0], ",months,1 = yes,,10^9/L", *lines[1:]]))
    assert found.digest == plain.digest


def test_a_header_of_two_rows_answers_to_both_names_and_to_the_lower_alone(tmp_path, plain):
    _, *rows = as_text().splitlines()
    text = "\n".join(["patient,OS,,stage,ALC", ",os_months,dead,,alc", *rows])
    assert read(tmp_path, text).digest == plain.digest
    joined = {"os": {"time": "OS os_months", "event": "OS dead"}}
    assert read(tmp_path, text, endpoints=joined).digest == plain.digest


def test_two_columns_without_a_name_are_refused(tmp_path):
    with pytest.raises(CohortError, match=r"line 1: the columns 4, 5 have values and no name"):
        read(tmp_path, as_text().replace("stage,alc", ","))


def test_chinese_text_in_gb18030_is_read_and_said(tmp_path, plain):
    text = as_text().replace("II", "二期甲").replace("patient", "编号").replace("alc", "治疗前淋巴细胞")
    levels = ["二期甲", "二期甲I", "IV"]
    covariates = {
        "stage": {"kind": "ordered", "levels": levels},
        "alc": {"kind": "continuous", "column": "治疗前淋巴细胞"},
    }
    with pytest.warns(DataWarning, match="is no UTF-8 and was read as GB18030"):
        found = read(tmp_path, text.encode("gb18030"), id="编号", covariates=covariates)
    assert found.covariate("stage").values.tolist() == plain.covariate("stage").values.tolist()
    stated = read(tmp_path, text.encode("gb18030"), id="编号", covariates=covariates, file={"encoding": "gb18030"})
    assert stated.digest == found.digest
    assert stated.notes == ()


def test_accented_letters_of_windows_are_no_chinese(tmp_path):
    text = as_text().replace("II", "Größe à côté").encode("cp1252")
    covariates = {"stage": {"kind": "nominal", "levels": ["Größe à côté", "Größe à côtéI", "IV"]}}
    with pytest.warns(DataWarning, match="read as Windows-1252"):
        assert len(read(tmp_path, text, covariates=covariates)) == 6


def test_a_comma_before_three_digits_may_be_two_things(tmp_path):
    rows = "patient;os_months;dead;stage;alc\nP1;12;1;II;1,032\nP2;30;0;III;2,150\nP3;7;1;IV;980\nP4;5;1;II;870\n"
    both = r"lines 2, 3, column 'alc': '1,032' may be 1032 \(a comma between thousands\) or 1.032 \(a decimal comma\)"
    with pytest.raises(CohortError, match=both):
        read(tmp_path, rows)
    found = read(tmp_path, rows, file={"decimal": ","})
    assert found.covariate("alc").values.tolist() == [1.032, 2.15, 980.0, 870.0]
    assert read(tmp_path, rows.replace("2,150", "2,15")).covariate("alc").values[0] == 1.032


def test_declared_missing_values_of_the_file_and_of_a_column(tmp_path):
    text = as_text().replace("1.2", "/").replace("0.75", "999")
    assert read(tmp_path, text, missing_values=["/", "999"]).covariate("alc").missing.sum() == 3
    assert read(tmp_path, text, file={"missing_values": ["/", "999"]}).covariate("alc").missing.sum() == 3
    covariates = {"alc": {"kind": "continuous", "missing_values": ["/", "999"]}}
    assert read(tmp_path, text, covariates=covariates).covariate("alc").missing.sum() == 3


def test_codes_are_levels_and_declare_them(tmp_path, plain):
    text = as_text().replace("IV", "4").replace("III", "3").replace("II", "2")
    codes = {"2": "II", "3": "III", "4": "IV"}
    for more in ({}, {"levels": ["II", "III", "IV"]}):
        covariates = {"stage": {"kind": "ordered", "codes": codes, **more}, "alc": {"kind": "continuous"}}
        assert read(tmp_path, text, covariates=covariates).digest == plain.digest
    with pytest.raises(SchemaError, match=r"codes: 4 = 'V', but the levels are II, III; add it to levels"):
        read(tmp_path, text, covariates={"stage": {"kind": "ordered", "levels": ["II", "III"], "codes": {"4": "V"}}})


def test_values_above_a_limit_are_of_another_unit(tmp_path, plain):
    text = as_text().replace(",1.2\n", ",1200\n").replace(",0.75\n", ",750\n")
    alc = {"kind": "continuous", "multiply": {"above": 20, "by": 0.001}}
    found = read(tmp_path, text, covariates={"alc": alc}).covariate("alc").values
    assert found.tolist()[:3] == plain.covariate("alc").values.tolist()[:3]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"delimiter": "ab"}, "delimiter: expected one sign such as ';'"),
        ({"decimal": "'"}, "decimal: .* is not possible here; known: ., ,"),
        ({"encoding": "utf-99"}, "no encoding is called 'utf-99'"),
        ({"header_rows": 0}, "header_rows: expected a whole number of at least 1"),
        ({"shet": "x"}, "unknown key 'shet'; did you mean 'sheet'"),
    ],
)
def test_what_is_said_of_a_file_is_checked(tmp_path, file, words):
    with pytest.raises((SchemaError, TomlError), match=words):
        read(tmp_path, as_text(), file=file)


@pytest.mark.parametrize(
    ("encoding", "text", "said"),
    [
        ("cp1251", "Номер,Пол,Умер\nA1,ж,да\nA2,м,нет\nA3,м,нет\n", "Windows-1251"),
        ("cp932", "患者,性別,転帰\nA1,女性,死亡\nA2,男性,生存\n", "Shift-JIS"),
        ("cp1252", "Größe,Überleben,Geschlecht\n170,5.5,männlich\n160,7.1,weiblich\n", "Windows-1252"),
        ("cp1252", "décès,durée,né\noui,5.5,à\nnon,7.1,là\n", "Windows-1252"),
        ("gb18030", "病历号,性别,是否死亡\nA1,女,是\nA2,男,否\n", "GB18030"),
    ],
)
def test_letters_without_marks_are_told_and_said(tmp_path, encoding, text, said):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    table = read_table(tmp_path / "a.csv")
    assert list(table.columns) == text.splitlines()[0].split(",")
    assert said in table.notes[0]


@pytest.mark.parametrize("total", ["Total,,90", "Mean,2.1,14.2", "合计,,90"])
def test_a_total_below_the_table_is_no_patient(tmp_path, total):
    (tmp_path / "a.csv").write_text(f"id,stage,os\nA1,1,5.5\nA2,2,7.1\n{total}\n", encoding="utf-8")
    table = read_table(tmp_path / "a.csv")
    assert table.columns["id"] == ["A1", "A2"]
    assert "stands below the table" in table.notes[0]


def test_a_file_without_names_of_columns_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("A1,1,5.5,0\nA2,2,7.1,1\n", encoding="utf-8")
    with pytest.raises(CohortError, match="no names of columns; give the file a header line"):
        read_table(tmp_path / "a.csv")


def test_empty_columns_between_others_are_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("id,,stage,os\nA1,,1,5.5\nA2,,2,7.1\n", encoding="utf-8")
    assert list(read_table(tmp_path / "a.csv").columns) == ["id", "stage", "os"]
    (tmp_path / "b.csv").write_text("id,,stage,,os\nA1,x,1,y,5.5\nA2,,2,,7.1\n", encoding="utf-8")
    with pytest.raises(CohortError, match="have values and no name"):
        read_table(tmp_path / "b.csv")
