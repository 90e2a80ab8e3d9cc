"""The verb `report`: complete, labelled, and confirmed by a second engine."""

import csv

import pytest

from tests.unit.cli.running import run


def test_report_without_a_model_that_fits_says_how_to_write_one(files, monkeypatch, capsys):
    """Priors are the user's: a cohort with other columns gets no model by default."""
    words = ("report", "--cohort", files / "c.csv", "--schema", files / "s.toml", "--out", files / "out")
    code, _, err = run(monkeypatch, capsys, *words)
    assert code == 2
    assert "no shipped model fits" in err
    assert "--model FILE.toml" in err
    assert not (files / "out").exists()


@pytest.mark.sampling
def test_report_on_the_larynx_is_complete_and_labelled(tmp_path, larynx_posterior, monkeypatch, capsys):
    """All files that a report promises, from one command; the structure is already compiled by the fixture."""
    assert larynx_posterior.diagnostics.fit_for_use
    out = tmp_path / "r"
    words = ("report", "--cohort", "larynx", "--engine", "nuts", "--draws", "500", "--tune", "500", "--out", out)
    words = (*words, "--workers", "1", "--full")
    code, printed, _ = run(monkeypatch, capsys, *words)
    assert code == 0
    assert printed.strip() == str(out / "report.html")
    page = (out / "report.html").read_text()
    assert "OBSERVED" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    names = {p.name for p in out.rglob("*") if p.is_file()}
    tables = ("hazard_ratios", "survival", "diagnostics", "comparison", "attribution", "km", "landmarks", "logrank")
    assert {f"{t}.csv" for t in (*tables, "ph_test", "rmst", "followup")} <= names
    assert {"run.json", "larynx_piecewise.nc"} <= names
    assert sum(name.endswith(".png") for name in names) >= 8


def test_report_confirms_its_headline_model_by_nuts(tmp_path, monkeypatch, capsys):
    """Both methods stand in the tables, and the page says how far they agree."""
    out = tmp_path / "r"
    words = ("report", "--cohort", "larynx", "--draws", "1000", "--workers", "1", "--out", out)
    assert run(monkeypatch, capsys, *words)[0] == 0
    methods = ["bayes_laplace", "bayes_nuts"]
    with (out / "diagnostics.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["model"], row["method"]) for row in rows] == [("larynx_piecewise", m) for m in methods]
    with (out / "hazard_ratios.csv").open() as stream:
        assert set(methods) <= {row["method"] for row in csv.DictReader(stream)}
    assert (out / "posterior" / "larynx_piecewise.nuts.nc").is_file()
    page = (out / "report.html").read_text()
    assert "larynx_piecewise: bayes_laplace and bayes_nuts agree: means of the log hazard ratios at most 0." in page
    assert "over 1 posterior by nuts" in page
    assert "over 1 posterior by laplace" in page


def test_report_by_laplace_judges_by_pareto_k(tmp_path, monkeypatch, capsys):
    """No chains: no R-hat in words, table or figure."""
    out = tmp_path / "r"
    words = ("report", "--cohort", "larynx", "--engine", "laplace", "--draws", "500", "--out", out, "--workers", "1")
    assert run(monkeypatch, capsys, *words)[0] == 0
    page = (out / "report.html").read_text()
    assert "Sampler diagnostics passed: largest Pareto k" in page
    assert "nan" not in page[page.index("Sampler diagnostics passed") :][:200]
    assert not (out / "figures" / "diagnostics.svg").exists()


def test_two_processes_write_the_bytes_of_one(tmp_path, monkeypatch, capsys):
    """Fits by both engines, figures, posteriors and page."""
    words = ("report", "--cohort", "larynx", "--draws", "100", "--tune", "100")
    written = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        assert run(monkeypatch, capsys, *words, "--workers", workers, "--out", out)[0] == 0
        written.append({str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert set(written[0]) == set(written[1])
    assert [name for name, content in written[0].items() if written[1][name] != content] == []
