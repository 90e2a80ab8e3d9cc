"""The verb ``sensitivity`` on a cohort: files, an ensemble, refusals in one sentence."""

import csv
import json
import re
from dataclasses import replace

import pytest

from escc_bayes.cli import sensitivity_cohort
from escc_bayes.data.bundled import example_ensemble
from escc_bayes.sensitivity import cross_table, information, parts
from escc_bayes.sensitivity import run as running
from escc_bayes.sensitivity.influence import part as influence_part
from escc_bayes.sensitivity.part import Part
from tests.unit.cli.running import run

QUICK = (information.PART, cross_table.PART)


@pytest.fixture
def quick_parts(monkeypatch):
    """Parts that take milliseconds: the verb itself is tested here, each part in a file of its own."""
    monkeypatch.setattr(running, "PARTS", QUICK)
    monkeypatch.setattr(running, "SUMMARIES", ())


def table(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.usefixtures("quick_parts")
def test_a_cohort_gives_tables_words_and_a_record(tmp_path, monkeypatch, capsys):
    code, out, _ = run(
        monkeypatch,
        capsys,
        "sensitivity",
        "--cohort",
        "escc79",
        "--model",
        "os_piecewise",
        "--workers",
        1,
        "--out",
        tmp_path / "out",
    )
    assert code == 0
    assert out.startswith("RECONSTRUCTED: 79 of 79 patients")
    assert len(table(tmp_path / "out" / "information.csv")) == 12
    content = json.loads((tmp_path / "out" / "run.json").read_text())
    assert content["verb"] == "sensitivity"
    assert content["seed"] == 20251
    assert "sensitivity.md" in content["files"]


def test_labels_stand_in_words_and_checklists_and_tables_keep_the_levels(files, tmp_path, monkeypatch, capsys):
    quick = (*QUICK, influence_part.PART)
    monkeypatch.setattr(running, "PARTS", quick)
    monkeypatch.setattr(running, "SUMMARIES", tuple(one for one in running.SUMMARIES if one.name == "checklists"))
    labels = 'levels = ["a", "b"]\nlabels = { a = "CRT alone", b = "ICI added" }'
    (files / "s.toml").write_text((files / "s.toml").read_text().replace('levels = ["a", "b"]', labels))
    given = ("--cohort", files / "c.csv", "--schema", files / "s.toml", "--model", files / "m.toml", "--workers", 1)
    code, out, err = run(monkeypatch, capsys, "sensitivity", *given, "--out", tmp_path / "out")
    assert code == 0, err
    read = out + "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.md"))
    assert "arm ICI added vs CRT alone: " in out
    assert "ICI added" in (tmp_path / "out" / "checklists.md").read_text(encoding="utf-8")
    assert not re.search(r"b vs a\b|arm: [ab]\b(?! free effect)|in '[ab]'", read)
    assert {row["contrast"] for row in table(tmp_path / "out" / "information.csv")} >= {"b vs a"}


@pytest.mark.usefixtures("quick_parts")
def test_an_ensemble_is_pooled_and_its_members_are_kept(tmp_path, monkeypatch, capsys):
    """Second source: the averages of the members' own tables; three of the twenty stand for all."""
    three = replace(example_ensemble("seed1_scirep2025"), members=example_ensemble("seed1_scirep2025").members[:3])
    monkeypatch.setattr(sensitivity_cohort, "named_ensemble", lambda *_: three)
    code, _, _ = run(
        monkeypatch,
        capsys,
        "sensitivity",
        "--cohort",
        "seed1_scirep2025",
        "--model",
        "os_piecewise",
        "--workers",
        1,
        "--out",
        tmp_path / "out",
    )
    assert code == 0
    pooled = table(tmp_path / "out" / "information.csv")
    each = [table(path) for path in sorted((tmp_path / "out" / "members").glob("*/information.csv"))]
    assert len(each) == 3
    for place, row in enumerate(pooled):
        mean = sum(float(rows[place]["posterior_sd"]) for rows in each) / 3
        assert float(row["posterior_sd"]) == pytest.approx(mean, rel=1e-12)
        assert row["members"] == "3"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--cohort", "escc79"), "no model is named"),
        (("--cohort", "escc79", "--model", "os_piecewis"), "os_piecewise"),
        (("--cohort", "larynx", "--model", "os_piecewise"), "no covariate 'coverage'"),
        (("--cohort", "larynx", "--model", "pfs_weibull"), "no endpoint 'pfs'"),
        (("--cohort", "escc79", "--model", "os_piecewise", "--hr", "0.6"), "leave one out"),
        (("--model", "os_piecewise"), "Name one with --cohort"),
        (("--hr", "0.6", "--p", "0.01", "--thorough"), "Name one with --cohort"),
    ],
)
def test_what_cannot_be_looked_at_is_said_in_a_sentence(tmp_path, monkeypatch, capsys, words, message):
    code, _, err = run(monkeypatch, capsys, "sensitivity", *words, "--out", tmp_path / "out")
    assert code != 0
    assert message in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_parts_have_names_and_columns_of_their_own():
    names = [part.name for part in parts.SHOWN]
    assert len(set(names)) == len(names)
    for part in parts.SHOWN:
        assert isinstance(part, Part | parts.Summary)
        assert len(set(part.columns)) == len(part.columns)
