"""Table 4: R's survival on a reconstruction, printed tests, probabilities that add up, guarantee time."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.study.ici_crt import sequence
from escc_bayes.study.ici_crt.guaranteed import rules_of
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.subject import Subject
from tests.unit.study.conftest import part_of, table_named

R = json.loads((Path(__file__).parents[2] / "reference" / "study_tables.json").read_text())
TITLE = "Sequence of ICI and chemoradiotherapy"


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_tests_are_those_of_r(subject: Subject, endpoint: str) -> None:
    factor = sequence.three_groups(subject)
    assert factor is not None
    nothing = np.zeros((4, 3))
    found = sequence.tests_of(subject, endpoint, factor, nothing, nothing)
    assert [test.chi2[0] for test in found] == pytest.approx(R[f"{endpoint}_sequence"], rel=1e-9)
    assert [test.p_holm[0] for test in found[1:]] == pytest.approx(R[f"{endpoint}_sequence_holm"], rel=1e-8)
    assert [test.p_bonferroni[0] for test in found[1:]] == pytest.approx(R[f"{endpoint}_sequence_bonferroni"], rel=1e-8)


def test_printed_tests_stand_beside_and_one_is_out_of_reach(chapter: StudyChapter) -> None:
    rows = [r for r in table_named(chapter, "table4_tests").rows if r["printed"]]
    assert len(rows) == 9
    missed = [(r["endpoint"], r["comparison"]) for r in rows if r["reached"] == "not reached"]
    assert missed == [("os", "overall, 3 groups")]
    for row in rows:
        if row["reached"] == "reproduced":
            assert row["chi2"] == pytest.approx(float(row["printed"].split(";")[0]), abs=0.06)


def test_probabilities_of_the_lowest_hazard_add_up_and_concurrent_is_least_likely(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table4_best").rows
    for endpoint in ("os", "pfs"):
        own = {r["group"]: r for r in rows if r["endpoint"] == endpoint}
        for word in ("prob_best", "prob_best_adjusted"):
            assert sum(r[word] for r in own.values()) == pytest.approx(1.0)
            assert min(own, key=lambda name: own[name][word]) == "concurrent"
    assert [r["n"] for r in rows[:3]] == [20, 29, 30]


def test_every_table_figure_and_sentence_calls_a_group_by_its_label(chapter: StudyChapter) -> None:
    """The schema labels all three groups; `sequential` is a group of the paper's and none of its levels."""
    levels = ("ici_after_crt", "concurrent", "crt_after_ici")
    for name in ("table4_tests", "table4_best", "response_by_group"):
        firsts = {row[0] for row in table_named(chapter, name).cells}
        assert any("concurrent ICI and CRT" in one for one in firsts), name
        assert not {word for one in firsts for word in one.split(" vs ")} & set(levels), name
    part = part_of(chapter, TITLE)
    panel = part.figures[0].panels[0]
    assert [curve.label for curve in panel.curves] == ["ICI after CRT", "concurrent ICI and CRT", "CRT after ICI"]
    assert panel.at_risk.labels == ("ICI after CRT", "concurrent ICI and CRT", "CRT after ICI")
    assert any("CRT has the lowest" in one or "ICI has the lowest" in one for one in part.sentences)
    assert {row["group"] for row in table_named(chapter, "table4_best").rows} == set(levels)


def test_guarantee_time_takes_the_printed_interval(subject: Subject, chapter: StudyChapter) -> None:
    rules = rules_of(subject)
    assert rules is not None
    assert rules.lead["ici_after_crt"] == pytest.approx(2.0 + 42 / 30.4375)
    rows = table_named(chapter, "table4_guarantee").rows
    assert {round(r["versus_guaranteed"], 2) for r in rows} == {round(2.0 + 42 / 30.4375 + 3 * 21 / 30.4375, 2)}
    assert all(r["hr"] > 1.0 for r in rows)


def test_a_cohort_without_sequence_says_so(own: StudyChapter) -> None:
    part = part_of(own, TITLE)
    assert part.tables == ()
    assert any("covariates.sequence" in line for line in part.skipped)
