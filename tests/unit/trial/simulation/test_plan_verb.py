"""The verb ``plan``: what it writes and prints, and how it refuses."""

import csv
import json

import pytest

from escc_bayes.data.shipped import models_folder
from tests.unit.cli.running import run

COLUMNS = ["scenario", "rule", "quantity", "value", "mc_error", "trials", "closed_form", "null"]
QUANTITIES = {
    "power",
    "type_one_error",
    "assurance",
    "assurance_correct",
    "assurance_lucky",
    "assurance_limit",
    "expected_events",
    "expected_patients",
    "expected_months",
    "short_of_events",
}


def test_it_writes_table_summary_figure_and_run(tmp_path, monkeypatch, capsys):
    out = tmp_path / "plan"
    code, printed, _ = run(monkeypatch, capsys, "plan", "rt_consolidation", "--trials", "500", "--out", out)
    assert code == 0
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == {
        "operating_characteristics.csv",
        "summary.txt",
        "run.json",
        "figures/power.png",
        "figures/power.svg",
    }
    with (out / "operating_characteristics.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == COLUMNS
    assert {row["quantity"] for row in rows} == QUANTITIES
    assert {row["scenario"] for row in rows} == {"truth", "null", "design_prior"}
    assert "bayes: power at the point estimate" in printed
    assert printed.strip() == (out / "summary.txt").read_text().strip()
    record = json.loads((out / "run.json").read_text())["fits"][0]
    assert (record["provenance"], record["settings"]["trials"]) == ("simulated", 500)


def test_progress_counts_trials(tmp_path, monkeypatch, capsys):
    code, _, stderr = run(monkeypatch, capsys, "plan", "rt_consolidation", "--trials", "500", "--out", tmp_path / "a")
    assert code == 0
    assert "trial 500 of 500" in stderr
    assert "divergences" not in stderr


def test_the_same_seed_gives_the_same_table(tmp_path, monkeypatch, capsys):
    for folder in ("a", "b"):
        run(monkeypatch, capsys, "plan", "ral_stage_iv", "--trials", "300", "--seed", "9", "--out", tmp_path / folder)
    tables = [(tmp_path / folder / "operating_characteristics.csv").read_bytes() for folder in ("a", "b")]
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("events = [247]", "events = [400]", "400 events of 360 patients"),
        ("allocation = [1, 1]", "allocation = [1, 0]", "leaves an arm without patients"),
        ("hr = 0.70", "hazard_ratio = 0.70", "unknown key 'hazard_ratio'"),
    ],
)
def test_a_design_that_cannot_work_writes_nothing(tmp_path, monkeypatch, capsys, old, new, words):
    text = (models_folder() / "designs" / "rt_consolidation.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    code, _, stderr = run(monkeypatch, capsys, "plan", path, "--out", tmp_path / "out")
    assert code == 2
    assert words in stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--scheduler", "here:1"], "write the scheduler's address as tcp://HOST:PORT"),
        (["--scheduler", "tcp://here:1", "--workers", "2"], "brings its own workers"),
    ],
)
def test_a_scheduler_that_cannot_be_asked_is_refused_before_anything_is_simulated(
    tmp_path, monkeypatch, capsys, asked, words
):
    code, _, stderr = run(monkeypatch, capsys, "plan", "rt_consolidation", *asked, "--out", tmp_path / "out")
    assert code == 2
    assert words in stderr
    assert not (tmp_path / "out").exists()
