"""Screening: R's survival on a reconstruction; resamples of data with and without effects."""

import json
from pathlib import Path

import numpy as np
import pytest

from escc_bayes.study.ici_crt.coding import coded_factors
from escc_bayes.study.screening import screen, stability, wald
from escc_bayes.study.subject import Subject

R = json.loads((Path(__file__).parents[2] / "reference" / "study_tables.json").read_text())


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_tests_of_table_1_are_those_of_r(subject: Subject, endpoint: str) -> None:
    data = subject.followed(endpoint)[0]
    values = np.column_stack([factor.values[0] for factor in coded_factors(subject)])
    found = screen(values, data.time, data.event)
    assert [test.chi2 for test in found.tests] == pytest.approx(R[f"{endpoint}_chi2"], rel=1e-9)
    assert [test.p_value for test in found.tests] == pytest.approx(R[f"{endpoint}_p"], rel=1e-8)
    assert found.p_holm.tolist() == pytest.approx(R[f"{endpoint}_holm"], rel=1e-8)
    assert found.screened == {k for k, p in enumerate(R[f"{endpoint}_p"]) if p <= 0.05}
    assert found.model is not None
    assert found.kept == {k for k, p in zip(found.model.factors, found.model.p_value, strict=True) if p <= 0.05}
    assert found.kept < found.screened


@pytest.mark.parametrize(
    ("endpoint", "roles"),
    [
        ("os", ("stage", "ici_cycles", "sequence", "coverage", "alc_mid", "response")),
        ("pfs", ("stage", "sequence", "alc_post")),
    ],
)
def test_models_of_table_5_are_those_of_r(subject: Subject, endpoint: str, roles: tuple[str, ...]) -> None:
    data = subject.followed(endpoint)[0]
    coded = {factor.role: factor for factor in coded_factors(subject)}
    values = np.column_stack([coded[role].values[0] for role in roles])
    found = wald(values, data.time, data.event, range(len(roles)))
    assert found is not None
    assert found.log_hr == pytest.approx(R[f"{endpoint}_log_hr"], rel=1e-6)
    assert found.se == pytest.approx(R[f"{endpoint}_se"], rel=1e-6)


def test_what_is_strong_is_selected_always_and_noise_as_often_as_its_level() -> None:
    """Over data sets without any effect, one in twenty tests passes; resamples of one data set say how sure it is."""
    rng = np.random.default_rng(4)
    passed = []
    for _ in range(200):
        values = rng.integers(0, 2, (80, 5)).astype(float)
        passed.append(len(screen(values, rng.exponential(10.0, 80), np.ones(80)).screened) / 5)
    assert np.mean(passed) == pytest.approx(0.05, abs=0.025)
    group = rng.integers(0, 2, 80).astype(float)
    time = rng.exponential(10.0, 80) / np.exp(2.0 * group)
    values = np.column_stack([group, rng.integers(0, 2, 80)])
    found = screen(values, time, np.ones(80))
    again = stability(values, time, np.ones(80), found, resamples=50, seed=1)
    assert again.screened[0] == again.kept[0] == 1.0
    assert again.screened[1] < 0.6
    assert 0.3 < again.same <= 1.0


def test_factors_that_determine_each_other_leave_no_model() -> None:
    group = np.repeat([0.0, 1.0], 20)
    time = np.concatenate([np.arange(21.0, 41.0), np.arange(1.0, 21.0)])
    found = screen(np.column_stack([group, group]), time, np.ones(40))
    assert found.screened == {0, 1}
    assert found.model is None
    assert found.kept == frozenset()


def test_patients_without_a_value_are_left_out_of_that_test_alone() -> None:
    rng = np.random.default_rng(8)
    values, time = rng.integers(0, 2, (60, 2)).astype(float), rng.exponential(10.0, 60)
    gone = values.copy()
    gone[:7, 1] = np.nan
    found, whole = screen(gone, time, np.ones(60)), screen(values, time, np.ones(60))
    assert found.tests[0].chi2 == whole.tests[0].chi2
    assert found.tests[1].chi2 == pytest.approx(screen(values[7:], time[7:], np.ones(53)).tests[1].chi2)
