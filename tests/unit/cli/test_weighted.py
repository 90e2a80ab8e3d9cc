"""Weights through the command line: asked about, then robust and a pseudo-posterior, in what is printed and written."""

import csv

import numpy as np
import pytest

from tests.unit.cli.running import run

SCHEMA = """schema = 1
weight = "w"
{kind}[endpoints.os]
time = "t"
event = "d"
[covariates.arm]
kind = "binary"
levels = ["old", "new"]
"""
MODEL = """schema = 1
name = "weighted"
[outcome]
endpoint = "os"
[baseline]
family = "piecewise_exponential"
cuts = [10.0]
at = "reference"
smoothing = "independent"
[priors]
baseline_rate = { gamma = [0.5, 10.0] }
[[effect]]
covariate = "arm"
structure = "fixed"
prior = { normal = [0.0, 5.0] }
"""


@pytest.fixture
def files(tmp_path):
    """Return a function that writes cohort, schema of a kind of weights, and model; it returns the options."""

    def written(kind):
        rng = np.random.default_rng(12)
        rows = [f"{rng.exponential(12.0) + 0.1:.2f},{k % 3 > 0:d},{('old', 'new')[k % 2]},{w:.3f}" for k, w in WEIGHTS]
        (tmp_path / "d.csv").write_text("\n".join(["t,d,arm,w", *rows]))
        (tmp_path / "s.toml").write_text(SCHEMA.format(kind=kind))
        (tmp_path / "m.toml").write_text(MODEL)
        return "--cohort", tmp_path / "d.csv", "--schema", tmp_path / "s.toml"

    return written


WEIGHTS = list(enumerate(np.random.default_rng(1).uniform(0.4, 3.0, 60)))


@pytest.mark.parametrize("verb", [("baselines", "--endpoint", "os"), ("fit", "--engine", "laplace")])
def test_weights_without_a_kind_are_asked_about_and_nothing_is_written(verb, files, tmp_path, monkeypatch, capsys):
    options = files("")
    model = ("--model", tmp_path / "m.toml") if verb[0] == "fit" else ()
    code, _, said = run(monkeypatch, capsys, *verb, *options, *model, "--out", tmp_path / "out")
    assert code == 2
    assert "which kind are they?" in said
    assert 'weight_kind = "sampling"' in said
    assert not (tmp_path / "out").exists()


def test_sampling_weights_are_said_in_print_and_tables(files, tmp_path, monkeypatch, capsys):
    options = (*files('weight_kind = "sampling"\n'), "--model", tmp_path / "m.toml", "--engine", "laplace")
    out = tmp_path / "out"
    code, printed, _ = run(monkeypatch, capsys, "fit", *options, "--out", out)
    assert code == 0
    total = sum(round(w, 3) for _, w in WEIGHTS)
    for words in (
        "pseudo-posterior",
        f"sum {total:.6g}, effective n",
        "ok (computed reliably)",
        "What the data can carry",
    ):
        assert words in printed
    with (out / "hazard_ratios.csv").open() as stream:
        (ratio,) = csv.DictReader(stream)
    assert "pseudo-posterior" in ratio["note"]
    assert ratio["verdict"] == "ok"
    with (out / "diagnostics.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert "sampling weights" in row["data_caution"]
