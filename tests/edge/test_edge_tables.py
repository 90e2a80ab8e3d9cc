"""Every edge table gets the right number or the right sentence from ``baselines``, ``fit`` and ``compare``."""

import math
import warnings
from functools import cache

import numpy as np
import pytest
from scipy import stats

import escc_bayes as eb
from escc_bayes.classical.baselines import baselines
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.questions import standard_questions
from escc_bayes.foundation.errors import DataWarning, InputError, NotFitForUseWarning, SamplingError
from escc_bayes.spec.reading import spec_from
from tests.edge.tables import TABLES

# Where reading ends, with words of the sentence that says why.
REFUSED = {
    "censored_at_time_0": "rows 0, 1, 2, 3, column 't': a follow-up time must be above 0",
    "event_at_time_0": "rows 0, 1, column 't': a follow-up time must be above 0",
    "one_group_all_at_time_0_plus": "follow-up must end after time zero, was given 1e-09",
    "negative_times": "a follow-up time must be above 0, was given -4.7019",
    "infinite_time": "row 23, column 't': a time must be finite, was given inf",
    "entry_is_exit": "follow-up must end after entry in column 'e'",
    "infinite_number": "row 23, column 'x': infinite values",
    "missing_everywhere": "column 'x': every value is missing",
    "no_rows": "has no rows",
    "weights_of_0": "column 'w': a case weight must be above 0",
}
# Where an analysis ends, of models or of all.
NOT_ANALYSED = {
    "no_event": "no events among 24 patients",
    "one_patient": "1 patients are left to analyse",
    "missing_but_one": "1 patients are left to analyse",
    "one_level": "'g' has the single level 'a'",
    "constant_number": "'x' is 7.5 in all 24 patients",
    "everything_at_once": "'x' is 5 in all 24 patients",
}
ANALYSED = [name for name in TABLES if name not in REFUSED]


@pytest.fixture(autouse=True)
def cautions_are_expected():
    """What the data cannot carry is said by warnings, which are no faults here; numpy's warnings stay errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        warnings.simplefilter("ignore", NotFitForUseWarning)
        yield


def cohort_of(name):
    table = TABLES[name]()
    return read_cohort(table.frame, schema_from(table.schema, name))


def spec_of(name, family="piecewise_exponential"):
    prior = {"normal": [0.0, 1.0]}
    baseline, priors = {"family": family}, {"baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.2}}
    if family == "weibull":
        baseline |= {"reference_time": 12.0}
        priors |= {"log_shape": {"normal": [0.0, 0.5]}}
    else:
        baseline |= {"cuts": [6.0, 12.0], "sd": {"halfnormal": 0.5}}
    structures = {"continuous": "linear"}
    effects = [
        {"covariate": term, "structure": structures.get(c["kind"], "fixed"), "prior": prior}
        for term, c in TABLES[name]().covariates.items()
    ]
    raw = {"name": "m", "outcome": {"endpoint": "os"}, "baseline": baseline, "priors": priors}
    return spec_from(raw | ({"effect": effects} if effects else {}), name)


@cache
def tables_of(name):
    return baselines(cohort_of(name), "os", level=0.95).tables


def ratio_of(name, method, term):
    return next(r for r in tables_of(name)["hazard_ratios"] if (r["method"], r["term"]) == (method, term))


@pytest.mark.parametrize("name", REFUSED)
def test_reading_says_which_rows_and_why(name):
    with pytest.raises(InputError) as refused:
        cohort_of(name)
    assert REFUSED[name] in str(refused.value)


@pytest.mark.parametrize("name", [name for name in NOT_ANALYSED if name in ("no_event", "one_patient")])
def test_baselines_without_an_analysis_say_why(name):
    with pytest.raises(InputError) as refused:
        tables_of(name)
    assert NOT_ANALYSED[name] in str(refused.value)


@pytest.mark.parametrize("name", [name for name in ANALYSED if name not in ("no_event", "one_patient")])
def test_baselines_have_a_number_or_a_reason_in_every_row(name):
    for table, value in (("hazard_ratios", "hr"), ("landmarks", "survival"), ("rmst", "rmst"), ("medians", "median")):
        for row in tables_of(name)[table]:
            assert not math.isnan(row[value]) or row["note"], (table, row)
            for lower, upper in (("lower", "upper"), ("lower_exact", "upper_exact")):
                known = lower in row and not math.isnan(row[lower]) and not math.isnan(row[value])
                assert not known or row[lower] <= row[value] * (1 + 1e-9), (table, row)
                assert not known or not row[value] * (1 - 1e-9) > row[upper], (table, row)


@pytest.mark.parametrize("family", ["piecewise_exponential", "weibull"])
@pytest.mark.parametrize("name", [name for name in ANALYSED if name not in NOT_ANALYSED])
def test_fits_answer_every_standard_question_beside_each_other(name, family):
    cohort, spec = cohort_of(name), spec_of(name, family)
    posterior = eb.fit(spec, cohort, engine="laplace", seed=1, draws=200)
    classical = eb.fit_classical(spec, cohort)
    both = eb.compare(standard_questions(posterior.plan), posterior, classical, level=0.95)
    assert repr(posterior)
    assert repr(classical)
    for e in both.estimates:
        assert not math.isnan(e.value) or e.note, e
        if e.method.startswith("bayes"):
            assert e.lower <= e.value <= e.upper, e
        if e.estimand == "survival" and not math.isnan(e.value):
            assert 0.0 <= e.value <= 1.0 + 1e-12, e


@pytest.mark.parametrize("name", [name for name in NOT_ANALYSED if name in ANALYSED])
def test_models_that_cannot_be_fitted_say_why(name):
    with pytest.raises(InputError) as refused:
        eb.fit(spec_of(name), cohort_of(name), engine="laplace", seed=1)
    assert NOT_ANALYSED[name] in str(refused.value)


@pytest.mark.parametrize("name", ["one_event", "factor_separates", "number_orders_time", "huge_skew", "late_entry"])
def test_nuts_runs_too(name):
    posterior = eb.fit(spec_of(name), cohort_of(name), engine="nuts", seed=1, draws=40, tune=60, chains=2)
    assert all(e.lower < e.value < e.upper for e in posterior.hazard_ratios(level=0.95))


@pytest.mark.parametrize(
    ("name", "method", "term", "words"),
    [
        ("one_event", "cox", "g", "no finite estimate: a coefficient is infinite: no events in 'a' of 'g'"),
        ("one_event_last", "cox", "g", "not estimable: nobody at risk at an event differs"),
        ("one_event_last", "cox_firth", "g", "the patients at risk do not differ in a column"),
        ("one_event_last", "weibull_mle", "g", "not estimable: the shape runs to infinity"),
        ("two_patients", "weibull_mle", "g", "not estimable: the shape runs to infinity"),
        ("factor_separates", "weibull_mle", "g", "a coefficient is infinite: no events in 'b' of 'g'"),
        ("reference_has_no_event", "cox", "g", "a coefficient is infinite: no events in 'a' of 'g'"),
        ("two_levels_without_events", "cox", "g", "no events in 'b' and in 'a' of 'g'"),
        ("number_orders_time", "cox", "x", "order in time: at every event those who have it have the highest 'x'"),
        ("level_dies_first", "cox", "g", "order in time"),
        ("collinear_levels", "cox", "g", "the columns 'g[b]' and 'h[b]' determine each other"),
        ("collinear_numbers", "weibull_mle", "x", "the columns 'x' and 'y' determine each other"),
        ("more_columns_than_patients", "cox_firth", "x0", "8 columns for 6 patients, who tell at most 5 apart; drop 3"),
        ("sizes_of_1e12_and_1e-9", "cox", "x", "per 1 is 1e-12 standard deviations of 'x': set its scale"),
        ("late_entry", "cox_firth", "g", "not available: Firth's penalty is not defined here for delayed entry"),
    ],
)
def test_the_true_reason_is_named(name, method, term, words):
    assert words in ratio_of(name, method, term)["note"]


@pytest.mark.parametrize(
    "name", ["one_event", "factor_separates", "number_orders_time", "two_levels_without_events", "level_dies_first"]
)
def test_separated_columns_have_no_degree_of_freedom_in_the_test_of_proportionality(name):
    for row in tables_of(name)["ph_test"]:
        assert (row["df"], math.isnan(row["p_value"]), row["note"][:11]) == (0, True, "not tested:")


def test_order_in_time_has_a_finite_firth_estimate_and_its_limits():
    row = ratio_of("number_orders_time", "cox_firth", "x")
    assert 1.0 < row["lower"] < row["hr"] < row["upper"] < math.inf


def test_sizes_change_no_answer():
    """Columns of sizes 1e12 and 1e-9 have the P values of the same numbers at size 1; months of 1e12 as well."""
    table = TABLES["sizes_of_1e12_and_1e-9"]()
    table.columns["x"], table.columns["y"] = table.columns["x"] / 1e12, table.columns["y"] * 1e9
    plain = baselines(read_cohort(table.frame, schema_from(table.schema, "plain")), "os", level=0.95).tables
    for row, same in zip(tables_of("sizes_of_1e12_and_1e-9")["hazard_ratios"], plain["hazard_ratios"], strict=True):
        assert row["p_value"] == pytest.approx(same["p_value"], rel=1e-6)
    for name in ("times_of_1e12", "times_of_1e-9"):
        assert ratio_of(name, "cox", "g")["hr"] == pytest.approx(ratio_of("all_entered_late", "cox", "g")["hr"])


def test_everyone_at_one_month_is_a_binomial():
    """Of 24 patients seen at month 6, the exact limits are those of scipy's binomial test."""
    row = next(r for r in tables_of("events_at_the_end_of_follow_up")["km"] if r["term"] == "")
    alive = int(24 - row["events"])
    expected = stats.binomtest(alive, 24).proportion_ci(0.95, method="exact")
    assert row["upper_exact"] == pytest.approx(expected.high)
    # Nobody is followed beyond: the lower limit is that of one death more among nobody, 0.
    assert row["lower_exact"] == 0.0
    everyone = tables_of("all_events_at_one_time")["km"][0]
    assert (everyone["survival"], everyone["lower_exact"]) == (0.0, 0.0)


def test_late_entry_of_everyone_is_conditional_and_entry_changes_no_ratio():
    medians = {r["group"]: r for r in tables_of("all_entered_late")["medians"]}
    assert all("conditional on surviving 60.0 months" in r["note"] for r in medians.values())
    assert medians["all"]["median"] - 60.0 == pytest.approx(
        next(r["median"] for r in tables_of("collinear_levels")["medians"] if r["group"] == "all")
    )


def test_emptied_risk_set_leaves_the_curve_of_those_who_came_later():
    rows = [r for r in tables_of("risk_set_empties")["km"] if r["term"] == ""]
    assert rows[0]["at_risk"] == 22
    assert np.prod([1 - r["events"] / r["at_risk"] for r in rows]) == pytest.approx(rows[-1]["survival"])
    assert all("2 patients followed no further do not count" in r["note"] for r in rows)


def test_repeated_rows_are_counted_four_times():
    row = next(r for r in tables_of("repeated_rows")["medians"] if r["group"] == "all")
    assert row["n"] == 24


def test_one_patient_who_differs_is_one_of_24_arrangements():
    row = tables_of("level_with_one_patient")["logrank"][0]
    assert row["permutation"].endswith("permutation, all 24 arrangements")
    assert row["p_permutation"] * 24 == pytest.approx(round(row["p_permutation"] * 24))


@pytest.mark.parametrize("name", ["all_entered_late", "risk_set_empties"])
def test_a_curve_that_is_conditional_contradicts_no_prior(name):
    sentence = eb.fit(spec_of(name), cohort_of(name), engine="laplace", seed=1, draws=200).prior_conflict.sentence()
    assert "not from time zero on" in sentence


def test_columns_of_1e11_that_repeat_each_other_end_a_fit_with_a_sentence():
    table = TABLES["collinear_numbers"]()
    table.columns["x"] = table.columns["y"] = table.columns["x"] * 1e11
    cohort = read_cohort(table.frame, schema_from(table.schema, "large"))
    with pytest.raises(SamplingError, match="flat to rounding"):
        eb.fit(spec_of("collinear_numbers"), cohort, engine="laplace", seed=1)
