"""Table 6: R's cmprsk and survival on a reconstruction, printed counts, a cohort with patterns of its own."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from escc_bayes.classical.aalen_johansen import aalen_johansen, since_progression
from escc_bayes.classical.km import kaplan_meier, survival_at
from escc_bayes.data.bundled import ENSEMBLES
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.spec.plan import make_plan
from escc_bayes.study.coded import coded_cohort
from escc_bayes.study.ici_crt.causes import cause_factor, cause_spec
from escc_bayes.study.ici_crt.failure import failure_part
from escc_bayes.study.ici_crt.states import state_spec
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.run import subject_of
from escc_bayes.study.subject import Subject
from tests.unit.study.conftest import STUDY, part_of, table_named

R = json.loads((Path(__file__).parents[2] / "reference" / "study_tables.json").read_text())
TITLE = "Failure, second-line treatment and survival after failure"


def test_incidence_is_that_of_r(subject: Subject) -> None:
    member = coded_cohort(subject.first, 0, (cause_factor(subject),))
    rows = make_plan(cause_spec(subject), member).rows
    assert rows.transition_names == ("failure", "death without failure")
    found = aalen_johansen(rows).at(np.array([12.0, 24.0, 36.0]))[0]
    assert found[:, 1] == pytest.approx(R["incidence_failure"], rel=1e-9)
    assert found[:, 2] == pytest.approx(R["incidence_death"], rel=1e-9)


def test_survival_after_failure_is_that_of_r(subject: Subject) -> None:
    rows = since_progression(make_plan(state_spec(subject), subject.first).rows)
    assert [rows.n] == R["after_failure_n"]
    points = survival_at(kaplan_meier(rows.time, rows.event, level=0.95), np.array([12.0, 24.0]))
    assert points.survival == pytest.approx(R["after_failure"], rel=1e-9)


def test_printed_patterns_are_counted_and_their_posterior_is_dirichlet(chapter: StudyChapter) -> None:
    rows = {r["pattern"]: r for r in table_named(chapter, "table6_patterns").rows}
    assert [r["events"] for r in rows.values()] == [9, 18, 10, 33, 4]
    assert {r["n"] for r in rows.values()} == {37}
    drawn = stats.dirichlet(np.array([10, 19, 11])).rvs(200_000, random_state=2)
    medians = [r["posterior_median"] for r in rows.values() if r["group"] == "pattern"]
    assert medians == pytest.approx(np.median(drawn, axis=0), abs=2e-3)


def test_survival_after_failure_is_never_called_reproduced(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table6_after_failure").rows
    assert {r["reached"] for r in rows} == {"not reached"}
    assert any("no reproduction" in line for line in part_of(chapter, TITLE).sentences)
    assert [r["printed"] for r in rows[::2]] == ["56.7", "24.3", "14.17 (7.303 to 21.037)"]


def test_incidences_and_survival_add_up(chapter: StudyChapter) -> None:
    found = {
        (r["cause"], r["time"]): r["probability"]
        for r in table_named(chapter, "table6_incidence").rows
        if r["method"] == "bayes"
    }
    survival = {
        r["quantity"]: r["value"]
        for r in table_named(chapter, "survival").rows
        if (r["endpoint"], r["method"]) == ("pfs", "bayes")
    }
    for month in (12.0, 24.0, 36.0):
        gone = found["failure", month] + found["death without failure", month]
        assert gone + survival[f"survival at {month:g} months, %"] == pytest.approx(1.0, abs=0.05)


def test_patterns_of_ones_own_compete_and_the_print_is_left_out(own: StudyChapter) -> None:
    frame = (
        pd.read_csv(ENSEMBLES["escc79"].folder / "cohorts.csv")
        .query("member == 1")
        .drop(columns=["member", "provenance"])
    )
    rng = np.random.default_rng(1)
    frame["失败模式"] = rng.choice(["local", "distant"], len(frame))
    frame.loc[frame.index[:5], "失败模式"] = None
    schema = {
        "endpoints": {
            "os": {"time": "os_months", "event": "os_event"},
            "pfs": {"time": "pfs_months", "event": "pfs_event"},
        },
        "covariates": {"site": {"column": "失败模式", "kind": "nominal", "levels": ["local", "distant"]}},
    }
    cohort = read_cohort(frame, schema_from(schema, "own"))
    part = failure_part(subject_of(STUDY, cohort, None, seed=1, level=0.95))
    by_name = {table.name: table for table in part.tables}
    causes = {str(r["cause"]) for r in by_name["table6_incidence"].rows}
    assert {"local", "distant", "death without failure"} <= causes
    counts = {r["pattern"]: r["events"] for r in by_name["table6_patterns"].rows}
    assert set(counts) == {"local", "distant"}
    assert 30 <= sum(counts.values()) <= 37
    assert not [t for t in part_of(own, TITLE).tables if t.name == "table6_patterns"]
