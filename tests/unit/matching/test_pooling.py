"""Several reconstructions as one: alike members change nothing, others add what lies between them."""

import math

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.matching.pooling import combine, common_cuts, pool_row, pooled
from tests.unit.matching.cohorts import cohort, frame


@pytest.fixture(scope="module")
def members():
    found = [cohort(frame(60, seed)) for seed in (4, 5)]
    cuts = common_cuts(found, "os")
    return [eb.match(one, "os", "arm", method="none", designs=0, cuts=cuts, seed=1) for one in found]


def test_a_member_twice_is_that_member(members):
    first = members[0]
    both = pooled([first, first])
    for one, other in zip(first.answers, both.answers, strict=True):
        if not math.isnan(one.hr):
            assert other.hr == pytest.approx(one.hr, rel=5e-3)
            assert other.se == pytest.approx(one.se, rel=5e-3)
    assert both.answer("cox").lower == pytest.approx(first.answer("cox").lower, rel=1e-9)
    assert len(both.contrasts) == len(first.contrasts)
    for one, other in zip(first.contrasts, both.contrasts, strict=True):
        if one["quantity"] != "probability" and math.isfinite(one["value"]) and one["value"] != 0.0:
            limits = [(row["lower"], row["upper"]) for row in (one, other)]
            # A mixture is made of 200 quantiles of each member.
            size = 0.02 * (one["upper"] - one["lower"]) if math.isfinite(one["upper"] - one["lower"]) else 0.1
            assert limits[1] == pytest.approx(limits[0], abs=size, nan_ok=True), one


def test_the_error_counts_what_lies_between_members(members):
    both = pooled(members)
    one, other = (np.log(found.answer("cox").hr) for found in members)
    within = np.mean([found.answer("cox").se ** 2 for found in members])
    assert both.answer("cox").se == pytest.approx(math.sqrt(within + 1.5 * np.var([one, other], ddof=1)))
    assert np.log(both.answer("cox").hr) == pytest.approx((one + other) / 2)
    assert both.answer("cox").note.startswith("2 of 2 reconstructions pooled")
    assert "pooled over 2 reconstructions" in both.sentences[-1]


def test_periods_are_the_same_in_all_members(members):
    spans = [{row["group"] for row in found.contrasts if row["quantity"] == "hazard_ratio"} for found in members]
    assert spans[0] == spans[1]


def test_a_mixture_is_as_wide_as_its_parts_and_what_lies_between():
    _, sd, _ = combine(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 0.95, credible=True)
    assert sd == pytest.approx(math.sqrt(1.25), rel=5e-3)


def test_patients_as_they_are_are_not_called_alike(members):
    assert any(one.startswith("Compared as they are") for one in members[0].sentences)
    assert members[0].balance == ()


MEDIAN = {"quantity": "median", "group": "a", "time": math.nan, "method": "km", "interval": "confidence", "note": ""}
CLOSED = {**MEDIAN, "value": 20.0, "lower": 10.0, "upper": 40.0, "n": 30, "events": 12}
OPEN = {**CLOSED, "value": 38.0, "lower": 19.0, "upper": math.nan}


def test_a_limit_that_half_of_the_members_do_not_reach_is_not_reached():
    """A median of 38 with an open upper limit is one of the two medians, and its lower limit counts."""
    found = pool_row([CLOSED, OPEN], 2, 0.95)
    assert found["value"] == pytest.approx(math.sqrt(20.0 * 38.0))
    se, between = math.log(2.0) / 1.959963985, np.var(np.log([20.0, 38.0]), ddof=1)
    reach = 1.959963985 * math.sqrt(se**2 + 1.5 * between)
    assert found["lower"] == pytest.approx(math.sqrt(20.0 * 38.0) / math.exp(reach))
    assert math.isnan(found["upper"])
    assert "both limits are reached in 1" in found["note"]


def test_a_limit_that_few_members_do_not_reach_is_as_far_off_in_them_as_in_the_others():
    found = pool_row([CLOSED, CLOSED, OPEN], 3, 0.95)
    all_reach = pool_row([CLOSED, CLOSED, {**OPEN, "upper": 76.0}], 3, 0.95)
    assert (found["lower"], found["upper"]) == pytest.approx((all_reach["lower"], all_reach["upper"]))


def test_a_median_that_most_members_do_not_reach_is_not_reached_and_says_the_usual_lower_limit():
    unreached = {**OPEN, "value": math.nan, "lower": 15.0}
    found = pool_row([CLOSED, unreached, {**unreached, "lower": 17.0}, {**unreached, "lower": 21.0}], 4, 0.95)
    assert math.isnan(found["value"])
    assert math.isnan(found["upper"])
    assert found["lower"] == 16.0
    assert found["note"].startswith("1 of 4")


def test_probabilities_are_means():
    none = {"lower": math.nan, "upper": math.nan, "n": 30, "events": 12, "interval": "credible", "note": ""}
    rows = [{"quantity": "probability", "group": "a", "method": "bayes", "value": p, **none} for p in (0.2, 0.6, 0.7)]
    assert pool_row(rows, 3, 0.95)["value"] == pytest.approx(0.5)
