"""One arm, two counts; and an interval whose lower limit rounds to nothing."""

import pytest

from escc_bayes.data.shipped import find_study, study_names
from escc_bayes.data.study import read_study
from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.pooling.standard_error import standard_error
from escc_bayes.evidence.rules.arm_counts import one_arm_two_counts
from escc_bayes.evidence.rules.implied_events import implied_events
from escc_bayes.evidence.rules.medians import medians_against_ratio
from tests.unit.evidence.studies import severities, study_of

EFFECT = {
    "measure": "HR",
    "endpoint": "OS",
    "value": "0.70",
    "hazard_of": "Drug",
    "versus": "placebo",
    "n_hazard_of": 158,
    "n_versus": 161,
    "events_hazard_of": 96,
    "events_versus": 120,
}
CURVE = {"arm": "placebo", "endpoint": "OS", "n": 161, "events": 120}
ALLOCATED = {"name": "placebo_n", "value": "161", "quote": "161 were assigned to placebo"}


def findings(effect=EFFECT, curve=CURVE, number=ALLOCATED):
    return list(one_arm_two_counts(study_of(estimates=[effect], survivals=[curve], numbers=[number])))


def test_one_arm_with_one_count_is_clean():
    assert findings() == []


@pytest.mark.parametrize(
    ("changed", "severity", "words"),
    [
        ({"number": ALLOCATED | {"value": "171"}}, "grave", "placebo: 161 and 171 patients are printed."),
        ({"curve": CURVE | {"events": 31}}, "grave", "placebo: 31 and 120 events are printed."),
        ({"curve": CURVE | {"n": 151, "events": 110}}, "ask the authors", "placebo: 151 and 161 patients are printed."),
    ],
)
def test_two_counts_of_one_arm(changed, severity, words):
    """By hand: 171 is not 161, 31 is not 120; a curve of 151 may be of those who could be analysed."""
    found = findings(**changed)
    assert found[0].statement == words
    assert severities(found[:1]) == [severity]


@pytest.mark.parametrize(
    ("name", "value", "quote", "expected"),
    [
        ("deaths_n", "50", "50 patients died", ["grave"]),
        ("deaths_n", "31", "31 patients died", []),
        ("deaths_n", "40", "40 patients had died at the final follow-up", []),
        ("deaths_from_sepsis_n", "5", "5 died of sepsis", []),
    ],
)
def test_deaths_are_the_events_of_overall_survival(name, value, quote, expected):
    curve = {"arm": "all", "endpoint": "OS", "n": 79, "events": 31}
    study = study_of(n=79, survivals=[curve], numbers=[{"name": name, "value": value, "quote": quote}])
    assert severities(one_arm_two_counts(study)) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"effect": EFFECT | {"subgroup": "PD-L1 positive", "n_versus": 61, "events_versus": 40}},
        {"effect": EFFECT | {"adjusted": "PSM", "n_versus": 61, "events_versus": 40}},
        {"curve": CURVE | {"cutoff": "final", "events": 140}},
        {"curve": CURVE | {"arm": "all", "n": 319, "events": 216}, "effect": EFFECT | {"versus": "all"}},
        {"number": ALLOCATED | {"value": "158", "quote": "158 received placebo and could be analysed for safety"}},
    ],
)
def test_other_patients_other_moments_and_everybody_are_left_alone(changed):
    assert findings(**changed) == []


def test_no_bundled_study_is_called_so():
    """35 studies read from papers; the counts of an arm agree in each, or are of other patients."""
    for name in study_names():
        assert severities(one_arm_two_counts(read_study(find_study(name)))) == []


def test_an_interval_from_zero_may_still_exclude_its_estimate():
    """HR 0.657 (0.000-0.871): the log-middle is at most sqrt(0.0005 x 0.8715) = 0.021."""
    printed = {"measure": "HR", "endpoint": "OS", "value": "0.657", "ci_low": "0.000", "ci_high": "0.871"}
    rules = {f.rule for f in audit(study_of(estimates=[printed])) if f.grave}
    assert rules == {"interval shape"}


def test_an_interval_from_zero_is_no_contradiction_and_gives_no_standard_error():
    """HR 0.012 (0.000-0.950), P 0.047: every limit below 0.0005 prints so; the pool takes the P value."""
    printed = {
        "measure": "HR",
        "endpoint": "OS",
        "value": "0.012",
        "ci_low": "0.000",
        "ci_high": "0.950",
        "p": "0.047",
        "hazard_of": "a",
        "versus": "b",
    }
    study = study_of(estimates=[printed])
    assert [f for f in audit(study) if f.grave] == []
    se, source, _ = standard_error(study.estimates[0])
    # |log 0.012| / z(0.047) by scipy.stats.norm.isf(0.0235) = 1.98614.
    assert se == pytest.approx(4.422849 / 1.986140, rel=1e-4)
    assert "P value" in source


@pytest.mark.parametrize(
    ("ratio", "low", "high", "expected"), [("1.40", "1.10", "1.78", 1), ("0.55", "0.43", "0.70", 0)]
)
def test_named_curves_say_which_median_is_whose(ratio, low, high, expected):
    """Medians 24 (drug) and 12 (placebo): 12/24 = 0.5 over constant hazards; 1.40 says the opposite."""
    effect = EFFECT | {"value": ratio, "ci_low": low, "ci_high": high}
    curves = [
        {"arm": "drug", "endpoint": "OS", "n": 158, "median": "24.0"},
        {"arm": "placebo", "endpoint": "OS", "n": 161, "median": "12.0"},
    ]
    found = list(medians_against_ratio(study_of(estimates=[effect], survivals=curves)))
    assert [f.severity for f in found] == ["notice"] * expected


def test_deaths_of_the_text_bound_the_precision_of_a_ratio():
    """HR 0.60, P 0.0001: z 3.89, SE 0.13, 4 / SE^2 = 213 events; 60 patients died."""
    effect = {k: v for k, v in EFFECT.items() if not k.startswith("events")}
    effect |= {"value": "0.60", "p": "0.0001", "n_hazard_of": 100, "n_versus": 100}
    died = {"name": "deaths_n", "value": "60", "quote": "60 patients died"}
    study = study_of(n=200, estimates=[effect], numbers=[died])
    assert severities(implied_events(study)) == ["notice", "grave"]
    assert severities(
        implied_events(study_of(n=2000, estimates=[effect | {"n_hazard_of": 1000, "n_versus": 1000}]))
    ) == ["notice"]
