"""`fit`, `compare` and `report` of a model that imputes missing covariates."""

import csv

import pytest

from escc_bayes.data.shipped import models_folder
from tests.unit.cli.running import run
from tests.unit.gaps import larynx_with_gaps

SCHEMA = """schema = 1
[endpoints.os]
time = "time"
event = "event"
[covariates.stage]
kind = "ordered"
levels = ["I", "II", "III", "IV"]
[covariates.age]
kind = "continuous"
center = 65.0
scale = 10.0
"""
MISSING = '[missing]\nmethod = "imputation"\ncompleted = 2\n\n[variants.sceptical]'


@pytest.fixture
def files(tmp_path):
    """A table with gaps, its schema beside it, and a model."""
    cohort = larynx_with_gaps()
    stage, age, os = cohort.covariate("stage"), cohort.covariate("age"), cohort.endpoint("os")
    with (tmp_path / "gaps.csv").open("w") as stream:
        stream.write("time,event,stage,age\n")
        for i in range(90):
            level = "" if stage.missing[i] else stage.schema.levels[int(stage.values[i])]
            stream.write(f"{os.time[i]},{int(os.event[i])},{level},{'' if age.missing[i] else age.values[i]}\n")
    (tmp_path / "gaps.toml").write_text(SCHEMA)
    text = (models_folder() / "larynx_piecewise.toml").read_text()
    (tmp_path / "m.toml").write_text(text.replace("[variants.sceptical]", MISSING))
    return ("--cohort", tmp_path / "gaps.csv", "--model", tmp_path / "m.toml", "--engine", "laplace", "--quiet")


def rows(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def test_fit_writes_both_and_says_what_is_imputed(files, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    code, printed, _ = run(monkeypatch, capsys, "fit", *files, "--out", out)
    assert code == 0
    assert "2 completed cohorts of gaps, 90 patients each" in printed
    assert "Complete cases beside: OBSERVED: 73 of 90 patients" in printed
    assert [(r["covariate"], r["imputed"], r["never_measured"]) for r in rows(out / "imputation.csv")] == [
        ("age", "9", "0"),
        ("stage", "10", "0"),
    ]
    found = rows(out / "hazard_ratios.csv")
    assert {r["model"] for r in found} == {"larynx_piecewise", "larynx_piecewise@complete_cases"}
    assert all("stage: 10 of 90 values imputed" in r["note"] for r in found if r["model"] == "larynx_piecewise")
    assert len(rows(out / "diagnostics.csv")) == 3


def test_compare_puts_completed_cohorts_first(files, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("escc_bayes.report.page.figures.write_figures", lambda *_: None)  # Drawing is tested elsewhere.
    out = tmp_path / "out"
    code, printed, _ = run(monkeypatch, capsys, "compare", *files, "--out", out)
    assert code == 0
    first = [r["model"] for r in rows(out / "comparison.csv") if r["contrast"] == "IV vs I"]
    assert first[:4] == ["larynx_piecewise"] * 3 + ["larynx_piecewise@complete_cases"]
    assert "lies between 2 completed cohorts" in printed


def test_models_that_impute_and_models_that_do_not_are_fitted_apart(files, tmp_path, monkeypatch, capsys):
    words = ("fit", *files, "--model", "larynx_piecewise@sceptical", "--out", tmp_path / "out")
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "imputes missing covariates and 'larynx_piecewise@sceptical' does not; fit them apart" in err


def test_verbs_that_take_one_cohort_say_where_imputation_is(files, tmp_path, monkeypatch, capsys):
    """No verb falls back to complete cases in silence."""
    code, _, err = run(monkeypatch, capsys, "sensitivity", *files[:4], "--out", tmp_path / "out")
    assert code == 2
    assert "[missing] imputes, and one cohort with missing values has no plan of it" in err
