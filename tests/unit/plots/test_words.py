"""Numbers as printed; the expected words are written by hand."""

import math

import pytest

from escc_bayes.plots import words


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.914, "0.91"),
        (0.001, "<0.01"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (99.94, "99.9"),
        (99.96, "100"),
        (1234.5, "1230"),
        (math.inf, "infinite"),
        (math.nan, "–"),
    ],
)
def test_ratio_has_two_decimals_or_three_digits(value, printed):
    assert words.ratio(value) == printed


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.0123, "0.012"), (0.00099, "<0.001"), (0.0, "<0.001"), (1.0, ">0.999"), (0.9994, "0.999"), (math.nan, "–")],
)
def test_probability_is_never_printed_as_0_or_1(p, printed):
    assert words.probability(p) == printed


def test_limits_that_do_not_exist_are_left_out():
    assert words.with_limits("100.0", "–", "–") == "100.0"
    assert words.with_limits("18.2", "13.0", "not reached") == "18.2 (13.0 to not reached)"


def test_estimates_print_in_the_unit_of_their_estimand(hazard_ratio):
    ratio = hazard_ratio(2.0, 0.5, 8.0)
    assert words.estimate_words(ratio) == "2.00 (0.50 to 8.00)"
    survival = hazard_ratio(0.623, 0.5, 0.724, estimand="survival")
    assert words.estimate_words(survival) == "62.3 % (50.0 to 72.4)"
    median = hazard_ratio(math.nan, 24.1, math.nan, estimand="median")
    assert words.estimate_words(median) == "not reached (24.1 to not reached)"
    infinite = hazard_ratio(math.inf, math.nan, math.nan, note="no finite estimate: a group without events")
    assert words.estimate_words(infinite) == "no finite estimate"


def test_posteriors_go_by_their_model_and_intervals_say_their_kind(hazard_ratio):
    bayes = hazard_ratio(2.0, 0.5, 8.0, method="bayes_nuts", model="os_weibull")
    assert words.method_words(bayes.method, bayes.model) == "Bayes, os_weibull"
    assert words.interval_words(bayes) == "95 % credible interval"
    assert words.interval_words(hazard_ratio(2.0, 0.5, 8.0)) == "95 % confidence interval"
