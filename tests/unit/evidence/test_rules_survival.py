"""Survival, medians, events and nesting."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from escc_bayes.evidence.rules.cox_simulation import score_and_information, standard_errors
from escc_bayes.evidence.rules.endpoint_order import progression_before_death
from escc_bayes.evidence.rules.event_balance import events_against_failures
from escc_bayes.evidence.rules.medians import medians_against_ratio
from escc_bayes.evidence.rules.monotone import monotone_survival
from escc_bayes.evidence.rules.nesting import nested_covariate
from tests.unit.evidence.studies import counts, severities, study_of


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"median": "14.6", "landmarks": [{"t": 12, "s": "0.627"}, {"t": 24, "s": "0.302"}]}, []),
        ({"landmarks": [{"t": 12, "s": "0.60"}, {"t": 24, "s": "0.62"}]}, ["contradiction"]),
        ({"landmarks": [{"t": 24, "s": "0.605"}, {"t": 12, "s": "0.61"}]}, []),
        ({"median": "16.7", "landmarks": [{"t": 24, "s": "0.696"}]}, ["contradiction"]),
        ({"median": "16.7", "landmarks": [{"t": 12, "s": "0.45"}]}, ["contradiction"]),
        ({"median_reached": False, "landmarks": [{"t": 24, "s": "0.45"}]}, ["contradiction"]),
        ({"median": 12, "landmarks": [{"t": 12, "s": "0.45"}]}, []),
    ],
)
def test_survival_never_rises_and_passes_one_half_at_the_median(curve, expected):
    assert severities(monotone_survival(study_of(survivals=[curve]))) == expected


@pytest.mark.parametrize(
    ("pfs", "os", "expected"),
    [
        ({"median": "9.0"}, {"median": "14.0"}, []),
        ({"median": "15.0"}, {"median": "14.0"}, ["contradiction"]),
        ({"median_reached": False}, {"median": "38.0"}, ["contradiction"]),
        ({"median": "9.0"}, {"median_reached": False}, []),
        ({"landmarks": [{"t": 12, "s": "0.82"}]}, {"landmarks": [{"t": 12, "s": "0.80"}]}, ["contradiction"]),
        ({"landmarks": [{"t": 12, "s": "0.805"}]}, {"landmarks": [{"t": 12, "s": "0.80"}]}, []),
        ({"median": "15.0", "cutoff": "final"}, {"median": "14.0", "cutoff": "interim"}, []),
    ],
)
def test_pfs_never_exceeds_os(pfs, os, expected):
    study = study_of(survivals=[{"endpoint": "PFS", **pfs}, {"endpoint": "OS", **os}])
    assert severities(progression_before_death(study)) == expected


def test_medians_against_ratio_is_a_notice_of_two_groups_only():
    """ln(38 / 13.7) = 1.02 against ln(1 / 0.7) = 0.36: a factor of 1.9 apart."""
    arms = [{"arm": "a", "n": 32, "median": "38.0"}, {"arm": "b", "n": 32, "median": "13.7"}]
    contrast = {"value": "0.70", "n_hazard_of": 32, "n_versus": 32}
    assert severities(medians_against_ratio(study_of(survivals=arms, estimates=[contrast]))) == ["notice"]
    near = contrast | {"value": "0.45"}
    assert list(medians_against_ratio(study_of(survivals=arms, estimates=[near]))) == []


def failing(failures, **more):
    curves = [
        {"n": 100, "landmarks": [{"t": 36, "s": "0.600"}], "followup_median": "40.0"},
        {"endpoint": "PFS", "n": 100, "landmarks": [{"t": 24, "s": "0.300"}], "followup_median": "40.0"},
        {"arm": "failed", "endpoint": "OS after failure", "n": failures, "landmarks": [{"t": 24, "s": "0.30"}]},
    ]
    return study_of(n=100, survivals=curves, numbers=counts(failures_n=failures), **more)


def test_failures_fewer_than_pfs_events():
    """100 x 0.7 = 70 PFS events; 40 failures leave 30 deaths without failure; 41 deaths leave 11, but 40 x 0.7 = 27."""
    assert severities(events_against_failures(failing(40))) == ["notice", "contradiction"]
    assert list(events_against_failures(failing(70))) == []
    precise = [{"endpoint": "PFS", "value": "2.00", "p": "0.003", "n_hazard_of": 50, "n_versus": 50}]
    assert severities(events_against_failures(failing(40, estimates=precise))) == ["contradiction", "contradiction"]


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
    assert severities(nested_covariate(nested("0.004"))) == ["contradiction"]
    assert list(nested_covariate(nested("0.10"))) == []  # SE 0.66: as simulated
    assert list(nested_covariate(nested("0.004", joint=12))) == []  # not nested
