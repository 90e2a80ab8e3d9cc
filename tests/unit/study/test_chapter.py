"""The tables of a paper: its printed numbers on the reconstructions; a cohort of one's own with Chinese columns."""

import pandas as pd
import pytest

from escc_bayes.data.bundled import example_cohort
from escc_bayes.data.cohort import Cohort, read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import InputError
from escc_bayes.study.ici_crt.roles import ROLES
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.roles import find_roles
from escc_bayes.study.run import retold
from tests.unit.study.conftest import part_of, table_named


def test_counts_of_the_paper_are_those_of_the_reconstructions(chapter: StudyChapter) -> None:
    """Stage, coverage, sequence, ECOG and response as printed; stage IV as the Discussion has it."""
    rows = [r for r in table_named(chapter, "characteristics").rows if r["group"] == "all patients"]
    printed = {(r["covariate"], r["level"]): r for r in rows if r["reached"]}
    assert len(printed) == 13
    assert all(r["n"] == r["printed"] and r["reached"] == "reproduced" for r in printed.values())
    assert printed["stage", "IV"]["n"] == 29
    assert printed["response", "PR"]["n"] == 61


def test_response_has_the_percentages_of_the_paper(chapter: StudyChapter) -> None:
    rows = {r["response"]: r for r in table_named(chapter, "response").rows}
    objective = rows["objective response (CR or PR)"]
    assert f"{100 * objective['share']:.1f} %" == objective["printed"] == "82.3 %"
    control = rows["disease control (CR, PR or SD)"]
    assert f"{100 * control['share']:.1f} %" == control["printed"] == "96.2 %"
    assert "65 of 79 patients, 82.3 %" in part_of(chapter, "Response").sentences[0]


def test_two_prints_of_one_count_both_stand_and_neither_is_pooled(chapter: StudyChapter) -> None:
    rows = {r["event"]: r for r in table_named(chapter, "adverse_events").rows}
    assert (rows["any_first"]["events"], rows["any_second"]["events"]) == (29, 12)
    assert rows["any_first"]["pooled_median"] != rows["any_first"]["pooled_median"]
    assert rows["fistula"]["events"] == 4
    assert rows["none"]["upper_of_none"] == pytest.approx(1 - 0.05 ** (1 / 79))
    said = [f.statement for f in part_of(chapter, "Adverse events").findings]
    assert "trae_ge2_n is printed as 29 and as 12." in said


def test_the_audit_stands_beside_the_table_that_it_concerns(chapter: StudyChapter) -> None:
    said = " ".join(f.statement for f in part_of(chapter, "Characteristics").findings)
    assert "The stages sum to 69" in said
    assert "8.1 %" in said
    assert "trae" not in said


def test_what_the_reconstructions_lack_is_named(chapter: StudyChapter) -> None:
    skipped = part_of(chapter, "Characteristics").skipped
    assert [line for line in skipped if "covariates.location" in line]


# Tables of measurements, counts and shares: no months, no events.
MEASURED = ("characteristics", "table2_counts", "table2_missing", "table2_pairs", "table2_trajectory")


def test_every_row_says_how_many_patients_and_events_it_rests_on(chapter: StudyChapter, own: StudyChapter) -> None:
    """Events of other studies stand where they are printed."""
    for held in (chapter, own):
        for table in held.tables:
            for row in table.rows:
                assert float(str(row["n"])) >= 0.0, table.name
                if table.name not in MEASURED:
                    assert float(str(row["events"])) >= 0.0 or "others" in table.name, (table.name, row)


def test_groups_of_a_comparison_are_counted_in_their_order(chapter: StudyChapter) -> None:
    """20, 29 and 30 patients as printed, and every death in one of the groups."""
    rows = {r["comparison"]: r for r in table_named(chapter, "table4_tests").rows if r["endpoint"] == "os"}
    overall, pair = rows["overall, 3 groups"], rows["concurrent vs ici_after_crt"]
    assert (overall["n"], overall["group_n"]) == (79, "20 | 29 | 30")
    assert (pair["n"], pair["group_n"]) == (49, "29 | 20")
    deaths = [float(word) for word in str(overall["group_events"]).split(" | ")]
    assert sum(deaths) == pytest.approx(float(str(overall["events"])), abs=0.01)
    assert pair["events"] == pytest.approx(deaths[0] + deaths[1], abs=0.01)
    shown = {row[0]: row[1] for row in table_named(chapter, "table4_tests").cells if len(row) > 1}
    assert shown["concurrent ICI and CRT vs ICI after CRT"].startswith("29 (")


def test_chinese_columns_are_known(own: StudyChapter) -> None:
    rows = table_named(own, "characteristics").rows
    assert {"stage", "coverage", "age", "response"} == {r["covariate"] for r in rows}
    assert {r["group"] for r in rows} == {"all patients", "全部病灶", "部分病灶"}
    assert not any(r["reached"] for r in rows)
    lacking = " ".join(part_of(own, "Characteristics").skipped)
    assert "covariates.alc_mid" in lacking
    assert "covariates.sequence" in lacking


def test_grades_of_ones_own_are_counted(own: StudyChapter, chinese: Cohort) -> None:
    grades = table_named(own, "adverse_events_by_grade").rows
    held = chinese.covariates["rp"].values
    assert [r["events"] for r in grades] == [int((held >= least).sum()) for least in range(1, 6)]
    assert "grade 5 or more" in table_named(own, "adverse_events_by_grade").cells[-1][0]


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("放疗前淋巴细胞", "alc_baseline"),
        ("基线淋巴细胞计数", "alc_baseline"),
        ("放疗中淋巴细胞", "alc_mid"),
        ("治疗后淋巴细胞", "alc_post"),
        ("临床分期", "stage"),
        ("免疫治疗周期数", "ici_cycles"),
        ("失败模式", "failure"),
    ],
)
def test_a_chinese_column_is_its_own_factor_and_no_other(column: str, role: str) -> None:
    found = schema_from(
        {
            "endpoints": {"os": {"time": "t", "event": "d"}},
            "covariates": {"x": {"column": column, "kind": "continuous", "center": 0.0}},
        },
        "own",
    )
    assert find_roles(found, ROLES) == {role: "x"}


def test_a_study_without_a_chapter_is_refused() -> None:
    with pytest.raises(InputError, match="no chapter for this paper"):
        retold("orient15", example_cohort("escc79"), None, seed=1, level=0.95)


def test_rows_that_a_paper_does_not_have_are_refused() -> None:
    late = read_cohort(
        pd.DataFrame({"t": [5.0, 9.0, 7.0], "d": [1, 0, 1], "e": [0.0, 2.0, 0.0]}),
        schema_from({"endpoints": {"os": {"time": "t", "event": "d", "entry": "e"}}}, "late"),
    )
    with pytest.raises(InputError, match="enter later"):
        retold("seed1_scirep2025", late, None, seed=1, level=0.95)
