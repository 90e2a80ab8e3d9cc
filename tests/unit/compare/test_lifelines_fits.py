"""Fitted models of lifelines beside ours: the rows that lifelines prints, refused where patients or events differ."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter, NelsonAalenFitter, WeibullFitter

import escc_bayes as eb
from escc_bayes.foundation.errors import EstimandError, InputError


@pytest.fixture(scope="module")
def ours():
    return eb.fit_classical(eb.load_spec("larynx_piecewise"), eb.example_cohort("larynx"))


@pytest.fixture(scope="module")
def rows(ours):
    return ours.plan.rows


@pytest.fixture(scope="module")
def frame(rows):
    stage, age = rows.covariates["stage"], rows.covariates["age"]
    levels = pd.Categorical.from_codes(stage.values.astype(int), stage.schema.levels)
    unscaled = age.values
    return pd.DataFrame({"t": rows.time, "d": rows.event, "stage": levels, "age": unscaled})


def test_cox_rows_are_those_that_lifelines_prints(ours, frame):
    """By dummies and by formula, which name the columns differently; age per 10 is ten of its units."""
    dummies = pd.get_dummies(frame, columns=["stage"], drop_first=True, dtype=float)
    by_dummies = CoxPHFitter().fit(dummies, "t", "d")
    by_formula = CoxPHFitter().fit(frame, "t", "d", formula="stage + age")
    asked = [eb.HazardRatio("stage", "III", versus="I"), eb.HazardRatio("age", per=10.0)]
    for fit, name in ((by_dummies, "stage_III"), (by_formula, "stage[T.III]")):
        ratio, per_ten = (e for e in eb.compare(asked, ours, fit).estimates if e.method == "lifelines_cox")
        printed = fit.summary.loc[name]
        assert ratio.value == pytest.approx(printed["exp(coef)"], rel=1e-12)
        assert ratio.lower == pytest.approx(printed["exp(coef) lower 95%"], rel=1e-9)
        assert ratio.upper == pytest.approx(printed["exp(coef) upper 95%"], rel=1e-9)
        assert ratio.p_value == pytest.approx(printed["p"], rel=1e-9)
        assert per_ten.value == pytest.approx(np.exp(10.0 * fit.summary.loc["age", "coef"]), rel=1e-12)


def test_cox_of_lifelines_and_ours_agree_where_both_fit_the_same_columns(ours, frame):
    fit = CoxPHFitter().fit(frame, "t", "d", formula="stage + age")
    found = eb.compare([eb.HazardRatio("stage", "IV", versus="II")], ours, fit)
    mine, theirs = (next(e for e in found.estimates if e.method == name) for name in ("cox", "lifelines_cox"))
    assert theirs.value == pytest.approx(mine.value, rel=1e-5)
    assert theirs.upper == pytest.approx(mine.upper, rel=1e-4)


def test_columns_that_cannot_be_read_are_said_and_give_no_number(ours, frame):
    """Per 10 of a column that is divided by 10 would be exp(10 b); a column under the name of another level as well."""
    dummies = pd.get_dummies(frame, columns=["stage"], drop_first=True, dtype=float)
    named = dummies.rename(columns=lambda name: name.replace("stage_", "Stage "))
    scaled = dummies.assign(age=(dummies["age"] - 65.0) / 10.0)
    swapped = dummies.rename(columns={"stage_II": "stage_III", "stage_III": "stage_II"})
    cases = (
        (
            eb.HazardRatio("stage", "III", versus="I"),
            named,
            "no column of CoxPHFitter is called stage_LEVEL or stage[T.LEVEL]",
        ),
        (eb.HazardRatio("age", per=10.0), scaled, "the column 'age' of CoxPHFitter has mean"),
        (eb.HazardRatio("stage", "III", versus="I"), swapped, "another scale or level"),
    )
    for asked, table, said in cases:
        found = eb.compare([asked], ours, CoxPHFitter().fit(table, "t", "d"))
        (theirs,) = (e for e in found.estimates if e.method == "lifelines_cox")
        assert np.isnan(theirs.value)
        assert said in theirs.note
        assert said in repr(found)


def test_survival_and_median_are_those_of_the_fitters(ours, rows):
    km, weibull = KaplanMeierFitter().fit(rows.time, rows.event), WeibullFitter().fit(rows.time, rows.event)
    month = float(np.sort(rows.time)[40])
    found = eb.compare([eb.SurvivalAt(month), eb.MedianSurvival()], ours, km, weibull)
    held = {(e.estimand, e.method): e for e in found.estimates}
    survival = held["survival", "lifelines_km"]
    limits = km.confidence_interval_.loc[month].tolist()
    assert [survival.value, survival.lower, survival.upper] == pytest.approx([km.predict(month), *limits], rel=1e-12)
    assert survival.value == pytest.approx(held["survival", "km"].value, rel=1e-9)
    assert held["median", "lifelines_km"].value == km.median_survival_time_
    parametric = held["survival", "lifelines_weibull"]
    assert parametric.value == pytest.approx(float(weibull.survival_function_at_times(month).iloc[0]), rel=1e-12)
    assert parametric.lower < parametric.value < parametric.upper
    grid = weibull.confidence_interval_survival_function_
    found = eb.compare([eb.SurvivalAt(float(grid.index[30]))], ours, weibull)
    (at_grid,) = (e for e in found.estimates if e.method == "lifelines_weibull")
    assert [at_grid.lower, at_grid.upper] == pytest.approx(grid.iloc[30].tolist(), rel=1e-9)
    assert held["median", "lifelines_weibull"].value == pytest.approx(weibull.median_survival_time_, rel=1e-12)


def test_other_patients_events_or_units_are_refused(ours, rows):
    asked = [eb.SurvivalAt(2.0)]
    fewer = KaplanMeierFitter().fit(rows.time[1:], rows.event[1:])
    with pytest.raises(EstimandError, match=r"same patients, was given KaplanMeierFitter: 89 patients"):
        eb.compare(asked, ours, fewer)
    flipped = rows.event.copy()
    flipped[[int(np.argmax(flipped)), int(np.argmin(flipped))]] = [0.0, 1.0]
    with pytest.raises(EstimandError, match="same follow-up"):
        eb.compare(asked, ours, KaplanMeierFitter().fit(rows.time, flipped))
    with pytest.raises(EstimandError, match="give lifelines months from"):
        eb.compare(asked, ours, KaplanMeierFitter().fit(rows.time * 30.4375, rows.event))
    with pytest.raises(EstimandError, match="weights and strata are not compared"):
        eb.compare(asked, ours, KaplanMeierFitter().fit(rows.time, rows.event, entry=rows.time / 2.0))


def test_another_level_class_or_an_unfitted_model_is_refused(ours, rows):
    asked = [eb.SurvivalAt(2.0)]
    with pytest.raises(EstimandError, match="has 95 % limits, asked were 90 %; fit it with alpha=0.1"):
        eb.compare(asked, ours, KaplanMeierFitter().fit(rows.time, rows.event), level=0.9)
    with pytest.raises(EstimandError, match="was given NelsonAalenFitter"):
        eb.compare(asked, ours, NelsonAalenFitter().fit(rows.time, rows.event))
    with pytest.raises(InputError):
        eb.compare(asked, ours, KaplanMeierFitter())
    with pytest.raises(EstimandError, match="beside those of lifelines"):
        eb.compare(asked, KaplanMeierFitter().fit(rows.time, rows.event))
