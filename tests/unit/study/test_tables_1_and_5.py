"""Tables 1 and 5: the printed statistics on the reconstructions, and what they cannot have."""

import math

import pytest

from escc_bayes.study.part import StudyChapter
from tests.unit.study.conftest import table_named


def test_every_printed_test_that_is_marked_reproduced_is_there(chapter: StudyChapter) -> None:
    rows = [r for r in table_named(chapter, "table1_logrank").rows if not math.isnan(r["printed_chi2"])]
    assert len(rows) == 15
    for row in rows:
        if row["reached"] == "reproduced":
            assert row["chi2"] == pytest.approx(row["printed_chi2"], abs=0.06)
            # A chi-square of 0.33 given back within 0.06 moves its P by up to 0.04; a large one by less than 0.001.
            room = 0.04 if row["chi2"] < 1.0 else 0.003
            assert row["p_value"] == pytest.approx(float(row["printed_p"]), abs=room)
    missed = [(r["endpoint"], r["factor"]) for r in rows if r["reached"] == "not reached"]
    assert missed == [("pfs", "rt_coverage")]


def test_screening_says_how_often_and_the_whole_model_answers_for_every_factor(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table1_screening").rows
    assert len(rows) == 22
    assert all(0.0 <= r["kept_share"] <= r["screened_share"] <= 1.0 for r in rows)
    assert all(r["lower"] < r["hr"] < r["upper"] and r["verdict"] == "ok" for r in rows)
    assert {r["clock"] for r in rows} == {"the landmark at 3 months"}
    part = next(p for p in chapter.parts if p.place == "Table 1")
    assert "of 11 factors have P <= 0.05" in part.sentences[0]


def test_cox_prints_the_ratios_of_the_paper_and_says_which_p_it_cannot_have(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table5").rows
    by_method = {(r["endpoint"], r["factor"], r["method"]): r for r in rows}
    printed = [r for r in rows if r["method"] == "printed"]
    assert len(printed) == 9
    for row in printed:
        cox = by_method[row["endpoint"], row["factor"], "cox"]
        assert math.log(cox["hr"]) == pytest.approx(math.log(row["hr"]), abs=0.035)
        if row["reached"].endswith("P reproduced"):
            assert cox["p_value"] == pytest.approx(row["p_value"], abs=0.003)
            assert (cox["lower"], cox["upper"]) == pytest.approx((row["lower"], row["upper"]), rel=0.08)
        piecewise = by_method[row["endpoint"], row["factor"], "bayes_piecewise"]
        assert abs(math.log(piecewise["hr"])) < abs(math.log(cox["hr"]))
    missed = {(r["endpoint"], r["factor"]) for r in printed if "P not reached" in r["reached"]}
    assert missed == {("os", "stage"), ("os", "rt_coverage")}


def test_ones_own_cohort_has_both_tables_without_pfs_and_without_marks(own: StudyChapter) -> None:
    tests = table_named(own, "table1_logrank").rows
    assert {r["endpoint"] for r in tests} == {"os"}
    assert {r["factor"] for r in tests} == {"age", "stage", "rt_coverage", "response"}
    assert {r["reached"] for r in tests} == {""}
    models = [r for r in table_named(own, "table5").rows if r["method"] == "cox"]
    assert [r["factor"] for r in models] == ["stage", "rt_coverage", "response"]
    said = [line for part in own.parts if part.place == "Table 5" for line in part.skipped]
    assert any("endpoints.pfs" in line for line in said)
