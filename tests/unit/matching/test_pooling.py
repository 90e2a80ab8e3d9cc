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


def test_an_estimate_counts_members_whose_limit_is_not_reached():
    """A median of 38 with an open upper limit is one of the two medians, not left out of the pool."""
    row = {"quantity": "median", "group": "a", "time": math.nan, "method": "km", "interval": "confidence", "note": ""}
    closed = {**row, "value": 20.0, "lower": 10.0, "upper": 40.0, "n": 30, "events": 12}
    found = pool_row([closed, {**closed, "value": 38.0, "lower": 15.0, "upper": math.nan}], 2, 0.95)
    assert found["value"] == pytest.approx(math.sqrt(20.0 * 38.0))
    assert found["lower"] < 10.0
    assert "limits are those of the 1 that reach both" in found["note"]
