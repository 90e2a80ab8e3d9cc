"""`report --study`: the chapter of a paper on the page, its CSV files, its place in Word."""

import csv
import json

from docx import Document

from tests.unit.cli.running import run
from tests.unit.study.conftest import chinese_frame, chinese_schema

STUDY = "seed1_scirep2025"


def as_toml(schema):
    """Return a schema of endpoints and covariates as TOML."""
    lines = ["schema = 1"]
    for kind, entries in schema.items():
        for name, keys in entries.items():
            lines.append(f"[{kind}.{name}]")
            lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join(lines)


def test_ones_own_file_has_the_chapter_on_the_page_in_word_and_as_csv(tmp_path, monkeypatch, capsys):
    """Chinese columns, no PFS, no lymphocyte counts, no model named: its parts, and what is left out by name."""
    chinese_frame().to_csv(tmp_path / "病例.csv", index=False)
    (tmp_path / "病例.toml").write_text(as_toml(chinese_schema()), encoding="utf-8")
    out = tmp_path / "r"
    words = ("report", "--study", STUDY, "--cohort", tmp_path / "病例.csv", "--engine", "laplace", "--draws", "500")
    code, _, err = run(monkeypatch, capsys, *words, "--workers", "1", "--out", out)
    assert code == 0, err
    page = (out / "report.html").read_text()
    assert '<section id="study">' in page
    assert "covariates.alc_mid in its schema" in page
    held = sorted(p.name for p in out.glob("study_*.csv"))
    assert {"study_characteristics.csv", "study_response.csv", "study_adverse_events.csv"} <= set(held)
    word = "\n".join(p.text for p in Document(str(out / "tables.docx")).paragraphs)
    for name in held:
        assert f"file {name}" in page
        assert f"file {name}" in word
        with (out / name).open() as stream:
            assert list(csv.DictReader(stream))


def test_a_study_without_a_chapter_names_those_with_one(tmp_path, monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "report", "--study", "orient15", "--out", tmp_path / "r")
    assert code == 2
    assert STUDY in err
    assert not (tmp_path / "r").exists()
