"""The first page: its numbers are those of the parts' tables, its sentences those of its own."""

import math

import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.sensitivity import information
from escc_bayes.sensitivity.one_page import COLUMNS, SUMMARY
from escc_bayes.sensitivity.subject import Asked, subject_of
from escc_bayes.spec.reading import load_spec

KEY = {"endpoint": "os", "model": "larynx_piecewise", "term": "stage", "contrast": "IV vs I"}


@pytest.fixture(scope="module")
def subject():
    return subject_of(example_cohort("larynx"), load_spec("larynx_piecewise"), Asked(seed=1))


@pytest.fixture
def tables(subject):
    """Tables as the parts write them, all but information made by hand."""
    answer = {**KEY, "hr": 3.8, "lower": 1.7, "upper": 8.1, "level": 0.95, "prob_gt_1": 0.999, "tipping_sd": 0.21}
    cox = {**KEY, "kind": "e_value", "method": "cox", "hr": 5.6, "lower": 2.3, "upper": 13.2, "confounder_hr": math.nan}
    tips = [
        {**KEY, "kind": "tipping", "method": "P = 0.95", "confounder_hr": hr, "prevalence": p, "versus_prevalence": 0.1}
        for hr, p in ((4.5, 0.3), (2.5, 0.5), (math.nan, 0.6))
    ]
    grid = [{**KEY, "kind": "grid", "hr": hr, "conclusion": "holds" if hr > 2 else "open"} for hr in (1.5, 2.5, 4.0)]
    other = [
        {**KEY, "method": method, "hr": hr} for method, hr in (("cox", 5.0), ("cox", 0.9), ("stacked", 9.0), ("x", ""))
    ]
    return {
        "information": information.PART.run(subject, lambda done, total: None),
        "reverse_bayes": [answer],
        "confounding": [cox, *tips],
        "priors": grid,
        "influence": [{**KEY, "kind": "smallest removal", "patients_changed": 2, "at_least": 2}],
        "multiverse": other,
    }


def page(subject, tables):
    rows = SUMMARY.run(subject, tables)
    place = next(i for i, row in enumerate(rows) if row["contrast"] == "IV vs I")
    assert all(tuple(row) == COLUMNS for row in rows)
    return SUMMARY.words(rows)[place]


def test_a_page_says_what_the_tables_say(subject, tables):
    said = page(subject, tables)
    assert said.startswith("stage IV vs I: HR 3.80 (95 % credible interval 1.70 to 8.10), P(HR > 1) = 0.999.")
    for words in (
        "say HR 5.60 (95 % confidence interval 2.30 to 13.20), by Cox.",
        "a sceptic with SD 0.21 around HR 1, the loss of 2 patients, or a confounder of HR 2.50 in 50 % against 10 %.",
        "Probability 0.95 for this side of 1 is reached under 2 of 3 other priors.",
        "1 of 2 analyses lie on the same side of 1 (HR 0.90 to 5.00).",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("table", "change", "words"),
    [
        ("reverse_bayes", {"tipping_sd": 0.77}, "a sceptic with SD 0.77"),
        (
            "reverse_bayes",
            {"prob_gt_1": 0.6},
            "No conclusion to overturn: the larger probability of a side of 1 is 0.600.",
        ),
        ("influence", {"patients_changed": 5}, "the loss of 5 patients"),
        ("influence", {"patients_changed": "", "at_least": 4}, "the loss of more than 3 patients"),
        ("confounding", {"confounder_hr": 1.11, "prevalence": 0.5}, "a confounder of HR 1.11 in 50 %"),
        ("information", {"prior_events": 55.5}, "The prior is worth 55.5 events"),
        ("information", {"data_share": 0.1}, "90 % of the precision"),
        ("priors", {"conclusion": "open"}, "is reached under 0 of 3 other priors."),
        ("multiverse", {"hr": 7.0}, "3 of 3 analyses lie on the same side of 1 (HR 7.00 to 7.00)."),
    ],
)
def test_a_changed_table_changes_the_sentence(subject, tables, table, change, words):
    changed = [
        {**row, **change} if (row["contrast"], row.get("kind")) != ("IV vs I", "e_value") else row
        for row in tables[table]
    ]
    assert words in page(subject, {**tables, table: changed})
    assert words not in page(subject, tables)
