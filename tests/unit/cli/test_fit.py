"""The verb `fit`: tables, draws, and the engine that answered."""

import csv
import json

from escc_bayes.bayes.sampling import diagnose
from tests.unit.cli.running import run


def test_fit_by_laplace_writes_tables_draws_and_run(tmp_path, larynx, monkeypatch, capsys):
    """Its own default number of draws; R-hat blank, Pareto k there; the file reads back as the fit."""
    from escc_bayes.bayes.posterior.fit import fit
    from escc_bayes.bayes.posterior.reload import load_posterior
    from escc_bayes.spec.reading import load_spec

    out = tmp_path / "f"
    words = ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--out", out)
    code, printed, _ = run(monkeypatch, capsys, *words, "--seed", "5")
    assert code == 0
    assert "bayes_laplace, seed 5: ok" in printed
    with (out / "diagnostics.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert (row["method"], row["max_rhat"], row["min_ess_bulk"], row["verdict"]) == ("bayes_laplace", "", "", "ok")
    assert float(row["pareto_k_max"]) < 0.7
    assert float(row["importance_ess"]) > 400.0
    with (out / "hazard_ratios.csv").open() as stream:
        assert {r["method"] for r in csv.DictReader(stream)} == {"bayes_laplace"}
    (fitted,) = json.loads((out / "run.json").read_text())["fits"]
    assert (fitted["engine"], fitted["settings"]["draws"], fitted["settings"]["chains"]) == ("laplace", 5000, 4)
    spec = load_spec("larynx_piecewise")
    again = load_posterior(out / "posterior" / "larynx_piecewise.nc", spec, larynx)
    assert (again.coefficients == fit(spec, larynx, seed=5, engine="laplace").coefficients).all()


def test_a_fit_that_laplace_must_not_answer_is_sampled_and_says_so(tmp_path, monkeypatch, capsys):
    """With no Pareto k good enough: nuts in tables and run, a warning on stderr, exit code 0."""
    monkeypatch.setattr(diagnose, "MAX_PARETO_K", -9.0)
    out = tmp_path / "f"
    words = ("fit", "--cohort", "larynx", "--model", "larynx_piecewise", "--engine", "laplace", "--out", out)
    code, printed, err = run(monkeypatch, capsys, *words, "--seed", "5")
    assert code == 0
    assert "bayes_nuts, seed 5: ok" in printed
    assert "Warning: model 'larynx_piecewise': engine laplace is not fit for use (Pareto k " in err
    assert "NOT FIT FOR USE" not in err
    (fitted,) = json.loads((out / "run.json").read_text())["fits"]
    assert fitted["engine"] == "nuts"
    assert fitted["settings"]["instead_of"].startswith("laplace (Pareto k ")
