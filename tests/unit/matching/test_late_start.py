"""How late a treatment would have had to begin: months at which R's coxph on split rows has a ratio of 1."""

import math

import numpy as np
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import load_schema
from escc_bayes.matching.assumed_start import AssumedStart
from escc_bayes.matching.late_start import NO_BENEFIT, NO_EFFECT, TOGETHER, late_start_rows
from escc_bayes.spec.selection import select_rows
from escc_bayes.time_zero.guarantee import no_effect, simulated_ratios
from tests.unit.study.treatment.patients import SCHEMA, frame

# split(L, t, e) as in test_assumed_start; uniroot(function(L) coef(coxph(.., split(L, t, e))), c(0.5, 25))$root, and
# min(t[rt == 1]) with the coefficient just before.   # R 4, survival 3.5-3
ROOTS = {"os": 8.09, "pfs": 4.59}
FIRST = {"os": (3.52, -0.5956763718), "pfs": (1.45, -0.4239155304)}


def hospital(folder, table=None):
    path = folder / "s.toml"
    path.write_text(SCHEMA.format(start=""), encoding="utf-8")
    return read_cohort(frame() if table is None else table, load_schema(path), provenance="simulated")


def asked_of(endpoint):
    return AssumedStart(endpoint, "放疗", (), 0.95, 1)


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_months_are_those_of_r(tmp_path, endpoint):
    rows = {row["question"]: row for row in late_start_rows([hospital(tmp_path)], asked_of(endpoint))}
    assert rows[NO_BENEFIT]["month"] == pytest.approx(ROOTS[endpoint], abs=0.02)
    month, log_hr = FIRST[endpoint]
    assert rows[TOGETHER]["month"] == pytest.approx(month)
    assert math.log(rows[TOGETHER]["hr"]) == pytest.approx(log_hr, abs=1e-6)


def test_so_many_guaranteed_months_give_the_naive_ratio_without_an_effect(tmp_path):
    """2,000 SIMULATED cohorts with that guarantee: the mean log ratio is the naive one, within bias of order 1 / n."""
    cohort = hospital(tmp_path)
    row = next(r for r in late_start_rows([cohort], asked_of("os")) if r["question"] == NO_EFFECT)
    rows = select_rows(cohort, "os", ("放疗",), naive=True)
    treated = rows.covariates["放疗"].values
    guaranteed = treated * row["month"]
    rng = np.random.default_rng(9)
    found = no_effect(rows, guaranteed)
    logs, _ = simulated_ratios(treated[:, None], np.ones((1, 1)), found, guaranteed, rng, 2000, 0.95)
    assert logs.mean() == pytest.approx(math.log(row["hr_naive"]), abs=0.03)
    assert row["shorter"] == int((rows.time[treated == 1.0] <= row["month"]).sum())


def test_a_ratio_above_1_is_not_made_by_immortal_time(tmp_path):
    table = frame()
    table["放疗"] = table["放疗"].map({"否": "是", "是": "否"})
    rows = late_start_rows([hospital(tmp_path, table)], asked_of("os"))
    of = {row["question"]: row for row in rows}
    assert of[NO_EFFECT]["hr_naive"] > 1.0
    assert math.isnan(of[NO_EFFECT]["month"])
    assert math.isnan(of[NO_BENEFIT]["month"])
    assert "does not make this one" in of[NO_EFFECT]["note"]


def test_reconstructions_are_medians_and_a_range(tmp_path):
    cohorts = [hospital(tmp_path, frame(140, seed)) for seed in (7, 8, 9)]
    alone = [next(r for r in late_start_rows([c], asked_of("os")) if r["question"] == NO_BENEFIT) for c in cohorts]
    row = next(r for r in late_start_rows(cohorts, asked_of("os")) if r["question"] == NO_BENEFIT)
    months = sorted(one["month"] for one in alone)
    assert [row["month_low"], row["month"], row["month_high"]] == pytest.approx(months)
    assert math.log(row["hr_naive"]) == pytest.approx(np.mean([math.log(one["hr_naive"]) for one in alone]))
