"""Verbs on an illness-death model: `fit` writes its states; `compare`, `report` and `sensitivity` refuse it."""

import csv

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
    spent = [r for r in rows_of(written[0] / "time_in_states.csv") if not r["term"]]
    # Medians of the posterior need not add up to the last digit; areas do.
    for method, apart in (("bayes_laplace", 0.5), ("aalen_johansen", 1e-9)):
        months = [float(r["months"]) for r in spent if r["method"] == method]
        assert sum(months) == pytest.approx(36.0, abs=apart)


MODEL = """
schema = 1
name = "causes"
[outcome]
kind = "competing_causes"
endpoint = "os"
cause = "cause"
[baseline]
family = "piecewise_exponential"
cuts = [12.0]
sd = { halfnormal = 0.5 }
[priors]
baseline_log_rate = { normal = [-3.5, 1.0] }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { normal = [0.0, 1.0] }
"""
SCHEMA = """
schema = 1
id = "id"
[endpoints.os]
time = "time"
event = "event"
[covariates.arm]
kind = "binary"
levels = ["a", "b"]
[covariates.cause]
kind = "nominal"
levels = ["cancer", "other"]
"""


def causes_words(tmp_path):
    """Write a cohort with causes, its schema and a model; return the options that name them."""
    lines = ["id,time,event,arm,cause"]
    for i in range(60):
        cause = ("", "cancer", "other")[(0, 1, 1, 2, 0, 1)[i % 6]]
        lines.append(f"p{i},{3 + 0.61 * i:.2f},{int(cause != '')},{'ab'[(i // 2) % 2]},{cause}")
    for name, text in (("c.csv", "\n".join(lines) + "\n"), ("s.toml", SCHEMA), ("m.toml", MODEL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return ("--cohort", tmp_path / "c.csv", "--schema", tmp_path / "s.toml", "--model", tmp_path / "m.toml")


def test_compare_writes_cox_gray_and_fine_gray_beside_each_cause(tmp_path, monkeypatch, capsys):
    words, out = causes_words(tmp_path), tmp_path / "out"
    code, printed, err = run(
        monkeypatch, capsys, "compare", *words, "--engine", "laplace", "--draws", "300", "--out", out
    )
    assert code == 0, err
    rows = rows_of(out / "comparison.csv")
    assert {r["transition"] for r in rows} == {"cancer", "other"}
    assert {"bayes_laplace", "cox"} <= {r["method"] for r in rows}
    assert "hazard ratio arm b vs a, cancer" in printed
    for name in ("gray", "fine_gray"):
        assert [(r["term"], r["cause"]) for r in rows_of(out / f"{name}.csv")] == [("arm", "cancer"), ("arm", "other")]
    assert (out / "figures" / "causes_incidence.png").exists()


def test_fit_writes_the_incidence_of_each_cause(tmp_path, monkeypatch, capsys):
    words = causes_words(tmp_path)
    code, printed, err = run(
        monkeypatch, capsys, "fit", *words, "--engine", "laplace", "--draws", "300", "--out", tmp_path / "out"
    )
    assert code == 0, err
    path = tmp_path / "out" / "cumulative_incidence.csv"
    head = path.read_text(encoding="utf-8").splitlines()[0]
    assert head == "endpoint,model,method,term,group,cause,time,probability,lower,upper,level"
    rows = rows_of(path)
    assert {(r["endpoint"], r["cause"]) for r in rows} == {("os", "cancer"), ("os", "other")}
    assert {r["method"] for r in rows} == {"bayes_laplace", "aalen_johansen"}
    both = {(r["method"], r["cause"]): r for r in rows if not r["term"] and float(r["time"]) == 24.0}
    for cause in ("cancer", "other"):
        limits = [float(both["bayes_laplace", cause][key]) for key in ("lower", "upper")]
        assert limits[0] < float(both["aalen_johansen", cause]["probability"]) < limits[1]
    assert "Cumulative incidence at months" in printed
    assert {r["transition"] for r in rows_of(tmp_path / "out" / "hazard_ratios.csv")} == {"cancer", "other"}
