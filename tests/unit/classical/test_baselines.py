"""Covariates that say nothing of the patients analysed are left out, with the reason, and spoil no table."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes import read_cohort
from escc_bayes.classical.baselines import baselines
from escc_bayes.data.schema import schema_from
from escc_bayes.foundation.errors import DataWarning

LEVELS = {"kind": "nominal", "levels": ["a", "b", "c"]}


@pytest.fixture
def frame():
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "t": rng.exponential(20.0, 60).round(2) + 0.1,
            "d": (rng.random(60) < 0.6).astype(int),
            "arm": np.where(np.arange(60) % 2, "a", "b"),
            "age": rng.normal(60.0, 8.0, 60).round(),
        }
    )


def cohort_of(frame, covariates):
    raw = {"time_unit": "months", "endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": covariates}
    return read_cohort(frame, schema_from(raw, "hand"), name="hand")


def without_digest(found):
    """Return the tables as text, where NaN equals itself, without the digest of the data, which are others."""
    rows = {
        name: [{k: v for k, v in row.items() if k != "data_digest"} for row in t] for name, t in found.tables.items()
    }
    return repr(rows)


COVARIATES = {"arm": LEVELS, "age": {"kind": "continuous"}}


@pytest.mark.parametrize(
    ("column", "schema", "reason"),
    [
        (np.full(60, "b"), LEVELS, "'extra' is left out: .*single level 'b' in all 60 patients"),
        (np.where(np.arange(60) % 3, "b", "c"), LEVELS, "'extra' is left out: .*reference level 'a' has no patient"),
        (np.full(60, 7.0), {"kind": "continuous"}, "'extra' is left out: .*is 7 in all 60 patients"),
    ],
    ids=["one level", "no reference", "constant"],
)
def test_a_covariate_without_contrast_changes_no_other_row(frame, column, schema, reason):
    """Every table is the one of the schema without that covariate."""
    expected = baselines(cohort_of(frame, COVARIATES), "os", level=0.95)
    with pytest.warns(DataWarning, match=reason):
        found = baselines(cohort_of(frame.assign(extra=column), {**COVARIATES, "extra": schema}), "os", level=0.95)
    assert without_digest(found) == without_digest(expected)
    assert any("'extra' is left out" in sentence for sentence in found.sentences)


def test_a_level_lost_to_complete_cases_leaves_the_models_of_all_and_keeps_its_own(frame):
    """Those of level c lack an age: alone 'part' has two levels; with all covariates known it has one."""
    part = np.where(np.arange(60) < 50, "a", "c")
    frame = frame.assign(part=part, age=frame["age"].where(part == "a"))
    with pytest.warns(DataWarning, match="'part' is left out of the models with all covariates: .*single level 'a'"):
        found = baselines(cohort_of(frame, {**COVARIATES, "part": LEVELS}), "os", level=0.95)
    ratios = found.tables["hazard_ratios"]
    assert {row["term"] for row in ratios if row["model"] == "multivariable"} == {"arm", "age"}
    assert {row["term"] for row in ratios if row["model"] == "univariable"} == {"arm", "age", "part"}
    assert {row["n"] for row in ratios if row["model"] == "multivariable"} == {50}
    assert {row["term"] for row in found.tables["logrank"]} == {"arm", "part"}


def test_no_covariate_that_says_anything_leaves_the_curve_of_all(frame):
    with pytest.warns(DataWarning, match="'extra' is left out"):
        found = baselines(cohort_of(frame.assign(extra="a"), {"extra": LEVELS}), "os", level=0.95)
    assert found.tables["km"]
    assert not found.tables["hazard_ratios"]
    assert not found.tables["logrank"]


def test_the_cause_of_an_event_is_no_group_of_patients(frame):
    """Second source: the tables of the cohort whose schema does not know the column."""
    frame["cause"] = np.where(frame["d"] == 0, "none", np.where(frame["age"] > 60.0, "local", "distant"))
    known = {"arm": {"kind": "binary", "levels": ["b", "a"]}}
    cause = {"cause": {"kind": "nominal", "levels": ["none", "local", "distant"]}}
    apart = baselines(cohort_of(frame, known | cause), "os", level=0.95, causes=("cause",))
    assert without_digest(apart) == without_digest(baselines(cohort_of(frame, known), "os", level=0.95))
