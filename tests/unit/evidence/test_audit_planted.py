"""Planted errors in many styles are found, and correct variations are not accused (tests/unit/evidence/planted/)."""

import pytest

from escc_bayes.evidence.audit import audit
from tests.unit.evidence.planted import CORRECT, PLANTED
from tests.unit.evidence.studies import study_of

QUESTIONS = frozenset(
    {
        "interval of a rate as wide as one standard error",
        "n = k with a share",
        "P < 0.05 beside limits that hold one",
    }
)
"""Planted errors with an innocent reading: limits whose level nobody says, another whole, a one-sided P."""


def test_there_are_enough_of_both():
    assert len(PLANTED) >= 160
    assert len(CORRECT) >= 135


@pytest.mark.parametrize("what", PLANTED)
def test_planted_error_is_found(what):
    found = audit(study_of(**PLANTED[what]))
    if what in QUESTIONS:
        assert any(finding.severity == "ask the authors" for finding in found)
    else:
        assert any(finding.grave for finding in found), [str(finding) for finding in found]


@pytest.mark.parametrize("what", CORRECT)
def test_correct_variation_is_not_accused(what):
    assert [str(finding) for finding in audit(study_of(**CORRECT[what])) if finding.grave] == []
