"""The chapter on one treatment: its tables are its files, cervical location is R's, what lacks is named."""

import math
import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import escc_bayes as eb
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.ensemble import Ensemble
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import InputError
from escc_bayes.report.page.treatment.files import treatment_files
from escc_bayes.report.page.treatment.section import blocks_of, treatment_section, treatment_tables
from escc_bayes.report.page.treatment.sheets import treatment_makers
from escc_bayes.study.treatment.asked import TreatmentAsked
from escc_bayes.study.treatment.found_columns import grade_in
from escc_bayes.study.treatment.gather import treatment_of
from escc_bayes.study.treatment.grades import graded
from escc_bayes.study.treatment.printed import Marks, printed_of
from tests.unit.docs.test_site import explained
from tests.unit.study.treatment.patients import SCHEMA, STARTS, frame

# coxph(Surv(os, d) ~ cerv + rt + factor(ecog) + age, d)$coefficients, R 4, survival 3.5-3
CERVICAL = (0.3099261741, 0.2597844024)


@pytest.fixture(scope="module")
def own():
    """A file with overall survival alone."""
    text = SCHEMA.format(start=STARTS)
    first, rest = text.split("[endpoints.pfs]")
    raw = tomllib.loads(first + rest[rest.index("[covariates") :])
    raw.pop("schema")
    table = frame().drop(columns=["pfs_months", "pfs_event"])
    cohort = read_cohort(table, schema_from(raw, "s"), provenance="simulated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("escc_bayes.time_zero.run.DRAWS", 60)
        asked = TreatmentAsked("放疗", ("ecog", "age", "部位"), designs=6)
        return treatment_of(cohort, None, asked, level=0.95, seed=1)


@pytest.fixture(scope="module")
def paper():
    bundled = eb.example_ensemble("cui156")
    few = Ensemble(bundled.name, bundled.members[:2], bundled.notes)
    asked = TreatmentAsked("radiotherapy", study="seed2_cui2025")
    return treatment_of(few.members[0], few, asked, level=0.95, seed=1)


def text_of(held):
    section = treatment_section(held, {})
    tables = [cell for table in treatment_tables(held) for row in (table.head, *table.rows) for cell in row]
    said = [one for block in section.blocks for one in (block.title, *block.sentences)]
    return "\n".join([section.intro, *said, *tables, *(table.caption + table.note for table in treatment_tables(held))])


def test_every_design_stands_beside_the_others_with_its_balance(own):
    designs = treatment_files(own)["treatment_design"]
    assert [row["method"] for row in designs] == ["nearest", "overlap", "iptw", "optimal", "full", "entropy"]
    worst = max(
        abs(row["smd_after"]) for row in treatment_files(own)["treatment_balance"] if row["method"] == "overlap"
    )
    assert worst < 0.02
    titles = [block.title for block in blocks_of(own, {})]
    assert titles[0] == "Design and balance"
    assert {"Cervical location", "Pneumonitis by grade", "Effect within subgroups"} <= set(titles)


def test_cervical_location_is_that_of_r(own):
    (row,) = [
        r for r in own.location if r["group"].endswith("covariates") and r["method"] == "cox" and r["endpoint"] == "os"
    ]
    assert math.log(row["value"]) == pytest.approx(CERVICAL[0], rel=1e-6)
    assert math.log(row["upper"] / row["lower"]) / 2 / 1.959963985 == pytest.approx(CERVICAL[1], rel=1e-6)


def test_no_severe_case_is_no_proof_of_none(own):
    (row,) = [r for r in own.grades if r["group"] == "是" and r["grade"] == "grade 3 or more"]
    assert row["count"] == 0
    assert row["upper_of_none"] == pytest.approx(1.0 - 0.05 ** (1.0 / row["n"]), rel=1e-12)
    grades = [r["count"] for r in own.grades if r["group"] == "是" and r["grade"] != "grade 3 or more"]
    assert sum(grades) == row["n"]


def test_a_treatment_that_starts_is_naive_and_says_so_before_its_ratio(own):
    effect = next(block for block in blocks_of(own, {}) if block.title.endswith(": hazard ratio"))
    assert effect.sentences[0].startswith("NAIVE time zero")
    assert "NAIVE" in effect.tables[0].caption
    start = next(block for block in blocks_of(own, {}) if block.title.startswith("Immortal time"))
    assert start.tables[0].rows[0][0].startswith("Naive")
    assert any(row[0] == "Cloned, censored, weighted" for row in start.tables[0].rows)


def test_numbers_of_the_page_are_those_of_the_files(own):
    files = treatment_files(own)
    cox = next(r for r in files["treatment_effect"] if (r["method"], r["design"]) == ("cox", "nearest"))
    assert f"{cox['hr']:.2f} ({cox['lower']:.2f} to {cox['upper']:.2f})" in text_of(own)
    shrunk = next(r for r in files["treatment_subgroups"] if r["method"] == "bayes_shrunk")
    assert f"{shrunk['hr']:.2f} ({shrunk['lower']:.2f} to {shrunk['upper']:.2f})" in text_of(own)


def test_every_column_is_explained(own, paper):
    columns = {key for held in (own, paper) for rows in treatment_files(held).values() for row in rows for key in row}
    assert columns - explained() == set()


def test_the_run_remembers_every_design_and_its_verdicts(own):
    assert len(own.records) == 6
    assert own.verdicts["os, nearest, bayes_piecewise"] == "ok"
    assert {name.split(", ")[1] for name in own.verdicts} == {"nearest", "overlap", "iptw"}


@pytest.mark.parametrize(
    ("event", "longest"),
    [(lambda arm: arm == "a", 40.0), (lambda arm: arm == "?", 40.0), (lambda arm: arm != "?", 1.8)],
    ids=["none in the treated", "none at all", "all before the second month"],
)
def test_a_cohort_that_can_say_little_has_a_chapter_without_nan_that_says_so(event, longest):
    table = pd.DataFrame({"t": np.linspace(0.2, longest, 24).round(2), "arm": ["a", "b"] * 12})
    table = table.assign(d=event(table["arm"]).astype(int))
    raw = {"endpoints": {"os": {"time": "t", "event": "d"}}}
    raw |= {"covariates": {"arm": {"kind": "binary", "levels": ["a", "b"]}}}
    cohort = read_cohort(table, schema_from(raw, "s"), provenance="simulated")
    held = treatment_of(cohort, None, TreatmentAsked("arm"), level=0.95, seed=1)
    text = text_of(held)
    assert "nan" not in text
    if longest < 2.0:
        assert "Cox has no ratio whose move could be followed" in text or "if begun in month 2" in text
    else:
        assert "No hazard ratio: a group has no events" in text
    assert all(make().name for make in treatment_makers(held))


def test_every_figure_is_drawn_under_a_name_of_its_own(own):
    names = [make().name for make in treatment_makers(own)]
    assert len(set(names)) == len(names) == 5


def test_what_is_not_there_is_named_with_the_column_it_needs(own, paper):
    assert [one.analysis for one in own.lacking] == ["A second endpoint"]
    named = {one.analysis: one.column for one in paper.lacking}
    assert len(named) == 7
    assert "--on a,b,c" in named["Design, balance, scores"]
    assert "starts_at = COLUMN in covariates.radiotherapy" in str(named)
    assert "cervical" in named["Cervical location"]
    assert "pneumonitis" in named["Pneumonitis, each grade"]
    assert "what the study prints of grade 3 or more" in text_of(paper)


def test_below_what_a_print_lacks_stands_where_it_can_be_seen_and_no_simulated_number_above(paper):
    """SIMULATED stands in the one sentence under the last table alone."""
    *tables, last = treatment_tables(paper)
    said = (
        "seen at work on SIMULATED patients in the design of this study: escc-bayes report --cohort consolidation156."
    )
    assert last.note.endswith(said)
    shown = [text for table in (*tables, replace(last, note="")) for row in table.rows for text in row]
    shown += [text for table in (*tables, replace(last, note="")) for text in (table.caption, table.note)]
    assert [text for text in shown if "SIMULATED" in text.upper()] == []
    words = {str(value) for rows in treatment_files(paper).values() for row in rows for value in row.values()}
    assert [word for word in words if "simulated" in word.lower()] == []


def test_how_late_a_start_would_have_to_be_is_said(paper):
    (row,) = [
        r
        for r in treatment_files(paper)["treatment_late_start"]
        if (r["endpoint"], r["question"]) == ("os", "naive_ratio_without_effect")
    ]
    assert 3.0 < row["month"] < 12.0
    text = text_of(paper)
    assert f"{row['month']:.1f} (" in text
    assert "speaks against so late a start" in text


def test_the_print_stands_beside_with_a_mark_where_it_is_not_within_rounding(paper):
    assert paper.printed.medians["os", 1] == "38"
    assert paper.printed.ratios == {"os": "0.7 (P 0.32)*"}
    printed = {(r["endpoint"], r["quantity"], r["group"]): r for r in treatment_files(paper)["treatment_printed"]}
    assert printed["os", "hazard_ratio", "thoracic vs none"]["reached"] == "near"
    assert printed["pfs", "median", "thoracic"]["printed"] == "not reached"
    medians = {
        (r["endpoint"], r["group"]): r["value"]
        for r in treatment_files(paper)["treatment_contrasts"]
        if r["quantity"] == "median" and r["method"] == "kaplan_meier"
    }
    assert round(medians["os", "thoracic"]) == 38
    assert round(medians["os", "none"], 1) == 13.7
    assert round(medians["pfs", "none"], 1) == 9.3
    assert math.isnan(medians["pfs", "thoracic"])
    text = text_of(paper)
    assert "Audit (very unlikely): RT: median PFS is not reached" in text
    assert "pooled over 2 reconstructions" in text
    assert "92 of 156 patients are left out before matching" in text
    assert "prints no hazard ratio of progression-free survival" in text


def test_ones_own_cohort_beside_the_print_carries_no_mark():
    printed = printed_of("seed2_cui2025", marked=False, levels=("no", "yes"))
    assert printed.ratios == {"os": "0.7 (P 0.32)"}
    assert printed.remarks == ()
    assert [(one.count, one.of) for one in printed.severe] == [(0, 32), (0, 64)]


def test_a_target_that_is_not_matched_is_marked_as_not_reached():
    row = {"endpoint": "OS", "target": "median, RT", "printed": "38", "achieved_median": "31.2"}
    marks = Marks(({**row, "matched": "False", "within_rounding": "False"},))
    assert marks.of_target("OS", "median, RT") == "†"
    assert marks.remarks() == ("† OS 38 is not reached by the reconstructions: 31.2 in the median one.",)


def test_of_several_targets_the_worst_marks_the_number():
    near = {"endpoint": "OS", "target": "log HR", "matched": "True", "within_rounding": "False"}
    missed = {"endpoint": "OS", "target": "Wald z", "matched": "False", "within_rounding": "False"}
    assert Marks((near, missed)).of_target("OS", "log HR", "Wald z") == "†"
    assert Marks((near, missed)).of_target("OS", "log HR") == "*"
    assert Marks((near, missed)).of_target("PFS", "log HR") == ""


def test_grade_3_counts_as_severe_and_grade_2_does_not():
    raw = tomllib.loads(SCHEMA.format(start=STARTS))
    raw.pop("schema")
    table = frame()
    table["放射性肺炎"] = [3 if k < 5 else 2 for k in range(len(table))]
    table["放疗"], table["start_months"] = "是", 1.0
    table.loc[60:, ["放疗", "start_months"]] = ["否", math.nan]
    table[["os_months", "pfs_months"]] += 2.0
    cohort = read_cohort(table, schema_from(raw, "s"), provenance="simulated")
    severe = {one.group: one.count for one in graded(cohort, "放射性肺炎", "放疗") if one.grade == "grade 3 or more"}
    assert severe == {"是": 5, "否": 0}


def test_a_study_that_compares_no_two_groups_is_refused():
    with pytest.raises(InputError, match="compares no two groups"):
        printed_of("seed1_scirep2025", marked=False, levels=("a", "b"))


@pytest.mark.parametrize(
    ("level", "grade"), [("0", 0), ("G3", 3), ("3级", 3), ("无", 0), ("severe", None), ("10", None)]
)
def test_grades_are_read_from_words(level, grade):
    assert grade_in(level) == grade


@pytest.fixture(scope="module")
def parted():
    """Everybody of ECOG 2 and nobody else is treated: no score, no pairs, no weights."""
    table = frame(n=90).drop(columns=["start_months"])
    table["放疗"] = np.where(table["ecog"] == 2, "是", "否")
    raw = tomllib.loads(SCHEMA.format(start=""))
    raw.pop("schema")
    cohort = read_cohort(table, schema_from(raw, "s"), provenance="simulated")
    return treatment_of(cohort, None, TreatmentAsked("放疗", ("ecog", "age"), designs=6), level=0.95, seed=1)


def test_groups_that_a_covariate_parts_have_a_chapter_as_they_are_with_the_reason(parted):
    text = text_of(parted)
    assert [[match.design.method for match in found] for found in parted.matches.values()] == [["none"], ["none"]]
    assert "NOT COMPARABLE by ecog, age: no design makes the groups alike" in text
    assert text.count("No design by nearest, overlap, iptw: ") == 1
    assert "part 是 from 否 without error" in text
    assert "The largest standardised difference is infinite before (ecog: 2)" in text
    assert "nan" not in text
    assert "of the matched" not in text
    assert parted.lacking[0].instead == "patients as they are, nothing adjusted"
    assert all(make().name for make in treatment_makers(parted))


def test_an_assumed_start_of_groups_that_are_not_alike_is_adjusted_for_nothing(parted):
    """Cox of the treatment alone, as compared above: beside what decides it there is no ratio but the prior's."""
    naive = next(r for r in parted.assumed["os"] if r["analysis"] == "naive" and str(r["method"]).startswith("cox"))
    assert naive["hr"] == pytest.approx(parted.matches["os"][0].answer("cox_unadjusted").hr, rel=1e-6)


def test_without_pairs_weights_are_the_headline():
    """A caliper that nobody keeps leaves weights, and the page says so."""
    table = frame(n=90).drop(columns=["start_months"])
    table["age"] += 0.013 * np.arange(90)
    raw = tomllib.loads(SCHEMA.format(start=""))
    raw.pop("schema")
    cohort = read_cohort(table, schema_from(raw, "s"), provenance="simulated")
    asked = TreatmentAsked("放疗", ("ecog", "age"), caliper=1e-9, designs=0)
    held = treatment_of(cohort, None, asked, level=0.95, seed=1)
    text = text_of(held)
    assert held.first.design.method == "overlap"
    assert "No design by nearest: " in text
    assert "Overlap weights, since there are no pairs: " in text
    assert "Before weighting" in text
    assert "of the matched" not in text
    assert held.first.subgroups
