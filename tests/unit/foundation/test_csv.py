"""Tables as CSV: read back with the csv module of Python, bit for bit."""

import csv
import math

import numpy as np

from escc_bayes.foundation.csv import meant, write_csv


def read_back(path):
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_numbers_come_back_bit_for_bit(tmp_path):
    values = [0.1 + 0.2, 1e-300, np.float64(1 / 3), -0.0]
    write_csv(tmp_path / "a.csv", [{"hr": v} for v in values])
    back = [float(row["hr"]) for row in read_back(tmp_path / "a.csv")]
    assert back == values
    assert math.copysign(1.0, back[3]) == -1.0


def test_what_does_not_exist_is_an_empty_cell_and_commas_stay_inside_theirs(tmp_path):
    write_csv(tmp_path / "a.csv", [{"hr": math.nan, "p": None, "term": 'a, "b"'}])
    assert read_back(tmp_path / "a.csv") == [{"hr": "", "p": "", "term": 'a, "b"'}]


def test_a_table_without_rows_keeps_its_header(tmp_path):
    write_csv(tmp_path / "a.csv", [], ("hr", "p"))
    assert (tmp_path / "a.csv").read_text() == "hr,p\n"


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "- none", "'=1", "''@x", "＝1"]
WORDS = ["-1.5", "+2", "1e5", "low", "'quoted'", "", "'", "III vs II", "-inf"]


def test_no_spreadsheet_takes_a_word_for_a_formula(tmp_path):
    """OWASP, CSV Injection: what begins with = + - @, tab or carriage return gets an apostrophe; numbers do not."""
    write_csv(tmp_path / "a.csv", [{"=term": text} for text in [*FORMULAS, *WORDS]])
    back = read_back(tmp_path / "a.csv")
    cells = [row["'=term"] for row in back]
    assert cells == [*(f"'{text}" for text in FORMULAS), *WORDS]
    assert [meant(cell) for cell in cells] == [*FORMULAS, *WORDS]
