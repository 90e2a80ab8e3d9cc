"""Texts that the reader had not seen: what it read at first stands in docs/methods/audit.md; here what it reads now.

Second source: the study files. Of 103 facts 13 are not printed in the FRESH texts, of 49 four not in UNTOUCHED. All 50
of HELD were read at first sight; nothing was mended for them.
"""

import pytest

from escc_bayes.data.study import read_study
from escc_bayes.evidence.manuscript.audited import audited_draft
from escc_bayes.evidence.manuscript.blocks import grids, passages
from escc_bayes.evidence.manuscript.draft import draft_of, drafted, read_in_order
from escc_bayes.evidence.manuscript.entry import Passage
from escc_bayes.evidence.manuscript.markup import of_lines
from escc_bayes.evidence.manuscript.tables import read_table
from tests.unit.evidence.manuscript.compared import facts
from tests.unit.evidence.manuscript.fresh import FRESH, UNTOUCHED
from tests.unit.evidence.manuscript.held import HELD, TRUE

PAPERS = FRESH | UNTOUCHED | HELD
# Of two groups that the sentence does not name: told as "first group named", and no role of the study file.
UNNAMED = {"yang2025_290": {("OS", "control", "s at 24"), ("OS", "treated", "median")}}


def draft_of_paper(name):
    blocks = list(of_lines(PAPERS[name].text))
    rows = [row for grid in grids(blocks) for row in read_table(grid)]
    return draft_of(name, [*read_in_order(list(passages(blocks))), *rows])


def read_and_true(name):
    paper = PAPERS[name]
    true = TRUE[name] if name in TRUE else facts(read_study(name), paper.treated_in_file)
    return facts(draft_of_paper(name).study, paper.treated), true


@pytest.mark.parametrize(("texts", "least"), [(FRESH, 90), (UNTOUCHED, 43), (HELD, 50)])
def test_most_numbers_of_later_papers_are_read(texts, least):
    assert sum(len(read & true) for read, true in map(read_and_true, texts)) >= least


@pytest.mark.parametrize("name", PAPERS)
def test_no_number_is_read_as_what_it_is_not(name):
    read, true = read_and_true(name)
    wrong = {fact for fact in read - true if fact[0] != "count"}
    assert {fact for fact in wrong if fact[:3] not in UNNAMED.get(name, set())} == set()


@pytest.mark.parametrize("name", sorted(set(PAPERS) - {"seed2_cui2025"}))
def test_drafts_of_honest_papers_are_not_accused(name):
    """seed2_cui2025 prints a median PFS not reached beside a median OS of 38 months: that is found."""
    assert [str(found) for found in audited_draft(draft_of_paper(name)).findings if found.grave] == []


def entries(text):
    return [(e.endpoint, e.measure, str(e.value)) for e in drafted("p", [Passage(text, "a")]).study.estimates]


def test_ratios_listed_behind_a_list_of_endpoints_go_with_them_in_order():
    text = "The HRs for OS and PFS were 0.62 (95% CI 0.48-0.79) and 0.45 (95% CI 0.31-0.64), respectively"
    assert entries(text) == [("OS", "HR", "0.62"), ("PFS", "HR", "0.45")]
    apart = "OS was longer (HR 0.62, 95% CI 0.48-0.79), as was PFS (HR 0.45, 95% CI 0.31-0.64)"
    assert entries(apart) == [("OS", "HR", "0.62"), ("PFS", "HR", "0.45")]


def test_a_historical_series_is_not_the_study():
    """The 55 patients and their rate are of another study."""
    text = "57 were assigned to A (n = 57) or B (n = 57). In a historical series of 55 patients, 1-year OS was 69%."
    draft = draft_of("p", read_in_order([Passage(part, "a") for part in text.split(". ")]))
    assert draft.study.n is None
    assert [curve.cutoff for curve in draft.study.survivals] == ["in a historical series"]


def table(*rows):
    blocks = list(of_lines("\n".join(f"| {' | '.join(row)} |" for row in rows)))
    return draft_of("p", [row for grid in grids(blocks) for row in read_table(grid)]).study


def test_a_table_of_outcomes_is_read_by_group():
    study = table(
        ("Outcome", "RT (n = 40)", "No RT (n = 38)", "HR (95% CI)", "P"),
        ("Median OS, months", "26.2 (20.1-NR)", "18.0 (14.0-22.5)", "0.62 (0.41-0.94)", "0.024"),
        ("2-year OS, %", "55.0 (40.1-70.2)", "36.8 (22.0-52.0)", "", ""),
        ("Median follow-up for OS, months", "30.1", "29.0", "", ""),
    )
    told = [(c.arm, c.n, str(c.median), [(int(m.t), str(m.s)) for m in c.landmarks]) for c in study.survivals]
    assert told == [
        ("RT", 40, "26.2", []),
        ("No RT", 38, "18.0", []),
        ("RT", 40, "None", [(24, "0.550")]),
        ("No RT", 38, "None", [(24, "0.368")]),
    ]
    ratio = next(e for e in study.estimates if e.measure == "HR")
    assert [str(x) for x in (ratio.endpoint, ratio.value, ratio.ci_low, ratio.ci_high, ratio.p)] == [
        *("OS", "0.62", "0.41", "0.94", "0.024")
    ]


def test_columns_of_events_are_no_groups():
    study = table(("Endpoint", "Events", "Months"), ("Median OS", "31", "26.2"), ("Median PFS", "35", "12.0"))
    assert study.survivals == ()
