"""Workbooks: sheets, titles, headers of two rows, merged cells, dates, formulas that failed."""

import datetime

import openpyxl
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.foundation.errors import CohortError, DataWarning
from tests.unit.data.files.conftest import HEADER, ROWS, schema
from tests.unit.data.files.opendocument import FAILED, opendocument


def workbook(path, *rows, merge=(), title="Sheet", more=None):
    """Write rows to a workbook; ``more`` are further sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    for name, others in (more or {}).items():
        other = book.create_sheet(name)
        for row in others:
            other.append(row)
    book.save(path)
    return path


def test_a_sheet_is_the_cohort_of_the_text_file(tmp_path, plain):
    assert read_cohort(workbook(tmp_path / "c.xlsx", HEADER, *ROWS), schema()).digest == plain.digest
    renamed = workbook(tmp_path / "named_wrongly.csv.xlsx", HEADER, *ROWS).rename(tmp_path / "c.csv")
    assert read_cohort(renamed, schema()).digest == plain.digest


def test_titles_and_merged_headers_are_found(tmp_path, plain):
    rows = [
        ["Table 1. All patients"],
        [],
        ["patient", "OS", None, "stage", "ALC"],
        [None, "os_months", "dead", None, "alc"],
    ]
    path = workbook(tmp_path / "c.xlsx", *rows, *ROWS, merge=["B3:C3", "A1:E1", "A3:A4"])
    assert read_cohort(path, schema()).digest == plain.digest
    joined = {"os": {"time": "OS os_months", "event": "OS dead"}}
    assert read_cohort(path, schema(endpoints=joined)).digest == plain.digest
    spoiled = [[*row[:1], "x", *row[2:]] if row[0] == "P2" else row for row in ROWS]
    path = workbook(tmp_path / "c.xlsx", *rows, *spoiled, merge=["B3:C3"])
    with pytest.raises(CohortError, match=r"row 6, column 'OS os_months': 'x' is not a number"):
        read_cohort(path, schema(endpoints=joined))


def test_merged_cells_of_the_data_are_named(tmp_path):
    path = workbook(tmp_path / "c.xlsx", HEADER, *ROWS, merge=["D3:D4"])
    with pytest.raises(CohortError, match="the cells D3:D4 are merged, so that all but the first are empty"):
        read_cohort(path, schema())


def test_the_sheet_with_the_columns_is_taken_and_said(tmp_path, plain):
    path = workbook(tmp_path / "c.xlsx", ["code", "meaning"], ["1", "yes"], more={"data": [HEADER, *ROWS], "empty": []})
    with pytest.warns(DataWarning, match="sheet 'data' was read, of 2 sheets that hold something"):
        assert read_cohort(path, schema()).digest == plain.digest
    assert read_cohort(path, schema(file={"sheet": "data"})).digest == plain.digest
    with pytest.raises(CohortError, match="no sheet 'date'; did you mean 'data'"):
        read_cohort(path, schema(file={"sheet": "date"}))


def test_dates_of_a_sheet_are_dates(tmp_path):
    start = datetime.date(2020, 1, 1)
    rows = [[*row[:1], start, start + datetime.timedelta(days=30 * i + 30), *row[2:]] for i, row in enumerate(ROWS)]
    path = workbook(tmp_path / "c.xlsx", [HEADER[0], "start", "end", *HEADER[2:]], *rows)
    dated = {"os": {"start_date": "start", "end_date": "end", "event": "dead"}}
    time = read_cohort(path, schema(endpoints=dated)).endpoint("os").time
    assert time.tolist() == pytest.approx([30 * (i + 1) / 30.4375 for i in range(6)])


def test_a_failed_formula_is_a_missing_value_or_an_error(tmp_path, plain):
    rows = [[*row[:4], "#N/A" if row[4] is None else row[4]] for row in ROWS]
    path = workbook(tmp_path / "c.xlsx", HEADER, *rows)
    with pytest.warns(DataWarning, match=r"E5 \(#N/A\): no value of a formula; was read as missing"):
        found = read_cohort(path, schema())
    assert found.digest == plain.digest


@pytest.mark.parametrize("sheet", [None, "data & <more>"])
def test_every_failed_formula_is_named_with_its_cell(tmp_path, sheet):
    """Calamine gives an error as an empty cell, which nobody would have asked about."""
    rows = [
        [*row[:3], row[3], error]
        for row, error in zip(ROWS, ("#DIV/0!", 0.5, "#VALUE!", 1.0, "#REF!", 2.0), strict=True)
    ]
    book = openpyxl.Workbook()
    page = book.active if sheet is None else book.create_sheet(sheet)
    for row in (HEADER, *rows):
        page.append(row)
    book.save(tmp_path / "f.xlsx")
    with pytest.warns(DataWarning, match=r"E2 \(#DIV/0!\), E4 \(#VALUE!\), E6 \(#REF!\): no value of a formula; were"):
        found = read_cohort(tmp_path / "f.xlsx", schema())
    assert int(found.covariate("alc").missing.sum()) == 3


def test_an_opendocument_sheet_is_the_cohort_of_the_text_file(tmp_path, plain):
    """As LibreOffice writes it: a title, empty rows, cells and rows that stand for many, a second sheet."""
    path = opendocument(tmp_path / "c.ods", [["Table 1"], [], HEADER, *ROWS], [["notes"]])
    with pytest.warns(DataWarning, match="sheet 'Sheet1' was read, of 2 sheets"):
        assert read_cohort(path, schema()).digest == plain.digest


def test_a_failed_formula_of_an_opendocument_sheet_is_named_with_its_cell(tmp_path, plain):
    rows = [[*row[:4], FAILED if row[4] is None else row[4]] for row in ROWS]
    path = opendocument(tmp_path / "c.ods", [HEADER, *rows])
    with pytest.warns(DataWarning, match=r"E5 \(#DIV/0!\): no value of a formula; was read as missing"):
        assert read_cohort(path, schema()).digest == plain.digest


def test_a_damaged_workbook_is_refused(tmp_path):
    path = workbook(tmp_path / "c.xlsx", HEADER, *ROWS)
    content = path.read_bytes()
    for cut in (10, 200, len(content) // 2, len(content) - 30):
        path.write_bytes(content[:cut])
        with pytest.raises(CohortError, match=r"c\.xlsx"):
            read_cohort(path, schema())


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(CohortError, match="every sheet is empty"):
        read_cohort(workbook(tmp_path / "c.xlsx"), schema())
