"""The hazards of several transitions are recovered: free, shrunk, within strata, of weights (``make calibrate``)."""

import json

import numpy as np
import pytest

from tests.calibration import strata_weights_recovery, transition_recovery
from tests.calibration.transition_recovery import SIZES, assert_recovered, recovered
from tests.calibration.transitions import KINDS, Truth

EACH = [
    pytest.param(module, name, patients, id=f"{name}, {patients}")
    for module in (transition_recovery, strata_weights_recovery)
    for name in module.STUDIES
    for patients in SIZES
]


def stored(module, name, patients):
    """Return the stored result of a study."""
    return json.loads(module.STORED.read_text())[f"{name}, {patients}"]


@pytest.mark.parametrize(("module", "name", "patients"), EACH)
def test_the_stored_study_recovers_every_hazard(module, name, patients):
    assert_recovered(module.STUDIES[name], patients, stored(module, name, patients))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::escc_bayes.foundation.errors.DataWarning")
@pytest.mark.parametrize(("module", "name", "patients"), EACH)
def test_the_study_repeats(module, name, patients):
    study = module.STUDIES[name]
    found, kept = recovered(study, patients), stored(module, name, patients)
    assert_recovered(study, patients, found)
    for which in study.names:
        assert found[which]["bias"] == pytest.approx(kept[which]["bias"], abs=1e-4)


@pytest.mark.parametrize("name", strata_weights_recovery.STUDIES)
def test_without_strata_or_weights_every_hazard_ratio_would_be_off(name):
    """By 0.3 to 0.8 on the log scale, upwards, as sites and sampling were made: what the models had to undo."""
    without = stored(strata_weights_recovery, name, 400)["without"]
    for transition in KINDS[strata_weights_recovery.STUDIES[name].kind].transitions:
        assert 0.2 < without[transition]["bias"] < 0.9
        assert without[transition]["bias"] > 10 * without[transition]["mc_error"]


def test_the_known_probability_is_the_closed_form_of_constant_hazards():
    """Two exponentials: P_1(24) = h1 / (h1 + h2 - h3) (exp(-24 h3) - exp(-24 (h1 + h2)))."""
    kind = KINDS["illness_death"]
    truth = Truth(np.array(kind.rates), np.ones(3), np.array(kind.effects))
    one, two, three = np.array(kind.rates) * np.exp(kind.effects)
    expected = one / (one + two - three) * (np.exp(-three * 24.0) - np.exp(-(one + two) * 24.0))
    assert kind.known(truth)[0] == pytest.approx(float(expected), abs=1e-10)
