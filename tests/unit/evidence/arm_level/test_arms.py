"""Whole trials: which curves are read, what their cohorts give back, and what an interim says of the final cut."""

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.arm_level.achieved import target_rows
from escc_bayes.evidence.arm_level.published import read_arms
from escc_bayes.evidence.arm_level.reconstruct import reconstruct_arms
from escc_bayes.evidence.reconstruction.layout import ReconstructionError
from escc_bayes.report.verbs.arms import write_arm_reconstruction

LIMITS = ("median, lower limit", "median, upper limit")


def study_of(name):
    return read_study(find_study(name))


@pytest.fixture(scope="module")
def interim():
    return read_arms(study_of("escort1st"), "interim", ())


@pytest.fixture(scope="module")
def members(interim):
    return reconstruct_arms(interim, seed=1, replicates=3)


@pytest.mark.parametrize(
    ("name", "cut", "arms", "sizes", "medians"),
    [
        ("escort1st", "interim", ("placebo + chemo", "camrelizumab + chemo"), (298, 298), (12.0, 15.3)),
        ("escort1st", None, ("placebo + chemo", "camrelizumab + chemo"), (298, 298), (12.6, 15.6)),
        ("keynote590", None, ("chemo", "ICI + chemo"), (274, 274), (9.8, 12.6)),
        ("checkmate648", None, ("chemo", "ICI + chemo"), (324, 321), (10.7, 13.2)),
        ("jupiter06", "interim", ("chemo", "toripalimab + chemo"), (257, 257), (11.0, 17.0)),
        ("astrum007", None, ("chemo", "serplulimab + chemo"), (183, 368), (11.2, 14.6)),
        ("rationale306", None, ("chemo", "ICI + chemo"), (323, 326), (10.6, 17.2)),
    ],
)
def test_the_effect_decides_which_curves_are_the_arms(name, cut, arms, sizes, medians):
    """Read from the papers by hand: overlapping populations and other data cuts are left alone."""
    found = read_arms(study_of(name), cut, ())
    assert (found.arms, found.sizes) == (arms, sizes)
    assert tuple(float(c.median) for c in found.endpoints[0].curves) == medians


def test_arms_of_a_trial_are_those_of_its_data_cut(interim):
    layout = interim.layout()
    assert layout.n == 596
    assert [(e.name, e.within) for e in layout.endpoints] == [("os", ""), ("pfs", "os")]
    assert layout.contrasts[0].groups == (("placebo + chemo",), ("camrelizumab + chemo",))
    events = {t.name: t.aim for t in interim.targets() if t.name.startswith("events") and t.endpoint == "OS"}
    assert events == {"events, camrelizumab + chemo": 135.0, "events, placebo + chemo": 174.0}


@pytest.mark.parametrize(
    ("name", "cut", "endpoints", "message"),
    [
        ("escort1st", "primary", (), "no curve of a data cut 'primary'; known: final, interim"),
        ("escort1st", "interim", ("efs",), "no endpoint 'efs'; did you mean 'pfs'"),
        ("zhao_426", None, (), "no printed curve has a number of patients and a median or a rate"),
    ],
)
def test_what_cannot_be_read_is_said(name, cut, endpoints, message):
    with pytest.raises(ReconstructionError, match=message):
        read_arms(study_of(name), cut, endpoints)


def test_rates_medians_events_and_hazard_ratio_are_had(interim, members):
    """Within printed rounding in every cohort; limits of medians follow from the rest, and 10.8 months of follow-up fit
    no reverse Kaplan-Meier curve beside 309 events."""
    for row in target_rows(interim, members):
        if row["target"].startswith(LIMITS):
            continue
        assert row["matched"] or "follow-up" in row["target"], row
        if "follow-up" in row["target"]:
            assert not row["reachable"]
            assert "the printed events" in row["fights_with"]


def test_written_rows_by_lifelines(interim, members, tmp_path):
    """lifelines 0.30.3 on the CSV: S(12) 0.498 and 0.615, medians 12.0 and 15.3, hazard ratio 0.70 as printed."""
    write_arm_reconstruction(tmp_path, interim, members, 1)
    frame = pd.read_csv(sorted((tmp_path / "cohorts").glob("*.csv"))[0])
    treated = frame["arm"] == "camrelizumab + chemo"
    for mine, survival, median in ((~treated, 0.498, 12.0), (treated, 0.615, 15.3)):
        fitted = KaplanMeierFitter().fit(frame["os_months"][mine], frame["os_event"][mine])
        assert fitted.predict(12.0) == pytest.approx(survival, abs=0.0005 + 1e-9)
        assert fitted.median_survival_time_ == pytest.approx(median, abs=0.05 + 1e-9)
    x = frame[["os_months", "os_event"]].assign(treated=treated.astype(float))
    found = CoxPHFitter().fit(x, "os_months", "os_event")
    assert np.exp(found.params_["treated"]) == pytest.approx(0.70, rel=0.02)
    low, high = np.exp(found.confidence_intervals_.loc["treated"])
    assert (low, high) == pytest.approx((0.56, 0.88), abs=0.015)
    cohort = read_cohort(sorted((tmp_path / "cohorts").glob("*.csv"))[0], tmp_path / "schema.toml")
    assert repr(cohort).startswith("RECONSTRUCTED cohort escort1st: 596 patients")
    with (tmp_path / "targets.csv").open(newline="", encoding="utf-8") as stream:
        assert next(csv.reader(stream))[:4] == ["study", "endpoint", "target", "printed"]


def test_one_seed_gives_one_ensemble_and_members_differ(interim, members):
    again = reconstruct_arms(interim, seed=1, replicates=2)
    for word in ("OS", "PFS"):
        for first, second in zip(members[0].outcomes[word], again[0].outcomes[word], strict=True):
            np.testing.assert_array_equal(first.time, second.time)
        assert not np.array_equal(members[0].outcomes[word][0].time, members[1].outcomes[word][0].time)


@pytest.mark.parametrize("name", ["keynote590", "orient15", "liuq2025_ivb_nodal", "ec_crt_002", "shi2022_532"])
def test_other_prints_are_had_by_two_cohorts(name):
    """Medians and a hazard ratio, rates of three arms, or a log-rank P alone."""
    printed = read_arms(study_of(name), None, ())
    rows = target_rows(printed, reconstruct_arms(printed, seed=2, replicates=2))
    had = [r["matched"] for r in rows if not str(r["target"]).startswith(LIMITS)]
    assert np.mean(had) > 0.85


def test_a_contradiction_in_the_print_is_not_hidden():
    """A hazard ratio of 1.5 beside these curves: no cohort has it, and the distance says by how much."""
    study = study_of("escort1st")
    effects = tuple(
        replace(e, value=type(e.value)("1.50"), ci_low=type(e.value)("1.20"), ci_high=type(e.value)("1.88"))
        if e.endpoint == "OS" and not e.cutoff
        else e
        for e in study.estimates
    )
    printed = read_arms(replace(study, estimates=effects), "interim", ("os",))
    rows = {r["target"]: r for r in target_rows(printed, reconstruct_arms(printed, seed=1, replicates=1))}
    ratio = rows["log HR, ici_added_to_chemo, unadjusted"]
    assert not ratio["reachable"]
    assert ratio["distance"] > 0.3
    assert rows["S(12), camrelizumab + chemo"]["matched"]


def test_interim_says_of_the_final_cut_what_was_printed_later(interim, members):
    """The final print (S at 12, 24 and 36 months of both arms) lies inside the 95 % intervals from the interim's."""
    from benchmarks.interim_to_final import of_arm, spec_of

    from escc_bayes.bayes.posterior.ensemble import fit_ensemble
    from escc_bayes.data.ensemble import Ensemble
    from escc_bayes.data.schema import schema_from
    from escc_bayes.estimand.estimand import SurvivalAt
    from escc_bayes.report.verbs.arms import raw_schema, rows_of

    schema = schema_from(raw_schema(interim), "interim")
    cohorts = []
    for member in members:
        frame = pd.DataFrame(rows_of(interim, member))
        cohorts.append(read_cohort(frame.astype({c: float for c in frame if c.endswith("_months")}), schema))
    final = read_arms(study_of("escort1st"), "final", ("os",))
    for k, curve in enumerate(final.endpoints[0].curves):
        posterior = fit_ensemble(spec_of([]), of_arm(Ensemble("interim", tuple(cohorts)), k), seed=3)
        for landmark in curve.landmarks:
            found = posterior.estimate(SurvivalAt(float(landmark.t)), level=0.95)
            assert found.lower < float(landmark.s) < found.upper
