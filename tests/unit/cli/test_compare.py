"""The verb `compare`: two models beside Cox."""

import csv

from tests.unit.cli.running import run


def test_compare_by_laplace_puts_two_models_beside_cox(tmp_path, monkeypatch, capsys):
    out = tmp_path / "c"
    models = ("--model", "os_piecewise", "--model", "os_weibull")
    words = ("compare", "--cohort", "escc79", *models, "--engine", "laplace", "--draws", "400", "--out", out)
    code, printed, _ = run(monkeypatch, capsys, *words)
    assert code == 0
    assert "bayes_laplace" in printed
    with (out / "comparison.csv").open() as stream:
        assert {"bayes_laplace", "cox"} <= {row["method"] for row in csv.DictReader(stream)}
    with (out / "loo.csv").open() as stream:
        assert {row["model"] for row in csv.DictReader(stream)} == {"os_piecewise", "os_weibull"}
