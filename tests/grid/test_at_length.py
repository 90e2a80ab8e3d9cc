"""What takes longer: every structure by nuts, over three reconstructions, in a report, in a sensitivity analysis."""

import pytest

import escc_bayes as eb
from escc_bayes.data.ensemble import read_ensemble
from escc_bayes.foundation.errors import InputError
from escc_bayes.report.page.reconstructions import Reconstructions
from escc_bayes.report.verbs.ensembles import write_ensemble_fit
from escc_bayes.sensitivity.not_computed import NOT_COMPUTED
from escc_bayes.sensitivity.parts import PARTS
from escc_bayes.sensitivity.run import examine, silent
from escc_bayes.sensitivity.subject import Asked
from tests.browser import CHROMIUM, browser
from tests.grid.checks import estimates_are_whole, reads_well, refuses_cleanly, tables_are_whole
from tests.grid.test_everywhere import entries
from tests.unit.cli.running import run
from tests.unit.report.page.test_in_a_browser import is_read_at

pytestmark = pytest.mark.slow
# As for one of twenty reconstructions: 25 simulated cohorts in place of 100; every part is asked.
FEW = Asked(1, reconstructions=20)


@entries("nuts", refused=False)
def test_nuts_fits_and_says_what_it_found(case):
    found = case.fit("nuts")
    estimates_are_whole(found.hazard_ratios(level=0.95))
    reads_well("\n".join(found.sentences()))


def pooled(case):
    """The model over three reconstructions of the cohort, by the engine that has it."""
    ensemble = read_ensemble(case.folder / case.entry.members, case.schema)
    few = {"draws": 200} if case.engine == "laplace" else {"draws": 20, "tune": 40, "chains": 2}
    return ensemble, eb.fit_ensemble(case.spec, ensemble, seed=1, engine=case.engine, **few)


@entries("ensemble", refused=False)
def test_reconstructions_are_pooled_and_written(case, tmp_path):
    ensemble, found = pooled(case)
    estimates_are_whole(found.hazard_ratios(level=0.95))
    reads_well("\n".join(found.sentences()))
    write_ensemble_fit(tmp_path, Reconstructions(ensemble, {case.name: found}, 0.95))
    tables_are_whole(tmp_path)
    assert all((tmp_path / f"{name}.csv").is_file() for name in case.entry.files)


@entries("ensemble", refused=True)
def test_an_ensemble_is_refused_with_a_sentence(case):
    with pytest.raises(InputError) as refused:
        pooled(case)
    refuses_cleanly(refused.value, case.entry.refused["ensemble"])


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    """A tab of a browser; None where there is none."""
    if CHROMIUM is None:
        yield None
        return
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@entries("report", refused=False)
def test_the_report_is_written_whole_and_reads_well(case, tab, tmp_path, monkeypatch, capsys):
    out = tmp_path / "report"
    options = ("--engine", case.engine, "--workers", "1", "--quiet", "--out", out)
    few = ("--draws", "400") if case.engine == "laplace" else ("--draws", "30", "--tune", "60", "--chains", "2")
    code, _, said = run(monkeypatch, capsys, "report", *case.words, *options, *few)
    assert (code, "Traceback" in said) == (0, False), said
    tables_are_whole(out)
    assert all((out / f"{name}.csv").is_file() for name in case.entry.files)
    if tab is not None:
        page = (out / "report.html").as_uri()
        is_read_at(1300, tab, page)
        reads_well(tab.value("document.body.innerText"))


@entries("sensitivity", refused=False)
def test_a_sensitivity_analysis_computes_what_it_can_and_says_the_rest(case):
    """A part is computed, or stands in the table with the words of why it is not."""
    found = examine(case.cohort, case.spec, FEW, silent)
    said = {part.name: "\n".join(part.words(found.tables[part.name])) for part in PARTS}
    refused = {name: words for name, words in said.items() if words.startswith(NOT_COMPUTED)}
    assert set(refused) == set(case.entry.apart)
    for name, words in refused.items():
        assert case.entry.apart[name] in words
    reads_well("\n".join(found.words()))


@entries("sensitivity", refused=True)
def test_a_sensitivity_analysis_is_refused_with_a_sentence(case):
    with pytest.raises(InputError) as refused:
        examine(case.cohort, case.spec, FEW, silent)
    refuses_cleanly(refused.value, case.entry.refused["sensitivity"])
