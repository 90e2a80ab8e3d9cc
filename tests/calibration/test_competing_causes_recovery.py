"""The hazards of competing causes are recovered (``make calibrate``; about a minute)."""

import json

import pytest

from tests.calibration.competing_causes_recovery import CAUSES, INCIDENCES, SIZES, STORED, recovered

NAMES = (*CAUSES, *INCIDENCES)


def assert_recovered(found, patients):
    """At 400 patients bias within 3 Monte Carlo errors; 95 % intervals cover 90 to 99 % of 100 cohorts."""
    assert found["not_fit_for_use"] == 0
    for name in NAMES:
        if patients == 400:
            assert abs(found[name]["bias"]) <= 3 * found[name]["mc_error"], name
        assert 0.90 <= found[name]["coverage"] <= 0.99, name


@pytest.mark.parametrize("patients", SIZES)
def test_the_stored_study_recovers_every_hazard(patients):
    assert_recovered(json.loads(STORED.read_text())[str(patients)], patients)


@pytest.mark.slow
@pytest.mark.parametrize("patients", SIZES)
def test_the_study_repeats(patients):
    found = recovered(patients)
    assert_recovered(found, patients)
    stored = json.loads(STORED.read_text())[str(patients)]
    for name in NAMES:
        assert found[name]["bias"] == pytest.approx(stored[name]["bias"], abs=1e-6)
