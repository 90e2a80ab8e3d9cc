"""Verbs on events between two months: `fit` writes the analyses beside, `compare` and `baselines` say right ends."""

import csv

import pandas as pd

from tests.unit.bayes.model.likelihood.term_plans import FRAME
from tests.unit.cli.running import run

SCHEMA = """schema = 1
[endpoints.pfs]
left = "l"
right = "r"
[covariates.arm]
column = "arm"
kind = "binary"
levels = ["a", "b"]
"""


def rows_of(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_fit_writes_intervals_and_turnbull(tmp_path, monkeypatch, capsys):
    words = ("fit", "--cohort", "escc79", "--model", "pfs_intervals", "--engine", "laplace", "--draws", "400")
    code, printed, _ = run(monkeypatch, capsys, *words, "--out", tmp_path / "f")
    assert code == 0
    rows = rows_of(tmp_path / "f" / "intervals.csv")
    assert [*dict.fromkeys(r["analysis"] for r in rows)] == ["between", "right_end", "midpoint"]
    assert {r["estimand"] for r in rows} == {"hazard_ratio", "median"}
    spans = rows_of(tmp_path / "f" / "turnbull.csv")
    whole = [float(r["probability"]) for r in spans if r["group"] == "all"]
    assert abs(sum(whole) - 1.0) < 1e-9
    assert {r["provenance"] for r in spans} == {"reconstructed"}
    assert "median pfs of pfs_intervals, months from the landmark at 3 months: between two months" in printed


def test_compare_says_right_ends(tmp_path, monkeypatch, capsys):
    words = ("compare", "--cohort", "escc79", "--model", "pfs_intervals", "--engine", "laplace", "--draws", "400")
    code, _, _ = run(monkeypatch, capsys, *words, "--out", tmp_path / "c")
    assert code == 0
    notes = {
        r["method"]: r["note"] for r in rows_of(tmp_path / "c" / "comparison.csv") if r["estimand"] == "hazard_ratio"
    }
    assert all("RIGHT END" in notes[m] for m in ("cox", "cox_firth", "cox_univariable"))
    assert "RIGHT END" not in notes["bayes_laplace"]
    assert (tmp_path / "c" / "intervals.csv").exists()


def test_baselines_of_left_and_right_say_right_ends(tmp_path, monkeypatch, capsys):
    pd.concat([FRAME, FRAME.assign(r=FRAME["r"] + 1.0)]).drop(columns="e").to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "c.toml").write_text(SCHEMA, encoding="utf-8")
    words = ("baselines", "--cohort", tmp_path / "c.csv", "--schema", tmp_path / "c.toml", "--endpoint", "pfs")
    code, _, _ = run(monkeypatch, capsys, *words, "--out", tmp_path / "b")
    assert code == 0
    for table in ("hazard_ratios", "medians", "logrank", "ph_test", "rmst", "followup"):
        assert all("RIGHT END" in r["note"] for r in rows_of(tmp_path / "b" / f"{table}.csv") if "note" in r), table


def test_check_says_that_medians_are_those_of_right_ends(tmp_path, monkeypatch, capsys):
    FRAME.to_csv(tmp_path / "c.csv", index=False)
    (tmp_path / "s.toml").write_text(SCHEMA)
    code, printed, _ = run(monkeypatch, capsys, "check", tmp_path / "c.csv", "--schema", tmp_path / "s.toml")
    assert code == 0
    assert "of them between two months" in printed
    assert "both medians take the later month (RIGHT END)" in printed
