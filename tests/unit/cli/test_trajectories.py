"""`fit` and `sensitivity` with `alc_trajectory`: laplace gives way to nuts; what is beside, and what is known."""

import csv

import pandas as pd
import pytest

from escc_bayes.data.bundled import ENSEMBLES
from tests.unit.cli.running import run


@pytest.fixture
def patients(tmp_path):
    """The first 40 patients of the first reconstruction, as a file."""
    frame = pd.read_csv(ENSEMBLES["escc79"].folder / "cohorts.csv").head(40).drop(columns="member")
    frame.to_csv(tmp_path / "patients.csv", index=False)
    return tmp_path / "patients.csv"


def test_fit_by_laplace_is_by_nuts_and_writes_what_is_beside(patients, tmp_path, monkeypatch, capsys):
    words = ("fit", "--cohort", patients, "--schema", "escc_alc", "--model", "alc_trajectory@sceptical")
    short = ("--engine", "laplace", "--draws", "60", "--tune", "150", "--chains", "2", "--quiet")
    code, printed, said = run(monkeypatch, capsys, *words, *short, "--out", tmp_path / "f")
    assert code == 0
    assert "engine laplace does not integrate over the trajectory of 'alc'" in said
    assert "Trajectory of alc: geometric mean" in printed
    assert "by the current value of the trajectory" in printed
    with (tmp_path / "f" / "trajectory_analyses.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["term"] == "alc"]
    found = [(row["analysis"], row["method"]) for row in rows]
    assert found == [
        ("trajectory", "bayes_nuts"),
        *((analysis, method) for analysis in ("carried_forward", "naive") for method in ("bayes_laplace", "cox")),
    ]
    assert [row["clock"].startswith("NAIVE") for row in rows] == [False, False, False, True, True]
    assert {row["provenance"] for row in rows} == {"reconstructed"}
    means = pd.read_csv(tmp_path / "f" / "trajectory.csv")
    assert means.loc[means["quantity"] == "mean", "time"].tolist() == [0.0, 0.75, 2.5]


def test_sensitivity_says_what_it_knows_and_what_needs_laplace(patients, tmp_path, monkeypatch, capsys):
    words = ("sensitivity", "--cohort", patients, "--schema", "escc_alc", "--model", "alc_trajectory@sceptical")
    code, said, _ = run(monkeypatch, capsys, *words, "--out", tmp_path / "s", "--quiet")
    assert code == 0
    assert "What other priors would have said: not computed: each patient has a trajectory" in said
    with (tmp_path / "s" / "information.csv").open() as stream:
        (row,) = (row for row in csv.DictReader(stream) if row["term"] == "alc")
    assert row["se_cox"] == ""
    assert 0.0 < float(row["data_share"]) < 1.0
    with (tmp_path / "s" / "confounding.csv").open() as stream:
        assert {row["kind"] for row in csv.DictReader(stream)} == {"e_value"}
