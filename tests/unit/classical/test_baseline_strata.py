"""Strata, trend, interaction and restricted means in the tables of ``baselines``: R's numbers.

Second source: tests/reference/strata.R. Below, covariates known late.
"""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from escc_bayes.classical.baseline_cases import rows_for
from escc_bayes.classical.baseline_tests import rank_tests, trend_test
from escc_bayes.classical.baselines import baselines
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import CohortError, DataWarning, InputError, SchemaError

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "strata.json").read_text(encoding="utf-8"))
DIGITS = 1e-8
COVARIATES = {
    "arm": {"kind": "binary", "levels": ["0", "1"]},
    "stage": {"kind": "ordered", "levels": ["0", "1", "2"]},
    "age": {"kind": "continuous"},
}


def frame_of(kind):
    return pd.DataFrame(REFERENCE[kind]["data"]).assign(centre=lambda d: "c" + d["centre"].astype(str))


def cohort_of(frame, covariates=COVARIATES, **keys):
    raw = {"endpoints": {"os": {"time": "time", "event": "event"}}, "covariates": covariates, **keys}
    return read_cohort(frame, schema_from(raw, "simulated"), provenance="simulated")


def with_centre(frame):
    levels = sorted(set(frame["centre"]))
    return {**COVARIATES, "centre": {"kind": "nominal", "levels": levels}}


def one(rows, **wanted):
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1, wanted
    return found[0]


@pytest.fixture(scope="module", params=["large", "odd"])
def case(request):
    frame = frame_of(request.param)
    cohort = cohort_of(frame, strata="centre")
    return REFERENCE[request.param], baselines(cohort, "os", level=0.95, interaction=("arm", "stage"))


def test_stratified_logrank_and_trend_stand_beside_the_plain_ones(case):
    values, found = case
    rows = found.tables["logrank"]
    for term in ("arm", "stage"):
        row = one(rows, term=term, comparison="overall", strata="centre")
        assert row["chi2"] == pytest.approx(values[f"logrank_{term}"]["chi2"], rel=DIGITS)
        assert row["p_value"] == pytest.approx(values[f"logrank_{term}"]["p_value"], rel=DIGITS)
    for strata, key in (("", "trend"), ("centre", "trend_strata")):
        row = one(rows, term="stage", comparison="trend", strata=strata)
        assert (row["chi2"], row["df"]) == (pytest.approx(values[key]["chi2"], rel=DIGITS), 1)
    assert not [row for row in rows if row["term"] == "arm" and row["comparison"] == "trend"]


def test_cox_of_all_covariates_is_stratified_too(case):
    values, found = case
    rows = found.tables["hazard_ratios"]
    arm = one(rows, model="multivariable", method="cox_stratified", term="arm")
    assert arm["strata"] == "centre"
    assert {row["strata"] for row in rows if row["method"] != "cox_stratified"} == {""}
    assert arm["log_hr_mean"] == pytest.approx(values["cox_levels"]["coef"][0], rel=DIGITS)
    assert arm["log_hr_sd"] == pytest.approx(values["cox_levels"]["std_error"][0], rel=DIGITS)


def test_interaction_is_the_likelihood_ratio_of_r(case):
    values, found = case
    row = one(found.tables["interaction"], model="univariable")
    expected = values["interaction_strata"]
    assert row["term"] == "arm:stage"
    assert row["df"] == expected["df"]
    assert (row["chi2"], row["p_value"]) == (
        pytest.approx(expected["chi2"], rel=1e-6),
        pytest.approx(expected["p_value"], rel=1e-6),
    )


def test_hazard_ratios_within_the_levels_are_those_of_r(case):
    values, found = case
    for level, (log_hr, std_error) in enumerate(
        zip(values["subgroups"]["coef"], values["subgroups"]["std_error"], strict=True)
    ):
        row = one(found.tables["subgroups"], model="univariable", within=f"stage {level}")
        assert math.log(row["hr"]) == pytest.approx(log_hr, rel=1e-6)
        assert math.log(row["upper"] / row["lower"]) / 2 / 1.959963984540054 == pytest.approx(std_error, rel=1e-6)


def test_difference_of_restricted_means_has_a_p_value():
    values, frame = REFERENCE["large"]["rmst"], frame_of("large")
    found = baselines(cohort_of(frame), "os", level=0.95, times=(values["until"],))
    row = one(found.tables["rmst"], term="arm", group="1")
    for column, name in (("difference", "difference"), ("difference_lower", "lower"), ("p_value", "p_value")):
        assert row[column] == pytest.approx(values[name], rel=DIGITS)
    assert math.isnan(one(found.tables["rmst"], term="arm", group="0")["p_value"])


def test_a_covariate_as_stratum_gives_what_a_declared_column_gives():
    frame = frame_of("large")
    declared = baselines(cohort_of(frame, strata=["centre"]), "os", level=0.95)
    asked = baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95, strata=("centre",))
    word = baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95, strata="centre")
    assert repr(word.tables["logrank"]) == repr(asked.tables["logrank"])
    for term, contrast in (("arm", "1 vs 0"), ("stage", "2 vs 0"), ("age", "per 1")):
        wanted = {"model": "multivariable", "method": "cox_stratified", "term": term, "contrast": contrast}
        first, second = (one(b.tables["hazard_ratios"], **wanted) for b in (declared, asked))
        assert first["hr"] == second["hr"]
    within = [row for row in asked.tables["hazard_ratios"] if row["strata"]]
    assert "centre" not in {row["term"] for row in within}


def test_several_strata_are_their_combinations():
    values, frame = REFERENCE["large"]["cox_two"], frame_of("large")
    found = baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95, strata=("centre", "stage"))
    row = one(found.tables["hazard_ratios"], model="multivariable", method="cox_stratified", term="arm")
    assert row["strata"] == "centre, stage"
    assert row["log_hr_mean"] == pytest.approx(values["coef"][0], rel=DIGITS)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"strata": ("age",)}, "'age' is a number and makes no strata"),
        ({"strata": ("center",)}, "no covariate 'center'; did you mean 'centre'"),
        ({"strata": ("centre", "centre")}, "'centre' is named twice"),
        ({"interaction": "arm"}, "interaction is 'arm'; give"),
        ({"interaction": ("arm", "sex")}, "no covariate 'sex'"),
        ({"interaction": ("arm", "arm")}, "no interaction with itself"),
        ({"strata": ("centre",), "interaction": ("arm", "centre")}, "'centre' is a stratum"),
    ],
)
def test_what_makes_no_strata_or_no_interaction_is_refused(keys, message):
    frame = frame_of("large")
    with pytest.raises(InputError, match=message):
        baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95, **keys)


def test_a_number_cannot_be_declared_as_stratum():
    with pytest.raises(SchemaError, match="'age' is a number and makes no strata"):
        cohort_of(frame_of("large"), strata="age")


def test_a_combination_without_patients_costs_a_degree_of_freedom_and_is_named():
    """Second source: R drops the aliased column, and tests with one degree of freedom."""
    frame = frame_of("large")
    frame = frame[~((frame["arm"] == 1) & (frame["stage"] == 2))]
    found = baselines(cohort_of(frame), "os", level=0.95, interaction=("arm", "stage"))
    assert one(found.tables["interaction"], model="univariable")["df"] == 1
    row = one(found.tables["subgroups"], model="univariable", within="stage 2")
    assert math.isnan(row["hr"])
    assert row["note"] == "not estimable: no patient of one of the two groups"


LATE = {**COVARIATES, "response": {"kind": "binary", "levels": ["no", "yes"], "known_at": 3.0}}


@pytest.fixture(scope="module")
def late():
    return frame_of("large").assign(response=lambda d: ["yes" if i % 3 else "no" for i in d.index])


def test_a_landmark_before_a_covariate_leaves_out_that_covariate_alone(late):
    with pytest.warns(
        DataWarning, match="'response' is left out: it becomes known at 3 months, after the landmark at 2"
    ):
        found = baselines(cohort_of(late, LATE), "os", level=0.95, landmark=2.0)
    expected = baselines(cohort_of(late), "os", level=0.95, landmark=2.0)
    rows, wanted = (
        [{k: v for k, v in row.items() if k != "data_digest"} for row in b.tables["hazard_ratios"]]
        for b in (found, expected)
    )
    assert repr(rows) == repr(wanted)
    assert any("'response' is left out" in sentence for sentence in found.sentences)


def test_without_a_landmark_the_covariates_known_at_zero_have_a_model_of_their_own(late):
    """Limit: it is the multivariable model of the schema without the late covariate."""
    found = baselines(cohort_of(late, LATE), "os", level=0.95)
    expected = baselines(cohort_of(late), "os", level=0.95)
    early = [r for r in found.tables["hazard_ratios"] if r["model"] == "multivariable_known_at_zero"]
    wanted = [r for r in expected.tables["hazard_ratios"] if r["model"] == "multivariable"]
    for row, other in zip(early, wanted, strict=True):
        assert (row["method"], row["term"], row["hr"]) == (other["method"], other["term"], other["hr"])
        assert row["clock"] == "time zero"
    naive = [r for r in found.tables["hazard_ratios"] if r["model"] == "multivariable"]
    assert all(str(r["clock"]).startswith("NAIVE") for r in naive)
    assert any(s.startswith("Covariates known at time zero (arm, stage, age)") for s in found.sentences)
    assert not [r for r in expected.tables["hazard_ratios"] if r["model"] == "multivariable_known_at_zero"]


def test_a_covariate_that_nobody_with_an_event_has_spoils_no_table():
    frame = frame_of("large")
    frame["stage"] = frame["stage"].where(frame["event"] == 0, None)
    with pytest.warns(DataWarning, match="'stage' is left out: .*no events among"):
        found = baselines(cohort_of(frame), "os", level=0.95)
    assert {r["term"] for r in found.tables["hazard_ratios"]} == {"arm", "age"}


def test_two_covariates_that_no_patient_has_both_leave_the_rarer_out_of_the_joint_model():
    frame = frame_of("large")
    first = frame.index % 3 == 0
    frame["arm"] = frame["arm"].where(first, None)
    frame["stage"] = frame["stage"].where(~first, None)
    with pytest.warns(DataWarning, match="'arm' is left out of the models with all covariates"):
        found = baselines(cohort_of(frame), "os", level=0.95)
    joint = {r["term"] for r in found.tables["hazard_ratios"] if r["model"] == "multivariable"}
    assert joint == {"stage", "age"}


def test_under_sampling_weights_trend_and_interaction_are_robust_tests():
    """Limit: of two groups the trend is the comparison of the groups."""
    frame = frame_of("large")
    found = baselines(
        cohort_of(frame, weight="weight", weight_kind="sampling", strata="centre"),
        "os",
        level=0.95,
        interaction=("arm", "stage"),
    )
    rows = [row for row in found.tables["logrank"] if row["comparison"] == "trend"]
    assert len(rows) == 2
    assert all("robust score test" in row["note"] for row in rows)
    two = rows_for(
        cohort_of(frame[frame["stage"] < 2], weight="weight", weight_kind="sampling"), "os", ("stage",), None
    )
    codes = two.covariates["stage"].values.astype(int)
    assert trend_test(two, codes, None)[0] == pytest.approx(rank_tests(two, codes, None)[0].chi2, rel=1e-9)
    test = one(found.tables["interaction"], model="univariable")
    assert test["df"] == 2
    assert test["note"].startswith("robust Wald test") or "; robust Wald test" in test["note"]


def test_rows_beside_the_stratified_ones_say_how_the_stratum_entered():
    frame = frame_of("large")
    asked = baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95, strata=("centre",))
    declared = baselines(cohort_of(frame, strata="centre"), "os", level=0.95)
    for found, together in ((asked, "centre as a factor"), (declared, "centre left out")):
        rows = [r for r in found.tables["hazard_ratios"] if r["term"] == "arm"]
        notes = {(r["model"], r["method"]): r["note"] for r in rows}
        assert notes["univariable", "cox_univariable"] == "centre left out"
        for method in ("cox", "cox_firth", "weibull_mle"):
            assert notes["multivariable", method] == together
        assert notes["multivariable", "cox_stratified"].startswith("stratified by centre (5 strata")


def test_a_stratum_known_after_the_landmark_is_refused(late):
    with pytest.raises(CohortError, match="stratum 'response': it becomes known at 3 months, after the landmark at 2"):
        baselines(cohort_of(late, LATE), "os", level=0.95, landmark=2.0, strata=("response",))


def test_many_levels_without_events_are_told_in_one_sentence():
    frame = frame_of("small")
    with pytest.warns(DataWarning) as caught:
        found = baselines(cohort_of(frame, with_centre(frame)), "os", level=0.95)
    found_warnings = [str(w.message) for w in caught]
    infinite = [
        r
        for r in found.tables["hazard_ratios"]
        if r["term"] == "centre" and r["method"] == "cox_univariable" and str(r["note"]).startswith("no finite")
    ]
    assert len(infinite) > 3
    firth = {r["note"] for r in found.tables["hazard_ratios"] if r["method"] == "cox_firth"}
    assert len(firth) == 1
    assert firth.pop().startswith("not available: 43 columns; Firth's profile limits are searched for at most 20")
    told = [w for w in found_warnings if w.startswith("cox_univariable, centre")]
    assert len(told) == 1
    assert told[0].startswith(f"cox_univariable, centre ({len(infinite)} contrasts: ")
