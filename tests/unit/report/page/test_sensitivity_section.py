"""The chapter on sensitivity: a row for each hazard ratio, sentences from rows alone, information by every ratio."""

import math
from types import SimpleNamespace

import pytest

from escc_bayes.report.page.behind import behind_words, by_contrast, share
from escc_bayes.report.page.first_screen import screens
from escc_bayes.report.page.outcomes import outcomes
from escc_bayes.report.page.sensitivity_section import (
    chapter_rows,
    chapter_table,
    conclusions,
    origin,
    sensitivity_section,
    sentence,
)
from escc_bayes.report.page.tables import ratio_table
from escc_bayes.sensitivity.e_value import e_value_of_limit
from escc_bayes.sensitivity.reverse_bayes import intrinsic_p, scepticism_limit


@pytest.fixture(scope="module")
def rows(naive):
    return chapter_rows(outcomes(naive)[0], naive)


def test_every_hazard_ratio_of_the_first_model_has_a_row(naive, rows):
    shown = {(e.term, e.contrast) for e in outcomes(naive)[0].comparison.of("hazard_ratio") if e.model == "one"}
    assert {(row["term"], row["contrast"]) for row in rows} == shown
    assert {row["model"] for row in rows} == {"one"}


def test_formulas_are_of_the_cox_estimate_beside_it(naive, rows):
    """Second source: the formulas on log hazard ratio and standard error of the fit itself."""
    fits = {e.contrast: e for e in naive.classical["one"].hazard_ratios(level=0.95) if e.method == "cox"}
    for row in rows:
        e = fits[row["contrast"]]
        se = math.log(e.upper / e.lower) / (2 * 1.959963984540054)
        assert row["intrinsic_p"] == pytest.approx(intrinsic_p(math.log(e.value) / se), rel=1e-6)
        limit = scepticism_limit(math.log(e.value), se, level=0.95)
        assert row["scepticism_limit"] == pytest.approx(limit, rel=1e-6, nan_ok=True)
        assert row["e_value_limit"] == pytest.approx(e_value_of_limit(e.lower, e.upper, rare=False))


CHANGES = [
    ({"hr": 7.77}, "HR 7.77"),
    ({"lower": 3.33}, "interval 3.33 to"),
    ({"events": 97}, "stand 97 v"),
    ({"versus_patients": 88}, "v 88 patients"),
    ({"data_share": 0.123}, "12 % of its precision"),
    ({"prior_events": 4.56}, "prior is worth 4.56 events"),
    ({"cox_hr": 6.66}, "by Cox, say 6.66"),
    ({"scepticism_limit": 1.25}, "from 0.80 to 1.25 is not convinced"),
    ({"e_value_limit": 5.55}, "risk ratios of 5.55"),
    ({"intrinsic_p": 0.321}, "credibility 0.321"),
    ({"level": 0.9}, "90 % credible interval"),
    ({"warning": "levels of glass"}, "Beware: levels of glass."),
    ({"label": "Colour"}, "Colour, "),
]


@pytest.mark.parametrize(
    ("change", "words"), CHANGES, ids=lambda part: next(iter(part)) if isinstance(part, dict) else ""
)
def test_every_number_of_a_sentence_is_its_rows(rows, change, words):
    row = {**next(row for row in rows if row["versus_events"] is not None), "scepticism_limit": 1.5, "warning": ""}
    assert words not in sentence(row)
    assert words in sentence({**row, **change})


def test_no_finite_estimate_and_no_conclusion_are_said(rows):
    row = dict(rows[0])
    assert "no finite estimate" in sentence({**row, "cox_hr": math.nan})
    assert "which holds 1" in sentence({**row, "scepticism_limit": math.nan})
    open_ones = [{**row, "prob_gt_1": 0.6}]
    assert conclusions(open_ones) == ("No hazard ratio lies on one side of 1 with probability 0.95.",)
    assert len(conclusions([*open_ones, {**row, "prob_gt_1": 0.04}])) == 1


def test_information_stands_beside_every_ratio_of_the_page(naive, rows):
    outcome = outcomes(naive)[0]
    behind = by_contrast(naive.information["one"])
    headings = [row[0] for row in ratio_table(outcome, naive.cohort, naive.information).rows if len(row) == 1]
    assert [heading.endswith(f"({behind_words(row)})") for heading, row in zip(headings, behind.values(), strict=True)]
    lines = [line for screen in screens(naive) for _, block in screen.blocks for line in block if line.limits]
    assert [line.data for line in lines] == [share(row) for row in behind.values()]
    assert len(chapter_table(outcome, naive, rows).rows) == len(lines)


def test_the_chapter_has_every_table_folded_and_says_where_the_rest_is(naive):
    section = sensitivity_section(naive, outcomes(naive))
    assert "escc-bayes sensitivity, with --cohort, --schema and --model as here" in section.intro
    assert all(table.folded for block in section.blocks for table in block.tables)


def test_numbers_of_one_reconstruction_say_so(naive):
    """Only the posterior is pooled over reconstructions: events, information and Cox are of the first."""
    outcome = outcomes(naive)[0]
    held = SimpleNamespace(pooled={"one": None}, ensemble=range(20))
    assert list(origin(outcome, naive)) == []
    (said,) = origin(outcome, SimpleNamespace(reconstructions=held))
    assert said == "HR and credible interval: over all 20 reconstructions; all other numbers: of the first."
