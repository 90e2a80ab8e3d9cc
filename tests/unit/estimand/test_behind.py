"""A group's numbers are judged by the group's own follow-up: patients counted by hand, whichever method answers."""

import numpy as np
import pandas as pd
import pytest

from escc_bayes.bayes.posterior.fit import fit
from escc_bayes.classical.baselines import baselines
from escc_bayes.classical.fit import fit_classical
from escc_bayes.compare.comparison import compare
from escc_bayes.data.cohort import read_cohort
from escc_bayes.data.schema import schema_from
from escc_bayes.estimand.behind import beyond_follow_up, counted
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt
from escc_bayes.spec.reading import spec_from

QUESTIONS = [
    SurvivalAt(6.0, "g", "b"),
    SurvivalAt(12.0, "g", "b"),
    SurvivalAt(12.0, "g", "b", "everyone"),
    SurvivalAt(12.0, "g", "a"),
    MedianSurvival("g", "b"),
    RMSTDifference("g", "b", "a", 24.0),
    RMSTDifference("g", "b", "a", 8.0),
]


@pytest.fixture(scope="module")
def cohort():
    """Thirty patients in a, followed to month 40; twenty in b, nobody beyond month 9.5."""
    rng = np.random.default_rng(4)
    last = np.concatenate((40.0 - 0.01 * np.arange(30), 9.5 - 0.01 * np.arange(20)))
    lived = np.concatenate(([99.0], rng.exponential(15.0, 29), [99.0], rng.exponential(15.0, 19)))
    times, died, group = np.minimum(lived, last), lived < last, np.repeat(["a", "b"], [30, 20])
    frame = pd.DataFrame({"i": np.arange(50), "t": times.round(3), "d": died.astype(int), "g": group})
    levels = {"g": {"kind": "binary", "levels": ["a", "b"]}}
    raw = {"id": "i", "endpoints": {"os": {"time": "t", "event": "d"}}, "covariates": levels}
    return read_cohort(frame, schema_from(raw, "test"))


@pytest.fixture(scope="module")
def spec():
    prior = {"normal": [0.0, 1.0]}
    raw = {
        "name": "m",
        "outcome": {"endpoint": "os"},
        "baseline": {"family": "piecewise_exponential", "cuts": [6.0, 12.0], "sd": {"halfnormal": 0.5}},
        "priors": {"baseline_survival": {"at": 12.0, "median": 0.6, "lower": 0.3}},
        "effect": [{"covariate": "g", "structure": "fixed", "prior": prior}],
    }
    return spec_from(raw, "m")


@pytest.fixture(scope="module")
def answers(cohort, spec):
    posterior, classical = fit(spec, cohort, seed=1, engine="laplace", draws=500), fit_classical(spec, cohort)
    found = compare(QUESTIONS, posterior, classical, level=0.95).estimates
    return {(e.estimand, e.time, e.contrast, e.population, e.method): e for e in found}


def events_of(cohort, group):
    inside = cohort.covariates["g"].values == ("a", "b").index(group)
    return int(cohort.endpoints["os"].event[inside].sum())


def test_every_row_of_a_group_has_its_patients_events_and_follow_up(answers, cohort):
    for (_, _, contrast, _, _), e in answers.items():
        if contrast in ("a", "b"):
            assert (e.n, e.events) == ({"a": 30, "b": 20}[contrast], events_of(cohort, contrast))
            assert e.last_follow_up == {"a": 40.0, "b": 9.5}[contrast]


def test_a_contrast_has_both_groups(answers, cohort):
    for (estimand, *_), e in answers.items():
        if estimand == "rmst_difference":
            assert (e.n, e.events, e.last_follow_up) == (50, events_of(cohort, "a") + events_of(cohort, "b"), 9.5)
            assert e.groups.startswith(f"b: {events_of(cohort, 'b')} events in 20, followed to 9.5 months; a: ")


def test_numbers_beyond_the_group_say_so_by_every_method_and_those_within_do_not(answers):
    for (estimand, time, contrast, _, method), e in answers.items():
        beyond = contrast != "a" and (time > 9.5 if estimand != "median" else e.upper > 9.5)
        assert ("beyond the last follow-up of b, 9.5 months" in e.note) == beyond, (estimand, time, contrast, method)
        if beyond and method != "km":
            assert e.note.endswith("extrapolated")
            assert e.lower < e.value < e.upper


def test_kaplan_meier_beyond_the_group_is_absent_and_the_table_goes_on(answers):
    for key in (("survival", 12.0, "b", "group", "km"), ("rmst_difference", 24.0, "b vs a", "group", "km")):
        assert np.isnan(answers[key].value)
        assert answers[key].note.startswith("beyond the last follow-up of b, 9.5 months")
    assert answers["rmst_difference", 8.0, "b vs a", "group", "km"].note == ""


def test_a_limit_alone_beyond_follow_up_is_named(cohort, spec):
    rows = fit_classical(spec, cohort).plan.rows
    asked = MedianSurvival("g", "b")
    words = "beyond the last follow-up of b, 9.5 months: extrapolated"
    assert beyond_follow_up(asked, (8.0, 6.0, 9.4), rows) == ""
    assert beyond_follow_up(asked, (8.0, 6.0, 12.0), rows) == f"upper limit {words}"
    assert beyond_follow_up(asked, (11.0, 10.0, 12.0), rows) == f"median and lower limit and upper limit {words}"


def test_hazard_ratios_count_the_model(cohort, spec):
    rows = fit_classical(spec, cohort).plan.rows
    counts = counted(HazardRatio("g", "b", "a"), rows)
    assert (counts.n, counts.events, counts.last_follow_up) == (50, rows.events, 40.0)


def test_tables_of_baselines_have_the_same_columns(cohort):
    tables = baselines(cohort, "os", level=0.95).tables
    for name, events in (("km", "group_events"), ("landmarks", "events"), ("medians", "events"), ("rmst", "events")):
        for row in (row for row in tables[name] if row["group"] == "b"):
            assert (row["n"], row[events], row["last_follow_up"]) == (20, events_of(cohort, "b"), 9.5)
    assert all("not known" in r["note"] for r in tables["landmarks"] if r["group"] == "b")
