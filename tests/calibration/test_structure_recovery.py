"""Truths drawn from the prior are held by 95 % intervals, structure by structure (``make calibrate``)."""

import json

import pytest

from tests.calibration.structure_recovery import EFFECTS, SIZES, STORED, recovered


def assert_held(found):
    """95 % intervals hold 90 to 99 %, of each contrast in 100 cohorts or more, 17 of 20; no error on average."""
    assert found["not_fit_for_use"] == 0
    each = found["coverage"].values()
    assert min(each) >= (0.90 if found["cohorts"] >= 100 else 0.85), found["coverage"]
    # Of 20 cohorts one contrast may by chance be held always; all of them together would be too wide.
    assert max(each) <= (0.99 if found["cohorts"] >= 100 else 1.0), found["coverage"]
    assert 0.90 <= sum(each) / len(each) <= 0.99
    # The mean of m errors of SD 1 has SD 1 / sqrt(m).
    most = 3.5 / found["cohorts"] ** 0.5
    assert all(abs(error) < most for error in found["mean_error_in_sd"].values()), found["mean_error_in_sd"]


@pytest.mark.parametrize("patients", SIZES)
@pytest.mark.parametrize("structure", EFFECTS)
def test_the_stored_study_holds_its_truths(structure, patients):
    assert_held(json.loads(STORED.read_text())[structure][str(patients)])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.EsccBayesWarning")
@pytest.mark.parametrize("patients", SIZES)
@pytest.mark.parametrize("structure", EFFECTS)
def test_the_study_repeats(structure, patients):
    found, stored = recovered(structure, patients), json.loads(STORED.read_text())[structure][str(patients)]
    assert found["coverage"] == pytest.approx(stored["coverage"], abs=0.021)
