"""Counts, percentages and repeated prints: hand arithmetic and published worked examples."""

import pytest

from escc_bayes.data.rounding import interval
from escc_bayes.evidence.rules.counts import counts_that_sum
from escc_bayes.evidence.rules.group_sizes import group_sizes
from escc_bayes.evidence.rules.percentages import percentages_against_counts, whole_number_prints
from escc_bayes.evidence.rules.repeated_counts import one_label_two_counts
from escc_bayes.evidence.rules.rmst import rmst_within_horizon
from escc_bayes.evidence.rules.uncensored_rates import rates_before_censoring
from tests.unit.evidence.studies import counts, severities, study_of

STAGES = {"stage_II_n": 10, "stage_III_n": 20}


def test_grim_worked_example():
    """Brown & Heathers 2017: of 28 whole numbers no mean prints as 5.19; percentages likewise."""
    assert not any(interval("5.19").holds(total / 28) for total in range(300))
    assert whole_number_prints(interval("17.9%"), 28)  # 5/28 = 17.857 %
    assert not whole_number_prints(interval("19.0%"), 28)  # 5/28 = 17.9 %, 6/28 = 21.4 %


def test_whole_number_prints_agrees_with_trying_every_count():
    """Second source: all 101 x 60 combinations by brute force."""
    for n in range(1, 60):
        for percent in range(101):
            printed = interval(str(percent), whole="rounded")
            tried = any(printed.low <= 100 * k / n <= printed.high for k in range(n + 1))
            assert whole_number_prints(printed, n) == tried


@pytest.mark.parametrize(
    ("named", "top", "expected"),
    [
        ({"stage_IV_n": 30}, {}, []),
        ({"stage_IV_n": 40}, {}, ["contradiction"]),  # 70 of 60
        ({"stage_IV_n": 25}, {}, ["notice"]),  # 55 of 60: some may be unknown
        ({"stage_IV_n": 25}, {"population": "stage II-IV"}, ["contradiction"]),
        ({"stage_IV_n_results": 25, "stage_IV_n_discussion": 30}, {}, ["contradiction"]),
        ({"stage_IV_n": 40, "n_before_matching": 70}, {}, []),
        ({"stage_IV_n": 30, "stage_IV_n_deaths": 5}, {}, []),
        ({"stage_IVA_n": 10, "stage_IVB_n": 20}, {}, []),
        ({"stage_IV_n": 30, "stage_IVA_n": 10, "stage_IVB_n": 20}, {}, []),
    ],
)
def test_stages_against_n(named, top, expected):
    assert severities(counts_that_sum(study_of(n=60, numbers=counts(**STAGES, **named), **top))) == expected


def test_responses_and_numbered_groups_against_n():
    responses = {"cr_n": 5, "pr_n": 20, "sd_n": 10}
    assert severities(counts_that_sum(study_of(n=40, numbers=counts(**responses, pd_n=6)))) == ["contradiction"]
    assert severities(counts_that_sum(study_of(n=40, numbers=counts(**responses, pd_n=3)))) == ["notice"]
    groups = counts(group1_early_n=20, group2_late_n=21)
    assert severities(counts_that_sum(study_of(n=40, numbers=groups))) == ["contradiction"]
    assert severities(counts_that_sum(study_of(n=41, numbers=groups))) == []


def test_part_larger_than_its_whole_is_certain_only_if_called_a_part():
    whole = counts(distant_n=10)
    part = {"name": "distant_liver_n", "value": 12}
    said = study_of(n=50, numbers=[*whole, part | {"quote": "12 of them in the liver"}])
    assert severities(counts_that_sum(said)) == ["contradiction"]
    assert severities(counts_that_sum(study_of(n=50, numbers=[*whole, part]))) == ["notice"]


@pytest.mark.parametrize(
    ("quote", "n", "expected"),
    [
        ("8 cases (20.0%)", 40, []),
        ("8 cases (21.1%)", 40, ["notice"]),  # 8/38 = 21.05 %: a subgroup of 38 would do
        ("8 cases (19.0%)", 40, ["contradiction"]),  # needs 42 patients
        ("20.0% (8/40)", 40, []),
        ("21.0% (8/40)", 40, ["contradiction"]),
        ("8 (20%, 95% CI 9%-36%) of 40 patients", 40, []),
        ("HR 0.70 (95% CI 0.56-0.88)", 40, []),
        ("1.8 (95% CI 1.1-2.9)", 40, []),
    ],
)
def test_percentage_beside_a_count(quote, n, expected):
    study = study_of(n=n, numbers=[{"name": "male", "value": 8, "quote": quote}])
    assert severities(percentages_against_counts(study)) == expected


def test_named_count_and_percentage_belong_together():
    numbers = [*counts(male_n=8), {"name": "male_percent", "value": "19.0", "quote": "19.0% were male"}]
    assert severities(percentages_against_counts(study_of(n=40, numbers=numbers))) == ["contradiction"]


def test_lone_percentage_is_a_fraction_of_whole_patients():
    numbers = [{"name": "male_percent", "value": "21.0", "quote": "21.0% were male"}]
    assert severities(percentages_against_counts(study_of(n=40, numbers=numbers))) == ["notice"]
    assert severities(percentages_against_counts(study_of(n=2000, numbers=numbers))) == []


def test_percentage_of_the_other_arm_is_a_swapped_denominator():
    arms = [{"arm": "a", "n": 40, "quote": "20 (33.3%) died"}, {"arm": "b", "n": 60, "quote": "30 (50.0%) died"}]
    found = list(percentages_against_counts(study_of(n=100, survivals=arms)))
    assert severities(found) == ["notice"]
    assert "fits 60 patients, not its 40" in found[0].statement


def test_one_label_two_counts():
    two = [
        {"name": "grade3_n_results", "value": 12},
        {"name": "grade3_n_abstract", "value": 14},
        {"name": "chemo_first_line_n", "value": 40},
        {"name": "chemo_second_line_n", "value": 20},
    ]
    found = list(one_label_two_counts(study_of(n=60, numbers=two)))
    assert severities(found) == ["contradiction"]
    assert "printed as 12 and as 14" in found[0].statement


def test_group_sizes_and_events():
    contrast = {"n_hazard_of": 32, "n_versus": 33, "events_hazard_of": 40, "events_versus": 20}
    found = list(group_sizes(study_of(n=64, estimates=[contrast])))
    assert severities(found) == ["contradiction", "contradiction"]  # 65 > 64; 40 > 32
    assert severities(group_sizes(study_of(n=64, estimates=[contrast | {"subgroup": "all"}]))) == [
        "notice",
        "contradiction",
    ]
    curve = [{"n": 20, "events": 21}]
    assert severities(group_sizes(study_of(n=64, survivals=curve))) == ["contradiction"]


def test_rates_before_the_first_censoring_are_whole_patients():
    """38/40 = 0.950, 39/40 = 0.975; nothing between."""
    curve = {"n": 40, "landmarks": [{"t": 6, "s": "0.962"}, {"t": 24, "s": "0.512"}]}
    followup = [{"name": "followup_min", "value": "12.0"}]
    found = list(rates_before_censoring(study_of(n=40, survivals=[curve], numbers=followup)))
    assert severities(found) == ["contradiction"]
    assert "0.962 at 6 months" in found[0].statement
    assert list(rates_before_censoring(study_of(n=40, survivals=[curve]))) == []


def test_rmst_cannot_exceed_its_horizon():
    numbers = [{"name": "rmst_rt_at_36", "value": "38.2"}, {"name": "rmst_gain_at_36", "value": "4.2"}]
    assert severities(rmst_within_horizon(study_of(numbers=numbers))) == ["contradiction"]
