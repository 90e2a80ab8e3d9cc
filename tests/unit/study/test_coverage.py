"""Table 3: R's coxph on a reconstruction, what the data can carry, standardised survival by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.estimand.estimand import HazardRatio
from escc_bayes.study.ici_crt.coding import coded
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.screening import wald
from escc_bayes.study.subject import Subject
from escc_bayes.study.whole_model import fitted, whole_spec
from tests.unit.study.conftest import part_of, table_named

R = json.loads((Path(__file__).parents[2] / "reference" / "study_tables.json").read_text())
TITLE = "Radiation coverage: all lesions or part"


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_cox_is_that_of_r(subject: Subject, endpoint: str) -> None:
    coverage, stage = coded(subject, "coverage"), coded(subject, "stage")
    assert coverage is not None
    assert stage is not None
    data = subject.followed(endpoint)[0]
    columns, last = np.column_stack([coverage.values[0], stage.values[0]]), stage.values[0] == 1.0
    asked = {
        "crude": (columns[:, :1], slice(None)),
        "adjusted": (columns, slice(None)),
        "within": (columns[:, :1], last),
    }
    for name, (values, kept) in asked.items():
        fit = wald(values[kept], data.time[kept], data.event[kept], range(values.shape[1]))
        assert fit is not None
        assert [fit.log_hr[0], fit.se[0]] == pytest.approx(R[f"{endpoint}_coverage_{name}"], rel=1e-6)


def test_adjusting_for_stage_leaves_less_data_and_a_ratio_nearer_to_one(chapter: StudyChapter) -> None:
    rows = {(r["endpoint"], r["analysis"]): r for r in table_named(chapter, "table3_effects").rows}
    for endpoint in ("os", "pfs"):
        crude, adjusted, within = (rows[endpoint, n] for n in ("crude", "adjusted for stage", "within stage IV"))
        assert crude["data_share"] > adjusted["data_share"] > within["data_share"] > 0.3
        assert crude["hr"] > adjusted["hr"]
        assert adjusted["upper"] / adjusted["lower"] > crude["upper"] / crude["lower"]
        assert (within["n_all"], within["n_part"]) == (6, 23)
        assert (
            rows[endpoint, "within stage IV, shrunk"]["hr_cox"] != rows[endpoint, "within stage IV, shrunk"]["hr_cox"]
        )
    assert rows["os", "crude"]["reached"] == "reproduced"
    assert rows["pfs", "crude"]["reached"] == "not reached"
    assert "6 and 23 patients" in part_of(chapter, TITLE).sentences[0]


def test_cells_are_those_that_the_paper_prints(chapter: StudyChapter) -> None:
    cells = {(r["stage"], r["coverage"]): r["n"] for r in table_named(chapter, "table3_cells").rows}
    assert cells == {
        ("II", "RAL"): 14, ("II", "RPL"): 0, ("III", "RAL"): 36, ("III", "RPL"): 0, ("IV", "RAL"): 6, ("IV", "RPL"): 23,
    }  # fmt: skip


def test_standardised_survival_averages_the_stages_of_all_patients(subject: Subject) -> None:
    """By hand: survival of each stage under one coverage, weighed by how many patients have that stage."""
    coverage, stage = coded(subject, "coverage"), coded(subject, "stage")
    assert coverage is not None
    assert stage is not None
    factors = (coverage, stage)
    pool = fitted(subject, whole_spec(subject, "os", factors, "piecewise", "os_coverage_stage"), factors)
    one = pool.members[0].thinned(200)
    grid = np.array([24.0])
    everyone = one.survival(grid, term="rt_coverage", group="RPL", population="everyone")[:, 0]
    severe = one.survival(grid, term="rt_coverage", group="RPL")[:, 0]
    share = float((stage.values[0] == 1.0).mean())
    log_ratio = one.draws(HazardRatio("stage", "IV", versus="II or III"))
    mild = severe ** np.exp(-log_ratio)
    assert everyone == pytest.approx((1 - share) * mild + share * severe, abs=1e-9)


def test_ones_own_cohort_has_coverage_within_its_stages(own: StudyChapter) -> None:
    rows = table_named(own, "table3_effects").rows
    assert [r["analysis"] for r in rows] == [
        "crude",
        "adjusted for stage",
        "within stage IV期",
        "within stage IV期, shrunk",
    ]
    draws = table_named(own, "table3_standardised").rows
    assert {r["coverage"] for r in draws} == {"全部病灶", "部分病灶", "difference"}
