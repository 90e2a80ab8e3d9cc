"""The verb ``evidence``: what it writes and prints, and how it refuses."""

import csv
import json

import pytest

from escc_bayes.data.shipped import models_folder
from escc_bayes.spec.evidence_prior import read_prior
from tests.unit.cli.running import run

RT = ("evidence", "--effect", "rt_added", "--endpoint", "OS", "--disjoint", "china20_ict_registry=two strata")
COVERAGE = ("evidence", "--effect", "rt_coverage", "--endpoint", "OS")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_writes_prior_pool_figure_and_run(tmp_path, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, *RT, "--out", tmp_path / "rt")
    assert code == 0
    assert {str(p.relative_to(tmp_path / "rt")) for p in (tmp_path / "rt").rglob("*") if p.is_file()} == {
        "prior.toml",
        "pool.csv",
        "run.json",
        "figures/forest.png",
        "figures/forest.svg",
    }
    wald = next(row for row in rows_of(tmp_path / "rt" / "pool.csv") if row["method"] == "reml_wald")
    assert [f"{float(wald[key]):.2f}" for key in ("value", "lower", "upper")] == ["0.62", "0.45", "0.85"]
    assert "0.62  (0.45 to 0.85)" in out
    assert "Left out: seed2_cui2025" in out
    settings = json.loads((tmp_path / "rt" / "run.json").read_text())["fits"][0]["settings"]
    assert (settings["effect"], settings["tau_prior"], settings["mean_prior"]) == ("rt_added", 0.5, "0,2")


def test_its_defaults_give_the_bundled_prior(tmp_path, monkeypatch, capsys):
    run(monkeypatch, capsys, "evidence", "--effect", "alc_low", "--endpoint", "OS", "--out", tmp_path)
    made, shipped = read_prior(tmp_path / "prior.toml"), read_prior(models_folder() / "priors" / "alc_low.toml")
    assert [v for c in made.components for v in c] == pytest.approx([v for c in shipped.components for v in c])
    assert made.statements == shipped.statements


def test_options_reach_the_pool(tmp_path, monkeypatch, capsys):
    words = ("--bias", "observational=-0.1,0.2", "--robust", "0.25", "--components", "2", "--mean-prior", "flat")
    code, out, _ = run(monkeypatch, capsys, *RT, *words, "--out", tmp_path)
    prior = read_prior(tmp_path / "prior.toml")
    assert code == 0
    assert len(prior.components) == 3
    assert prior.robust_weight == 0.25
    assert "Bias observational N(-0.1, 0.2) on the log HR taken off" in out
    assert "prior on the mean log HR flat" in out


def test_a_new_estimate_is_held_against_the_prior(tmp_path, monkeypatch, capsys):
    """HR 5 (4-6.25) lies far above a prior around 0.62; HR 0.7 (0.5-0.98) does not."""
    code, out, _ = run(monkeypatch, capsys, *RT, "--against", "5,4,6.25", "--out", tmp_path / "far")
    assert code == 0
    assert "(hazard ratio 5.00) contradicts the prior at 0.05" in out
    (row,) = rows_of(tmp_path / "far" / "conflict.csv")
    assert float(row["box"]) < 0.05
    _, out, _ = run(monkeypatch, capsys, *RT, "--against", "0.7,0.5,0.98,0.95", "--out", tmp_path / "near")
    assert "does not contradict" in out


def test_coverage_is_refused_and_a_weak_prior_written_when_asked_for(tmp_path, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, *COVERAGE, "--out", tmp_path / "cov")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "no published hazard ratio has an interval" in err
    assert not (tmp_path / "cov").exists()
    code, out, _ = run(monkeypatch, capsys, *COVERAGE, "--weak-sd", "0.8", "--out", tmp_path / "cov")
    assert code == 0
    assert "No study of rt_coverage on OS was pooled" in out
    assert read_prior(tmp_path / "cov" / "prior.toml").components == ((1.0, 0.0, 0.8),)
    assert rows_of(tmp_path / "cov" / "pool.csv") == []


REFUSED = {
    "one registry": (RT[:5], '--disjoint china20_ict_registry="reason"'),
    "no such effect": (("evidence", "--effect", "rt_addd", "--endpoint", "OS"), "did you mean 'rt_added'"),
    "no such study": (("evidence", "soescc103", *RT[1:]), "did you mean 'soescc102'"),
    "bias without sd": ((*RT, "--bias", "observational=-0.1"), "WORD=MEAN,SD"),
    "bias unknown": ((*RT, "--bias", "observation=0,1"), "did you mean 'observational'"),
    "pair without a sign": ((*RT, "--subgroup", "keynote590"), "write --subgroup STUDY=WORDS"),
    "pair given twice": ((*RT, "--disjoint", "china20_ict_registry=x"), "given twice"),
    "direction word": ((*RT, "--direction", "soescc102=flipped"), "known: as_printed, reversed"),
    "mean prior": ((*RT, "--mean-prior", "0"), "flat or MEAN,SD"),
    "mean prior sd": ((*RT, "--mean-prior", "0,-1"), "positive"),
    "tau prior": ((*RT, "--tau-prior", "0"), "--tau-prior 0: the scale must be a positive number"),
    "robust": ((*RT, "--robust", "1"), "from 0 to below 1"),
    "estimate outside its interval": ((*RT, "--against", "1,2,3"), "must be positive and enclose"),
    "estimate of two numbers": ((*RT, "--against", "1,2"), "HR,LOWER,UPPER"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_bad_options_end_with_one_paragraph_and_nothing_written(what, tmp_path, monkeypatch, capsys):
    words, expected = REFUSED[what]
    code, out, err = run(monkeypatch, capsys, *words, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert expected in err
    assert not (tmp_path / "out").exists()
