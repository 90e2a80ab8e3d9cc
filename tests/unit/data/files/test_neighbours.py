"""What stands around the table of patients is left out and said; what could be patients is not."""

import openpyxl
import pytest

from escc_bayes.data.files.options import FileOptions
from escc_bayes.data.table import read_table
from escc_bayes.foundation.errors import CohortError
from tests.unit.data.files.conftest import HEADER, ROWS


def book(folder, cells=(), below=()):
    """Return the small cohort as a workbook with further cells beside it and rows below."""
    found = openpyxl.Workbook()
    for row in (HEADER, *ROWS, *below):
        found.active.append(row)
    for place, value in cells:
        found.active[place] = value
    found.save(folder / "b.xlsx")
    return folder / "b.xlsx"


def read(path):
    return read_table(path, FileOptions())


LEGEND = [("H2", "code"), ("I2", "meaning"), ("H3", 1), ("I3", "dead"), ("H4", 0), ("I4", "alive")]


def test_a_table_beside_is_left_out_by_the_letters_of_its_columns(tmp_path):
    table = read(book(tmp_path, LEGEND))
    assert list(table.columns) == HEADER
    assert len(table.rows) == len(ROWS)
    assert any("columns H to I: another table stands beside" in note for note in table.notes)


def test_a_nearly_empty_table_with_names_beside_many_patients_is_another_one(tmp_path):
    many = [[f"P{k}", 10.0 + k, k % 2, "II", 1.0 + k / 100] for k in range(7, 80)]
    legend = [("H1", "code"), ("I1", "meaning"), ("H2", 1), ("I2", "dead")]
    table = read(book(tmp_path, legend, many))
    assert list(table.columns) == HEADER
    assert any("columns H to I" in note for note in table.notes)


def test_a_column_beyond_an_empty_one_that_patients_have_stays(tmp_path):
    table = read(book(tmp_path, [("G1", "age"), *((f"G{k}", 60 + k) for k in range(2, 8))]))
    assert "age" in table.columns


def test_two_columns_without_a_name_beside_each_other_are_refused_by_their_letters(tmp_path):
    with pytest.raises(CohortError, match="the columns F, G have values and no name"):
        read(book(tmp_path, [(f"{letter}{k}", k) for k in range(2, 8) for letter in "FG"]))


def test_a_table_below_is_left_out_with_its_rows(tmp_path):
    table = read(book(tmp_path, (), [[], ["stage", "n"], ["II", 2], ["III", 2], ["IV", 2]]))
    assert len(table.rows) == len(ROWS)
    assert any("rows 9 to 12: another table stands below" in note for note in table.notes)


def test_patients_below_an_empty_row_stay(tmp_path):
    table = read(book(tmp_path, (), [[], ["P7", 14.0, 1, "II", 0.9], ["P8", None, None, "III", None]]))
    assert len(table.rows) == len(ROWS) + 2


def test_a_patient_of_whom_little_is_known_heads_no_table(tmp_path):
    """Under an empty row, with words alone: those below have as many cells as all patients have."""
    table = read(book(tmp_path, (), [[], ["P7", None, None, "II", None], ["P8", 14.0, 1, "II", 0.9]]))
    assert len(table.rows) == len(ROWS) + 2
    assert len(read(book(tmp_path, (), [[], ["P7", None, None, "II", None]])).rows) == len(ROWS) + 1


@pytest.mark.parametrize(
    "words", ["Fragen: Dr. Muster, +49 30 1234567 89", "统计员 13800000000", "mail a.muster@klinik.de"]
)
def test_a_remark_with_which_a_person_can_be_reached_is_not_repeated(tmp_path, words):
    table = read(book(tmp_path, (), [[], [words]]))
    assert len(table.rows) == len(ROWS)
    (note,) = table.notes
    assert "stands below the table and was left out" in note
    assert not any(part in note for part in ("Muster", "1234567", "13800000000", "klinik"))


def test_both_are_left_out_of_a_text_file(tmp_path):
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in (HEADER, *ROWS)]
    text = "\n".join([*lines, "", "stage,n", "II,2", "III,2"])
    (tmp_path / "t.csv").write_text(text + "\n", encoding="utf-8")
    table = read(tmp_path / "t.csv")
    assert len(table.rows) == len(ROWS)
    assert any("lines 9 to 11: another table" in note for note in table.notes)
