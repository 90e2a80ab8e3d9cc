"""`report --treatment`: the chapter on the page, its files, its place in Word; what does not go together is refused."""

import csv

from docx import Document

from tests.unit.cli.running import run
from tests.unit.matching.cohorts import frame
from tests.unit.study.treatment.patients import SCHEMA
from tests.unit.study.treatment.patients import frame as hospital

PLAIN = """schema = 1
id = "id"
[endpoints.os]
time = "months"
event = "death"
[covariates.arm]
kind = "binary"
levels = ["no", "yes"]
"""


def test_one_treatment_column_gives_the_chapter_on_the_page_in_word_and_as_csv(tmp_path, monkeypatch, capsys):
    frame(60).assign(provenance="simulated").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "c.toml").write_text(PLAIN, encoding="utf-8")
    words = ("report", "--cohort", tmp_path / "c.csv", "--treatment", "arm", "--engine", "laplace", "--draws", "500")
    code, _, err = run(monkeypatch, capsys, *words, "--workers", "1", "--out", tmp_path / "r")
    assert code == 0, err
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert '<section id="treatment">' in page
    assert "covariates.arm" in page
    held = {path.name for path in (tmp_path / "r").glob("treatment_*.csv")}
    names = ("design", "effect", "contrasts", "assumed_start", "late_start", "lacking")
    assert held == {f"treatment_{name}.csv" for name in names}
    with (tmp_path / "r" / "treatment_effect.csv").open(encoding="utf-8", newline="") as table:
        cox = next(row for row in csv.DictReader(table) if row["method"] == "cox")
    cell = f"{float(cox['hr']):.2f} ({float(cox['lower']):.2f} to {float(cox['upper']):.2f})"
    assert cell in page
    tables = Document(str(tmp_path / "r" / "tables.docx")).tables
    assert any(cell in one.text for table in tables for row in table.rows for one in row.cells)


def test_what_does_not_go_together_is_refused_and_leaves_nothing(tmp_path, monkeypatch, capsys):
    hospital().assign(provenance="simulated").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "c.toml").write_text(SCHEMA.format(start=""), encoding="utf-8")
    given = ("report", "--cohort", tmp_path / "c.csv", "--out", tmp_path / "r")
    for words, said in (
        (("--on", "age"), "say which one with --treatment NAME"),
        (("--treatment", "放疗", "--on", " , "), "write covariates separated by commas"),
        (("--study", "seed2_cui2025"), "has no covariate 'radiotherapy'"),
        (("--treatment", "放疗", "--on", "grade"), "grade"),
        (("--treatment", "nobody"), "nobody"),
        (("--treatment", "部位", "--on", "age"), "部位"),
    ):
        code, _, err = run(
            monkeypatch, capsys, *given, *words, "--engine", "laplace", "--draws", "200", "--workers", "1"
        )
        assert (code, said in err) == (2, True), (words, err)
        assert not (tmp_path / "r").exists()
