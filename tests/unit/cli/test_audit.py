"""The verb `audit`: one sentence a finding, and what --strict does."""

import csv
import re

from tests.unit.cli.running import run


def test_audit_prints_one_sentence_a_finding_and_strict_fails(tmp_path, monkeypatch, capsys):
    """The stage sum of the target study is 69, not 79 (14 + 36 + 19, by hand)."""
    words = ("audit", "seed1_scirep2025", "--out", tmp_path / "a")
    code, printed, err = run(monkeypatch, capsys, *words)
    assert (code, err) == (0, "")
    assert "14 + 36 + 19 = 69, not 79" in printed
    with (tmp_path / "a" / "findings.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["study", "rule", "severity", "statement", "arithmetic", "where", "probability"]
    first, *sentences = printed.splitlines()
    assert re.fullmatch(
        r"seed1_scirep2025: \d{3} checks, 13 impossible, 5 very unlikely, 9 notices; 1 could not be checked", first
    )
    assert len(rows) + 1 == len(sentences)
    assert "[not checked]" in sentences[-1]
    assert "OS after failure" in sentences[-1]
    assert run(monkeypatch, capsys, *words, "--strict")[0] == 1
    assert run(monkeypatch, capsys, "audit", "tenergy_epoc1802", "--strict", "--out", tmp_path / "t")[0] == 0


def test_audit_of_an_unknown_study_suggests_the_nearest(monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "audit", "seed1_scirep2024")
    assert code == 2
    assert "did you mean 'seed1_scirep2025'" in err


def test_audit_of_a_line_says_what_was_read_and_finds_it(tmp_path, monkeypatch, capsys):
    """56/292 is 19.2 %; z of the limits is 3.0, so that P is 0.003."""
    line = "HR 0.73 (95 % CI 0.59-0.89), P = 0.2; 56/292 (29.2 %) in 14 days"
    code, printed, err = run(monkeypatch, capsys, "audit", "--quick", line, "--out", tmp_path / "q", "--strict")
    assert (code, err) == (1, "")
    assert "the line [read] HR 0.73 (95 % interval 0.59 to 0.89), P = 0.2" in printed
    assert "the line [not read] 14: " in printed
    assert "quick: " in printed
    assert "56/292 is 19.2 %" in printed
    assert (tmp_path / "q" / "findings.csv").exists()


def test_audit_of_prints_in_a_csv(tmp_path, monkeypatch, capsys):
    (tmp_path / "prints.csv").write_text("what,value,where\nn,79,Methods\ncr_n,12 (17.2 %),Table 2\n")
    code, printed, err = run(monkeypatch, capsys, "audit", tmp_path / "prints.csv", "--out", tmp_path / "p")
    assert (code, err) == (0, "")
    assert "12 patients are printed as 17.2 %, but 12/79 is 15.2 %" in printed
    code, _, err = run(monkeypatch, capsys, "audit", tmp_path / "none.csv", "--out", tmp_path / "n")
    assert code == 2
    assert "none.csv" in err


def test_audit_of_a_paper_drafts_a_study_file(tmp_path, monkeypatch, capsys):
    """z of the limits is 2.87, so that P is 0.004 and not 0.40."""
    paper = tmp_path / "paper.md"
    paper.write_text("# Results\n\nOS was shorter (HR 2.957, 95% CI 1.41-6.19, P = 0.40) after 3 cycles.\n")
    words = ("audit", paper, "--draft", tmp_path / "study.toml", "--out", tmp_path / "a", "--strict")
    code, printed, err = run(monkeypatch, capsys, *words)
    assert (code, err) == (1, "")
    assert "1 estimate read; 1 numbers not read" in printed
    assert "Results, line 3 [not read] 3: " in printed
    with (tmp_path / "a" / "read.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert (row["where"], row["not_read"]) == ("Results, line 3", "3")
    code, printed, err = run(monkeypatch, capsys, "audit", tmp_path / "study.toml", "--out", tmp_path / "b")
    assert "P = 0.40 is not the two-sided P" in printed
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "may have been edited" in err
