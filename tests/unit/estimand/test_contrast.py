"""Contrasts: completion, weights, refusals."""

import numpy as np
import pytest

from escc_bayes.estimand.contrast import complete, standard_contrasts, weights
from escc_bayes.estimand.estimand import HazardRatio, MedianSurvival, RMSTDifference, SurvivalAt, contrast_words
from escc_bayes.foundation.errors import EstimandError
from escc_bayes.spec.plan import make_plan
from escc_bayes.spec.reading import load_spec


@pytest.fixture(scope="module")
def design(larynx):
    return make_plan(load_spec("larynx_piecewise"), larynx).design


def test_reference_and_units_are_filled_in(design):
    """The reference is the schema's first level; a number's contrast is per the schema's scale."""
    assert complete(HazardRatio("stage", "IV"), design) == HazardRatio("stage", "IV", "I")
    assert complete(HazardRatio("age"), design) == HazardRatio("age", per=10.0)
    assert contrast_words(HazardRatio("stage", "IV", "I")) == "IV vs I"
    assert contrast_words(HazardRatio("age", per=10.0)) == "per 10"


def test_weights_of_swapped_levels_change_sign(design):
    """Symmetry: HR(a vs b) = 1 / HR(b vs a)."""
    there, back = weights(HazardRatio("stage", "II", "IV"), design), weights(HazardRatio("stage", "IV", "II"), design)
    np.testing.assert_array_equal(there, -back)
    np.testing.assert_array_equal(weights(HazardRatio("age", per=5.0), design), [0.0, 0.0, 0.0, 0.5])


def test_standard_contrasts_take_every_level_against_the_reference(design):
    """Listed by hand."""
    assert [contrast_words(c) for c in standard_contrasts(design)] == ["II vs I", "III vs I", "IV vs I", "per 10"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (HazardRatio("stge", "IV"), "did you mean 'stage'"),
        (HazardRatio("stage", "V"), "no level 'V'"),
        (HazardRatio("stage", "I"), "no hazard ratio versus itself"),
        (HazardRatio("stage"), "ask for one versus another"),
        (HazardRatio("age", "IV"), "enters as a number"),
    ],
)
def test_impossible_contrasts_say_what_to_ask(design, asked, words):
    """One message for each mistake."""
    with pytest.raises(EstimandError, match=words):
        complete(asked, design)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SurvivalAt(0.0),
        lambda: MedianSurvival("stage", "I", population="all"),
        lambda: RMSTDifference("stage", "IV", "I", until=-1.0),
    ],
)
def test_impossible_estimands_are_refused_when_made(wrong):
    """Months must be above 0, populations known."""
    with pytest.raises(EstimandError):
        wrong()
