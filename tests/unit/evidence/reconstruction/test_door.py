"""What is computed from a study needs prints that can be: reconstructions refuse the others, in one sentence."""

import pytest

from escc_bayes.data.study import StudyError
from escc_bayes.evidence.arm_level.published import read_arms
from escc_bayes.evidence.rules.impossible_prints import possible
from tests.unit.evidence.studies import study_of


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"estimates": [{"value": "0.95", "ci_low": "0.44", "ci_high": "0.79"}]}, "0.95 is outside its interval"),
        ({"survivals": [{"n": 40, "landmarks": [{"t": 12, "s": "1.04"}]}]}, "must lie in"),
        ({"survivals": [{"n": 40, "median": "12.0", "median_reached": False}]}, "and that it is not reached"),
    ],
)
def test_an_impossible_print_is_not_reconstructed(parts, words):
    study = study_of(**parts)
    with pytest.raises(StudyError, match=words):
        possible(study)
    with pytest.raises(StudyError, match=words):
        read_arms(study, None, ())


def test_a_study_without_one_goes_through():
    study = study_of(estimates=[{"value": "0.65", "ci_low": "0.44", "ci_high": "0.96", "p": "0.03"}])
    assert possible(study) is study
