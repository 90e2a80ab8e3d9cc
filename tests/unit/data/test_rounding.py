"""Printed numbers stand for intervals."""

from decimal import Decimal

import pytest

from escc_bayes.data.rounding import Interval, RoundingError, decimals, interval


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.50", 0.495, 0.505),
        (Decimal("0.030"), 0.0295, 0.0305),
        (Decimal("0.03"), 0.025, 0.035),
        (".0262", 0.02615, 0.02625),
        ("8.1%", 8.05, 8.15),
        ("-1.2", -1.25, -1.15),
        (79, 79.0, 79.0),
        ("<0.001", 0.0, 0.001),
        ("<.0001", 0.0, 0.0001),
        ("≤ 0.05", 0.0, 0.05),
    ],
)
def test_interval_is_half_a_unit_of_the_last_digit_either_way(text, low, high):
    """Hand arithmetic; trailing zeros count."""
    assert interval(text) == pytest.approx((low, high))


def test_whole_numbers_are_counts_unless_said_to_be_rounded():
    assert interval("38") == (38.0, 38.0)
    assert interval("38", whole="rounded") == (37.5, 38.5)
    assert interval(">0.99").high == float("inf")


@pytest.mark.parametrize("text", ["", "n.s.", "0.5-0.6", "nan", "inf", "1 2"])
def test_text_that_is_no_number_is_refused(text):
    with pytest.raises(RoundingError, match="printed number|not finite"):
        interval(text)


def test_intervals_that_touch_meet_in_spite_of_binary_fractions():
    assert interval("0.1").meets(interval("0.2"))
    assert interval("0.1").gap(Interval(0.2, 0.3)) == pytest.approx(0.05)
    assert interval("0.30").holds(0.295)
    assert not interval("0.30").holds(0.2949)


def test_decimals_counts_printed_digits():
    assert [decimals(text) for text in ("0.030", "38", ".5", "<0.001")] == [3, 0, 1, 3]
