"""Background mortality as a model file states it: which table, which cells, and what does not fit."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.foundation.errors import EsccBayesError, SpecError
from escc_bayes.spec.describe import describe
from escc_bayes.spec.life_table import read_life_table
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import spec_from
from tests.unit.bayes.model.likelihood.background_plans import BACKGROUND, FRAME, REFERENCE, background_plan, cohort

TABLE = pd.read_csv(REFERENCE / "us_life_table.csv")


def written(tmp_path, frame):
    """A life table as a file."""
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return path


def test_probabilities_become_rates(tmp_path):
    """rate = -log(1 - q)."""
    frame = TABLE.assign(probability=-np.expm1(-TABLE["rate"])).drop(columns="rate")
    found = read_life_table(written(tmp_path, frame))
    np.testing.assert_allclose(found.rates, read_life_table(REFERENCE / "us_life_table.csv").rates, rtol=1e-10)


def test_order_of_lines_does_not_matter(tmp_path):
    found = read_life_table(written(tmp_path, TABLE.sample(frac=1.0, random_state=1)))
    whole = read_life_table(REFERENCE / "us_life_table.csv")
    by_sex = [found.sexes.index(word) for word in whole.sexes]
    np.testing.assert_allclose(found.cells[:, by_sex], whole.cells, rtol=1e-12)


WRONG = {
    "no column 'sex'": lambda f: f.drop(columns="sex"),
    "has neither rate nor probability": lambda f: f.drop(columns="rate"),
    "has rate and probability": lambda f: f.assign(probability=0.1),
    "'rate' is 12.5, must lie from 0 to below 3": lambda f: f.assign(rate=f["rate"].where(f.index != 5, 12.5)),
    "line 7: 'age' is 40.5, must be a whole number": lambda f: f.assign(age=f["age"].where(f.index != 5, 40.5)),
    "line 7: 'sex' is empty": lambda f: f.assign(sex=f["sex"].where(f.index != 5, None)),
    "lines 2, 1832: age 40, male, 2000 stands twice": lambda f: pd.concat([f, f.head(1)]),
    "1 cell(s) are missing, such as age 41, male, 2003": lambda f: f[
        ~((f["age"] == 41) & (f["sex"] == "male") & (f["year"] == 2003))
    ],
}


@pytest.mark.parametrize("words", WRONG)
def test_tables_that_are_none_are_refused(words, tmp_path):
    path = written(tmp_path, WRONG[words](TABLE))
    with pytest.raises(EsccBayesError) as told:
        read_life_table(path)
    assert words in str(told.value)


def plan_with(**columns):
    """A plan of patients some of whose columns are others."""
    return background_plan("walk", frame=FRAME.assign(**columns))


def test_ages_and_years_outside_are_named():
    """Too young at the start, too old before the end, too late: each patient with both ends."""
    young = FRAME["age"].where(FRAME.index != 2, 39.9)
    with pytest.raises(SpecError, match=r"age of 1 patient\(s\) leaves us_life_table.csv, which has 40 to 100.*39.90"):
        plan_with(age=young)
    old = FRAME["age"].where(FRAME.index != 3, 100.5)
    with pytest.raises(SpecError, match=r"during follow-up: 3 \(100.50 to 101.58\)"):
        plan_with(age=old)
    late = FRAME["begun"].where(~FRAME.index.isin([3, 8]), 2014.5)
    with pytest.raises(SpecError, match=r"calendar year of 2 patient\(s\) leaves .* which has 2000 to 2014"):
        plan_with(begun=late)


def raw_with(background, **more):
    """A specification with a [background] and more sections."""
    return {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "background": background,
        "baseline": {"family": "weibull", "reference_time": 6.0},
        "priors": {"baseline_log_cumulative_hazard": {"normal": [-0.5, 1.0]}, "log_shape": {"normal": [0.0, 0.5]}},
        **more,
    }


REFUSED = {
    "no year": ({key: BACKGROUND[key] for key in ("table", "age", "sex")}, "has calendar years: add year"),
    "no age": ({key: BACKGROUND[key] for key in ("table", "sex")}, "'age' is missing"),
    "twice": ({**BACKGROUND, "year": "age"}, "must be different covariates"),
    "sex a number": ({**BACKGROUND, "sex": "begun", "year": "age", "age": "arm"}, "'arm' has levels; name a covariate"),
    "levels unknown": (
        {**BACKGROUND, "sex": "arm"},
        "'arm' has the level 'a', and us_life_table.csv has male and female",
    ),
    "no covariate": ({**BACKGROUND, "age": "years"}, "years"),
    "unknown key": ({**BACKGROUND, "ages": "age"}, "unknown key 'ages'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_sections_that_do_not_fit_are_refused(what):
    background, words = REFUSED[what]
    with pytest.raises(EsccBayesError, match=words):
        make_plan(spec_from(raw_with(background), "m", folder=REFERENCE), cohort())


def test_survivors_beside_are_refused():
    count = [{"start": 0.0, "stop": 8.0, "at_risk": 40, "alive": 21}]
    with pytest.raises(SpecError, match="not worked out beside \\[\\[external\\]\\]"):
        spec_from(raw_with(BACKGROUND, external=count), "m", folder=REFERENCE)


def test_a_landmark_moves_age_and_year_on():
    """At a landmark of 3 months everybody is a quarter of a year further in the table."""
    spec = spec_from(raw_with(BACKGROUND, outcome={"endpoint": "os", "landmark": 3.0}), "m", folder=REFERENCE)
    late, begun = make_plan(spec, cohort()), background_plan("walk")
    months = np.array([5.0])
    kept = late.rows.positions
    moved = late.expected[0].cumulative(late.expected[1], months)[:, 0]
    plain = begun.expected[0]
    profile = begun.expected[1][kept]
    expected = plain.cumulative(profile, months + 3.0) - plain.cumulative(profile, np.array([3.0]))
    np.testing.assert_allclose(moved, expected[:, 0], rtol=1e-10)


def test_patients_without_an_age_are_left_out():
    frame = FRAME.assign(age=FRAME["age"].where(FRAME.index != 0))
    assert background_plan("walk", frame=frame).rows.n == 9


def test_the_digest_knows_the_rates(tmp_path):
    other = TABLE.assign(rate=TABLE["rate"] * 1.01)
    other.to_csv(tmp_path / "us_life_table.csv", index=False)
    one, two = (spec_from(raw_with(BACKGROUND), "m", folder=folder) for folder in (REFERENCE, tmp_path))
    assert one.digest != two.digest
    assert one.without_sources.digest == two.without_sources.digest


def test_it_does_not_print_as_toml():
    spec = spec_from(raw_with(BACKGROUND), "m", folder=REFERENCE)
    with pytest.raises(SpecError, match="stands in a life table"):
        _ = spec.toml
    assert "in excess of us_life_table.csv" in str(spec)


def test_the_model_card_counts_expected_deaths():
    plan = background_plan("walk")
    expected, profile = plan.expected
    spent = expected.cumulative_at(profile, plan.rows.time[None]) - expected.cumulative_at(
        profile, plan.rows.entry[None]
    )
    sentence = next(line for line in describe(plan) if "Background mortality" in line)
    assert f"{spent.sum():.1f} deaths are expected of these 10 patients, and 8 events were seen" in sentence
