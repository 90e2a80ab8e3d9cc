"""What is printed becomes a likelihood, or is refused with what to do."""

import math

import pytest
from scipy import stats

from escc_bayes.sensitivity.published_ratio import PublishedRatio, RatioError
from escc_bayes.sensitivity.reverse_table import reverse_row
from escc_bayes.sensitivity.reverse_words import reverse_sentences

NAN = math.nan


def test_interval_goes_before_p_and_its_middle_is_the_estimate():
    ratio = PublishedRatio(0.62, 0.45, 0.86, 0.95, 0.2)
    assert ratio.log_hr == pytest.approx((math.log(0.45) + math.log(0.86)) / 2)
    assert ratio.two_sided_p == pytest.approx(2 * stats.norm.sf(abs(ratio.log_hr) / ratio.se))
    assert "the printed P = 0.2 is not that of the interval" in reverse_row(ratio)["note"]


@pytest.mark.parametrize(("p", "one_sided", "z"), [(0.02, True, 2.0537), (0.04, False, 2.0537)])
def test_sides_of_p(p, one_sided, z):
    ratio = PublishedRatio(0.7, p_value=p, one_sided=one_sided)
    assert ratio.se == pytest.approx(-math.log(0.7) / z, rel=1e-4)
    assert ratio.limits[0] < 0.7 < ratio.limits[1] < 1.0


def test_p_alone_has_intrinsic_p_and_bounds_and_nothing_else():
    row = reverse_row(PublishedRatio(p_value=0.004))
    assert row["intrinsic_p"] == pytest.approx(2 * stats.norm.sf(stats.norm.isf(0.002) / math.sqrt(2)))
    assert row["bayes_factor_bound"] == pytest.approx(1 / (-math.e * 0.004 * math.log(0.004)))
    assert all(math.isnan(row[name]) for name in ("hr", "scepticism_limit", "e_value", "prob_gt_1", "tipping_mean"))
    assert "no hazard ratio" in reverse_sentences(row)[0]


def test_a_ratio_off_the_middle_of_its_interval_is_said():
    assert "not in the middle" in reverse_row(PublishedRatio(0.78, 0.76, 0.99))["note"]
    assert reverse_row(PublishedRatio(0.62, 0.45, 0.86))["note"] == ""


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hr": 0.7}, "a ratio alone says nothing of its precision"),
        ({"hr": 0.7, "lower": 0.5}, "one limit stands alone"),
        ({"hr": 0.7, "lower": 0.9, "upper": 0.5}, "does not rise"),
        ({"hr": 0.7, "lower": 0.8, "upper": 0.9}, "leaves out the ratio 0.7"),
        ({"hr": -0.7, "p_value": 0.1}, "above 0"),
        ({"hr": 0.7, "p_value": 0.0}, "above 0 and up to 1"),
        ({"hr": 0.7, "p_value": 1.0}, "no standard error"),
        ({"hr": 0.7, "p_value": 0.6, "one_sided": True}, "no standard error"),
        ({"hr": 1.0, "p_value": 0.6}, "no standard error"),
        ({"hr": 0.7, "p_value": 0.1, "level": 95}, "write 0.95"),
        ({"hr": math.inf, "p_value": 0.1}, "above 0"),
    ],
)
def test_what_is_no_ratio_is_refused(given, message):
    with pytest.raises(RatioError, match=message):
        PublishedRatio(**given)


def test_every_number_of_the_sentences_comes_from_the_row():
    """Change the row and the words change with it."""
    row = reverse_row(PublishedRatio(2.254, p_value=0.03, term="stage"))
    before = " ".join(reverse_sentences(row))
    for name in ("scepticism_limit", "tipping_sd", "intrinsic_p", "e_value", "e_value_limit", "bayes_factor_bound"):
        assert " ".join(reverse_sentences(row | {name: row[name] * 1.37})) != before, name
