"""The hazards of several transitions are recovered, also where they are shrunk together (``make calibrate``)."""

import json

import numpy as np
import pytest

from tests.calibration.transition_recovery import SIZES, STORED, STUDIES, recovered
from tests.calibration.transitions import KINDS, Truth

STORED_STUDIES = [(name, patients) for name in STUDIES for patients in SIZES]


def assert_recovered(name, patients, found):
    """95 % intervals hold 90 to 99 %; at 400 patients and one truth bias is within 3 Monte Carlo errors."""
    assert found["not_fit_for_use"] == 0
    for which in STUDIES[name].names:
        if patients == 400 and not STUDIES[name].drawn:
            assert abs(found[which]["bias"]) <= 3 * found[which]["mc_error"], which
        assert 0.90 <= found[which]["coverage"] <= 0.99, which


@pytest.mark.parametrize(("name", "patients"), STORED_STUDIES)
def test_the_stored_study_recovers_every_hazard(name, patients):
    assert_recovered(name, patients, json.loads(STORED.read_text())[f"{name}, {patients}"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize(("name", "patients"), STORED_STUDIES)
def test_the_study_repeats(name, patients):
    found, stored = recovered(STUDIES[name], patients), json.loads(STORED.read_text())[f"{name}, {patients}"]
    assert_recovered(name, patients, found)
    for which in STUDIES[name].names:
        assert found[which]["bias"] == pytest.approx(stored[which]["bias"], abs=1e-4)


def test_the_known_probability_is_the_closed_form_of_constant_hazards():
    """Two exponentials: P_1(24) = h1 / (h1 + h2 - h3) (exp(-24 h3) - exp(-24 (h1 + h2)))."""
    kind = KINDS["illness_death"]
    truth = Truth(np.array(kind.rates), np.ones(3), np.array(kind.effects))
    one, two, three = np.array(kind.rates) * np.exp(kind.effects)
    expected = one / (one + two - three) * (np.exp(-three * 24.0) - np.exp(-(one + two) * 24.0))
    assert kind.known(truth)[0] == pytest.approx(float(expected), abs=1e-10)
