"""The page as readers see it: three widths, keyboard and screen readers, contrast, nothing fetched, printed pages."""

import re
from dataclasses import replace

import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.report.verbs.report import write_report
from escc_bayes.spec.reading import load_spec
from tests.browser import CHROMIUM, WHY_NOT, browser, pages_of
from tests.unit.report.conftest import bundle_of

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)

WIDTHS = ((1300, 800), (800, 900), (390, 800))
# Text whose contrast with what lies behind it is below 4.5 (3 for large letters); WCAG 2.2, 1.4.3. Figures apart.
PALE = """
(() => {
  const part = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const shade = c => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  return [...document.body.querySelectorAll('*:not(svg *)')].filter(e => [...e.childNodes].some(n => n.nodeType == 3 &&
    n.data.trim())).filter(e => { const s = getComputedStyle(e), a = shade(rgb(s.color)), b = shade(behind(e)),
    size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.6 && s.fontWeight >= 700;
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < (large ? 3 : 4.5); }).map(e => e.outerHTML.slice(0, 90));
})()
"""
# What sticks out of the window, unless it lies in a part that scrolls or is meant for keyboards alone.
OUTSIDE = """
[...document.body.querySelectorAll('*')].filter(e => !e.closest('.scroll, svg, .skip, details:not([open])') &&
  e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))
"""
UNNAMED = """
[...document.querySelectorAll(`img:not([alt]), img[alt=""], svg[role=img]:not([aria-label]), .scroll:not([tabindex]),
  .scroll:not([aria-label]), nav:not([aria-label])`)].map(e => e.outerHTML.slice(0, 90))
"""
HEADLESS = """
[...document.querySelectorAll('table')].filter(t => t.querySelectorAll('thead th[scope=col]').length == 0 ||
  [...t.querySelectorAll('tbody tr')].some(r => !r.cells[0].matches('th[scope=row], th[scope=rowgroup]'))).length
"""


def is_read_at(width, tab, page):
    """Hold a page to what readers need at a width: nothing sticks out, is pale, has no name, or is asked for."""
    tab.requests.clear()
    tab.complaints.clear()
    tab.open(page, width, 800)
    assert tab.value("document.documentElement.scrollWidth <= innerWidth")
    for fault in (OUTSIDE, PALE, UNNAMED):
        assert tab.value(fault) == []
    assert tab.value(HEADLESS) == 0
    assert tab.complaints == []
    assert [url for url in tab.requests if not url.startswith("data:")] == [page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The bundled cohort's report; posteriors are drawn from their priors: the layout is that of the report."""
    specs = [load_spec(name) for name in ("os_piecewise", "os_weibull", "pfs_piecewise", "pfs_weibull")]
    bundle = bundle_of(example_cohort("escc79"), *specs)
    doubted = {name: bundle.posteriors[name].hazard_ratios(level=0.95) for name in ("os_piecewise", "pfs_piecewise")}
    return write_report(replace(bundle, sceptics=doubted), tmp_path_factory.mktemp("page") / "report").parent


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(params=WIDTHS, ids=lambda size: str(size[0]))
def opened(request, tab, folder):
    tab.requests.clear()
    tab.complaints.clear()
    tab.open((folder / "report.html").as_uri(), *request.param)
    return tab


def test_nothing_sticks_out_at_any_width(opened):
    assert opened.value("document.documentElement.scrollWidth <= innerWidth")
    assert opened.value(OUTSIDE) == []


def test_nothing_is_asked_for_and_nothing_complains(opened, folder):
    page = (folder / "report.html").as_uri()
    assert [url for url in opened.requests if not url.startswith("data:")] == [page]
    assert opened.complaints == []
    assert opened.value("document.scripts.length") == 0


def test_text_is_dark_enough(opened):
    assert opened.value(PALE) == []


def test_pictures_scrollers_and_rows_have_names(opened):
    assert opened.value(UNNAMED) == []
    assert opened.value(HEADLESS) == 0


def test_every_link_leads_somewhere(opened, folder):
    links = opened.value("[...document.links].map(a => a.getAttribute('href'))")
    there = set(opened.value("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    assert len(links) > 20
    for link in links:
        file, _, place = link.partition("#")
        if file:
            text = (folder / file).read_bytes()
            assert not place or f'id="{place}"'.encode() in text, link
        else:
            assert place in there, link


def test_the_first_screen_fits_its_window(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    # The list of links is the last line of the first answer.
    assert tab.value("document.querySelector('.answer nav').getBoundingClientRect().bottom") <= 800


def test_the_skip_link_is_the_first_that_a_keyboard_reaches(tab, folder):
    tab.open((folder / "report.html").as_uri(), 800, 900)
    first = "document.querySelector('a, button, summary, [tabindex]').className"
    assert tab.value(first) == "skip"
    assert tab.value("document.querySelector(document.querySelector('.skip').getAttribute('href')) !== null")


def test_paper_takes_about_18_pages_and_none_is_empty(tab, folder):
    tab.open((folder / "report.html").as_uri(), 1300, 800)
    pages = pages_of(tab.printed())
    assert 10 <= len(pages) <= 20
    assert min(pages) > 500


def test_numbers_have_nouns_that_fit_them(folder):
    text = re.sub(r"<[^>]+>", " ", (folder / "report.html").read_text())
    many = r"(?<![\d.,-])1 (?:months|events|patients|posteriors|cohorts|divergences|reconstructions)\b"
    assert not re.findall(many, text)
