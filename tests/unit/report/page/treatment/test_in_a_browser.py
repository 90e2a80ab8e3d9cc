"""The chapter as readers see it at two widths: nothing sticks out, nothing is asked for, links lead to it."""

from dataclasses import replace

import pytest

from escc_bayes.report.verbs.report import write_report
from escc_bayes.spec.formula import model
from escc_bayes.study.treatment.asked import TreatmentAsked
from escc_bayes.study.treatment.gather import treatment_of
from tests.browser import CHROMIUM, WHY_NOT, browser, links_of, pages_of
from tests.unit.matching.cohorts import cohort
from tests.unit.report.conftest import bundle_of
from tests.unit.report.page.test_in_a_browser import is_read_at

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    own = cohort()
    held = treatment_of(own, None, TreatmentAsked("arm", ("x", "stage"), designs=4), level=0.95, seed=1)
    bundle = replace(bundle_of(own, model("os ~ arm + x", own)), treatment=held)
    doubted = {name: found.hazard_ratios(level=0.95) for name, found in bundle.posteriors.items()}
    place = tmp_path_factory.mktemp("page") / "report"
    return write_report(replace(bundle, sceptics=doubted), place).parent


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("width", [1300, 390])
def test_the_chapter_is_read_at_any_width_and_asks_for_nothing(tab, folder, width):
    is_read_at(width, tab, (folder / "report.html").as_uri())


def test_the_list_of_links_leads_to_it_and_every_figure_has_words_and_files(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    assert tab.value("[...document.links].some(a => a.getAttribute('href') == '#treatment')")
    figures = "[...document.querySelectorAll('#treatment figure')]"
    assert tab.value(f"{figures}.length") == 5
    assert tab.value(f"{figures}.every(f => f.querySelector('svg, img').matches('[aria-label], [alt]'))")
    drawn = {path.stem for path in (folder / "figures").glob("treatment_*.png")}
    assert drawn == {f"treatment_{name}" for name in ("love", "positivity", "os_curves", "os_effect", "os_subgroups")}
    files, contents, methods = links_of(tab, "treatment")
    assert files
    assert all((folder / file).is_file() for file in files)
    assert contents
    assert tab.value(f"{contents}.every(href => document.querySelector(href).matches('h3'))")
    page = (folder / "methods.html").read_text(encoding="utf-8")
    assert methods
    for link in methods:
        assert f'id="{link.partition("#")[2]}"' in page


def test_paper_takes_fewer_than_40_pages(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    pages = pages_of(tab.printed())
    assert len(pages) < 40
    assert min(pages) > 500
