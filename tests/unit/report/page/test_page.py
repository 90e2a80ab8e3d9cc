"""The page: provenance first, verdict, words escaped, nothing from outside."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from escc_bayes.report.document.figure_files import write_figure
from escc_bayes.report.page.figures import report_figures
from escc_bayes.report.page.page import LARGEST_SVG, inline, picture, render
from escc_bayes.report.page.tables import ratio_table

MALICIOUS = "<script>alert(1)</script>"


def drawn(bundle, folder):
    return [write_figure(folder, found) for found in report_figures(bundle, full=True)]


@pytest.fixture(scope="module")
def figures(naive, tmp_path_factory):
    return drawn(naive, tmp_path_factory.mktemp("figures"))


@pytest.fixture(scope="module")
def page(naive, figures):
    return render(naive, figures)


@pytest.fixture(scope="module")
def hostile_page(hostile, tmp_path_factory):
    return render(hostile, drawn(hostile, tmp_path_factory.mktemp("hostile")))


class Reader(HTMLParser):
    """Collects tags, identifiers and visible text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.words, self.hidden = [], [], [], False
        self.sources = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.hidden = tag == "style"
        self.ids += [value for name, value in attrs if name == "id"]
        self.sources += [value for name, value in attrs if name in ("src", "href", "xlink:href")]

    def handle_data(self, data):
        if not self.hidden and data.strip():
            self.words.append(data.strip())


def test_first_words_are_the_provenance(page, hostile_page):
    body = page[page.index("<body>") :]
    assert Reader(body).words[0] == "SIMULATED"
    assert "<title>SIMULATED: " in page
    assert Reader(hostile_page[hostile_page.index("<body>") :]).words[0] == "OBSERVED"


def test_nothing_is_fetched_from_outside(page):
    assert not re.findall(r"https?://(?!www\.w3\.org)[^\"'\s<]+", page)
    # Anchors, pictures inside the page, and the pages on methods that lie beside it.
    assert all(source.startswith(("#", "data:", "methods.html#")) for source in Reader(page).sources)
    assert not re.findall(r"@import|url\((?!#)", page)
    assert "<script" not in page


def test_identifiers_are_unique_and_every_reference_has_its_target(page):
    found = Reader(page)
    assert len(set(found.ids)) == len(found.ids)
    wanted = {s.removeprefix("#") for s in found.sources if s.startswith("#")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", page))
    assert wanted <= set(found.ids)


def test_words_from_data_are_escaped(hostile_page):
    assert MALICIOUS not in hostile_page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in hostile_page
    tags = {tag for tag, _ in Reader(hostile_page).tags}
    assert not tags & {"script", "i"}
    assert not [attrs for tag, attrs in Reader(hostile_page).tags if tag == "img" and attrs.get("src") == "x"]
    assert not [attrs for _, attrs in Reader(hostile_page).tags if "onerror" in attrs]


def test_every_title_table_and_figure_of_a_naive_model_says_so(page):
    heading = "os from NAIVE time zero (alc_post treated as known at time zero)"
    assert page.count(heading) > 8
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)
    assert captions
    assert all(caption.startswith("SIMULATED: ") and "NAIVE" in caption for caption in captions)


def test_every_figure_says_simulated_and_its_clock(figures):
    for found in figures:
        assert found.title.startswith("SIMULATED: "), found.name
        assert found.note.startswith("SIMULATED: "), found.name
        assert "NAIVE" in found.note, found.name
        assert "SIMULATED" in found.vector


def test_quiet_line_names_the_diagnostics(page):
    assert "largest R-hat 1.0020, smallest effective sample size 1200, 0 divergences, over 2 posteriors by nuts" in page
    assert 'class="verdict bad"' not in page


def test_banner_says_not_fit_for_use_with_reasons(naive, figures):
    posterior = naive.posteriors["two"]
    bad = dataclasses.replace(posterior.diagnostics, divergences=7, max_rhat=1.08)
    changed = dataclasses.replace(
        naive, posteriors={**naive.posteriors, "two": dataclasses.replace(posterior, diagnostics=bad)}
    )
    page = render(changed, figures)
    banner = page[page.index('class="verdict bad"') : page.index('<nav aria-label="Sections"')]
    assert "NOT FIT FOR USE" in banner
    assert "two: " in banner
    assert "7 divergences; R-hat 1.080 (baseline) above 1.01" in banner
    assert "Sampler diagnostics passed" not in page


def test_estimates_that_must_not_be_used_say_so_in_table_and_sentence(naive, figures):
    def spoiled(e):
        return dataclasses.replace(e, verdict="NOT FIT FOR USE: 7 divergences") if e.model == "one" else e

    (key, comparison), *_ = naive.comparisons.items()
    bad = dataclasses.replace(comparison, estimates=tuple(spoiled(e) for e in comparison.estimates))
    page = render(dataclasses.replace(naive, comparisons={key: bad}), figures)
    assert 'class="unfit">NOT FIT FOR USE: 7 divergences' in page
    assert ": NOT FIT FOR USE: HR " in page


def test_key_results_are_the_estimates(naive, page):
    ratios = {e.contrast: e for e in naive.posteriors["one"].hazard_ratios(level=0.95)}
    e = ratios["per 10"]
    words = f"Age (years), per 10: HR {e.value:.2f} (95 % credible interval {e.lower:.2f} to {e.upper:.2f}; "
    assert words in page
    (cox,) = (
        c for c in naive.classical["one"].hazard_ratios(level=0.95) if c.contrast == "per 10" and c.method == "cox"
    )
    assert (
        f"Cox {cox.value:.2f} (95 % confidence interval {cox.lower:.2f} to {cox.upper:.2f}; P = {cox.p_value:.3f})"
        in page
    )


def test_ratio_table_has_a_row_for_every_method_and_names_the_interval(naive):
    from escc_bayes.report.page.outcomes import outcomes

    (outcome,) = outcomes(naive)
    table = ratio_table(outcome, naive.cohort, naive.information)
    block = [row for row in table.rows if len(row) > 1][:6]
    assert [row[0] for row in block] == [
        "Bayes, one",
        "Bayes, two",
        "Cox",
        "Cox, Firth",
        "Cox, univariable",
        "Weibull, likelihood",
    ]
    assert {row[2] for row in block[:2]} == {"95 % credible interval"}
    assert {row[2] for row in block[2:]} == {"95 % confidence interval"}
    assert "NAIVE" in table.caption


def test_who_was_left_out_and_versions_are_on_the_page(page):
    assert "SIMULATED: 79 of 79 patients of simulated79" in page
    assert "os: 33 events in 79 patients, 58 % censored." in page
    assert "Seed of the run: 1." in page


def test_every_row_has_a_header_and_every_wide_table_can_be_reached_by_keyboard(page):
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) > 10
    for table in tables:
        body = re.findall(r"<tr[ >].*?</tr>", table[table.index("</thead>") :], re.DOTALL)
        assert body
        assert all(re.search(r"<th scope=\"?(row|rowgroup)", row) for row in body)
    assert page.count('<div class="scroll" tabindex="0" role="region" aria-label="') == page.count(
        '<div class="scroll"'
    )


def test_only_one_survival_table_of_an_outcome_stands_open_unless_the_whole_page_is_asked_for(naive, figures):
    def opened(text):
        section = text[text.index('<section id="survival">') :]
        section = section[: section.index("</section>")]
        return re.sub(r"<details><summary>.*?</details>", "", section, flags=re.DOTALL).count("<table>")

    assert opened(render(naive, figures)) == 1
    assert opened(render(naive, figures, full=True)) == 6


def test_every_method_that_a_section_links_to_is_a_page(page):
    from escc_bayes.report.document.method_pages import as_html, titles

    names = re.findall(r'href="methods\.html#(\w+)"', page)
    assert len(names) > 10
    assert set(names) <= set(titles())
    beside = Reader(as_html(names))
    assert set(names) <= set(beside.ids)
    assert all(source.startswith("#") and source[1:] in names for source in beside.sources)


def test_the_patients_link_to_time_zero_where_a_covariate_is_known_later(page, hostile_page):
    """The cohort of the page has such covariates; the other has not."""
    assert 'href="methods.html#time_zero"' in page
    assert 'href="methods.html#time_zero"' not in hostile_page


def test_a_large_figure_goes_in_as_png(figures):
    found = figures[0]
    assert picture(found).image.startswith("<svg ")
    large = picture(dataclasses.replace(found, vector=found.vector + " " * LARGEST_SVG)).image
    assert large.startswith('<img src="data:image/png;base64,')


def test_inline_svg_has_no_prologue_and_its_own_names(figures):
    found = figures[0]
    text = str(inline(found))
    assert text.startswith('<svg role="img" aria-label="SIMULATED')
    assert "<metadata>" not in text
    assert "<!DOCTYPE" not in text
    assert all(name.startswith(found.name) for name in re.findall(r'\bid="([^"]+)"', text))


def test_a_cohort_without_levels_or_numbers_of_models_still_makes_a_page(simulated79, tmp_path):
    from tests.unit.report.conftest import bundle_of, model

    bundle = bundle_of(simulated79, model("bare"))
    page = render(bundle, drawn(bundle, tmp_path))
    assert "Posterior" in page or "Sampler diagnostics passed" in page
    assert not bundle.comparisons["os from time zero"].of("hazard_ratio")
