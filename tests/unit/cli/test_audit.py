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
