"""Counts, percentages and repeated prints: hand arithmetic and published worked examples."""

from decimal import Decimal

import pytest

from escc_bayes.data.rounding import interval
from escc_bayes.evidence.rules.counts import counts_that_sum
from escc_bayes.evidence.rules.group_sizes import group_sizes
from escc_bayes.evidence.rules.number_names import is_count
from escc_bayes.evidence.rules.percentages import percentages_against_counts, whole_number_prints
from escc_bayes.evidence.rules.repeated_counts import one_label_two_counts
from escc_bayes.evidence.rules.rmst import rmst_within_horizon
from escc_bayes.evidence.rules.uncensored_rates import rates_before_censoring
from tests.unit.evidence.studies import counts, severities, study_of

STAGES = {"stage_II_n": 10, "stage_III_n": 20}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ({"name": "male_n", "value": 40}, True),
        ({"name": "n_arm_a", "value": 40}, True),
        ({"name": "men", "value": 40, "unit": "patients"}, True),
        ({"name": "ecog_0", "value": 40, "quote": "40 patients had ECOG 0"}, True),
        ({"name": "diabetes", "value": 40, "quote": "40 (25.0%) with diabetes"}, True),
        ({"name": "diabetes", "value": 40, "quote": "diabetes 40"}, False),
        ({"name": "male_n", "value": -4}, False),
        ({"name": "male_n", "value": "40.5"}, False),
        ({"name": "dose_n", "value": 40, "unit": "Gy"}, False),
        ({"name": "male_percent", "value": 40}, False),
        ({"name": "age_median", "value": 66, "quote": "66 patients"}, False),
        ({"name": "response", "value": 40, "quote": "40% of patients responded"}, False),
        ({"name": "response", "value": 40, "quote": "in 40.5 patients had"}, False),
    ],
)
def test_counts_are_known_by_name_unit_and_quote(number, expected):
    (found,) = study_of(numbers=[number]).numbers
    assert is_count(found) is expected


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
        ({"stage_IV_n": 40}, {}, ["grave"]),  # 70 of 60
        ({"stage_IV_n": 25}, {}, ["ask the authors"]),  # 55 of 60: some may be unknown
        ({"stage_IV_n": 25}, {"population": "stage II-IV"}, ["grave"]),
        ({"stage_IV_n_results": 25, "stage_IV_n_discussion": 30}, {}, ["grave"]),
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
    assert severities(counts_that_sum(study_of(n=40, numbers=counts(**responses, pd_n=6)))) == ["grave"]
    assert severities(counts_that_sum(study_of(n=40, numbers=counts(**responses, pd_n=3)))) == ["ask the authors"]
    groups = counts(group1_early_n=20, group2_late_n=21)
    assert severities(counts_that_sum(study_of(n=40, numbers=groups))) == ["grave"]
    assert severities(counts_that_sum(study_of(n=41, numbers=groups))) == []


def test_part_larger_than_its_whole_is_certain_only_if_called_a_part():
    whole = counts(distant_n=10)
    part = {"name": "distant_liver_n", "value": 12}
    said = study_of(n=50, numbers=[*whole, part | {"quote": "12 of them in the liver"}])
    assert severities(counts_that_sum(said)) == ["grave"]
    assert severities(counts_that_sum(study_of(n=50, numbers=[*whole, part]))) == ["ask the authors"]
    by_one = study_of(n=50, numbers=[*whole, part | {"value": 11}])
    assert severities(counts_that_sum(by_one)) == ["ask the authors"]
    assert list(counts_that_sum(study_of(n=50, numbers=[*whole, part | {"value": 10}]))) == []


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("of the 60 patients, 30 were ECOG 0 and 25 ECOG 1", ["grave"]),
        ("of the 60 patients, 30 were ECOG 0 and 25 ECOG 1, the others unknown", ["ask the authors"]),
        ("30 were ECOG 0 and 25 ECOG 1", ["ask the authors"]),
        ("30 were ECOG 0, the remaining 25 ECOG 1", ["grave"]),
    ],
)
def test_classes_below_the_whole_are_certain_where_the_sentence_leaves_nobody_out(quote, expected):
    numbers = [{"name": f"ecog_{k}_n", "value": v, "quote": quote} for k, v in enumerate((30, 25))]
    assert severities(counts_that_sum(study_of(n=60, numbers=numbers))) == expected


def test_classes_of_an_arm_with_two_sizes_are_left_alone():
    """Arm a has 50 patients in one curve and 45 in the other: which of them the sexes divide is not known."""
    curves = [{"arm": "arm a", "n": 50}, {"arm": "arm a", "endpoint": "PFS", "n": 45}]
    numbers = counts(male_arm_a_n=30, female_arm_a_n=15)
    assert list(counts_that_sum(study_of(n=100, survivals=curves, numbers=numbers))) == []
    one = study_of(n=100, survivals=curves[:1], numbers=numbers)
    assert severities(counts_that_sum(one)) == ["grave"]


def test_unknown_patients_complete_the_whole():
    numbers = counts(stage_II_n=20, stage_III_n=30, stage_unknown_n=10)
    assert list(counts_that_sum(study_of(n=60, numbers=numbers, population="stage II-III"))) == []


def test_percentages_of_classes_that_miss_a_hundred():
    sexes = [{"name": "male", "value": "60.0", "unit": "%"}, {"name": "female", "value": "35.0", "unit": "%"}]
    assert severities(percentages_against_counts(study_of(n=200, numbers=sexes))) == ["grave"]
    stages = [
        {"name": "stage_II", "value": "60.0", "unit": "%"},
        {"name": "stage_III", "value": "35.0", "unit": "%"},
    ]
    assert list(percentages_against_counts(study_of(n=200, numbers=stages))) == []


def test_percentage_that_its_own_arm_is_too_large_for():
    """30 of 60 in arm b would be 50 %; 30 of 50 are 60 %."""
    arms = counts(n_arm_a=50, n_arm_b=60, diabetes_arm_a_n=30)
    wrong = {"name": "diabetes_arm_a_percent", "value": "50.0"}
    assert severities(percentages_against_counts(study_of(n=110, numbers=[*arms, wrong]))) == ["grave"]
    right = wrong | {"value": "60.0"}
    assert list(percentages_against_counts(study_of(n=110, numbers=[*arms, right]))) == []


@pytest.mark.parametrize(
    ("quote", "n", "expected"),
    [
        ("8 cases (20.0%)", 40, []),
        ("8 cases (21.1%)", 40, ["ask the authors"]),  # 8/38 = 21.05 %: a subgroup of 38 would do
        ("8 cases (19.0%)", 40, ["grave"]),  # needs 42 patients
        ("20.0% (8/40)", 40, []),
        ("21.0% (8/40)", 40, ["grave"]),
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
    assert severities(percentages_against_counts(study_of(n=40, numbers=numbers))) == ["grave"]


def test_lone_percentage_is_a_fraction_of_whole_patients():
    numbers = [{"name": "male_percent", "value": "21.0", "quote": "21.0% were male"}]
    assert severities(percentages_against_counts(study_of(n=40, numbers=numbers))) == ["ask the authors"]
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
    assert severities(found) == ["grave"]
    assert "printed as 12 and as 14" in found[0].statement
    agreeing = [two[0], two[1] | {"value": 12}]
    assert list(one_label_two_counts(study_of(n=60, numbers=agreeing))) == []


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        (("40 patients died", "there were 44 deaths"), ["grave"]),
        (("40 patients died at the interim analysis", "44 patients died at the final analysis"), ["ask the authors"]),
        (("40 patients died in arm A", "44 patients died in arm B"), ["ask the authors"]),
    ],
)
def test_one_name_twice_is_certain_at_one_time_and_of_one_group(quotes, expected):
    numbers = [{"name": "deaths_n", "value": v, "quote": q} for v, q in zip((40, 44), quotes, strict=True)]
    assert severities(one_label_two_counts(study_of(n=60, numbers=numbers))) == expected


def test_group_sizes_and_events():
    contrast = {"n_hazard_of": 32, "n_versus": 33, "events_hazard_of": 40, "events_versus": 20}
    found = list(group_sizes(study_of(n=64, estimates=[contrast])))
    assert severities(found) == ["grave", "grave"]  # 65 > 64; 40 > 32
    assert severities(group_sizes(study_of(n=64, estimates=[contrast | {"subgroup": "all"}]))) == [
        "notice",
        "grave",
    ]
    three = [contrast | {"effect": f"{a}_vs_b", "hazard_of": a, "versus": "b", "events_hazard_of": 9} for a in "ac"]
    assert severities(group_sizes(study_of(n=64, estimates=three))) == ["notice", "notice"]
    beside_two = [*three, {"effect": "sex", "hazard_of": "m", "versus": "f", "n_hazard_of": 30, "n_versus": 34}]
    assert severities(group_sizes(study_of(n=64, estimates=beside_two))) == ["notice", "notice"]
    assert severities(group_sizes(study_of(n=64, estimates=beside_two[1:]))) == ["grave"]
    curve = [{"n": 20, "events": 21}]
    assert severities(group_sizes(study_of(n=64, survivals=curve))) == ["grave"]


def test_rates_before_the_first_censoring_are_whole_patients():
    """38/40 = 0.950, 39/40 = 0.975; nothing between."""
    curve = {"n": 40, "landmarks": [{"t": 6, "s": "0.962"}, {"t": 24, "s": "0.512"}]}
    followup = [{"name": "followup_min", "value": "12.0"}]
    found = list(rates_before_censoring(study_of(n=40, survivals=[curve], numbers=followup)))
    assert severities(found) == ["grave"]
    assert "0.962 at 6 months" in found[0].statement
    assert list(rates_before_censoring(study_of(n=40, survivals=[curve]))) == []
    progression = curve | {"endpoint": "PFS"}  # censored at a scan, perhaps
    assert severities(rates_before_censoring(study_of(n=40, survivals=[progression], numbers=followup))) == [
        "ask the authors"
    ]


@pytest.mark.parametrize(
    ("numbers", "quote"),
    [
        ([{"name": "minimum_follow_up", "value": "1.0", "unit": "years"}], "q"),
        ([], "minimum follow-up was 12 months"),
        ([], "a minimum follow-up of 1 year"),
    ],
)
def test_minimum_follow_up_is_read_from_its_unit_and_from_words(numbers, quote):
    curve = {"n": 40, "landmarks": [{"t": 12, "s": "0.962"}], "quote": quote}
    assert severities(rates_before_censoring(study_of(n=40, survivals=[curve], numbers=numbers))) == ["grave"]


def test_rmst_cannot_exceed_its_horizon():
    numbers = [{"name": "rmst_rt_at_36", "value": "38.2"}, {"name": "rmst_gain_at_36", "value": "4.2"}]
    assert severities(rmst_within_horizon(study_of(numbers=numbers))) == ["grave"]


@pytest.mark.parametrize(
    ("value", "expected"),
    # Steps through 0.8 at 12 and 0.5 at 24: least 12 x 0.795 + 12 x 0.495 + 12 x 0.295 = 19.0 months by 36, most
    # 12 + 12 x 0.805 + 12 x 0.505 = 27.7; survival at 48 months holds up the last step.
    [("18.8", ["grave"]), ("19.2", []), ("27.5", []), ("28.0", ["grave"])],
)
def test_rmst_lies_between_the_steps_through_the_landmarks(value, expected):
    marks = [{"t": 12, "s": "0.80"}, {"t": 24, "s": "0.50"}, {"t": 48, "s": "0.30"}]
    study = study_of(survivals=[{"arm": "rt", "landmarks": marks}], numbers=[{"name": "rmst_rt_at_36", "value": value}])
    assert severities(rmst_within_horizon(study)) == expected


@pytest.mark.parametrize(("gain", "expected"), [("4.2", []), ("4.3", []), ("4.4", ["grave"]), ("-4.2", [])])
def test_difference_of_rmst_is_that_of_its_parts(gain, expected):
    values = {"rmst_a": "20.2", "rmst_b": "16.0", "rmst_gain": gain, "rmst_tau": "24"}
    numbers = [{"name": name, "value": Decimal(value)} for name, value in values.items()]
    assert severities(rmst_within_horizon(study_of(numbers=numbers))) == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("31 of 88 patients (35.2%) responded", []),
        ("31 of 88 patients (37.2%) responded", ["grave"]),
        ("toxicity 31/88 (35.2%)", []),
        ("toxicity in 35.2% (31 of the 88)", []),
        ("toxicity in 37.2% (31 of the 88)", ["grave"]),
        ("31 deaths (35.2%) of 88 with the drug", []),
        ("31 deaths (37.2%) of 88 with the drug", ["grave"]),
    ],
)
def test_a_fraction_is_read_whole_however_it_is_written(quote, expected):
    """31/88 = 35.23 %; the 88 before a bracket is a denominator and no count."""
    study = study_of(n=88, numbers=[{"name": "toxicity", "value": "31", "quote": quote}])
    assert severities(percentages_against_counts(study)) == expected
