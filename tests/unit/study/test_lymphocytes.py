"""Table 2: R's t tests on a reconstruction, the printed t as two samples, classes, and what a cohort lacks."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.study.ici_crt import lymphocytes
from escc_bayes.study.part import StudyChapter
from escc_bayes.study.run import subject_of
from escc_bayes.study.subject import Subject
from tests.unit.study.conftest import STUDY, part_of, table_named

R = json.loads((Path(__file__).parents[2] / "reference" / "lymphocytes.json").read_text())
TITLE = "Lymphocyte counts at three times"


@pytest.mark.parametrize(("one", "two"), [name.split() for name in R])
def test_tests_in_pairs_are_those_of_r(subject: Subject, one: str, two: str) -> None:
    counted = {role: lymphocytes.counts_of(subject.columns(role)) for role in (one, two)}
    found = lymphocytes.pair(subject, counted, one, two)
    expected = R[f"{one} {two}"]
    mine = [found.correlation[0], found.paired_t[0], found.paired_p[0], found.unpaired_t[0], found.unpaired_p[0]]
    assert mine == pytest.approx(expected[:5], rel=1e-8)


def test_draws_of_a_mean_change_have_the_limits_of_t(subject: Subject) -> None:
    """Closed form: under the reference prior the limits are those of the paired t test; four Monte Carlo errors."""
    before, after = (lymphocytes.counts_of(subject.columns(role))[0] for role in ("alc_baseline", "alc_post"))
    rng = np.random.default_rng(1)
    draws = np.concatenate([lymphocytes.change_draws(after - before, rng) for _ in range(40)])
    np.testing.assert_allclose(np.quantile(draws, [0.025, 0.975]), R["alc_baseline alc_post"][5:], atol=0.008)


def test_printed_t_is_of_two_samples_with_fewer_patients(chapter: StudyChapter) -> None:
    """Arithmetic by hand: t^2 (s1^2 + s2^2) / (m1 - m2)^2 of the printed means and SDs."""
    rows = table_named(chapter, "table2_pairs").rows
    assert [row["n_each_of_printed_t"] for row in rows] == pytest.approx([68.27, 61.6, 59.2], abs=0.2)
    assert {row["reached"] for row in rows} == {"not reached"}
    by_hand = (1.425 - 1.039) / math.sqrt((0.602**2 + 0.521**2) / 79)
    assert -rows[0]["two_sample_t"] == pytest.approx(by_hand, rel=0.01)
    assert any("68, 62, 59" in sentence for sentence in part_of(chapter, TITLE).sentences)


def test_printed_means_are_those_of_the_reconstructions(chapter: StudyChapter) -> None:
    for row in table_named(chapter, "table2_counts").rows:
        mean, sd = (float(x) for x in row["printed"].split(" ± "))
        assert row["mean"] == pytest.approx(mean, abs=5e-4)
        assert row["sd"] == pytest.approx(sd, abs=5e-4)
        assert row["n"] == 79


def test_classes_add_up_and_three_analyses_stand_side_by_side(chapter: StudyChapter) -> None:
    rows = table_named(chapter, "table2_classes").rows
    for endpoint in ("os", "pfs"):
        for time in lymphocytes.TIMES:
            own = [row for row in rows if (row["endpoint"], row["time"]) == (endpoint, time)]
            assert sum(row["n"] for row in own) == pytest.approx(79)
    found = table_named(chapter, "table2_time_zero").rows
    assert {row["analysis"] for row in found} == {"naive", "landmark", "time_updated"}
    assert {row["method"] for row in found} == {"cox", "bayes_laplace"}
    # Nobody of the reconstructions leaves before the counts are known: Cox is the same by all three.
    by_contrast: dict[tuple[object, ...], set[float]] = {}
    for row in found:
        if row["method"] == "cox":
            key = (row["endpoint"], row["time"], row["contrast"])
            by_contrast.setdefault(key, set()).add(round(row["hr"], 6))
    assert all(len(ratios) == 1 for ratios in by_contrast.values())
    panels = part_of(chapter, TITLE).figures[0].panels
    assert len(panels) == 6


def test_a_cohort_without_counts_says_so(own: StudyChapter) -> None:
    part = part_of(own, TITLE)
    assert not part.tables
    assert sum("Left out: ALC" in line for line in part.skipped) == 3


def test_missing_later_counts_and_early_deaths_are_said(tmp_path: Path) -> None:
    """A cohort of one's own, SIMULATED: who dies before month 2.5 has no later count."""
    rng = np.random.default_rng(5)
    n = 70
    months = np.round(rng.exponential(15.0, n) + 0.2, 2)
    frame = pd.DataFrame({"os_months": months, "os_event": (rng.random(n) < 0.7).astype(int)})
    frame["before"] = rng.normal(1.4, 0.5, n).clip(0.1).round(2)
    frame["after"] = np.where(months > 2.5, rng.normal(1.0, 0.5, n).clip(0.1).round(2), np.nan)
    path = tmp_path / "own.csv"
    frame.to_csv(path, index=False)
    counts = {"kind": "continuous"}
    schema = {
        "endpoints": {"os": {"time": "os_months", "event": "os_event"}},
        "covariates": {
            "alc_baseline": {"column": "before", **counts},
            "alc_post": {"column": "after", "known_at": 2.5, **counts},
        },
    }
    cohort = read_cohort(path, schema_from(schema, "own"))
    part = lymphocytes.lymphocytes_part(subject_of(STUDY, cohort, None, seed=1, level=0.95))
    gone = int((months <= 2.5).sum())
    assert any(f"0, {gone} of {n} counts are missing" in sentence for sentence in part.sentences)
    assert any(f"{gone} of {n} patients had left before month 2.5" in sentence for sentence in part.sentences)
    assert not any("paper prints" in sentence for sentence in part.sentences)
    (pairs,) = [table for table in part.tables if table.name == "table2_pairs"]
    assert pairs.rows[0]["n"] == n - gone
    assert pairs.rows[0]["reached"] == ""
    landmark = [row for table in part.tables for row in table.rows if row.get("analysis") == "landmark"]
    assert {row["dropped"] for row in landmark} == {gone}
