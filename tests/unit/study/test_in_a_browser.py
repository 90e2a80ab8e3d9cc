"""The chapter of a paper as readers see it at two widths: nothing sticks out, nothing is asked for, few pages."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.report.verbs.report import write_report
from escc_bayes.spec.reading import load_spec
from escc_bayes.study.part import StudyChapter
from tests.browser import CHROMIUM, WHY_NOT, Tab, browser, links_of, pages_of
from tests.unit.report.conftest import bundle_of
from tests.unit.report.page.test_in_a_browser import is_read_at

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, chapter: StudyChapter) -> Path:
    bundle = replace(bundle_of(example_cohort("escc79"), load_spec("os_weibull")), study=chapter)
    doubted = {name: found.hazard_ratios(level=0.95) for name, found in bundle.posteriors.items()}
    return write_report(replace(bundle, sceptics=doubted), tmp_path_factory.mktemp("page") / "report").parent


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.mark.parametrize("width", [1300, 390])
def test_the_chapter_is_read_at_any_width_and_asks_for_nothing(tab, folder, width):
    is_read_at(width, tab, (folder / "report.html").as_uri())


def test_links_lead_to_it_every_table_has_its_file_and_every_figure_its_words(tab, folder, chapter):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    assert tab.value("[...document.links].some(a => a.getAttribute('href') == '#study')")
    captions = tab.value("[...document.querySelectorAll('#study caption')].map(c => c.textContent)")
    for table in chapter.tables:
        assert (folder / f"study_{table.name}.csv").is_file()
        assert any(f"file study_{table.name}.csv" in caption for caption in captions)
    drawn = sum(len(part.figures) for part in chapter.parts)
    figures = "[...document.querySelectorAll('#study figure')]"
    assert tab.value(f"{figures}.length") == drawn == 5
    assert tab.value(f"{figures}.every(f => f.querySelector('svg, img').matches('[aria-label], [alt]'))")
    files, contents, methods = links_of(tab, "study")
    assert files == [f"study_{table.name}.csv" for table in chapter.tables]
    assert all((folder / file).is_file() for file in files)
    titles = tab.value(f"{contents}.map(href => document.querySelector(href).textContent)")
    assert titles == [part.heading for part in chapter.parts]
    page = (folder / "methods.html").read_text(encoding="utf-8")
    assert methods
    for link in methods:
        assert f'id="{link.partition("#")[2]}"' in page


def test_paper_takes_fewer_than_40_pages(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    assert len(pages_of(tab.printed())) < 40
