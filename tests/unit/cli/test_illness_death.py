"""Verbs on an illness-death model: `fit` writes its states; `compare`, `report` and `sensitivity` refuse it."""

import csv
import re

import pytest

from tests.unit.cli.running import run

COLUMNS = "endpoint,model,method,term,group,time,state,probability,lower,upper,level,population"
TRANSITIONS = ["progression", "death_without_progression", "death_after_progression"]


def rows_of(path):
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def written(tmp_path, monkeypatch, capsys):
    words = ("fit", "--cohort", "escc79", "--model", "illness_death", "--engine", "laplace", "--draws", "500")
    code, printed, _ = run(monkeypatch, capsys, *words, "--out", tmp_path / "f")
    assert code == 0
    return tmp_path / "f", printed


def test_fit_writes_states_of_every_month(written):
    out, printed = written
    assert (out / "states.csv").read_text(encoding="utf-8").splitlines()[0] == COLUMNS
    rows = rows_of(out / "states.csv")
    assert {r["endpoint"] for r in rows} == {"illness_death"}
    assert {r["method"] for r in rows} == {"bayes_laplace", "aalen_johansen"}
    mine = [r for r in rows if r["method"] == "bayes_laplace" and r["group"] == "III" and r["population"] == "everyone"]
    months = [float(r["time"]) for r in mine if r["state"] == "start"]
    assert months == [float(month) for month in range(int(months[-1]) + 1)]
    for month in (0.0, 24.0):
        at = {r["state"]: float(r["probability"]) for r in mine if float(r["time"]) == month}
        assert list(at) == ["start", "progressed", "dead"]
        assert sum(at.values()) == pytest.approx(1.0, abs=0.02)
    assert not (out / "survival.csv").exists()
    assert "States at months" in printed
    assert "Survival after progression" in printed


def test_fit_writes_hazard_ratios_of_each_transition_with_cox_beside(written):
    out, printed = written
    rows = rows_of(out / "hazard_ratios.csv")
    stage = [(r["method"], r["transition"]) for r in rows if r["term"] == "stage" and r["contrast"] == "IV vs II"]
    assert stage == [(method, name) for method in ("bayes_laplace", "cox") for name in TRANSITIONS]
    events = {r["transition"]: (r["n"], r["events"]) for r in rows}
    assert events == dict(zip(TRANSITIONS, [("79", "37"), ("79", "19"), ("37", "12")], strict=True))
    assert "Cause-specific Cox" in printed


def test_fit_writes_what_comes_after_progression(written):
    after = rows_of(written[0] / "after_progression.csv")
    km = {(r["estimand"], r["time"]): float(r["value"]) for r in after if r["method"] == "km" and not r["term"]}
    bayes = {(r["estimand"], r["time"]): r for r in after if r["method"] == "bayes_laplace" and not r["term"]}
    assert km.keys() == bayes.keys() == {("survival", "12.0"), ("survival", "24.0"), ("median", "")}
    for asked in (("survival", "12.0"), ("survival", "24.0")):
        assert float(bayes[asked]["lower"]) < km[asked] < float(bayes[asked]["upper"])
    months = [float(r["months"]) for r in rows_of(written[0] / "time_in_states.csv") if not r["term"]]
    assert sum(months) == pytest.approx(36.0, abs=0.5)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("compare", "compare and report do not draw an illness-death model; `escc-bayes fit` writes"),
        ("report", "compare and report do not draw an illness-death model"),
        ("sensitivity", 'what an illness-death model rests on is not worked out here.*endpoint = "os"'),
    ],
)
def test_verbs_that_do_not_know_states_refuse_them(tmp_path, monkeypatch, capsys, verb, said):
    out = tmp_path / "out"
    code, _, err = run(monkeypatch, capsys, verb, "--cohort", "escc79", "--model", "illness_death", "--out", out)
    assert code == 2
    assert re.search(said, " ".join(err.split()))
    assert not out.exists()
