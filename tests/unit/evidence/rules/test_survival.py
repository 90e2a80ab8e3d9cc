"""Survival, medians, events and nesting."""

import dataclasses
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from escc_bayes.evidence.rules.cox_simulation import score_and_information, standard_errors
from escc_bayes.evidence.rules.endpoint_order import progression_before_death
from escc_bayes.evidence.rules.event_balance import events_against_failures
from escc_bayes.evidence.rules.medians import medians_against_ratio
from escc_bayes.evidence.rules.monotone import monotone_survival
from escc_bayes.evidence.rules.nesting import least_error, nested_covariate
from tests.unit.evidence.studies import counts, severities, study_of


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"median": "14.6", "landmarks": [{"t": 12, "s": "0.627"}, {"t": 24, "s": "0.302"}]}, []),
        ({"landmarks": [{"t": 12, "s": "0.60"}, {"t": 24, "s": "0.62"}]}, ["grave"]),
        ({"landmarks": [{"t": 24, "s": "0.605"}, {"t": 12, "s": "0.61"}]}, []),
        ({"median": "16.7", "landmarks": [{"t": 24, "s": "0.696"}]}, ["grave"]),
        ({"median": "16.7", "landmarks": [{"t": 12, "s": "0.45"}]}, ["grave"]),
        ({"median_reached": False, "landmarks": [{"t": 24, "s": "0.45"}]}, ["grave"]),
        ({"median": 12, "landmarks": [{"t": 12, "s": "0.45"}]}, []),
    ],
)
def test_survival_never_rises_and_passes_one_half_at_the_median(curve, expected):
    assert severities(monotone_survival(study_of(survivals=[curve]))) == expected


def test_one_curve_has_one_value_at_a_time():
    """Two entries of one arm, such as text and table; those of other patients may differ."""
    text, table = ({"n": 50, "landmarks": [{"t": 24, "s": s}]} for s in ("0.61", "0.52"))
    assert severities(monotone_survival(study_of(survivals=[text, table]))) == ["grave"]
    assert list(monotone_survival(study_of(survivals=[text, table | {"n": 48}]))) == []


@pytest.mark.parametrize(
    ("pfs", "os", "expected"),
    [
        ({"median": "9.0"}, {"median": "14.0"}, []),
        ({"median": "18.0"}, {"median": "14.0"}, ["grave"]),
        ({"median_reached": False}, {"median": "38.0"}, ["grave"]),
        ({"median": "9.0"}, {"median_reached": False}, []),
        ({"landmarks": [{"t": 12, "s": "0.90"}]}, {"landmarks": [{"t": 12, "s": "0.80"}]}, ["grave"]),
        ({"landmarks": [{"t": 12, "s": "0.805"}]}, {"landmarks": [{"t": 12, "s": "0.80"}]}, []),
        ({"median": "15.0", "cutoff": "final"}, {"median": "14.0", "cutoff": "interim"}, []),
        ({"median": "15.0", "n": 40}, {"median": "14.0", "n": 44}, []),  # other patients
        ({"median": "25.0", "n": 40}, {"median": "14.0"}, ["grave"]),
        ({"median": "18.0", "arm": "ALL"}, {"median": "14.0"}, ["grave"]),
    ],
)
def test_pfs_never_exceeds_os(pfs, os, expected):
    study = study_of(survivals=[{"endpoint": "PFS", **pfs}, {"endpoint": "OS", **os}])
    assert severities(progression_before_death(study)) == expected


def test_estimates_of_pfs_may_cross_os_late_and_where_few_progress():
    """Five patients: A progresses at 1 and dies at 3, B is censored at 2; C, D and E die at 5: by hand.

    PFS falls at 1 to 4/5 and keeps it (B leaves), OS falls at 3 to 3/4; no PFS time exceeds its OS time.
    """
    pfs = {"endpoint": "PFS", "n": 5, "landmarks": [{"t": 4, "s": "0.800"}], "followup_median": "2.0"}
    os = {"endpoint": "OS", "n": 5, "landmarks": [{"t": 4, "s": "0.750"}]}
    assert severities(progression_before_death(study_of(survivals=[pfs, os]))) == ["ask the authors"]
    many = [{**curve, "n": 5000} for curve in (pfs, os)]
    assert severities(progression_before_death(study_of(survivals=many))) == ["grave"]


def test_pfs_never_exceeds_what_os_was_before():
    """0.70 at 24 months is above OS at 12 months, although no time is printed for both."""
    curves = [{"endpoint": "PFS", "landmarks": [{"t": 24, "s": "0.70"}]}, {"landmarks": [{"t": 12, "s": "0.60"}]}]
    (found,) = progression_before_death(study_of(survivals=curves))
    assert found.grave
    assert "exceeds OS 0.60 at 12 months" in found.statement
    median = [{"endpoint": "PFS", "landmarks": [{"t": 24, "s": "0.70"}]}, {"median": "12.0"}]
    assert severities(progression_before_death(study_of(survivals=median))) == ["grave"]


def test_medians_may_cross_by_a_little_in_few_patients():
    curves = [{"endpoint": "PFS", "n": 22, "median": "17.7", "events": 21}, {"n": 22, "median": "16.0", "events": 20}]
    assert severities(progression_before_death(study_of(survivals=curves))) == ["ask the authors"]
    curves[0]["median"] = "31.7"
    assert severities(progression_before_death(study_of(survivals=curves))) == ["grave"]


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"events": 0, "landmarks": [{"t": 12, "s": "0.90"}]}, ["grave"]),
        ({"events": 0, "landmarks": [{"t": 12, "s": "1.00"}]}, []),
        ({"events": 51, "median_reached": False}, ["grave"]),  # S falls to 0.49 at most
        ({"events": 50, "median_reached": False}, []),
        # Half of 100 x 0.595 events by 24 months are needed if half were followed to 30: 30.
        ({"events": 29, "followup_median": "30.0", "landmarks": [{"t": 24, "s": "0.40"}]}, ["grave"]),
        ({"events": 30, "followup_median": "30.0", "landmarks": [{"t": 24, "s": "0.40"}]}, []),
        ({"events": 29, "followup_median": "20.0", "landmarks": [{"t": 24, "s": "0.40"}]}, []),
    ],
)
def test_events_of_a_curve(curve, expected):
    assert severities(events_against_failures(study_of(survivals=[{"n": 100, **curve}]))) == expected


def test_events_before_the_first_censoring_are_the_fall_of_survival():
    """100 x (1 - 0.405) = 59.5 deaths by 24 months if everyone was followed so long."""
    followup = counts(followup_min=24)
    for events, expected in ((59, ["grave"]), (60, [])):
        curve = {"n": 100, "events": events, "landmarks": [{"t": 24, "s": "0.40"}]}
        assert severities(events_against_failures(study_of(survivals=[curve], numbers=followup))) == expected


def test_events_that_are_no_failures_are_deaths():
    """53 - 33 = 20 of 31 deaths leave room (TCGA-ESCC); 53 - 20 = 33 do not."""
    curves = [{"n": 95, "events": 31}, {"endpoint": "PFS", "n": 95, "events": 53}]
    room = study_of(n=95, survivals=curves, numbers=counts(failures_n=33))
    assert list(events_against_failures(room)) == []
    none = study_of(n=95, survivals=curves, numbers=counts(failures_n=20))
    (found,) = events_against_failures(none)
    assert found.grave
    assert "53 - 20 = 33 deaths without failure of 31 deaths" in found.arithmetic


def test_deaths_after_failure_may_be_censored_where_all_deaths_are_printed():
    """50 - 30 = 20 of 34 deaths leave 14; 30 x 0.66 = 19 after failure could be 10 with half censored."""
    after = {"arm": "failed", "endpoint": "OS after failure", "n": 30, "landmarks": [{"t": 12, "s": "0.333"}]}
    curves = [{"n": 80, "events": 34}, {"endpoint": "PFS", "n": 80, "events": 50}, after]
    study = study_of(n=80, survivals=curves, numbers=counts(failures_n=30))
    assert severities(events_against_failures(study)) == ["ask the authors"]
    after["landmarks"] = [{"t": 12, "s": "0.010"}]  # 29 after failure, 14.5 at least
    study = study_of(n=80, survivals=curves, numbers=counts(failures_n=30))
    assert severities(events_against_failures(study)) == ["grave", "grave"]


def test_all_deaths_are_implied_only_beyond_the_median_follow_up():
    """Many may die after the last printed rate, so that deaths after failure need no room before it."""
    precise = [{"endpoint": "PFS", "value": "2.00", "p": "0.002", "n_hazard_of": 50, "n_versus": 50}]
    study = failing(40, estimates=precise)
    early = dataclasses.replace(
        study, survivals=tuple(dataclasses.replace(c, followup_median=Decimal(40)) for c in study.survivals)
    )
    assert severities(events_against_failures(early)) == ["ask the authors", "ask the authors"]


def test_medians_against_ratio_is_a_notice_of_two_groups_only():
    """ln(38 / 13.7) = 1.02 against ln(1 / 0.7) = 0.36: a factor of 1.9 apart."""
    arms = [{"arm": "a", "n": 32, "median": "38.0"}, {"arm": "b", "n": 32, "median": "13.7"}]
    contrast = {"value": "0.70", "n_hazard_of": 32, "n_versus": 32}
    assert severities(medians_against_ratio(study_of(survivals=arms, estimates=[contrast]))) == ["notice"]
    near = contrast | {"value": "0.45"}
    assert list(medians_against_ratio(study_of(survivals=arms, estimates=[near]))) == []


def failing(failures, **more):
    curves = [
        {"n": 100, "landmarks": [{"t": 36, "s": "0.600"}], "followup_median": "30.0"},
        {"endpoint": "PFS", "n": 100, "landmarks": [{"t": 24, "s": "0.300"}], "followup_median": "30.0"},
        {"arm": "failed", "endpoint": "OS after failure", "n": failures, "landmarks": [{"t": 24, "s": "0.30"}]},
    ]
    return study_of(n=100, survivals=curves, numbers=counts(failures_n=failures), **more)


def test_failures_fewer_than_pfs_events():
    """100 x 0.7 = 70 PFS events; 40 failures leave 30 deaths without failure; 41 deaths leave 11, but 40 x 0.7 = 27."""
    assert severities(events_against_failures(failing(40))) == [
        "ask the authors",
        "ask the authors",
    ]  # censored before, perhaps
    assert list(events_against_failures(failing(70))) == []
    precise = [{"endpoint": "PFS", "value": "2.00", "p": "0.002", "n_hazard_of": 50, "n_versus": 50}]
    assert severities(events_against_failures(failing(40, estimates=precise))) == ["grave", "grave"]


def test_simulated_standard_errors_are_those_of_lifelines():
    """One cohort without ties, 30 events of 60; lifelines 0.30.3 fits the same rows."""
    rng = np.random.default_rng(3)
    covariates = np.repeat([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], [20, 20, 20], axis=0)
    times = rng.exponential(np.exp(-covariates @ [0.5, 0.5]))
    order = np.argsort(times)
    frame = pd.DataFrame(covariates[order], columns=["a", "b"]).assign(time=times[order], event=np.arange(60) < 30)
    fitted = CoxPHFitter().fit(frame, "time", "event", fit_options={"precision": 1e-10})
    score, information = score_and_information(covariates[order][None], fitted.params_.to_numpy()[None], 30)
    assert np.abs(score).max() < 1e-5
    errors = np.sqrt(np.diag(np.linalg.inv(information[0])))
    assert errors == pytest.approx(fitted.standard_errors_.to_numpy(), rel=1e-5)


def test_standard_errors_tend_to_the_information_bound():
    """No effects, all 3000 patients have the event: SE^2 = 1 / (D var(b) (1 - phi^2)); Monte Carlo error below 1 %."""
    cells = np.array([1000, 1000, 1000])
    simulated = standard_errors(cells, np.zeros(2), events=3000, cohorts=20, seed=1)
    phi_squared = (1 / 3 - 2 / 9) ** 2 / (2 / 9) ** 2
    expected = 1 / np.sqrt(3000 * (2 / 9) * (1 - phi_squared))
    assert np.median(simulated) == pytest.approx(expected, rel=0.02)


def nested(p, joint=23):
    estimates = [
        {"effect": "stage", "value": "2.25", "p": "0.030", "adjusted": True},
        {"effect": "coverage", "value": "2.96", "p": p, "adjusted": True, "coding_note": "partial against all"},
    ]
    numbers = counts(stage_IV_n=29, stage_IV_with_partial_n=joint, partial_n=23)
    curve = {"n": 79, "landmarks": [{"t": 36, "s": "0.562"}]}
    return study_of(n=79, estimates=estimates, numbers=numbers, survivals=[curve])


def test_nested_covariate_cannot_be_precise():
    assert severities(nested_covariate(nested("0.004"))) == ["grave"]
    assert list(nested_covariate(nested("0.10"))) == []  # SE 0.66: as simulated
    assert list(nested_covariate(nested("0.004", joint=12))) == []  # not nested
    study = nested("0.004")
    one_class = tuple(
        dataclasses.replace(number, value=Decimal(23)) if number.name == "stage_IV_n" else number
        for number in study.numbers
    )
    assert list(nested_covariate(dataclasses.replace(study, numbers=one_class))) == []  # one covariate twice
    alone = tuple(dataclasses.replace(estimate, adjusted=False) for estimate in study.estimates)
    assert list(nested_covariate(dataclasses.replace(study, estimates=alone))) == []  # two models, not one


@pytest.mark.parametrize(
    ("only", "both", "events"), [(6, 23, 35), (6, 23, 20), (23, 6, 20), (40, 30, 20), (40, 30, 21), (1, 50, 9)]
)
def test_least_standard_error_is_that_of_the_best_split_of_events(only, both, events):
    """Second source: every way to share the events."""
    tried = [
        np.sqrt(1 / d + 1 / min(both, events - d)) for d in range(1, min(only, events - 1) + 1) if min(both, events - d)
    ]
    assert least_error(only, both, events) == pytest.approx(min(tried))


def test_simulated_errors_stay_above_the_bound():
    """400 cohorts of 50/6/23 patients with 35 events: none falls below sqrt(1/6 + 1/23) but by ties of the bound."""
    simulated = standard_errors(np.array([50, 6, 23]), np.log([2.25, 2.96]), events=35, cohorts=400, seed=5)
    assert simulated.min() >= least_error(6, 23, 35)
