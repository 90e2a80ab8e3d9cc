"""The bundled SIMULATED cohort: every part of the chapter on a treatment has its file, its figure and its heading."""

from dataclasses import replace

import pytest
from matplotlib.text import Text

from escc_bayes.cli.treatment import TreatmentOptions
from escc_bayes.data.bundled import example_cohort
from escc_bayes.matching.as_read import DESIGNS as DESIGN_WORDS
from escc_bayes.plots.words import method_words
from escc_bayes.report.page.treatment.match_sheets import effect_sheet, estimate_of
from escc_bayes.report.page.treatment.sheets import every_design
from escc_bayes.report.page.treatment.words import method_of
from escc_bayes.report.verbs.report import write_report
from escc_bayes.spec.formula import model
from escc_bayes.study.treatment.asked import asked_of
from escc_bayes.study.treatment.gather import treatment_of
from tests.browser import CHROMIUM, WHY_NOT, browser, links_of, pages_of
from tests.unit.report.conftest import bundle_of
from tests.unit.report.page.test_in_a_browser import is_read_at

FILES = {"design", "balance", "effect", "contrasts", "subgroups", "time_zero", "location", "grades"}
FIGURES = {"love", "positivity", *(f"{e}_{what}" for e in ("os", "pfs") for what in ("curves", "effect", "subgroups"))}
HEADINGS = (
    "Design and balance",
    "Overall survival: hazard ratio",
    "Overall survival: medians, months gained, and the hazard ratio over time",
    "Progression-free survival: hazard ratio",
    "Progression-free survival: medians, months gained, and the hazard ratio over time",
    "Immortal time: naive, landmark, time-updated, cloned",
    "Cervical location",
    "Pneumonitis by grade",
    "Effect within subgroups",
)
DESIGNS = ["nearest", "overlap", "iptw", "optimal", "full", "entropy"]


@pytest.fixture(scope="module")
def chapter():
    cohort = example_cohort("consolidation156")
    asked = replace(asked_of(cohort, None, None), designs=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("escc_bayes.time_zero.run.DRAWS", 40)
        return treatment_of(cohort, None, asked, level=0.95, seed=1)


@pytest.fixture(scope="module")
def folder(chapter, tmp_path_factory):
    bundle = bundle_of(chapter.cohort, model("os ~ age + ecog", chapter.cohort))
    doubted = {name: found.hazard_ratios(level=0.95) for name, found in bundle.posteriors.items()}
    place = tmp_path_factory.mktemp("page") / "report"
    return write_report(replace(bundle, treatment=chapter, sceptics=doubted), place).parent


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip(WHY_NOT)
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def test_its_name_alone_asks_for_the_chapter():
    asked = TreatmentOptions().asked(example_cohort("consolidation156"), None)
    assert (asked.treatment, asked.on) == (
        "radiotherapy",
        ("age", "sex", "ecog", "location", "metastases", "sites"),
    )


def test_nothing_is_lacking_and_every_part_has_file_figure_and_heading(chapter, folder, tab):
    assert chapter.lacking == ()
    assert chapter.refused == ()
    assert [match.design.method for match in chapter.matches["os"]] == DESIGNS
    assert {path.stem.removeprefix("treatment_") for path in folder.glob("treatment_*.csv")} == FILES
    drawn = {path.stem.removeprefix("treatment_") for path in (folder / "figures").glob("treatment_*.png")}
    assert drawn == FIGURES
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    assert tab.value("[...document.querySelectorAll('#treatment h3')].map(h => h.innerText)") == list(HEADINGS)
    assert tab.value("document.querySelectorAll('#treatment figure').length") == len(FIGURES)
    files, contents, methods = links_of(tab, "treatment")
    assert all((folder / file).is_file() for file in files)
    assert len(contents) == len(HEADINGS)
    assert methods


def test_figures_and_tables_call_a_method_by_one_name(chapter):
    for match in chapter.matches["os"]:
        drawn = [estimate_of(one, match) for one in match.answers]
        assert [method_words(e.method, e.model) for e in drawn] == [method_of(e.method) for e in drawn]
        assert not any("_" in method_words(e.method, e.model) for e in drawn)


def test_designs_are_drawn_in_the_order_of_the_table_after_patients_as_they_are(chapter):
    figure = effect_sheet(every_design(chapter.matches["os"])).figure
    words = [text.get_text() for text in figure.findobj(Text)]
    assert [one for one in words if one in DESIGN_WORDS.values()] == [DESIGN_WORDS[name] for name in ["none", *DESIGNS]]


@pytest.mark.parametrize("width", [1300, 390])
def test_it_is_read_at_any_width_and_asks_for_nothing(tab, folder, width):
    is_read_at(width, tab, (folder / "report.html").as_uri())


def test_every_table_of_the_chapter_says_simulated_first(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    captions = tab.value("[...document.querySelectorAll('#treatment caption')].map(c => c.innerText)")
    assert captions
    assert [words for words in captions if not words.startswith("SIMULATED")] == []


def test_paper_takes_fewer_than_40_pages(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    assert len(pages_of(tab.printed())) < 40
