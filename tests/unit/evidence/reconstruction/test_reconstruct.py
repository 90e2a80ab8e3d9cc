"""Cohorts from the print of a SIMULATED one: exact counts, matched statistics, one seed one ensemble."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

from escc_bayes.evidence.reconstruction import search as search_module
from escc_bayes.evidence.reconstruction.reconstruct import reconstruct
from escc_bayes.evidence.reconstruction.table import COLUMNS, spread_rows, target_rows
from tests.unit.evidence.reconstruction.conftest import STEPS


def frame_of(cohort):
    """Return a cohort's rows as numbers."""
    frame = pd.DataFrame(list(cohort))
    for name in ("os_months", "os_event", "pfs_months", "pfs_event"):
        frame[name] = frame[name].astype(float)
    return frame


def test_a_short_search_comes_near_every_target(reconstructed):
    """The default search is 130 times longer. Counts are exact; nine in ten targets are matched already."""
    rows = target_rows(reconstructed)
    shares = [float(str(r["matched_share"])) for r in rows]
    assert len(rows) > 30
    assert np.mean(shares) > 0.9
    assert all(r["matched"] for r in rows if str(r["target"]).startswith(("n, ", "patients")))


def test_counts_and_cross_table_are_those_of_the_real_rows(simulated, reconstructed):
    real = Counter(
        zip(*(simulated.covariate(name).values.astype(int).tolist() for name in ("arm", "grade")), strict=True)
    )
    levels = {name: simulated.covariate(name).schema.levels for name in ("arm", "grade")}
    expected = {(levels["arm"][a], levels["grade"][g]): n for (a, g), n in real.items()}
    for cohort in reconstructed.cohorts:
        assert Counter((r["arm"], r["grade"]) for r in cohort) == expected


def test_table_agrees_with_lifelines_on_the_written_rows(reconstructed):
    """lifelines 0.30.3 recomputes survival, log-rank and Cox of the first cohort from its rounded rows."""
    frame = frame_of(reconstructed.cohorts[0])
    found = {
        (t.endpoint, t.name): v for t, v in zip(reconstructed.targets, reconstructed.solutions[0].value, strict=True)
    }
    survival = KaplanMeierFitter().fit(frame["os_months"], frame["os_event"]).predict(12.0)
    assert found["OS", "S(12)"] == pytest.approx(survival, abs=1e-9)
    late = frame["arm"] == "late"
    test = logrank_test(
        frame["pfs_months"][late], frame["pfs_months"][~late], frame["pfs_event"][late], frame["pfs_event"][~late]
    )
    assert found["PFS", "log-rank chi2, arm, 2 groups"] == pytest.approx(test.test_statistic, rel=1e-6)
    x = frame[["os_months", "os_event"]].assign(arm=late.astype(float), grade=(frame["grade"] == "high").astype(float))
    fitted = CoxPHFitter().fit(x, "os_months", "os_event")
    assert found["OS", "log HR, arm, adjusted"] == pytest.approx(fitted.params_["arm"], abs=1e-4)


def test_no_patient_progresses_after_the_end_of_overall_survival(reconstructed):
    for cohort in reconstructed.cohorts:
        frame = frame_of(cohort)
        assert (frame["pfs_months"] <= frame["os_months"]).all()
        tied = frame["pfs_months"] == frame["os_months"]
        assert (frame["pfs_event"] == frame["os_event"])[tied].all()
        assert (frame["pfs_event"] == 1.0)[~tied].all()
        assert not frame["os_months"].duplicated().any()


def test_cohorts_differ_and_say_reconstructed(reconstructed):
    times = {tuple(sorted(r["os_months"] for r in cohort)) for cohort in reconstructed.cohorts}
    assert len(times) == 3
    assert {r["provenance"] for cohort in reconstructed.cohorts for r in cohort} == {"reconstructed"}
    spread = {r["quantity"]: r for r in spread_rows(reconstructed)}
    assert spread["events, os"]["cohorts"] == 3


@pytest.mark.slow
def test_one_worker_gives_the_cohorts_of_two(printed, reconstructed):
    study, layout, _ = printed
    again = reconstruct(study, layout, seed=3, replicates=3, steps=STEPS, workers=1)
    assert again.cohorts == reconstructed.cohorts


def test_table_has_the_fixed_columns(reconstructed):
    assert tuple(target_rows(reconstructed)[0]) == COLUMNS
    assert COLUMNS[:9] == (
        *("study", "endpoint", "target", "printed", "achieved_median", "matched", "within_rounding", "reachable"),
        "distance",
    )


def test_values_of_a_search_are_finite(reconstructed):
    assert all(np.isfinite(cohort.value).all() for cohort in reconstructed.solutions)


def test_a_short_search_matches_curves_with_no_more_proposals_than_it_was_allowed(printed, monkeypatch):
    study, layout, _ = printed
    allowed = []
    honest = search_module.anneal

    def counted(problem, state, random, mix, schedule, value):
        allowed.append(schedule.steps)
        return honest(problem, state, random, mix, schedule, value)

    monkeypatch.setattr(search_module, "anneal", counted)
    reconstruct(study, layout, seed=3, replicates=1, steps=1_000, workers=1)
    assert max(allowed) <= 1_000
