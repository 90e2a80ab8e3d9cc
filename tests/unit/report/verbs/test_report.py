"""Writing: the same bytes twice, and all or nothing."""

import pytest

from escc_bayes.foundation.outputs import staged
from escc_bayes.report.page.figures import figure_makers, report_figures
from escc_bayes.report.verbs import report as write
from escc_bayes.report.verbs.report import write_report


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_second_run_writes_the_same_bytes(naive, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    page = write_report(naive, first)
    said = []
    write_report(naive, second, progress=lambda what, *_: said.append(what))
    assert said == ["figures and posteriors", "the page", "tables as CSV", "tables for Word and LaTeX"]
    assert page == first / "report.html"
    one, two = contents(first), contents(second)
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []
    figures = {name.rpartition(".")[0] for name in one if name.startswith("figures/")}
    assert all(f"{name}.png" in one and f"{name}.svg" in one for name in figures)
    assert {"report.html", "run.json", "comparison.csv", "posterior/one.nc"} <= set(one)


def test_nothing_half_written_is_left_after_an_error(naive, tmp_path, monkeypatch):
    def fails(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(write, "figure_makers", lambda bundle, *, full: figure_makers(bundle, full=full)[:1])
    monkeypatch.setattr(write, "write_report_files", fails)
    out = tmp_path / "deep" / "report"
    with pytest.raises(RuntimeError, match="the disk is full"):
        write_report(naive, out)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_report_survives_an_error(naive, tmp_path, monkeypatch):
    out = tmp_path / "report"
    with staged(out, "report") as folder:
        (folder / "report.html").write_text("earlier")
    before = contents(tmp_path)
    monkeypatch.setattr(write, "figure_makers", lambda bundle, *, full: figure_makers(bundle, full=full)[:1])
    monkeypatch.setattr(write, "write_run", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(naive, out)
    assert contents(tmp_path) == before


def test_figures_of_two_models_of_one_outcome(naive):
    names = [found.name for found in report_figures(naive, full=True)]
    assert len(set(names)) == len(names)
    assert set(names) == {
        *(f"os_{what}" for what in ("prior_check", "forest", "prior_posterior", "attribution")),
        *("os_baseline_hazard", "os_predictive_check", "os_kaplan_meier", "one_survival", "two_survival"),
        *("loo", "diagnostics"),
    }


def test_one_call_from_python_writes_what_the_bundle_would(tmp_path):
    """The package called by its name, before and after its rooms are imported."""
    import escc_bayes as eb
    from escc_bayes.foundation.errors import SpecError

    cohort, spec = eb.example_cohort("larynx"), eb.load_spec("larynx_piecewise")
    page = eb.report(cohort, [spec], tmp_path / "out", seed=5, confirm="no")
    assert page == tmp_path / "out" / "report.html"
    names = {p.name for p in page.parent.iterdir()}
    assert {"tables.docx", "hazard_ratios.csv", "run.json", "methods.html"} <= names
    assert "nuts" not in (page.parent / "hazard_ratios.csv").read_text()
    with pytest.raises(SpecError, match="no model"):
        eb.report(cohort, [], tmp_path / "none", seed=5)
    assert not (tmp_path / "none").exists()
