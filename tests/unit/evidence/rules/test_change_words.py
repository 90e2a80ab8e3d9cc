"""Sizes of changes in words, "49 % lower", "twice the risk", against the ratio beside them."""

import pytest

from escc_bayes.evidence.quotes.changes import changes
from escc_bayes.evidence.quotes.text import plain
from escc_bayes.evidence.rules.direction_words import ratio_against_words
from tests.unit.evidence.studies import study_of


def found(measure, value, quote, endpoint="OS"):
    """Severities of the rule for one printed ratio."""
    return [
        finding.severity
        for finding in ratio_against_words(
            study_of(estimates=[{"measure": measure, "value": value, "quote": quote, "endpoint": endpoint}])
        )
    ]


DENIED = [
    ("HR", "0.71", "the risk of death was 49 % lower with the drug (HR 0.71; 95 % CI 0.55-0.92)", "OS"),
    ("HR", "0.71", "reduced the risk of death by 49 % (HR 0.71)", "OS"),
    ("HR", "0.71", "a 49% reduction in the risk of death (HR 0.71)", "OS"),
    ("HR", "0.71", "HR 0.71 (95 % CI 0.55-0.92), i.e. a 49 % reduction", "OS"),
    ("HR", "0.71", "the hazard of death was reduced by 19 % (HR 0.71)", "OS"),
    ("HR", "1.49", "a 71 % increase (HR 1.49)", "PFS"),
    ("RR", "0.71", "reduced relapse by 49% (RR 0.71; 0.55-0.92)", "relapse"),
    ("OR", "1.49", "a 71 % increase in the odds of leakage (OR 1.49, 1.10-2.02)", "anastomotic leak"),
    ("HR", "2.60", "a 1.5-fold higher hazard of death (HR 2.60)", "OS"),
    ("HR", "1.20", "twice the risk of death (HR 1.20)", "OS"),
    ("HR", "1.20", "the risk of death was twice as high as in controls (HR 1.20)", "OS"),
    ("HR", "0.71", "the targeted drug reduced the risk of death by 49 % (HR 0.71)", "OS"),
    ("HR", "0.88", "halved the risk of progression (HR 0.88)", "PFS"),
]
KEPT = [
    ("HR", "0.71", "the risk of death was 29 % lower with the drug (HR 0.71; 95 % CI 0.55-0.92)", "OS"),
    ("HR", "0.71", "a 41 % higher risk of death without the drug (HR 0.71)", "OS"),
    ("HR", "0.71", "3-year OS was 71 % v 49 %, a lower risk of death (HR 0.71; 95 % CI 0.55-0.92)", "OS"),
    ("HR", "0.71", "risk of death lower by an absolute 9 % at 3 years (HR 0.71)", "OS"),
    ("HR", "0.71", "mortality fell from 71 % to 58 % (HR 0.71)", "OS"),
    ("HR", "0.71", "reduced tumour length by 49 % and the risk of death (HR 0.71)", "OS"),
    ("HR", "0.71", "the dose was reduced by 49 % in these patients (HR 0.71)", "OS"),
    ("HR", "0.71", "risk of death with the drug twice daily (HR 0.71)", "OS"),
    ("HR", "0.52", "nearly halved the risk of death (HR 0.52)", "OS"),
    ("HR", "0.72", "more than 25 % reduction in the risk of death (HR 0.72)", "OS"),
    ("HR", "1.50", "a 1.5-fold increase in the risk of death (HR 1.50)", "OS"),
    ("HR", "2.50", "a 1.5-fold increase in the risk of death (HR 2.50)", "OS"),
    ("HR", "0.71", "80 % power to detect a 40 % reduction in the risk of death; the HR was 0.71", "OS"),
    ("HR", "0.97", "HR 0.97; a 25 % reduction in the risk of death can be excluded", "OS"),
    ("HR", "0.71", "compatible with a 45 % lower risk of death (HR 0.71, 95 % CI 0.55-0.92)", "OS"),
    ("RR", "1.96", "twice as likely to relapse (RR 1.96)", "relapse"),
]
OTHER_READINGS = [
    ("OR", "0.50", "the risk was 32 % lower (OR 0.50; 0.30-0.83)", "leak"),
    ("HR", "0.71", "mortality at 3 years was 12 % lower (HR 0.71)", "OS"),
    ("HR", "0.71", "mortality was 19 % lower (HR 0.71)", "OS"),
    ("HR", "1.08", "the risk of death increased by 47 % per 5 cm (HR 1.08 per cm)", "OS"),
    ("HR", "0.71", "reduced the risk of pneumonitis by 60 %; OS was longer (HR 0.71)", "OS"),
]


@pytest.mark.parametrize(("measure", "value", "quote", "endpoint"), DENIED)
def test_another_size_in_words_is_found(measure, value, quote, endpoint):
    assert found(measure, value, quote, endpoint) == ["impossible"]


@pytest.mark.parametrize(("measure", "value", "quote", "endpoint"), KEPT)
def test_the_same_size_or_another_quantity_is_not(measure, value, quote, endpoint):
    assert found(measure, value, quote, endpoint) == []


@pytest.mark.parametrize(("measure", "value", "quote", "endpoint"), OTHER_READINGS)
def test_words_that_may_be_of_another_ratio_are_a_question(measure, value, quote, endpoint):
    assert found(measure, value, quote, endpoint) == ["ask the authors"]


def test_a_percentage_given_to_the_next_five_is_a_rounding_difference():
    assert found("HR", "0.72", "a 30 % lower risk of death (HR 0.72)") == ["rounding"]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("49 per cent less likely to die", 0.505, 0.515),
        ("the odds of failure were cut in half", 0.4, 2 / 3),
        ("the risk of death was 1.5 times that of controls", 1.45, 1.55),
        ("at least a two-fold risk", 1.5, 2.5),
        ("a more than twofold risk", 1.5, float("inf")),
    ],
)
def test_ratios_that_words_mean(text, low, high):
    (one,) = changes(plain(text))
    assert one.ratios[0] == pytest.approx((low, high))
