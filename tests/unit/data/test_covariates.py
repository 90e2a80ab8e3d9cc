"""Levels, classes of a count, and the month at which a value becomes known."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import MONTHS_PER, load_schema, schema_from
from escc_bayes.data.shipped import models_folder
from escc_bayes.foundation.errors import CohortError


def cohort_of(values, covariate, *, unit="months", extra=None):
    n = len(values)
    frame = pd.DataFrame({"t": (5.0 + 0.1 * np.arange(n)) / MONTHS_PER[unit], "d": 1, "x": values} | (extra or {}))
    raw = {"time_unit": unit, "endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": {"x": covariate}}
    return read_cohort(frame, schema_from(raw, "x.toml"))


def levels_of(cohort, name="x"):
    covariate = cohort.covariate(name)
    return [None if np.isnan(code) else covariate.schema.levels[int(code)] for code in covariate.values]


@pytest.mark.parametrize("name", ["alc_baseline", "alc_mid", "alc_post"])
def test_alc_on_a_cut_is_medium_in_the_bundled_schema(name):
    # Published classes: high above 1, medium 0.5 to 1 with both ends, low below 0.5 (x 10^9 per litre).
    body = load_schema(models_folder() / "cohorts" / "escc.toml").covariates[name]
    keys = ("kind", "levels", "cuts", "classes", "on_cut")
    covariate = {key: list(v) if isinstance(v := getattr(body, key), tuple) else v for key in keys}
    counts = [0.0, 0.49, 0.5, 0.51, 0.99, 1.0, 1.01, 3.0]
    found = levels_of(cohort_of(counts, covariate))
    assert found == ["low", "low", "medium", "medium", "medium", "medium", "high", "high"]


@pytest.mark.parametrize(("side", "on_the_cut"), [("above", "high"), ("below", "low")])
def test_a_value_on_the_cut_falls_to_the_declared_side(side, on_the_cut):
    covariate = {"kind": "binary", "levels": ["low", "high"], "cuts": [1.0], "classes": ["low", "high"], "on_cut": side}
    assert levels_of(cohort_of([0.9, 1.0, 1.1], covariate)) == ["low", on_the_cut, "high"]


def test_cutting_agrees_with_pandas_cut():
    # pandas.cut with right=False puts a value on an edge into the upper interval, right=True into the lower.
    rng = np.random.default_rng(6)
    counts = np.concatenate([np.round(rng.gamma(3.0, 0.4, 300), 1), [0.5, 1.0, 1.5]])
    edges = [-np.inf, 0.5, 1.0, 1.5, np.inf]
    for side, right in (("above", False), ("below", True)):
        covariate = {
            "kind": "ordered",
            "levels": ["d", "c", "b", "a"],
            "cuts": [0.5, 1.0, 1.5],
            "classes": ["a", "b", "c", "d"],
            "on_cut": side,
        }
        expected = pd.cut(counts, edges, right=right, labels=["a", "b", "c", "d"])
        assert levels_of(cohort_of(counts, covariate)) == list(expected)


def test_a_missing_count_has_no_class():
    covariate = {"kind": "binary", "levels": ["a", "b"], "cuts": [1.0], "classes": ["a", "b"], "on_cut": "above"}
    assert levels_of(cohort_of([0.5, None, 2.0], covariate)) == ["a", None, "b"]


@pytest.mark.parametrize("unit", ["weeks", "months"])
def test_a_number_in_known_at_is_months_whatever_the_unit_of_the_table(unit):
    cohort = cohort_of([1.0, 2.0], {"kind": "continuous", "known_at": 0.75}, unit=unit)
    np.testing.assert_array_equal(cohort.covariate("x").known_at, [0.75, 0.75])
    assert cohort.covariate("x").known_later


def test_a_column_in_known_at_is_in_the_unit_of_the_table_to_the_last_bit():
    # 0.23, 0.43 and 0.83 months as years times 12 come back as floats a little later: past a landmark there.
    months = np.array([0.23, 0.43, 0.83, 0.0])
    assert (months[:3] / 12.0 * 12.0 > months[:3]).all()
    extra = {"when": months / 12.0}
    cohort = cohort_of([1.0, 2.0, 3.0, 4.0], {"kind": "continuous", "known_at": "when"}, unit="years", extra=extra)
    np.testing.assert_array_equal(cohort.covariate("x").known_at, months)


def test_a_value_without_its_month_is_refused_and_a_month_without_a_value_is_not_needed():
    covariate = {"kind": "continuous", "known_at": "when"}
    with pytest.raises(CohortError, match="row 1, column 'when': no time at which 'x' became known.*fill it in"):
        cohort_of([1.0, 2.0], covariate, extra={"when": [1.0, None]})
    cohort = cohort_of([1.0, None], covariate, extra={"when": [1.0, None]})
    np.testing.assert_array_equal(cohort.covariate("x").known_at, [1.0, 0.0])
    with pytest.raises(CohortError, match="column 'whem' is missing; did you mean 'when'"):
        cohort_of([1.0, 2.0], {"kind": "continuous", "known_at": "whem"}, extra={"when": [1.0, 2.0]})


def test_known_at_zero_or_before_is_known_at_time_zero():
    cohort = cohort_of([1.0, 2.0], {"kind": "continuous", "known_at": "when"}, extra={"when": [-2.0, 0.0]})
    assert not cohort.covariate("x").known_later


def test_a_value_known_after_the_last_day_seen_is_refused_with_its_row():
    covariate = {"kind": "continuous", "known_at": "when"}
    with pytest.raises(CohortError, match=r"row 1, column 'when': 'x' became known .* months 40 \(follow-up ends at"):
        cohort_of([1.0, 2.0], covariate, extra={"when": [1.0, 40.0]})


def test_a_value_known_on_the_last_day_or_missing_is_possible():
    covariate = {"kind": "continuous", "known_at": "when"}
    last = cohort_of([1.0, 2.0], covariate, extra={"when": [1.0, 2.0]}).endpoint("os").time.tolist()
    cohort_of([1.0, 2.0], covariate, extra={"when": last})
    cohort_of([1.0, None], covariate, extra={"when": [1.0, 400.0]})


@pytest.mark.parametrize("value", [1e308, -1e200])
def test_a_number_too_large_to_be_squared_is_refused_with_its_row(value):
    # The sum of squares of such a column is infinite, and every likelihood with it.
    frame = pd.DataFrame({"t": [3.0, 5.0, 8.0], "d": [1, 0, 1], "x": [1.0, value, 2.0]})
    schema = schema_from(
        {"endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": {"x": {"kind": "continuous"}}}, "s"
    )
    with pytest.raises(CohortError, match=r"row 1, column 'x': .* is beyond 1e\+100, no measurement"):
        read_cohort(frame, schema)
