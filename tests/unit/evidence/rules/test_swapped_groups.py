"""Percentages that fit only the other group's size, wherever count, size and percentage stand."""

import pytest

from escc_bayes.evidence.audit import audit
from escc_bayes.evidence.quotes.grouped import beside, sizes_in
from escc_bayes.evidence.quotes.shares import shares
from tests.unit.evidence.studies import study_of


def number(name, value, quote):
    """One printed number."""
    return {"name": name, "value": value, "quote": quote}


SIZES = [number("arm_a_n", 40, "arm A (n = 40)"), number("arm_b_n", 60, "arm B (n = 60)")]
LABELS = [number("n_chemo", 80, "chemotherapy (n = 80)"), number("n_rt", 50, "radiotherapy (n = 50)")]


def quoted(a, b):
    """Response of two arms, with their sizes in the quotes."""
    return [
        *SIZES,
        number("response_a_percent", a, f"arm A (n = 40): 30 patients ({a} %) responded"),
        number("response_b_percent", b, f"arm B (n = 60): 20 patients ({b} %) responded"),
    ]


def one_quote(a, b):
    """Complete responses of two groups, sizes behind them."""
    return [
        number("pcr_n", 21, f"21 ({a} %) had pCR with chemotherapy (n = 80), 11 ({b} %) with radiotherapy (n = 50)")
    ]


def named(a, b):
    """Responses by name, sizes in numbers of their own."""
    return [*LABELS, number("resp_chemo", 21, f"21 patients ({a} %)"), number("resp_rt", 11, f"11 patients ({b} %)")]


def in_order(a, b):
    """Two sizes, then two shares."""
    return [number("response_n", 21, f"Arm A (n = 80) and arm B (n = 50): 21 ({a} %) and 11 ({b} %) responded")]


CASES = [
    (quoted, 100, ("50.0", "50.0"), ("75.0", "33.3")),
    (one_quote, 130, ("42.0", "13.8"), ("26.3", "22.0")),
    (named, 130, ("42.0", "13.8"), ("26.3", "22.0")),
    (in_order, 130, ("42.0", "13.8"), ("26.3", "22.0")),
]


@pytest.mark.parametrize(("paper", "n", "wrong", "right"), CASES)
def test_swapped_denominators_are_found_and_own_ones_are_not(paper, n, wrong, right):
    assert [f for f in audit(study_of(n=n, numbers=paper(*wrong))) if f.grave and f.rule == "swapped groups"]
    assert [str(f) for f in audit(study_of(n=n, numbers=paper(*right))) if f.grave] == []


def test_a_percentage_of_the_evaluable_patients_is_at_most_a_question():
    paper = [
        *SIZES,
        number("response_b_n", 20, "arm B (n = 60): 20 of those assessable, 20 evaluable patients (50.0 %)"),
    ]
    assert [str(f) for f in audit(study_of(n=100, numbers=paper)) if f.grave] == []


def test_a_percentage_of_all_patients_is_not_accused():
    paper = [*SIZES, number("response_a_n", 30, "arm A (n = 40): 30 patients (30.0 % of all) responded")]
    assert [str(f) for f in audit(study_of(n=100, numbers=paper)) if f.grave] == []


def test_shares_of_their_own_sum_are_of_no_group():
    quote = "of the 60 responders, 24 (40.0 %) were in arm A and 36 (60.0 %) in arm B"
    paper = [*SIZES, number("responders_n", 60, quote)]
    assert [str(f) for f in audit(study_of(n=100, numbers=paper)) if f.grave] == []


def test_order_that_does_not_tell_gives_no_group():
    text = "A (n = 40) and B (n = 60): 30 (50.0 %)"
    assert beside(shares(text), sizes_in(text)) == []
