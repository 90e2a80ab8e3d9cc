"""Columns of every structure against dummies written with pandas, centring, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.foundation.errors import CohortError, SpecError
from escc_bayes.spec.design import build_design
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.selection import select_rows
from escc_bayes.spec.setting_levels import setting_columns
from tests.unit.spec.conftest import COVARIATES, PIECEWISE, cohort_from, effect, model, pooled


def design_of(frame, *effects, weight=None, at="mean", covariates=None, landmark=None):
    baseline = PIECEWISE["baseline"] | {"at": at}
    outcome = {"endpoint": "os"} | ({"landmark": landmark} if landmark else {})
    spec = model(*effects, baseline=baseline, outcome=outcome)
    cohort = cohort_from(frame, weight=weight, covariates=covariates)
    return build_design(spec, select_rows(cohort, "os", spec.covariates, landmark=landmark))


def dummies(values, levels):
    return pd.get_dummies(pd.Categorical(values, levels)).to_numpy(dtype=float)


@pytest.mark.parametrize("structure", ["fixed", "ordered"])
def test_fixed_and_ordered_have_one_indicator_for_each_level_but_the_first(frame, structure):
    design = design_of(frame, effect("stage", structure))
    np.testing.assert_array_equal(design.columns, dummies(frame.stage, ["II", "III", "IV"])[:, 1:])
    assert design.labels == ("stage[III]", "stage[IV]")


@pytest.mark.parametrize("structure", ["exchangeable", "random_intercept"])
def test_exchangeable_and_centres_have_one_indicator_for_each_level(frame, structure):
    design = design_of(frame, effect("centre", structure))
    np.testing.assert_array_equal(design.columns, dummies(frame.centre, list("ABCD")))
    assert design.blocks[0].full


def test_linear_is_value_minus_center_over_scale_or_the_rank_of_a_level(frame):
    np.testing.assert_allclose(design_of(frame, effect("age", "linear")).columns[:, 0], (frame.age - 65) / 10)
    ranks = frame.stage.map({"II": 0, "III": 1, "IV": 2})
    np.testing.assert_array_equal(design_of(frame, effect("stage", "linear")).columns[:, 0], ranks)


def test_pooled_covariates_stand_side_by_side(frame):
    covariates = COVARIATES | {"alc_b": {"kind": "ordered", "levels": ["high", "low"]}}
    design = design_of(frame, pooled("alc_a", "alc_b"), covariates=covariates)
    np.testing.assert_array_equal(design.columns, np.stack([frame.alc_a == "low", frame.alc_b == "low"], axis=1))
    assert design.labels == ("alc_a[low]", "alc_b[low]")
    assert design.columns_of("alc_b") == slice(1, 2)


def test_several_effects_keep_their_order(frame):
    design = design_of(frame, effect("stage", "fixed"), effect("age", "linear"), effect("centre", "random_intercept"))
    assert [(b.start, b.stop) for b in design.blocks] == [(0, 2), (2, 3), (3, 7)]
    assert design.columns_of("age") == slice(2, 3)
    assert design.columns_of("centre") == slice(3, 7)


def test_centred_columns_have_weighted_mean_zero(frame):
    design = design_of(frame, effect("stage", "fixed"), effect("age", "linear"), weight="w")
    # Weights are scaled to mean 1 and kept to 11 digits.
    np.testing.assert_allclose(frame.w.to_numpy() @ design.centred, 0.0, atol=1e-8)


def test_at_reference_no_column_is_centred(frame):
    design = design_of(frame, effect("stage", "fixed"), effect("age", "linear"), at="reference")
    np.testing.assert_array_equal(design.center, 0.0)
    np.testing.assert_array_equal(design.centred, design.columns)


def test_centres_are_never_centred_but_exchangeable_levels_are(frame):
    assert design_of(frame, effect("centre", "random_intercept")).center.max() == 0.0
    exchangeable = design_of(frame, effect("centre", "exchangeable"))
    np.testing.assert_allclose(exchangeable.center, exchangeable.columns.mean(axis=0), rtol=1e-12)


def test_a_level_without_patients_is_left_out_and_said(frame):
    frame.loc[frame.stage == "III", "stage"] = "IV"
    design = design_of(frame, effect("stage", "ordered"))
    assert design.labels == ("stage[IV]",)
    assert design.blocks[0].levels == (("II", "IV"),)
    assert design.notes == ("stage: no patient in III; left out of the model",)


def test_a_reference_without_patients_is_refused_with_the_levels_that_could_be_first(frame):
    frame.loc[frame.stage == "II", "stage"] = "IV"
    with pytest.raises(CohortError, match="cohort sixty, column 'stage'.*'II' has no patient.*one of III, IV first"):
        design_of(frame, effect("stage", "fixed"))


def test_an_exchangeable_effect_needs_no_reference(frame):
    frame.loc[frame.stage == "II", "stage"] = "IV"
    assert design_of(frame, effect("stage", "exchangeable")).labels == ("stage[III]", "stage[IV]")


@pytest.mark.parametrize("structure", ["fixed", "ordered", "exchangeable", "random_intercept"])
def test_a_factor_with_one_level_is_refused(frame, structure):
    frame["stage"] = "III"
    with pytest.raises(CohortError, match="cohort sixty, column 'stage'.*single level 'III' in all 60 .*leave it out"):
        design_of(frame, effect("stage", structure))


@pytest.mark.parametrize("value", [70.0, 65.0, 0.1 + 0.2])
def test_a_constant_continuous_column_is_refused(frame, value):
    frame["age"] = value
    with pytest.raises(CohortError, match="cohort sixty, column 'age': 'age' is .* in all 60 .*leave it out"):
        design_of(frame, effect("age", "linear"))


def test_a_level_lost_by_the_landmark_is_judged_on_the_rows_analysed(frame):
    frame.loc[frame.stage == "IV", "t"] = 1.5
    frame["u"], frame["response_month"] = frame.t * 0.8, frame.response_month.clip(upper=frame.t)
    design = design_of(frame, effect("stage", "fixed"), landmark=2.0)
    assert design.notes == ("stage: no patient in IV; left out of the model",)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            effect("sequence", "linear"),
            "'linear' takes a covariate that is continuous or .*'sequence' is nominal",
        ),
        (effect("sequence", "ordered"), "'ordered' takes a covariate that is ordered or binary, but 'sequence' is nom"),
        (
            effect("age", "fixed"),
            "'fixed' takes .*, but 'age' is continuous; use structure = \"linear\" or .*, or cut it",
        ),
        (effect("age", "random_intercept"), "'random_intercept' takes .*, but 'age' is continuous"),
        (pooled("alc_a", "stage"), "effect 'alc': pooled covariates need the same levels.*alc_a: high, low; stage: II"),
    ],
)
def test_a_structure_that_does_not_fit_its_covariate_is_refused(frame, one, words):
    with pytest.raises(SpecError, match=words):
        design_of(frame, one)


def test_an_unknown_covariate_is_named_with_the_nearest(cohort):
    with pytest.raises(CohortError, match="no covariate 'stag'; did you mean 'stage'"):
        make_plan(model(effect("stag", "fixed")), cohort)
    with pytest.raises(CohortError, match="no endpoint 'oss'; did you mean 'os'"):
        make_plan(model(outcome={"endpoint": "oss"}), cohort)


@pytest.mark.parametrize("level", ["II", "III", "IV"])
@pytest.mark.parametrize("structure", ["fixed", "ordered", "exchangeable"])
def test_setting_a_level_gives_the_columns_of_a_cohort_where_everyone_has_it(frame, structure, level):
    """Second source: the columns of one real patient of that level, at the same place."""
    design = design_of(frame, effect("age", "linear"), effect("stage", structure), effect("arm", "fixed"))
    rows = select_rows(cohort_from(frame), "os", ("age", "stage", "arm"))
    changed = setting_columns(design, rows, "stage", level)
    inside = design.columns_of("stage")
    patient = design.columns[(frame.stage == level).to_numpy(), inside][0]
    np.testing.assert_array_equal(changed[:, inside], np.tile(patient, (60, 1)))
    others = np.delete(np.arange(design.columns.shape[1]), np.r_[inside])
    np.testing.assert_array_equal(changed[:, others], design.columns[:, others])


def test_setting_an_unknown_level_or_covariate_is_refused_and_changes_nothing(frame):
    design = design_of(frame, effect("stage", "fixed"))
    rows = select_rows(cohort_from(frame), "os", ("stage",))
    before = design.columns.copy()
    with pytest.raises(SpecError, match="'stage' has no level 'V' in the model; it has: II, III, IV"):
        setting_columns(design, rows, "stage", "V")
    with pytest.raises(SpecError, match="the model has no covariate 'age'; it has: stage"):
        setting_columns(design, rows, "age", "70")
    setting_columns(design, rows, "stage", "IV")
    np.testing.assert_array_equal(design.columns, before)


def test_a_covariate_of_any_size_gets_a_sampling_unit_of_the_size_of_its_posterior(frame):
    # In mg instead of kg the log hazard ratio per unit is a million times smaller: so is the step.
    covariates = COVARIATES | {"age": {"kind": "continuous", "scale": 1e-6}}
    design = design_of(frame, effect("age", "linear"), covariates=covariates)
    assert design.blocks[0].unit == pytest.approx(1e-6 / frame.age.std(ddof=0), rel=1e-9)
    assert design_of(frame, effect("age", "linear")).blocks[0].unit == 1.0


@pytest.mark.parametrize("sd", [1e-6, 1.0, 100.0])
@pytest.mark.parametrize("structure", ["fixed", "ordered"])
def test_effects_of_levels_are_sampled_in_log_hazard_ratios_whatever_their_prior(frame, structure, sd):
    """Their columns are 0 and 1: a unit of another size would be a parameter in units that nobody named."""
    stage = {"covariate": "stage", "structure": structure, "prior": {"normal": [0.0, sd]}}
    assert design_of(frame, stage).blocks[0].unit == 1.0


def test_a_plan_carries_the_notes_of_rows_and_design(frame):
    frame.loc[frame.stage == "III", "stage"] = "IV"
    frame["d"] = (frame.index < 8).astype(int)
    plan = make_plan(model(effect("stage", "fixed")), cohort_from(frame))
    assert any("its estimate rests on little data" in note for note in plan.notes)
    assert plan.notes[-1] == "stage: no patient in III; left out of the model"
